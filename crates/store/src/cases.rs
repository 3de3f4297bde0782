//! Cases: one row per concern, its steps (once each) and its story (appended, never edited).

use crate::entities::{case_event, case_step, cases, check_in, evidence_view};
use crate::sealed::{Owner, Place};
use crate::{Store, StoreError, StoreResult, Tx};
use muster_domain::id::{CaseId, PersonId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

/// One case.
pub async fn find(db: &impl ConnectionTrait, id: CaseId) -> StoreResult<Option<cases::Model>> {
    Ok(cases::Entity::find_by_id(id.0).one(db).await?)
}

/// One case, locked until the transaction ends.
pub async fn lock(tx: &Tx, id: CaseId) -> StoreResult<cases::Model> {
    cases::Entity::find_by_id(id.0)
        .lock_exclusive()
        .one(&**tx)
        .await?
        .ok_or_else(|| StoreError::missing("case", id))
}

/// The number people call the next case by.
pub async fn next_no(tx: &Tx) -> StoreResult<i64> {
    let newest = cases::Entity::find().order_by_desc(cases::Column::No).one(&**tx).await?;
    Ok(newest.map_or(2001, |row| row.no + 1))
}

/// Not resolved: written out, or the indexes of open cases could not serve.
pub fn is_open() -> Expr {
    Expr::cust("cases.state <> 'resolved'")
}

/// The open case of this person and cause.
pub async fn open_of(
    db: &impl ConnectionTrait,
    person: PersonId,
    cause: &str,
) -> StoreResult<Option<cases::Model>> {
    Ok(cases::Entity::find()
        .filter(cases::Column::PersonId.eq(person.0))
        .filter(cases::Column::Cause.eq(cause))
        .filter(is_open())
        .one(db)
        .await?)
}

/// Every case that is not resolved, oldest first.
pub async fn open(db: &impl ConnectionTrait) -> StoreResult<Vec<cases::Model>> {
    Ok(cases::Entity::find()
        .filter(is_open())
        .order_by_asc(cases::Column::OpenedMs)
        .all(db)
        .await?)
}

/// Newest cases of any state.
pub async fn recent(db: &impl ConnectionTrait, limit: u64) -> StoreResult<Vec<cases::Model>> {
    Ok(cases::Entity::find().order_by_desc(cases::Column::OpenedMs).limit(limit).all(db).await?)
}

/// Cases about these people, newest first.
pub async fn about(
    db: &impl ConnectionTrait,
    people: impl IntoIterator<Item = Uuid>,
) -> StoreResult<Vec<cases::Model>> {
    Ok(cases::Entity::find()
        .filter(cases::Column::PersonId.is_in(people))
        .order_by_desc(cases::Column::OpenedMs)
        .all(db)
        .await?)
}

/// The case of each of these check-ins that has one.
pub async fn of_check_ins(
    db: &impl ConnectionTrait,
    rows: &[check_in::Model],
) -> StoreResult<HashMap<Uuid, cases::Model>> {
    let mut found = HashMap::new();
    for rows in rows.chunks(crate::LISTED_MAX) {
        let cases = cases::Entity::find()
            .filter(cases::Column::PersonId.is_in(rows.iter().map(|row| row.person_id)))
            .filter(cases::Column::CheckInId.is_in(rows.iter().map(|row| row.id)))
            .all(db)
            .await?;
        found.extend(cases.into_iter().map(|case| (case.check_in_id, case)));
    }
    Ok(found)
}

/// Steps that were taken, in order.
pub async fn steps(db: &impl ConnectionTrait, id: CaseId) -> StoreResult<Vec<case_step::Model>> {
    Ok(case_step::Entity::find()
        .filter(case_step::Column::CaseId.eq(id.0))
        .order_by_asc(case_step::Column::No)
        .all(db)
        .await?)
}

/// One line of a case's story, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryLine {
    pub row: case_event::Model,
    /// What somebody typed.
    pub text: Option<String>,
}

/// Appends to the story.
pub async fn tell(
    tx: &Tx,
    case: &cases::Model,
    kind: &str,
    actor: Option<PersonId>,
    text: Option<&str>,
    detail: &str,
) -> StoreResult<()> {
    let store = tx.store();
    let id = Uuid::from_bytes(store.entropy().bytes());
    let text = match text {
        Some(text) => Some(tx.seal(owner(case), text_column(id), &text.to_owned()).await?),
        None => None,
    };
    let row = case_event::Model {
        id,
        case_id: case.id,
        kind: kind.to_owned(),
        actor: actor.map(|a| a.0),
        text,
        detail: detail.to_owned(),
        at_ms: store.clock().now().0,
    };
    crate::insert(tx, row).await
}

/// The story of a case, oldest first.
pub async fn story(
    store: &Store,
    db: &impl ConnectionTrait,
    case: &cases::Model,
) -> StoreResult<Vec<StoryLine>> {
    let rows = case_event::Entity::find()
        .filter(case_event::Column::CaseId.eq(case.id))
        .order_by_asc(case_event::Column::AtMs)
        .all(db)
        .await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let text = match &row.text {
            Some(sealed) => Some(store.unseal(db, owner(case), text_column(row.id), sealed).await?),
            None => None,
        };
        lines.push(StoryLine { row, text });
    }
    Ok(lines)
}

/// Whether this viewer has opened the evidence of the case.
pub async fn has_opened_evidence(
    db: &impl ConnectionTrait,
    case: CaseId,
    viewer: PersonId,
) -> StoreResult<bool> {
    Ok(evidence_view::Entity::find_by_id((case.0, viewer.0)).one(db).await?.is_some())
}

/// Who opened evidence about a person.
pub async fn views_of(
    db: &impl ConnectionTrait,
    subject: PersonId,
) -> StoreResult<Vec<evidence_view::Model>> {
    Ok(evidence_view::Entity::find()
        .filter(evidence_view::Column::Subject.eq(subject.0))
        .order_by_desc(evidence_view::Column::AtMs)
        .all(db)
        .await?)
}

fn owner(case: &cases::Model) -> Owner {
    Owner::Person(PersonId(case.person_id))
}

fn text_column(row: Uuid) -> Place<'static> {
    Place { table: "case_event", column: "text", row }
}
