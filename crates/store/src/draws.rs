//! State, committed inputs, salts and revealed keys of the draw. Nothing here is derived from a
//! hit before its announcement transaction.

use crate::entities::{draw_boundary, draw_day, draw_reveal, draw_rows, draw_state};
use crate::sealed::{Owner, Place};
use crate::{Store, StoreError, StoreResult, Tx, Whose, audit};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use muster_domain::draw::{BeaconKind, Boundary, BoundaryInputs, Horizon};
use muster_domain::id::{EntryId, PersonId};
use muster_domain::time::UtcMillis;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use uuid::Uuid;

/// Everybody's state of the draw.
pub async fn states(
    db: &impl ConnectionTrait,
) -> StoreResult<BTreeMap<PersonId, draw_state::Model>> {
    states_of(db, Whose::Everybody).await
}

/// The states of some people.
pub async fn states_of(
    db: &impl ConnectionTrait,
    whose: Whose<'_>,
) -> StoreResult<BTreeMap<PersonId, draw_state::Model>> {
    let theirs = whose.filter(draw_state::Column::PersonId);
    let rows = draw_state::Entity::find().filter(theirs).all(db).await?;
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

pub use crate::chains::anchored as chains;

/// `draw_boundary.salt`
pub mod salt {
    /// Single lock.
    pub const ZEROS: &str = "zeros";
    /// Not decided yet: the round is asked for.
    pub const WAITING: &str = "waiting";
    /// The round of the row's `signature`.
    pub const BEACON: &str = "beacon";
}

/// A boundary to be committed.
#[derive(Debug)]
pub struct NewBoundary<'a> {
    pub zone: &'a str,
    pub boundary: &'a Boundary,
    pub beacon: BeaconKind,
    /// Absent where the kind is `none`.
    pub round: Option<u64>,
    pub plan_from: UtcMillis,
    pub root: String,
    /// Canonical JSON.
    pub rows: &'a [u8],
    pub entry: EntryId,
}

/// Compresses, seals and keeps the committed rows of one boundary.
pub async fn commit_boundary(tx: &Tx, new: NewBoundary<'_>) -> StoreResult<()> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    let packed = gzip.write_all(new.rows).and_then(|()| gzip.finish());
    let packed = packed.map_err(|e| StoreError::unreadable("draw inputs", e))?;
    let salt = if new.round.is_some() { salt::WAITING } else { salt::ZEROS };
    let row = draw_boundary::Model {
        zone: new.zone.to_owned(),
        label: new.boundary.label.to_string(),
        horizon: new.boundary.horizon.to_string(),
        t_ms: new.boundary.t.0,
        chain: new.boundary.chain.clone(),
        root: new.root,
        entry_id: new.entry.0,
        committed_ms: tx.store().clock().now().0,
        beacon: new.beacon.code().to_owned(),
        round: new.round.map(|round| round as i64),
        plan_ms: new.plan_from.0,
        salt: salt.to_owned(),
        signature: None,
        dropped_ms: None,
        closed_ms: None,
    };
    crate::insert(tx, row).await?;
    let inputs = tx.seal_bytes(Owner::Organisation, inputs_column(new.entry.0), &packed).await?;
    crate::insert(tx, draw_rows::Model { entry_id: new.entry.0, inputs }).await
}

/// Decides the salt of a boundary, once: answers false, and changes nothing, if it was decided
/// before. With a signature it is that round's, without one it is zeros.
pub async fn decide_salt(
    tx: &Tx,
    row: &draw_boundary::Model,
    signature: Option<Vec<u8>>,
) -> StoreResult<bool> {
    let decided = if signature.is_some() { salt::BEACON } else { salt::ZEROS };
    let updated = draw_boundary::Entity::update_many()
        .col_expr(draw_boundary::Column::Salt, Expr::value(decided))
        .col_expr(draw_boundary::Column::Signature, Expr::value(signature))
        .filter(draw_boundary::Column::Zone.eq(&row.zone))
        .filter(draw_boundary::Column::Label.eq(&row.label))
        .filter(draw_boundary::Column::Horizon.eq(&row.horizon))
        .filter(draw_boundary::Column::Salt.eq(salt::WAITING))
        .exec(&**tx)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Opens the committed rows of one boundary.
pub async fn boundary_inputs(
    store: &Store,
    db: &impl ConnectionTrait,
    row: &draw_boundary::Model,
) -> StoreResult<Vec<u8>> {
    let key = store.data_key(db, Owner::Organisation).await?;
    let sealed = draw_rows::Entity::find_by_id(row.entry_id).one(db).await?;
    let sealed = sealed.ok_or_else(|| StoreError::missing("rows of a boundary", row.entry_id))?;
    let packed = key.open_bytes(&sealed.inputs, inputs_column(row.entry_id))?;
    let mut rows = Vec::new();
    GzDecoder::new(packed.as_slice())
        .read_to_end(&mut rows)
        .map_err(|e| StoreError::unreadable("draw inputs", e))?;
    Ok(rows)
}

/// The chains a boundary names, ids joined by `+`; those of older rows stand in the rows alone.
pub async fn chain_names(store: &Store, row: &draw_boundary::Model) -> StoreResult<String> {
    if !row.chain.is_empty() {
        return Ok(row.chain.clone());
    }
    let json = boundary_inputs(store, store.read(), row).await?;
    let inputs = BoundaryInputs::from_json(&json);
    Ok(inputs.map_err(|e| StoreError::unreadable("draw inputs", e))?.boundary().chain.clone())
}

/// Of the time when the rows stood in the boundary's own table: what is sealed keeps its name.
fn inputs_column(entry: Uuid) -> Place<'static> {
    Place { table: "draw_boundary", column: "inputs", row: entry }
}

