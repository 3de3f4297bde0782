//! The work table: timer and outbox at once (DESIGN section 5).
//!
//! Claim in one transaction, call without one, record with the fence in another. A row that was
//! claimed again in the meantime has a newer fence, and whoever holds the old one rolls back.

use crate::entities::work::{self, Column, Entity, Model};
use crate::{Store, StoreError, StoreResult, Tx};
use muster_domain::id::{InstanceId, WorkId};
use muster_domain::time::UtcMillis;
use sea_orm::ExprTrait;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement, UpdateMany, Value, sea_query::Expr,
};

/// `work.state`
pub mod state {
    pub const READY: &str = "ready";
    pub const LEASED: &str = "leased";
    pub const DONE: &str = "done";
    pub const DEAD: &str = "dead";
}

/// In this state: written out, or the indexes of what is ready, leased and dead could not serve.
pub fn is(state: &'static str) -> Expr {
    Expr::cust(format!("work.state = '{state}'"))
}

/// Waiting or running.
pub fn is_open() -> Expr {
    Expr::cust("(work.state = 'ready' OR work.state = 'leased')")
}

/// Lanes in the order in which they are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lane {
    Escalation = 0,
    Announcement = 1,
    Intake = 2,
    Booking = 3,
    Digest = 4,
}

impl Lane {
    pub const ALL: [Lane; 5] =
        [Lane::Escalation, Lane::Announcement, Lane::Intake, Lane::Booking, Lane::Digest];

    /// For metrics and pages.
    pub const fn code(self) -> &'static str {
        match self {
            Lane::Escalation => "escalation",
            Lane::Announcement => "announcement",
            Lane::Intake => "intake",
            Lane::Booking => "booking",
            Lane::Digest => "digest",
        }
    }
}

/// What is to be done, and when. The payload holds ids only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWork {
    pub kind: &'static str,
    /// The same work asked for twice has the same key and exists once.
    pub key: String,
    pub lane: Lane,
    pub due: UtcMillis,
    pub payload: String,
}

/// Claimed work: what the runner holds while a job runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub id: WorkId,
    pub fence: i64,
    pub row: Model,
}

/// How long a lease lasts; calls to the outside time out at less than half of it.
pub const LEASE_MS: i64 = 30_000;

/// Adds work unless the same key is already there. Answers whether it is new.
pub async fn add(tx: &Tx, new: NewWork) -> StoreResult<bool> {
    tx.mark_work();
    let store = tx.store();
    let row = Model {
        id: WorkId::from_random(store.entropy().bytes()).0,
        kind: new.kind.to_owned(),
        work_key: new.key,
        lane: new.lane as i64,
        due_ms: new.due.0,
        state: state::READY.to_owned(),
        attempt: 0,
        fence: 0,
        lease_until_ms: None,
        owner: None,
        payload: new.payload,
        last_error: String::new(),
        created_ms: store.clock().now().0,
        done_ms: None,
    };
    crate::insert_new(tx, row).await
}

/// Holds claimed work for another lease.
pub async fn renew(tx: &Tx, claim: &Claim) -> StoreResult<()> {
    let lease_now = tx.store().lease_ms(&**tx).await?;
    let update =
        Entity::update_many().col_expr(Column::LeaseUntilMs, Expr::value(lease_now + LEASE_MS));
    of_held(tx, claim, update).await
}

/// Changes claimed work, only while the claim is held: whoever was stalled past the lease changes nothing.
async fn of_held(tx: &Tx, claim: &Claim, update: UpdateMany<Entity>) -> StoreResult<()> {
    let updated = update
        .filter(Column::Id.eq(claim.id.0))
        .filter(Column::Fence.eq(claim.fence))
        .filter(Column::State.eq(state::LEASED))
        .exec(&**tx)
        .await?;
    match updated.rows_affected {
        1 => Ok(()),
        _ => Err(StoreError::Fenced { fence: claim.fence }),
    }
}

/// Moves waiting work to another instant; nothing happens when it has begun or is done.
pub async fn reschedule(tx: &Tx, key: &str, due: UtcMillis) -> StoreResult<()> {
    tx.mark_work();
    Entity::update_many()
        .col_expr(Column::DueMs, Expr::value(due.0))
        .filter(Column::WorkKey.eq(key))
        .filter(Column::State.eq(state::READY))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Takes waiting work back; nothing happens when it has begun or is done.
pub async fn withdraw(tx: &Tx, key: &str, why: &str) -> StoreResult<()> {
    let now = tx.store().clock().now().0;
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state::DONE))
        .col_expr(Column::LastError, Expr::value(why))
        .col_expr(Column::DoneMs, Expr::value(now))
        .filter(Column::WorkKey.eq(key))
        .filter(Column::State.eq(state::READY))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Claims up to `limit` due rows of a lane, and rows whose lease has run out: one statement, and a
