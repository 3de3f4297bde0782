//! Check-ins that are owed beside the draw: re-checks and manual orders. A row says that somebody
//! will be met, never when: the time exists in memory until the announcement.

use crate::entities::check_in_order::{Column, Entity, Model};
use crate::sealed::{Owner, Place};
use crate::{Store, StoreResult, Tx};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

/// `check_in_order.kind`
pub mod kind {
    pub const RECHECK: &str = "recheck";
    pub const MANUAL: &str = "manual";
    pub const BASELINE: &str = "baseline";
}

/// What is ordered.
#[derive(Debug, Clone, Default)]
pub struct NewOrder {
    pub person: Uuid,
    pub kind: &'static str,
    /// Counts from 1 for one person, label and kind.
    pub no: i64,
    pub ordered_by: Option<PersonId>,
    /// Shown to the person.
    pub reason: Option<String>,
    pub case_id: Option<Uuid>,
    /// The check-in that made a re-check necessary.
    pub after: Option<CheckInId>,
}

/// Adds an order.
pub async fn add(tx: &Tx, new: NewOrder) -> StoreResult<Uuid> {
    let id = Uuid::from_bytes(tx.store().entropy().bytes());
    let reason = match &new.reason {
        Some(reason) => {
            let owner = Owner::Person(PersonId(new.person));
            Some(tx.seal(owner, reason_column(id), reason).await?)
        }
        None => None,
    };
    tx.mark_work();
    let row = Model {
        id,
        person_id: new.person,
        kind: new.kind.to_owned(),
        no: new.no,
        ordered_by: new.ordered_by.map(|p| p.0),
        reason,
        case_id: new.case_id,
        after_id: new.after.map(|c| c.0),
        created_ms: tx.store().clock().now().0,
        check_in_id: None,
        settled_ms: None,
        settled_as: None,
    };
    crate::insert(tx, row).await?;
    Ok(id)
}

/// Orders that are neither announced nor given up, oldest first.
pub async fn open(db: &impl ConnectionTrait) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::SettledMs.is_null())
        .order_by_asc(Column::CreatedMs)
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// One order.
pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> StoreResult<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Settles an order: announced as a check-in, or given up with a reason.
pub async fn settle(
    tx: &Tx,
    id: Uuid,
    check_in: Option<CheckInId>,
    settled_as: &str,
) -> StoreResult<()> {
    if let Some(mut row) = Entity::find_by_id(id).one(&**tx).await?
        && row.settled_ms.is_none()
    {
        row.settled_ms = Some(tx.store().clock().now().0);
        row.settled_as = Some(settled_as.to_owned());
        row.check_in_id = check_in.map(|c| c.0);
        crate::save(tx, row).await?;
    }
    Ok(())
}

/// Orders that waited are placed from now on: the dates of a pause are none of theirs.
pub async fn begin_anew(tx: &Tx) -> StoreResult<()> {
    tx.mark_work();
    let now = tx.store().clock().now().0;
    for mut row in open(&**tx).await? {
        row.created_ms = now;
        crate::save(tx, row).await?;
    }
    Ok(())
}

/// How many orders of a kind a person has had since `since`.
pub async fn count_since(
    db: &impl ConnectionTrait,
    person: PersonId,
    kind: &str,
    since: UtcMillis,
) -> StoreResult<u64> {
    Ok(Entity::find()
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::Kind.eq(kind))
        .filter(Column::CreatedMs.gte(since.0))
        .count(db)
        .await?)
}

/// The open order that a case waits for.
pub async fn of_case(db: &impl ConnectionTrait, case: Uuid) -> StoreResult<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::CaseId.eq(case))
        .order_by_desc(Column::CreatedMs)
        .one(db)
        .await?)
}

/// The order that led to this check-in.
pub async fn of_check_in(db: &impl ConnectionTrait, id: CheckInId) -> StoreResult<Option<Model>> {
    Ok(Entity::find().filter(Column::CheckInId.eq(id.0)).one(db).await?)
}

/// The reason as it was typed.
pub async fn reason(
    store: &Store,
    db: &impl ConnectionTrait,
    row: &Model,
) -> StoreResult<Option<String>> {
    let Some(sealed) = &row.reason else { return Ok(None) };
    let owner = Owner::Person(PersonId(row.person_id));
    Ok(Some(store.unseal(db, owner, reason_column(row.id), sealed).await?))
}

fn reason_column(row: Uuid) -> Place<'static> {
    Place { table: "check_in_order", column: "reason", row }
}

/// Says which case an order belongs to.
pub async fn set_case(tx: &Tx, order: Uuid, case: Uuid) -> StoreResult<()> {
    if let Some(mut row) = Entity::find_by_id(order).one(&**tx).await? {
        row.case_id = Some(case);
        crate::save(tx, row).await?;
    }
    Ok(())
}
