//! Busy times of people's calendars: one sealed reading a person, replaced by the next; and the
//! slots that a calendar refused after their announcement.

use crate::entities::{busy_snapshot, slot_refusal};
use crate::sealed::{Owner, Place, Sealed};
use crate::{Store, StoreResult, Tx, Whose};
use muster_domain::calendar::Window;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::time::UtcMillis;
use sea_orm::ExprTrait;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use std::collections::BTreeMap;
use uuid::Uuid;

/// `slot_refusal.reason`
pub mod reason {
    /// The person's calendar shows something else at that time.
    pub const BUSY: &str = "busy";
}

/// Busy times as they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub busy: Vec<Window>,
    pub read: UtcMillis,
}

/// One person's reading, whatever its age, without its times.
pub async fn of(
    db: &impl ConnectionTrait,
    person: PersonId,
) -> StoreResult<Option<busy_snapshot::Model>> {
    Ok(busy_snapshot::Entity::find_by_id(person.0).one(db).await?)
}

/// Readings that are not older than `since`, by person.
pub async fn read_since(
    store: &Store,
    db: &impl ConnectionTrait,
    since: UtcMillis,
    whose: Whose<'_>,
) -> StoreResult<BTreeMap<PersonId, Snapshot>> {
    let rows = busy_snapshot::Entity::find()
        .filter(whose.filter(busy_snapshot::Column::PersonId))
        .filter(busy_snapshot::Column::ReadMs.gte(since.0))
        .all(db)
        .await?;
    let keys = store.data_keys_of(db, rows.iter().map(|row| row.person_id)).await?;
    let mut snapshots = BTreeMap::new();
    for row in rows {
        let (Some(key), Some(sealed), Some(read)) =
            (keys.get(&row.person_id), row.busy, row.read_ms)
        else {
            continue;
        };
        let busy = Sealed::<Vec<Window>>::from(sealed).open(key, column(row.person_id))?;
        snapshots.insert(PersonId(row.person_id), Snapshot { busy, read: UtcMillis(read) });
    }
    Ok(snapshots)
}

/// Keeps a reading of `from..to`.
pub async fn keep(
    tx: &Tx,
    person: PersonId,
    busy: &Vec<Window>,
    (from, to): (UtcMillis, UtcMillis),
) -> StoreResult<()> {
    let sealed = tx.seal(Owner::Person(person), column(person.0), busy).await?;
    let row = busy_snapshot::Model {
        person_id: person.0,
        busy: Some(sealed),
        from_ms: from.0,
        to_ms: to.0,
        read_ms: Some(tx.store().clock().now().0),
        failed_ms: None,
        failure: String::new(),
    };
    put(tx, row).await
}

/// Notes that a calendar could not be read; what was read before stays until it is too old.
pub async fn note_failure(tx: &Tx, person: PersonId, failure: &str) -> StoreResult<()> {
    let known = busy_snapshot::Entity::find_by_id(person.0).one(&**tx).await?;
    let row = known.unwrap_or(busy_snapshot::Model {
        person_id: person.0,
        busy: None,
        from_ms: 0,
        to_ms: 0,
        read_ms: None,
        failed_ms: None,
        failure: String::new(),
    });
    let failed_ms = Some(tx.store().clock().now().0);
    put(tx, busy_snapshot::Model { failed_ms, failure: failure.to_owned(), ..row }).await
}

async fn put(tx: &Tx, row: busy_snapshot::Model) -> StoreResult<()> {
    crate::save_all(tx, vec![row]).await
}

fn column(person: Uuid) -> Place<'static> {
    Place { table: "busy_snapshot", column: "busy", row: person }
}

/// How old the readings are: how many people have one, how many of those are older than `since`,
/// and the instant of the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ages {
    pub people: u64,
    pub failing: u64,
    pub old: u64,
    pub oldest: Option<UtcMillis>,
}

/// The ages of all readings, for `doctor`.
pub async fn ages(db: &impl ConnectionTrait, since: UtcMillis) -> StoreResult<Ages> {
    use busy_snapshot::Column;
    let all = || busy_snapshot::Entity::find();
    let is_old = Column::ReadMs.lt(since.0).or(Column::ReadMs.is_null());
    let oldest =
        all().filter(Column::ReadMs.is_not_null()).order_by_asc(Column::ReadMs).one(db).await?;
    Ok(Ages {
        people: all().count(db).await?,
        failing: all().filter(Column::FailedMs.is_not_null()).count(db).await?,
        old: all().filter(is_old).count(db).await?,
        oldest: oldest.and_then(|row| row.read_ms).map(UtcMillis),
    })
}

/// Keeps a refused slot.
pub async fn refuse(
    tx: &Tx,
    check_in: CheckInId,
    person: PersonId,
    start: UtcMillis,
    reason: &str,
) -> StoreResult<()> {
    let row = slot_refusal::Model {
        id: Uuid::from_bytes(tx.store().entropy().bytes()),
        check_in_id: check_in.0,
        person_id: person.0,
        start_ms: start.0,
        reason: reason.to_owned(),
        at_ms: tx.store().clock().now().0,
    };
    crate::insert(tx, row).await
}

/// The refused slots of one check-in, in order of refusal.
pub async fn refusals(
    db: &impl ConnectionTrait,
    check_in: CheckInId,
) -> StoreResult<Vec<slot_refusal::Model>> {
    Ok(slot_refusal::Entity::find()
        .filter(slot_refusal::Column::CheckInId.eq(check_in.0))
        .order_by_asc(slot_refusal::Column::AtMs)
        .all(db)
        .await?)
}

/// Deletes rows of people whose calendar never answered.
pub async fn forget_unread(tx: &Tx) -> StoreResult<()> {
    busy_snapshot::Entity::delete_many()
        .filter(busy_snapshot::Column::ReadMs.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}