/// transaction of its own.
pub async fn claim(
    store: &Store,
    owner: InstanceId,
    now: UtcMillis,
    lane: Lane,
    limit: u64,
) -> StoreResult<Vec<Claim>> {
    let lease_now = store.lease_ms(store.read()).await?;
    let sql = match store.is_shared() {
        true => CLAIM_POSTGRES,
        false => CLAIM_SQLITE,
    };
    let values: [Value; 6] = [
        (lane as i64).into(),
        now.0.into(),
        lease_now.into(),
        (limit as i64).into(),
        owner.0.into(),
        (lease_now + LEASE_MS).into(),
    ];
    let db = store.alone();
    let claim = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(claim).await?;
    let mut claims = Vec::with_capacity(rows.len());
    for row in rows {
        let row = Model::from_query_result(&row, "")?;
        claims.push(Claim { id: WorkId(row.id), fence: row.fence, row });
    }
    claims.sort_by_key(|c| (c.row.due_ms, c.row.id));
    Ok(claims)
}

/// The materialised part keeps the planner from locking more rows than the limit.
const CLAIM_POSTGRES: &str = "
WITH due AS MATERIALIZED (
  SELECT id FROM work
  WHERE lane = $1 AND ((state = 'ready' AND due_ms <= $2) OR (state = 'leased' AND lease_until_ms < $3))
  ORDER BY due_ms LIMIT $4 FOR UPDATE SKIP LOCKED)
UPDATE work SET state = 'leased', fence = fence + 1, attempt = attempt + 1, owner = $5, lease_until_ms = $6
FROM due WHERE work.id = due.id RETURNING work.*";

/// SQLite has one writer at a time, from the beginning of a statement that writes to its end.
const CLAIM_SQLITE: &str = "
UPDATE work SET state = 'leased', fence = fence + 1, attempt = attempt + 1, owner = $5, lease_until_ms = $6
WHERE id IN (
  SELECT id FROM work
  WHERE lane = $1 AND ((state = 'ready' AND due_ms <= $2) OR (state = 'leased' AND lease_until_ms < $3))
  ORDER BY due_ms LIMIT $4)
RETURNING *";

/// Marks claimed work as done in the transaction that holds its effects.
pub async fn complete(tx: &Tx, claim: &Claim) -> StoreResult<()> {
    let now = tx.store().clock().now().0;
    finish(tx, claim, state::DONE, None, "", Some(now)).await
}

/// Gives claimed work back for another attempt.
pub async fn retry(tx: &Tx, claim: &Claim, due: UtcMillis, error: &str) -> StoreResult<()> {
    finish(tx, claim, state::READY, Some(due), error, None).await
}

/// Gives claimed work back without having tried, so that no attempt is spent.
pub async fn put_back(tx: &Tx, claim: &Claim, due: UtcMillis, why: &str) -> StoreResult<()> {
    finish(tx, claim, state::READY, Some(due), why, None).await?;
    Entity::update_many()
        .col_expr(Column::Attempt, Expr::col(Column::Attempt).sub(1))
        .filter(Column::Id.eq(claim.id.0))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Exhausted is not finished: dead work stays counted until a person retries or resolves it.
pub async fn bury(tx: &Tx, claim: &Claim, error: &str) -> StoreResult<()> {
    finish(tx, claim, state::DEAD, None, error, None).await
}

async fn finish(
    tx: &Tx,
    claim: &Claim,
    state: &str,
    due: Option<UtcMillis>,
    error: &str,
    done_ms: Option<i64>,
) -> StoreResult<()> {
    let mut update = Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::LastError, Expr::value(error))
        .col_expr(Column::DoneMs, Expr::value(done_ms))
        .col_expr(Column::LeaseUntilMs, Expr::value(Option::<i64>::None));
    if let Some(due) = due {
        tx.mark_work();
        update = update.col_expr(Column::DueMs, Expr::value(due.0));
    }
    of_held(tx, claim, update).await
}

