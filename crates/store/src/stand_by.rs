//! Calls for a stand-in: one row each time the verifier of a session fell out. At most one of a
//! session is open.

use crate::entities::stand_by_call::{Column, Entity, Model};
use crate::{StoreResult, Tx};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// `stand_by_call.settled_as`
pub mod settled {
    /// Somebody was asked in their place.
    pub const CALLED: &str = "called";
    /// Whoever had fallen out came before anybody was called.
    pub const CAME: &str = "came";
    /// The check-in was over before anybody was found.
    pub const OVER: &str = "over";
}

impl Model {
    /// Whether somebody is still looked for.
    pub fn is_open(&self) -> bool {
        self.settled_ms.is_none()
    }
}

/// Calls for which nobody has been found yet, oldest first.
pub async fn open(db: &impl ConnectionTrait) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::SettledMs.is_null())
        .order_by_asc(Column::AskedMs)
        .order_by_asc(Column::CheckInId)
        .all(db)
        .await?)
}

/// The calls of one session, in order.
pub async fn of_check_in(db: &impl ConnectionTrait, id: CheckInId) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::CheckInId.eq(id.0))
        .order_by_asc(Column::Attempt)
        .all(db)
        .await?)
}

/// One call.
pub async fn find(
    db: &impl ConnectionTrait,
    id: CheckInId,
    attempt: i64,
) -> StoreResult<Option<Model>> {
    Ok(Entity::find_by_id((id.0, attempt)).one(db).await?)
}

/// Sessions a verifier fell out of since `since`, newest first.
pub async fn fallen_out(
    db: &impl ConnectionTrait,
    verifier: PersonId,
    since: UtcMillis,
) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::FromVerifier.eq(verifier.0))
        .filter(Column::AskedMs.gte(since.0))
        .order_by_desc(Column::AskedMs)
        .all(db)
        .await?)
}

/// Sessions a verifier was called to since `since`, newest first.
pub async fn called(
    db: &impl ConnectionTrait,
    verifier: PersonId,
    since: UtcMillis,
) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::ToVerifier.eq(verifier.0))
        .filter(Column::AskedMs.gte(since.0))
        .order_by_desc(Column::AskedMs)
        .all(db)
        .await?)
}

/// Every call since `since`.
pub async fn since(db: &impl ConnectionTrait, since: UtcMillis) -> StoreResult<Vec<Model>> {
    Ok(Entity::find().filter(Column::AskedMs.gte(since.0)).all(db).await?)
}

/// Adds a call; whoever looks for stand-ins is woken.
pub async fn add(tx: &Tx, call: Model) -> StoreResult<()> {
    tx.mark_work();
    crate::insert(tx, call).await
}

/// Settles a call.
pub async fn settle(
    tx: &Tx,
    mut call: Model,
    settled_as: &str,
    to: Option<PersonId>,
) -> StoreResult<()> {
    call.settled_ms = Some(tx.store().clock().now().0);
    call.settled_as = Some(settled_as.to_owned());
    call.to_verifier = to.map(|p| p.0);
    crate::save(tx, call).await
}
