//! The nightly purge: rows that have passed the days of their class.

use super::{Ends, HOLDINGS, Holding, Whose};
use crate::entities::{cases, legal_hold};
use crate::{Store, StoreResult, Tx};
use jiff::tz::TimeZone;
use muster_domain::retention::{DataClass, RetentionDays};
use muster_domain::time::{DAY_MS, UtcMillis};
use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait, IntoCondition, Query, SelectStatement,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, StatementBuilder, Value,
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What one table lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purged {
    pub table: &'static str,
    pub rows: u64,
}

/// Deletes and empties what has passed its date, one transaction a table, and answers what went.
/// Nothing about somebody with an open case or under a legal hold is touched.
pub async fn purge(
    store: &Store,
    now: UtcMillis,
    days: &RetentionDays,
) -> StoreResult<Vec<Purged>> {
    let mut purged = Vec::new();
    for holding in HOLDINGS {
        let tx = store.begin().await?;
        let held = held(&tx).await?;
        let mut rows = 0;
        for end in holding.ends {
            rows += apply(&tx, holding, *end, now, days, &held).await?;
        }
        tx.commit().await?;
        if rows > 0 {
            purged.push(Purged { table: holding.table, rows });
        }
    }
    Ok(purged)
}

/// People of whom nothing is deleted now.
async fn held(tx: &Tx) -> StoreResult<BTreeSet<Uuid>> {
    let under_hold = legal_hold::Entity::find()
        .select_only()
        .column(legal_hold::Column::PersonId)
        .filter(legal_hold::Column::ReleasedMs.is_null())
        .into_tuple::<Uuid>()
        .all(&**tx)
        .await?;
    let with_case = cases::Entity::find()
        .select_only()
        .column(cases::Column::PersonId)
        .filter(crate::cases::is_open())
        .into_tuple::<Uuid>()
        .all(&**tx)
        .await?;
    Ok(under_hold.into_iter().chain(with_case).collect())
}

async fn apply(
    tx: &Tx,
    holding: &Holding,
    end: Ends,
    now: UtcMillis,
    days: &RetentionDays,
    held: &BTreeSet<Uuid>,
) -> StoreResult<u64> {
    let Some(over) = is_over(holding, end, now, days, held) else { return Ok(0) };
    let mut condition = Condition::all().add(over);
    if let Some(free) = is_free(holding.whose, held) {
        condition = condition.add(free);
    }
    let table = Alias::new(holding.table);
    match end {
        Ends::Emptied { column, .. } => {
            let filled = Expr::col(Alias::new(column)).is_not_null();
            let statement = Query::update()
                .table(table)
                .value(Alias::new(column), Value::Bytes(None))
                .cond_where(condition.add(filled))
                .to_owned();
            execute(tx, &statement).await
        }
        _ => execute(tx, &delete(table, condition)).await,
    }
}

fn delete(table: Alias, condition: Condition) -> sea_orm::sea_query::DeleteStatement {
    Query::delete().from_table(table).cond_where(condition).to_owned()
}

pub(super) async fn execute(tx: &Tx, statement: &impl StatementBuilder) -> StoreResult<u64> {
    Ok(tx.execute(statement).await?.rows_affected())
}

/// The condition under which rows are over, or None where nothing ends by age alone.
fn is_over(
    holding: &Holding,
    end: Ends,
    now: UtcMillis,
    days: &RetentionDays,
    held: &BTreeSet<Uuid>,
) -> Option<Condition> {
    let before = |class: DataClass| days.of(class).map(|d| now.plus_ms(-i64::from(d) * DAY_MS));
    // A date may be up to fourteen hours ahead of or twelve behind UTC.
    let day_before =
        |class| before(class).map(|at| at.plus_ms(-DAY_MS).date_in(&TimeZone::UTC).to_string());
    Some(match end {
        Ends::After { class, column, only } => {
            let mut over = Condition::all().add(Expr::col(Alias::new(column)).lt(before(class)?.0));
            if let Some(only) = only {
                let words = only.words.iter().copied();
                over = over.add(Expr::col(Alias::new(only.column)).is_in(words));
            }
            match holding.table {
                // A case stands on its check-in.
                "check_in" => over.add(Expr::col(Alias::new("id")).not_in_subquery(ids_of_cases())),
                _ => over,
            }
        }
        Ends::AfterDay { class, column } => {
            Expr::col(Alias::new(column)).lt(day_before(class)?).into_condition()
        }
        Ends::Emptied { class, counted, .. } => {
            Expr::col(Alias::new(counted)).lt(before(class)?.0).into_condition()
        }
        Ends::AfterCheckIn(class) => {
            let closed = Expr::col(Alias::new("closed_ms")).lt(before(class)?.0).into_condition();
            let free = is_free(Whose::Person("person_id"), held);
            // A case stands on the decision about its check-in for as long as it is kept itself.
            let cased = Expr::col(Alias::new("id")).not_in_subquery(ids_of_cases());
            let cased = (class == DataClass::Decision).then_some(cased);
            let over = ids("check_in", closed.add_option(free).add_option(cased));
            Expr::col(Alias::new("check_in_id")).in_subquery(over).into_condition()
        }
        Ends::WithCase => {
            let before = before(DataClass::Decision)?.0;
            let over = Expr::col(Alias::new("resolved_ms")).lt(before).into_condition();
            let over = over.add_option(is_free(Whose::Person("person_id"), held));
            Expr::col(Alias::new("case_id")).in_subquery(ids("cases", over)).into_condition()
        }
        Ends::WithBoundary => {
            let over = Expr::col(Alias::new("label")).lt(day_before(DataClass::DrawRecord)?);
            let over = Query::select()
                .column(Alias::new("entry_id"))
                .from(Alias::new("draw_boundary"))
                .and_where(over)
                .to_owned();
            Expr::col(Alias::new("entry_id")).in_subquery(over).into_condition()
        }
        Ends::WithPerson | Ends::ByItsOwn(_) | Ends::Never => return None,
    })
}

/// The condition under which rows are nobody's whose data is held.
fn is_free(whose: Whose, held: &BTreeSet<Uuid>) -> Option<Condition> {
    if held.is_empty() {
        return None;
    }
    let people = held.iter().copied();
    let of = |table| {
        let theirs = Expr::col(Alias::new("person_id")).is_in(people.clone()).into_condition();
        ids(table, theirs)
    };
    match whose {
        Whose::Person(column) => Some(Expr::col(Alias::new(column)).is_not_in(people)),
        Whose::CheckIn(column) => {
            Some(Expr::col(Alias::new(column)).not_in_subquery(of("check_in")))
        }
        Whose::Case(column) => Some(Expr::col(Alias::new(column)).not_in_subquery(of("cases"))),
        Whose::Pseudonym(_) | Whose::Nobody => None,
    }
    .map(IntoCondition::into_condition)
}

fn ids(table: &'static str, condition: Condition) -> SelectStatement {
    Query::select()
        .column(Alias::new("id"))
        .from(Alias::new(table))
        .cond_where(condition)
        .to_owned()
}

fn ids_of_cases() -> SelectStatement {
    Query::select().column(Alias::new("check_in_id")).from(Alias::new("cases")).to_owned()
}