/// The boundary of this zone, label and horizon, if its inputs are committed.
pub async fn boundary(
    db: &impl ConnectionTrait,
    zone: &str,
    label: &str,
    horizon: Horizon,
) -> StoreResult<Option<draw_boundary::Model>> {
    let key = (zone.to_owned(), label.to_owned(), horizon.to_string());
    Ok(draw_boundary::Entity::find_by_id(key).one(db).await?)
}

/// The boundary that a log entry committed.
pub async fn boundary_of_entry(
    db: &impl ConnectionTrait,
    entry: Uuid,
) -> StoreResult<Option<draw_boundary::Model>> {
    let of_entry = draw_boundary::Column::EntryId.eq(entry);
    Ok(draw_boundary::Entity::find().filter(of_entry).one(db).await?)
}

/// Boundaries whose label is still open, in the order of plans, dropped ones too.
pub async fn open_boundaries(db: &impl ConnectionTrait) -> StoreResult<Vec<draw_boundary::Model>> {
    in_order(draw_boundary::Entity::find().filter(draw_boundary::Column::ClosedMs.is_null()), db)
        .await
}

/// Those of one zone before a label. What is open is little; asked by zone, a database may go through
/// all that is closed.
pub async fn open_boundaries_before(
    db: &impl ConnectionTrait,
    zone: &str,
    label: &str,
) -> StoreResult<Vec<draw_boundary::Model>> {
    let open = draw_boundary::Entity::find().filter(draw_boundary::Column::ClosedMs.is_null());
    let mut before = open.all(db).await?;
    before.retain(|row| row.zone == zone && row.label.as_str() < label);
    ordered(before, db).await
}

/// What of an open boundary says whether it can be planned.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Ahead {
    pub entry_id: Uuid,
    pub label: String,
    pub plan_ms: i64,
    pub salt: String,
}

impl Ahead {
    /// Whether the time of the plan has come and the salt is decided.
    pub fn is_due(&self, now: UtcMillis) -> bool {
        is_due(self.plan_ms, &self.salt, now)
    }
}

impl draw_boundary::Model {
    /// Whether the time of the plan has come and the salt is decided.
    pub fn is_due(&self, now: UtcMillis) -> bool {
        is_due(self.plan_ms, &self.salt, now)
    }
}

fn is_due(plan_ms: i64, of_salt: &str, now: UtcMillis) -> bool {
    now.0 >= plan_ms && of_salt != salt::WAITING
}

/// Boundaries that are neither closed nor dropped, in no order.
pub async fn ahead(db: &impl ConnectionTrait) -> StoreResult<Vec<Ahead>> {
    use draw_boundary::Column;
    Ok(draw_boundary::Entity::find()
        .select_only()
        .columns([Column::EntryId, Column::Label, Column::PlanMs, Column::Salt])
        .filter(Column::ClosedMs.is_null())
        .filter(Column::DroppedMs.is_null())
        .into_model::<Ahead>()
        .all(db)
        .await?)
}

/// Boundaries of a label in any zone, in the order of plans.
pub async fn boundaries_of(
    db: &impl ConnectionTrait,
    label: &str,
) -> StoreResult<Vec<draw_boundary::Model>> {
    in_order(draw_boundary::Entity::find().filter(draw_boundary::Column::Label.eq(label)), db).await
}

/// The label of the oldest boundary there is.
pub async fn oldest_label(db: &impl ConnectionTrait) -> StoreResult<Option<String>> {
    let oldest = draw_boundary::Entity::find()
        .select_only()
        .column(draw_boundary::Column::Label)
        .order_by_asc(draw_boundary::Column::Label)
        .into_tuple()
        .one(db)
        .await?;
    Ok(oldest)
}

/// Boundaries of a label in one zone, in the order of plans: its day and its blocks.
pub async fn boundaries_in(
    db: &impl ConnectionTrait,
    zone: &str,
    label: &str,
) -> StoreResult<Vec<draw_boundary::Model>> {
    let query = draw_boundary::Entity::find()
        .filter(draw_boundary::Column::Zone.eq(zone))
        .filter(draw_boundary::Column::Label.eq(label));
    in_order(query, db).await
}

