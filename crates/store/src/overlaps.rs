//! Sessions of several people at one time: proposed by one person of security, confirmed by another.

use crate::entities::{overlap, overlap_member};
use crate::{Owner, Place, Store, StoreResult, Tx, orders};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// `overlap.state`
pub mod state {
    pub const PROPOSED: &str = "proposed";
    pub const CONFIRMED: &str = "confirmed";
    pub const REFUSED: &str = "refused";
}

/// Where the reason lies.
pub fn reason_column(id: Uuid) -> Place<'static> {
    Place { table: "overlap", column: "reason", row: id }
}

/// Why it was proposed.
pub async fn reason(
    store: &Store,
    db: &impl ConnectionTrait,
    row: &overlap::Model,
) -> StoreResult<String> {
    store.unseal(db, Owner::Organisation, reason_column(row.id), &row.reason).await
}

/// Those of a link group, newest first.
pub async fn of_group(db: &impl ConnectionTrait, group: Uuid) -> StoreResult<Vec<overlap::Model>> {
    let found = overlap::Entity::find().filter(overlap::Column::GroupId.eq(group));
    Ok(found.order_by_desc(overlap::Column::ProposedMs).all(db).await?)
}

/// The one of a group that waits for a second person, locked.
pub async fn lock_proposed(tx: &Tx, group: Uuid) -> StoreResult<Option<overlap::Model>> {
    let found = overlap::Entity::find()
        .filter(overlap::Column::GroupId.eq(group))
        .filter(overlap::Column::State.eq(state::PROPOSED));
    Ok(found.lock_exclusive().one(&**tx).await?)
}

/// Its people.
pub async fn members(
    db: &impl ConnectionTrait,
    id: Uuid,
) -> StoreResult<Vec<overlap_member::Model>> {
    use overlap_member::{Column, Entity};
    let found = Entity::find().filter(Column::OverlapId.eq(id));
    Ok(found.order_by_asc(Column::PersonId).all(db).await?)
}

/// The part of this order, if it has one.
pub async fn of_order(
    db: &impl ConnectionTrait,
    order: Uuid,
) -> StoreResult<Option<overlap_member::Model>> {
    use overlap_member::{Column, Entity};
    Ok(Entity::find().filter(Column::OrderId.eq(order)).one(db).await?)
}

/// The part of this check-in, if it has one.
pub async fn of_check_in(
    db: &impl ConnectionTrait,
    id: CheckInId,
) -> StoreResult<Option<overlap_member::Model>> {
    match orders::of_check_in(db, id).await? {
        Some(order) => of_order(db, order.id).await,
        None => Ok(None),
    }
}

/// How many were confirmed for somebody since then.
pub async fn count_since(
    db: &impl ConnectionTrait,
    person: PersonId,
    since: UtcMillis,
) -> StoreResult<usize> {
    use overlap_member::{Column, Entity};
    let theirs = Entity::find().filter(Column::PersonId.eq(person.0)).all(db).await?;
    let ids = theirs.into_iter().map(|member| member.overlap_id);
    let confirmed = overlap::Entity::find()
        .filter(overlap::Column::Id.is_in(ids))
        .filter(overlap::Column::State.eq(state::CONFIRMED))
        .filter(overlap::Column::DecidedMs.gte(since.0));
    Ok(confirmed.all(db).await?.len())
}

/// Their session is over, so from now on the person reads what it was.
pub async fn disclose(tx: &Tx, id: CheckInId) -> StoreResult<()> {
    if let Some(member) = of_check_in(&**tx, id).await?
        && member.disclosed_ms.is_none()
    {
        let now = Some(tx.store().clock().now().0);
        crate::save(tx, overlap_member::Model { disclosed_ms: now, ..member }).await?;
    }
    Ok(())
}
