//! Sessions of several people at one time: proposed by one person of security, confirmed by another.

use crate::entities::{overlap, overlap_member};
use crate::{Owner, Place, Store, StoreResult, Tx, check_ins, orders};
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

/// Those that wait for a second person.
pub async fn proposed(db: &impl ConnectionTrait) -> StoreResult<Vec<overlap::Model>> {
    let found = overlap::Entity::find().filter(overlap::Column::State.eq(state::PROPOSED));
    Ok(found.all(db).await?)
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

/// Once everybody's session is over, all of them read what it was; before, one could tell another.
pub async fn disclose(tx: &Tx, id: Uuid) -> StoreResult<()> {
    // Of two sessions that end together, each would take the other for unfinished.
    overlap::Entity::find_by_id(id).lock_exclusive().one(&**tx).await?;
    let members = members(&**tx, id).await?;
    for member in &members {
        if !is_over(tx, member).await? {
            return Ok(());
        }
    }
    let now = Some(tx.store().clock().now().0);
    for member in members.into_iter().filter(|member| member.disclosed_ms.is_none()) {
        crate::save(tx, overlap_member::Model { disclosed_ms: now, ..member }).await?;
    }
    Ok(())
}

/// Whether nothing comes of this part any more: its session was held, or no time was found for it.
async fn is_over(tx: &Tx, member: &overlap_member::Model) -> StoreResult<bool> {
    let Some(order) = member.order_id else { return Ok(true) };
    let Some(order) = orders::find(&**tx, order).await? else { return Ok(true) };
    Ok(match order.check_in_id {
        None => order.settled_ms.is_some(),
        Some(id) => {
            let row = check_ins::find(&**tx, CheckInId(id)).await?;
            row.is_none_or(|row| row.closed_ms.is_some())
        }
    })
}
