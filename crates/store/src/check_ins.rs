//! Check-ins and their judgement.

use crate::entities::{check_in, judgement};
use crate::sealed::{Owner, Place};
use crate::{Store, StoreError, StoreResult, Tx};
use muster_domain::check_in::{CheckInKind, CheckInState, Clocks};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::time::UtcMillis;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

impl check_in::Model {
    /// Typed id.
    pub fn check_in_id(&self) -> CheckInId {
        CheckInId(self.id)
    }

    /// Whom it is about.
    pub fn person(&self) -> PersonId {
        PersonId(self.person_id)
    }

    /// The verifier, once drawn.
    pub fn verifier(&self) -> Option<PersonId> {
        self.verifier_id.map(PersonId)
    }

    /// Where it is in its life.
    pub fn life(&self) -> CheckInState {
        CheckInState::from_code(&self.state).unwrap_or(CheckInState::Closed)
    }

    /// Why it exists.
    pub fn why(&self) -> CheckInKind {
        CheckInKind::from_code(&self.kind).unwrap_or(CheckInKind::Manual)
    }

    /// Its five clocks.
    pub fn clocks(&self) -> Clocks {
        Clocks {
            announce: UtcMillis(self.announce_ms),
            start: UtcMillis(self.start_ms),
            window_minutes: self.window_minutes as u16,
            grace_minutes: self.grace_minutes as u16,
            session_minutes: self.session_minutes as u16,
        }
    }
}

/// One check-in.
pub async fn find(
    db: &impl ConnectionTrait,
    id: CheckInId,
) -> StoreResult<Option<check_in::Model>> {
    Ok(check_in::Entity::find_by_id(id.0).one(db).await?)
}

/// One check-in, which must exist.
pub async fn get(db: &impl ConnectionTrait, id: CheckInId) -> StoreResult<check_in::Model> {
    find(db, id).await?.ok_or_else(|| StoreError::missing("check-in", id))
}

/// One check-in, locked until the transaction ends.
pub async fn lock(tx: &Tx, id: CheckInId) -> StoreResult<check_in::Model> {
    check_in::Entity::find_by_id(id.0)
        .lock_exclusive()
        .one(&**tx)
        .await?
        .ok_or_else(|| StoreError::missing("check-in", id))
}

/// A person's check-ins, newest first.
pub async fn of_person(
    db: &impl ConnectionTrait,
    id: PersonId,
    limit: u64,
) -> StoreResult<Vec<check_in::Model>> {
    Ok(check_in::Entity::find()
        .filter(check_in::Column::PersonId.eq(id.0))
        .order_by_desc(check_in::Column::StartMs)
        .limit(limit)
        .all(db)
        .await?)
}

/// A verifier's check-ins with a start in `from..to`, earliest first.
pub async fn of_verifier(
    db: &impl ConnectionTrait,
    id: PersonId,
    from: UtcMillis,
    to: UtcMillis,
) -> StoreResult<Vec<check_in::Model>> {
    Ok(check_in::Entity::find()
        .filter(check_in::Column::VerifierId.eq(id.0))
        .filter(check_in::Column::StartMs.gte(from.0))
        .filter(check_in::Column::StartMs.lt(to.0))
        .order_by_asc(check_in::Column::StartMs)
        .all(db)
        .await?)
}

/// Check-ins with a start in `from..to`, earliest first.
pub async fn between(
    db: &impl ConnectionTrait,
    from: UtcMillis,
    to: UtcMillis,
) -> StoreResult<Vec<check_in::Model>> {
    Ok(within(from, to).all(db).await?)
}

/// Those of them that were not drawn: ordered sessions, first sessions, overlaps.
pub async fn beside_the_draw(
    db: &impl ConnectionTrait,
    from: UtcMillis,
    to: UtcMillis,
) -> StoreResult<Vec<check_in::Model>> {
    Ok(within(from, to)
        .filter(check_in::Column::Kind.ne(CheckInKind::Drawn.code()))
        .all(db)
        .await?)
}

fn within(from: UtcMillis, to: UtcMillis) -> Select<check_in::Entity> {
    check_in::Entity::find()
        .filter(check_in::Column::StartMs.gte(from.0))
        .filter(check_in::Column::StartMs.lt(to.0))
        .order_by_asc(check_in::Column::StartMs)
}

/// Check-ins that are not closed.
pub async fn open(db: &impl ConnectionTrait) -> StoreResult<Vec<check_in::Model>> {
    Ok(check_in::Entity::find()
        .filter(check_in::Column::ClosedMs.is_null())
        .order_by_asc(check_in::Column::StartMs)
        .all(db)
        .await?)
}