/// A person's decision about dead work: try it again now.
pub async fn revive(tx: &Tx, id: WorkId) -> StoreResult<bool> {
    tx.mark_work();
    let now = tx.store().clock().now().0;
    let updated = Entity::update_many()
        .col_expr(Column::State, Expr::value(state::READY))
        .col_expr(Column::Attempt, Expr::value(0))
        .col_expr(Column::DueMs, Expr::value(now))
        .filter(Column::Id.eq(id.0))
        .filter(Column::State.eq(state::DEAD))
        .exec(&**tx)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// A person's decision about dead work: leave it, with a reason.
pub async fn resolve_dead(tx: &Tx, id: WorkId, reason: &str) -> StoreResult<bool> {
    let now = tx.store().clock().now().0;
    let updated = Entity::update_many()
        .col_expr(Column::State, Expr::value(state::DONE))
        .col_expr(Column::LastError, Expr::value(format!("resolved by a person: {reason}")))
        .col_expr(Column::DoneMs, Expr::value(now))
        .filter(Column::Id.eq(id.0))
        .filter(Column::State.eq(state::DEAD))
        .exec(&**tx)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// After a restart of the only process of a SQLite database: nobody holds a lease any more.
pub async fn release_all(tx: &Tx) -> StoreResult<u64> {
    tx.mark_work();
    let updated = Entity::update_many()
        .col_expr(Column::State, Expr::value(state::READY))
        .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
        .col_expr(Column::LeaseUntilMs, Expr::value(Option::<i64>::None))
        .filter(is(state::LEASED))
        .exec(&**tx)
        .await?;
    Ok(updated.rows_affected)
}

/// The lanes with something to claim at `now`: one read, where a claim in each would be five writes.
pub async fn due_lanes(
    db: &impl ConnectionTrait,
    lease_now: i64,
    now: UtcMillis,
) -> StoreResult<Vec<Lane>> {
    // The states are written out, or the partial indexes could not serve; lane by lane, or everything
    // that waits for later would be gone through.
    let ready = Lane::ALL.map(|lane| {
        let lane = lane as i64;
        format!(
            "SELECT {lane} AS lane WHERE EXISTS \
             (SELECT 1 FROM work WHERE state = 'ready' AND lane = {lane} AND due_ms <= $1)"
        )
    });
    let sql = format!(
        "{} UNION SELECT lane FROM work WHERE state = 'leased' AND lease_until_ms < $2",
        ready.join(" UNION ")
    );
    let values = [now.0.into(), lease_now.into()];
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(query).await?;
    let codes = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<i64>, _>>()?;
    Ok(Lane::ALL.into_iter().filter(|lane| codes.contains(&(*lane as i64))).collect())
}

/// When the next waiting row is due.
pub async fn next_due(db: &impl ConnectionTrait) -> StoreResult<Option<UtcMillis>> {
    // Lane by lane, or all that waits would be gone through.
    let each = Lane::ALL.map(|lane| {
        let lane = lane as i64;
        format!("SELECT min(due_ms) AS due FROM work WHERE state = 'ready' AND lane = {lane}")
    });
    let sql = format!("SELECT min(due) FROM ({}) AS lanes", each.join(" UNION ALL "));
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let due: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
    Ok(due.map(UtcMillis))
}

/// The row with this key.
pub async fn find(db: &impl ConnectionTrait, key: &str) -> StoreResult<Option<Model>> {
    Ok(Entity::find().filter(Column::WorkKey.eq(key)).one(db).await?)
}

/// Rows that wait for a person's decision.
pub async fn dead(db: &impl ConnectionTrait) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(is(state::DEAD))
        .order_by_asc(Column::DueMs)
        .limit(200)
        .all(db)
        .await?)
}

/// How many rows of a lane are due, and how late the oldest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    pub lane: Lane,
    pub due: u64,
    pub oldest_ms: i64,
}

/// The backlog of every lane at `now`.
pub async fn backlog(db: &impl ConnectionTrait, now: UtcMillis) -> StoreResult<Vec<Backlog>> {
    let mut lanes = Vec::new();
    for lane in Lane::ALL {
        let due = Entity::find()
            .filter(is(state::READY))
            .filter(Column::Lane.eq(lane as i64))
            .filter(Column::DueMs.lte(now.0));
        let oldest = due.clone().order_by_asc(Column::DueMs).one(db).await?;
        let oldest_ms = oldest.map_or(0, |row| now.0 - row.due_ms);
        lanes.push(Backlog { lane, due: due.count(db).await?, oldest_ms });
    }
    Ok(lanes)
}

/// Work of one kind that is still waiting or running, for sweeps that must not pile up.
pub async fn count_open(db: &impl ConnectionTrait, kind: &str) -> StoreResult<u64> {
    Ok(Entity::find().filter(Column::Kind.eq(kind)).filter(is_open()).count(db).await?)
}

/// Payloads of one kind of work that is still waiting or running.
pub async fn open_payloads(db: &impl ConnectionTrait, kind: &str) -> StoreResult<Vec<String>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::Payload)
        .filter(Column::Kind.eq(kind))
        .filter(is_open())
        .into_tuple()
        .all(db)
        .await?)
}

/// Deletes work that was done before `before`; what it meant lives in domain tables.
pub async fn purge_done(tx: &Tx, before: UtcMillis) -> StoreResult<u64> {
    let deleted = work::Entity::delete_many()
        .filter(Column::State.eq(state::DONE))
        .filter(Column::DoneMs.lt(before.0))
        .exec(&**tx)
        .await?;
    Ok(deleted.rows_affected)
}
