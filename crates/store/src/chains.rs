//! Chains of the draw and the keys that other holders delivered. Tips are in files or with their
//! holders, never here; a delivered key is sealed until its reveal.

use crate::entities::{draw_chain, draw_held_key};
use crate::sealed::{Owner, Place};
use crate::{Store, StoreError, StoreResult, Tx};
use muster_domain::draw::ChainKey;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;
use zeroize::Zeroizing;

/// `draw_chain.tip`
pub mod tip {
    /// In a key file or credential of the service.
    pub const SERVICE: &str = "service";
    /// With an independent holder, who delivers keys date by date.
    pub const HOLDER: &str = "holder";
}

/// `draw_chain.state`
pub mod state {
    /// Asked for; waits for a second person.
    pub const PENDING: &str = "pending";
    /// Its anchor is in the log: boundaries committed from now on name it.
    pub const ACTIVE: &str = "active";
    /// Still active; its end waits for a second person.
    pub const RETIRING: &str = "retiring";
    /// No further boundary names it.
    pub const RETIRED: &str = "retired";
    /// Asked for and refused.
    pub const REFUSED: &str = "refused";

    /// Whether boundaries that are committed now name chains in this state.
    pub fn counts(state: &str) -> bool {
        matches!(state, ACTIVE | RETIRING)
    }
}

/// Every chain that is or was anchored, in anchor order.
pub async fn anchored(db: &impl ConnectionTrait) -> StoreResult<Vec<draw_chain::Model>> {
    let mut rows = all(db).await?;
    rows.retain(|c| !matches!(c.state.as_str(), state::PENDING | state::REFUSED));
    Ok(rows)
}

/// Every chain, those that wait included.
pub async fn all(db: &impl ConnectionTrait) -> StoreResult<Vec<draw_chain::Model>> {
    Ok(draw_chain::Entity::find()
        .order_by_asc(draw_chain::Column::CreatedMs)
        .order_by_asc(draw_chain::Column::Id)
        .all(db)
        .await?)
}

/// One chain.
pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> StoreResult<Option<draw_chain::Model>> {
    Ok(draw_chain::Entity::find_by_id(id).one(db).await?)
}

/// Seals and keeps a delivered key. False if one of this chain and label is there already.
pub async fn keep_held_key(tx: &Tx, chain: Uuid, label: &str, key: &ChainKey) -> StoreResult<bool> {
    let id = Uuid::from_bytes(tx.store().entropy().bytes());
    let row = draw_held_key::Model {
        id,
        chain_id: chain,
        label: label.to_owned(),
        chain_key: tx.seal_bytes(Owner::Organisation, key_column(id), key.as_bytes()).await?,
        received_ms: tx.store().clock().now().0,
    };
    let is_new = crate::insert_new(tx, row).await?;
    if is_new {
        tx.mark_work(); // a boundary may have waited for it
    }
    Ok(is_new)
}

/// The delivered key of the first label from this one on: it gives those of all earlier labels.
pub async fn held_key(
    store: &Store,
    db: &impl ConnectionTrait,
    chain: Uuid,
    label: &str,
) -> StoreResult<Option<(String, ChainKey)>> {
    let Some(row) = held_from(db, chain, label).await? else { return Ok(None) };
    let sealing = store.data_key(db, Owner::Organisation).await?;
    let plain = sealing.open_bytes(&row.chain_key, key_column(row.id))?;
    let bytes = <[u8; 32]>::try_from(plain.as_slice()).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| StoreError::unreadable("delivered key", "not 32 bytes"))?;
    Ok(Some((row.label, ChainKey::from_bytes(*bytes))))
}

/// Whether the key of a label was delivered, by itself or with a later one.
pub async fn has_held_key(
    db: &impl ConnectionTrait,
    chain: Uuid,
    label: &str,
) -> StoreResult<bool> {
    Ok(held_from(db, chain, label).await?.is_some())
}

async fn held_from(
    db: &impl ConnectionTrait,
    chain: Uuid,
    label: &str,
) -> StoreResult<Option<draw_held_key::Model>> {
    Ok(draw_held_key::Entity::find()
        .filter(draw_held_key::Column::ChainId.eq(chain))
        .filter(draw_held_key::Column::Label.gte(label))
        .order_by_asc(draw_held_key::Column::Label)
        .one(db)
        .await?)
}

fn key_column(id: Uuid) -> Place<'static> {
    Place { table: "draw_held_key", column: "chain_key", row: id }
}