/// The check-in of a draw's hit, if its announcement transaction has committed.
pub async fn of_label(
    db: &impl ConnectionTrait,
    person: PersonId,
    label: &str,
    kind: CheckInKind,
) -> StoreResult<Vec<check_in::Model>> {
    Ok(check_in::Entity::find()
        .filter(check_in::Column::PersonId.eq(person.0))
        .filter(check_in::Column::Label.eq(label))
        .filter(check_in::Column::Kind.eq(kind.code()))
        .order_by_asc(check_in::Column::Attempt)
        .all(db)
        .await?)
}

/// These check-ins, by id.
pub async fn among(
    db: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> StoreResult<HashMap<Uuid, check_in::Model>> {
    let mut found = HashMap::new();
    // Below the 32,766 parameters of SQLite.
    for ids in ids.chunks(10_000) {
        let rows = check_in::Entity::find()
            .filter(check_in::Column::Id.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// Of these check-ins those whose date lies before a label.
pub async fn before_label(
    db: &impl ConnectionTrait,
    ids: HashSet<Uuid>,
    label: &str,
) -> StoreResult<HashSet<Uuid>> {
    let mut found = HashSet::new();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    // Below the 32,766 parameters of SQLite.
    for ids in ids.chunks(10_000) {
        let rows: Vec<Uuid> = check_in::Entity::find()
            .select_only()
            .column(check_in::Column::Id)
            .filter(check_in::Column::Id.is_in(ids.iter().copied()))
            .filter(check_in::Column::Label.lt(label))
            .into_tuple()
            .all(db)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// The last judged check-ins of a person before `before`, newest first.
pub async fn judged_of_person(
    db: &impl ConnectionTrait,
    id: PersonId,
    before: UtcMillis,
    limit: u64,
) -> StoreResult<Vec<check_in::Model>> {
    Ok(check_in::Entity::find()
        .filter(check_in::Column::PersonId.eq(id.0))
        .filter(check_in::Column::StartMs.lt(before.0))
        .filter(check_in::Column::Outcome.is_not_null())
        .order_by_desc(check_in::Column::StartMs)
        .limit(limit)
        .all(db)
        .await?)
}

/// The judged check-ins of a person that began after this instant, oldest first.
pub async fn judged_after(
    db: &impl ConnectionTrait,
    id: PersonId,
    after: UtcMillis,
) -> StoreResult<Vec<check_in::Model>> {
    Ok(check_in::Entity::find()
        .filter(check_in::Column::PersonId.eq(id.0))
        .filter(check_in::Column::StartMs.gt(after.0))
        .filter(check_in::Column::Outcome.is_not_null())
        .order_by_asc(check_in::Column::StartMs)
        .all(db)
        .await?)
}

/// How many check-ins are in each state of life.
pub async fn count_open(db: &impl ConnectionTrait) -> StoreResult<u64> {
    Ok(check_in::Entity::find().filter(check_in::Column::ClosedMs.is_null()).count(db).await?)
}

/// Keeps what judging was given and what it said, sealed, so that it can be replayed.
pub async fn keep_judgement<I, R>(
    tx: &Tx,
    row: &check_in::Model,
    input: &I,
    result: &R,
) -> StoreResult<()>
where
    I: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned,
{
    let owner = Owner::Person(row.person());
    let place = |column| Place { table: "judgement", column, row: row.id };
    let kept = judgement::Model {
        check_in_id: row.id,
        input: tx.seal(owner, place("input"), input).await?,
        result: tx.seal(owner, place("result"), result).await?,
        at_ms: tx.store().clock().now().0,
    };
    crate::insert(tx, kept).await
}

/// Reads back input and result of a judgement.
pub async fn judgement<I, R>(
    store: &Store,
    db: &impl ConnectionTrait,
    row: &check_in::Model,
) -> StoreResult<Option<(I, R)>>
where
    I: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned,
{
    let Some(kept) = judgement::Entity::find_by_id(row.id).one(db).await? else {
        return Ok(None);
    };
    let owner = Owner::Person(row.person());
    let place = |column| Place { table: "judgement", column, row: row.id };
    let input = store.unseal(db, owner, place("input"), &kept.input).await?;
    let result = store.unseal(db, owner, place("result"), &kept.result).await?;
    Ok(Some((input, result)))
}

/// Replaces what judging was given by something coarser, once its exact data has passed its date.
pub async fn coarsen_judgement<I>(
    tx: &Tx,
    row: &check_in::Model,
    coarser: impl FnOnce(I) -> I,
) -> StoreResult<()>
where
    I: Serialize + DeserializeOwned,
{
    let Some(mut kept) = judgement::Entity::find_by_id(row.id).one(&**tx).await? else {
        return Ok(());
    };
    let owner = Owner::Person(row.person());
    let place = Place { table: "judgement", column: "input", row: row.id };
    let input: I = tx.unseal(owner, place, &kept.input).await?;
    kept.input = tx.seal(owner, place, &coarser(input)).await?;
    crate::save(tx, kept).await
}
