//! State, chains, committed inputs and revealed keys of the draw. Nothing here is derived from a
//! hit before its announcement transaction.

use crate::entities::{draw_boundary, draw_chain, draw_day, draw_reveal, draw_state};
use crate::sealed::{Owner, Place};
use crate::{Store, StoreError, StoreResult, Tx};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use uuid::Uuid;

/// Everybody's state of the draw.
pub async fn states(
    db: &impl ConnectionTrait,
) -> StoreResult<BTreeMap<PersonId, draw_state::Model>> {
    let rows = draw_state::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|s| (PersonId(s.person_id), s)).collect())
}

/// One person's state.
pub async fn state(
    db: &impl ConnectionTrait,
    id: PersonId,
) -> StoreResult<Option<draw_state::Model>> {
    Ok(draw_state::Entity::find_by_id(id.0).one(db).await?)
}

/// Writes one person's state whether it existed or not.
pub async fn keep_state(tx: &Tx, row: draw_state::Model) -> StoreResult<()> {
    match draw_state::Entity::find_by_id(row.person_id).one(&**tx).await? {
        Some(_) => crate::save(tx, row).await,
        None => crate::insert(tx, row).await,
    }
}

/// Every chain, in anchor order.
pub async fn chains(db: &impl ConnectionTrait) -> StoreResult<Vec<draw_chain::Model>> {
    Ok(draw_chain::Entity::find()
        .order_by_asc(draw_chain::Column::CreatedMs)
        .order_by_asc(draw_chain::Column::Id)
        .all(db)
        .await?)
}

/// Compresses, seals and keeps the committed rows of one boundary.
pub async fn commit_boundary(
    tx: &Tx,
    (zone, label, t): (&str, &str, UtcMillis),
    root: String,
    rows: &[u8],
    entry: muster_domain::id::EntryId,
) -> StoreResult<()> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    let packed = gzip.write_all(rows).and_then(|()| gzip.finish());
    let packed = packed.map_err(|e| StoreError::unreadable("draw inputs", e))?;
    let row = draw_boundary::Model {
        zone: zone.to_owned(),
        label: label.to_owned(),
        t_ms: t.0,
        root,
        inputs: tx.seal_bytes(Owner::Organisation, inputs_column(entry.0), &packed).await?,
        entry_id: entry.0,
        committed_ms: tx.store().clock().now().0,
        closed_ms: None,
    };
    crate::insert(tx, row).await
}

/// Opens the committed rows of one boundary.
pub async fn boundary_inputs(
    store: &Store,
    db: &impl ConnectionTrait,
    row: &draw_boundary::Model,
) -> StoreResult<Vec<u8>> {
    let key = store.data_key(db, Owner::Organisation).await?;
    let packed = key.open_bytes(&row.inputs, inputs_column(row.entry_id))?;
    let mut rows = Vec::new();
    GzDecoder::new(packed.as_slice())
        .read_to_end(&mut rows)
        .map_err(|e| StoreError::unreadable("draw inputs", e))?;
    Ok(rows)
}

fn inputs_column(entry: Uuid) -> Place<'static> {
    Place { table: "draw_boundary", column: "inputs", row: entry }
}

/// The boundary of this zone and label, if its inputs are committed.
pub async fn boundary(
    db: &impl ConnectionTrait,
    zone: &str,
    label: &str,
) -> StoreResult<Option<draw_boundary::Model>> {
    Ok(draw_boundary::Entity::find_by_id((zone.to_owned(), label.to_owned())).one(db).await?)
}

/// The boundary that a log entry committed.
pub async fn boundary_of_entry(
    db: &impl ConnectionTrait,
    entry: Uuid,
) -> StoreResult<Option<draw_boundary::Model>> {
    let of_entry = draw_boundary::Column::EntryId.eq(entry);
    Ok(draw_boundary::Entity::find().filter(of_entry).one(db).await?)
}

/// Boundaries whose label is still open, earliest first: the order in which they are planned.
pub async fn open_boundaries(db: &impl ConnectionTrait) -> StoreResult<Vec<draw_boundary::Model>> {
    Ok(draw_boundary::Entity::find()
        .filter(draw_boundary::Column::ClosedMs.is_null())
        .order_by_asc(draw_boundary::Column::TMs)
        .order_by_asc(draw_boundary::Column::Zone)
        .all(db)
        .await?)
}

/// Boundaries of a label in any zone.
pub async fn boundaries_of(
    db: &impl ConnectionTrait,
    label: &str,
) -> StoreResult<Vec<draw_boundary::Model>> {
    Ok(draw_boundary::Entity::find()
        .filter(draw_boundary::Column::Label.eq(label))
        .order_by_asc(draw_boundary::Column::TMs)
        .all(db)
        .await?)
}

/// Boundaries with `t` in `from..to`, earliest first: what took capacity from later ones.
pub async fn boundaries_between(
    db: &impl ConnectionTrait,
    from: UtcMillis,
    to: UtcMillis,
) -> StoreResult<Vec<draw_boundary::Model>> {
    Ok(draw_boundary::Entity::find()
        .filter(draw_boundary::Column::TMs.gte(from.0))
        .filter(draw_boundary::Column::TMs.lt(to.0))
        .order_by_asc(draw_boundary::Column::TMs)
        .order_by_asc(draw_boundary::Column::Zone)
        .all(db)
        .await?)
}

/// Labels that are closed everywhere and whose key is not revealed yet.
pub async fn closed_labels(db: &impl ConnectionTrait) -> StoreResult<Vec<(String, UtcMillis)>> {
    let rows = draw_boundary::Entity::find().all(db).await?;
    let mut labels: BTreeMap<String, Option<i64>> = BTreeMap::new();
    for row in rows {
        let last = labels.entry(row.label).or_insert(Some(0));
        *last = (*last).zip(row.closed_ms).map(|(a, b)| a.max(b));
    }
    Ok(labels.into_iter().filter_map(|(l, closed)| Some((l, UtcMillis(closed?)))).collect())
}

/// Keys that are public.
pub async fn reveals(db: &impl ConnectionTrait) -> StoreResult<Vec<draw_reveal::Model>> {
    Ok(draw_reveal::Entity::find().order_by_asc(draw_reveal::Column::Label).all(db).await?)
}

/// The non-trivial days of one person (hit, shielded, uncovered), newest first.
pub async fn days(db: &impl ConnectionTrait, id: PersonId) -> StoreResult<Vec<draw_day::Model>> {
    Ok(draw_day::Entity::find()
        .filter(draw_day::Column::PersonId.eq(id.0))
        .order_by_desc(draw_day::Column::Label)
        .all(db)
        .await?)
}

/// Everybody's days of one label.
pub async fn days_of(db: &impl ConnectionTrait, label: &str) -> StoreResult<Vec<draw_day::Model>> {
    Ok(draw_day::Entity::find().filter(draw_day::Column::Label.eq(label)).all(db).await?)
}