/// Boundaries with `t` in `from..to`, earliest first.
pub async fn boundaries_between(
    db: &impl ConnectionTrait,
    from: UtcMillis,
    to: UtcMillis,
) -> StoreResult<Vec<draw_boundary::Model>> {
    let query = draw_boundary::Entity::find()
        .filter(draw_boundary::Column::TMs.gte(from.0))
        .filter(draw_boundary::Column::TMs.lt(to.0));
    let mut rows = query.all(db).await?;
    rows.sort_by(|a, b| by_beginning(a).cmp(&by_beginning(b)));
    Ok(rows)
}

/// A boundary with the number of its `draw-inputs` entry in the log; none while no checkpoint covers
/// that entry.
#[derive(Debug)]
pub struct Numbered {
    pub number: Option<u64>,
    pub row: draw_boundary::Model,
}

/// Boundaries with labels in `first..=last` that are not dropped and not known yet by the id of their entry,
/// in the order of plans.
pub async fn boundaries_within(
    db: &impl ConnectionTrait,
    first: &str,
    last: &str,
    is_known: impl Fn(&Uuid) -> bool,
) -> StoreResult<Vec<Numbered>> {
    use draw_boundary::{Column, Entity};
    // Dates are compared as text: `YYYY-MM-DD` sorts by itself in any collation.
    let within = Entity::find()
        .filter(Column::Label.gte(first))
        .filter(Column::Label.lte(last))
        .filter(Column::DroppedMs.is_null());
    let entries = within.clone().select_only().column(Column::EntryId);
    let entries: Vec<Uuid> = entries.into_tuple().all(db).await?;
    let new: Vec<Uuid> = entries.into_iter().filter(|entry| !is_known(entry)).collect();
    let mut found = Vec::new();
    for new in new.chunks(crate::LISTED_MAX) {
        let new = within.clone().filter(Column::EntryId.is_in(new.iter().copied()));
        found.extend(new.all(db).await?);
    }
    numbered(found, db).await
}

async fn in_order(
    query: Select<draw_boundary::Entity>,
    db: &impl ConnectionTrait,
) -> StoreResult<Vec<draw_boundary::Model>> {
    ordered(query.all(db).await?, db).await
}

async fn ordered(
    rows: Vec<draw_boundary::Model>,
    db: &impl ConnectionTrait,
) -> StoreResult<Vec<draw_boundary::Model>> {
    if rows.len() < 2 {
        return Ok(rows);
    }
    let rows = numbered(rows, db).await?;
    Ok(rows.into_iter().map(|numbered| numbered.row).collect())
}

/// In the order of plans, which is that of the `draw-inputs` entries in the log. What is not in the
/// log yet comes after everything that is.
async fn numbered(
    rows: Vec<draw_boundary::Model>,
    db: &impl ConnectionTrait,
) -> StoreResult<Vec<Numbered>> {
    let entries: Vec<Uuid> = rows.iter().map(|row| row.entry_id).collect();
    let numbers = audit::numbers(db, &entries).await?;
    let number = |row: &draw_boundary::Model| numbers.get(&row.entry_id).copied();
    let mut rows: Vec<Numbered> =
        rows.into_iter().map(|row| Numbered { number: number(&row), row }).collect();
    // Not by the database, whose collation may be another one.
    let order = |n: &Numbered| n.number.unwrap_or(u64::MAX);
    rows.sort_by(|a, b| {
        order(a).cmp(&order(b)).then_with(|| by_beginning(&a.row).cmp(&by_beginning(&b.row)))
    });
    Ok(rows)
}

fn by_beginning(row: &draw_boundary::Model) -> (i64, &str, &str, &str) {
    (row.t_ms, &row.zone, &row.label, &row.horizon)
}

/// Labels that are closed everywhere and whose key may be revealed, with the instant at which the
/// last boundary up to that label closed. A key opens all earlier labels, so none is listed from the
/// first label on that is open somewhere.
pub async fn closed_labels(db: &impl ConnectionTrait) -> StoreResult<Vec<(String, UtcMillis)>> {
    let rows: Vec<(String, Option<i64>)> = draw_boundary::Entity::find()
        .select_only()
        .column(draw_boundary::Column::Label)
        .column(draw_boundary::Column::ClosedMs)
        .into_tuple()
        .all(db)
        .await?;
    let mut labels: BTreeMap<String, Option<i64>> = BTreeMap::new();
    for (label, closed_ms) in rows {
        let last = labels.entry(label).or_insert(Some(0));
        *last = (*last).zip(closed_ms).map(|(a, b)| a.max(b));
    }
    let mut closed = Vec::new();
    let mut latest = 0;
    for (label, last) in labels {
        let Some(last) = last else { break };
        latest = latest.max(last);
        closed.push((label, UtcMillis(latest)));
    }
    Ok(closed)
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

/// Everybody's non-trivial days from this label on.
pub async fn days_since(
    db: &impl ConnectionTrait,
    first: &str,
) -> StoreResult<Vec<draw_day::Model>> {
    Ok(draw_day::Entity::find()
        .filter(draw_day::Column::Label.gte(first))
        .order_by_asc(draw_day::Column::Label)
        .all(db)
        .await?)
}
