//! When each person was met, a row a person, so that a page over everybody reads only what it
//! shows. A row is true until its `due_ms`; [`due`] finds those that no longer are.
//!
//! `latest` is the newest outcome that whoever sees the page may know. A newer one that only some may
//! know is named by `graver`, and the reader asks.

use crate::entities::{check_in, coverage};
use crate::{StoreResult, Tx};
use muster_domain::check_in::Outcome;
use muster_domain::id::PersonId;
use muster_domain::time::{DAY_MS, UtcMillis};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement, Value,
};
use uuid::Uuid;

/// A column that the table can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Name,
    Policy,
    LastMet,
    Latest,
    MetInYear,
}

/// Which people, and in which order.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Part of a name, in any case. A letter outside ASCII stands for any letter, as the two
    /// databases do not agree on their capitals.
    pub name: String,
    /// One of these versions of a policy; none: every policy, and none.
    pub policies: Option<Vec<Uuid>>,
    pub sort: Sort,
    pub is_descending: bool,
    /// Whose escalated outcome the reader may know: they sort by it.
    pub escalated: Vec<Uuid>,
}

/// One person of the table.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Line {
    pub person_id: Uuid,
    pub name: String,
    pub policy_version_id: Option<Uuid>,
    pub last_met_ms: Option<i64>,
    pub met_in_year: i64,
    pub latest: Option<String>,
    pub graver: Option<Uuid>,
}

/// What a statement of this module is made of: its text so far and its values.
struct Query {
    sql: String,
    values: Vec<Value>,
}

impl Query {
    fn new(sql: &str) -> Query {
        Query { sql: sql.to_owned(), values: Vec::new() }
    }

    /// Takes a value and answers what stands for it in the text.
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn bind_all(&mut self, ids: &[Uuid]) -> String {
        ids.iter().map(|id| self.bind(*id)).collect::<Vec<_>>().join(", ")
    }

    fn filter(&mut self, wanted: &Wanted) {
        if !wanted.name.is_empty() {
            let pattern = self.bind(pattern(&wanted.name));
            self.sql += &format!(" AND lower(p.name) LIKE {pattern} ESCAPE '!'");
        }
        match wanted.policies.as_deref() {
            None => {}
            Some([]) => self.sql += " AND 1 = 0",
            Some(ids) => {
                let ids = self.bind_all(ids);
                self.sql += &format!(" AND c.policy_version_id IN ({ids})");
            }
        }
    }

    fn on(self, db: &impl ConnectionTrait) -> Statement {
        Statement::from_sql_and_values(db.get_database_backend(), self.sql, self.values)
    }
}

/// A name that contains `part`.
fn pattern(part: &str) -> String {
    let mut pattern = "%".to_owned();
    for letter in part.to_lowercase().chars() {
        match letter {
            '%' | '_' | '!' => pattern.extend(['!', letter]),
            letter if letter.is_ascii() => pattern.push(letter),
            _ => pattern.push('_'),
        }
    }
    pattern + "%"
}

/// Lines `first..first + limit` of those wanted.
pub async fn lines(
    db: &impl ConnectionTrait,
    wanted: &Wanted,
    first: u64,
    limit: u64,
) -> StoreResult<Vec<Line>> {
    let mut query = Query::new(
        "SELECT c.person_id, p.name, c.policy_version_id, c.last_met_ms, c.met_in_year, c.latest, c.graver \
         FROM coverage c JOIN person p ON p.id = c.person_id \
         LEFT JOIN policy_version v ON v.id = c.policy_version_id WHERE p.state = 'active'",
    );
    query.filter(wanted);
    // The last column makes the order one, and is the second of the index that serves the first.
    let (by, then) = match wanted.sort {
        Sort::Name => ("p.name".to_owned(), "p.id"),
        Sort::Policy => ("v.name".to_owned(), "p.name"),
        Sort::LastMet => ("c.last_met_ms".to_owned(), "c.person_id"),
        Sort::MetInYear => ("c.met_in_year".to_owned(), "c.person_id"),
        Sort::Latest if wanted.escalated.is_empty() => ("c.latest".to_owned(), "c.person_id"),
        Sort::Latest => {
            let (ids, word) =
                (query.bind_all(&wanted.escalated), query.bind(Outcome::Escalated.code()));
            let by = format!("CASE WHEN c.person_id IN ({ids}) THEN {word} ELSE c.latest END");
            (by, "c.person_id")
        }
    };
    let way = if wanted.is_descending { "DESC" } else { "ASC" };
    // Who was never met stands before the first, on either database.
    let nulls = match (db.get_database_backend(), wanted.is_descending) {
        (sea_orm::DatabaseBackend::Postgres, false) => " NULLS FIRST",
        (sea_orm::DatabaseBackend::Postgres, true) => " NULLS LAST",
        _ => "",
    };
    let (limit, first) = (query.bind(limit as i64), query.bind(first as i64));
    query.sql += &format!(" ORDER BY {by} {way}{nulls}, {then} {way} LIMIT {limit} OFFSET {first}");
    Ok(Line::find_by_statement(query.on(db)).all(db).await?)
}

/// How many there are of those wanted.
pub async fn count(db: &impl ConnectionTrait, wanted: &Wanted) -> StoreResult<u64> {
    let is_everybody = wanted.name.is_empty() && wanted.policies.is_none();
    let mut query = Query::new(match is_everybody {
        true => "SELECT count(*) FROM coverage",
        false => "SELECT count(*) FROM coverage c JOIN person p ON p.id = c.person_id WHERE 1 = 1",
    });
    query.filter(wanted);
    number(db, query).await
}

/// People in a policy, and of those how many were met since.
pub async fn met_since(db: &impl ConnectionTrait, since: UtcMillis) -> StoreResult<(u64, u64)> {
    let in_policy = Query::new("SELECT count(*) FROM coverage WHERE policy_version_id IS NOT NULL");
    let mut met = Query::new(
        "SELECT count(*) FROM coverage WHERE policy_version_id IS NOT NULL AND last_met_ms >= ",
    );
    let since = met.bind(since.0);
    met.sql += &since;
    Ok((number(db, in_policy).await?, number(db, met).await?))
}

/// Check-ins of closed dates that began after `since` and have an outcome other than escalated; and of those how
/// many failed by one of these faults.
pub async fn held_since(
    db: &impl ConnectionTrait,
    since: UtcMillis,
    running: &str,
    faults: [&str; 3],
) -> StoreResult<(u64, u64)> {
    let held = || {
        let mut query = Query::new("SELECT count(*) FROM check_in WHERE outcome IS NOT NULL");
        let values =
            [query.bind(since.0), query.bind(running), query.bind(Outcome::Escalated.code())];
        let [since, running, escalated] = values;
        query.sql +=
            &format!(" AND start_ms >= {since} AND label < {running} AND outcome <> {escalated}");
        query
    };
    let mut failed = held();
    let words = faults.map(|fault| failed.bind(fault)).join(", ");
    failed.sql += &format!(" AND fault IN ({words})");
    Ok((number(db, held()).await?, number(db, failed).await?))
}

/// Check-ins of closed dates that began after `since` and ended escalated: not everybody may know of them.
pub async fn escalated_since(
    db: &impl ConnectionTrait,
    since: UtcMillis,
    running: &str,
) -> StoreResult<Vec<check_in::Model>> {
    Ok(check_in::Entity::find()
        .filter(check_in::Column::Outcome.eq(Outcome::Escalated.code()))
        .filter(check_in::Column::Outcome.is_not_null())
        .filter(check_in::Column::StartMs.gte(since.0))
        .filter(check_in::Column::Label.lt(running))
        .all(db)
        .await?)
}

/// People whose newest outcome is one that not everybody may know, with the check-in it is of.
pub async fn graver(db: &impl ConnectionTrait) -> StoreResult<Vec<(Uuid, Uuid)>> {
    Ok(coverage::Entity::find()
        .select_only()
        .columns([coverage::Column::PersonId, coverage::Column::Graver])
        .filter(coverage::Column::Graver.is_not_null())
        .order_by_asc(coverage::Column::PersonId)
        .into_tuple()
        .all(db)
        .await?)
}

async fn number(db: &impl ConnectionTrait, query: Query) -> StoreResult<u64> {
    let row = db.query_one_raw(query.on(db)).await?;
    let number: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(number.unwrap_or_default() as u64)
}

/// A row for everybody who is active, with the policy they are in; none for anybody else.
pub async fn follow_memberships(tx: &Tx) -> StoreResult<()> {
    let all = [
        "DELETE FROM coverage WHERE person_id NOT IN (SELECT id FROM person WHERE state = 'active')",
        "INSERT INTO coverage (person_id, policy_version_id, met_in_year, due_ms) \
         SELECT p.id, m.policy_version_id, 0, 0 \
         FROM person p LEFT JOIN membership m ON m.person_id = p.id WHERE p.state = 'active' \
         ON CONFLICT (person_id) DO UPDATE SET policy_version_id = excluded.policy_version_id",
    ];
    for sql in all {
        tx.execute_unprepared(sql).await?;
    }
    Ok(())
}

/// A check-in of this person has an outcome that is told once its date is over.
pub async fn is_judged(tx: &Tx, person: PersonId, told: UtcMillis) -> StoreResult<()> {
    coverage::Entity::update_many()
        .col_expr(coverage::Column::DueMs, Expr::value(told.0))
        .filter(coverage::Column::PersonId.eq(person.0))
        .filter(Expr::col(coverage::Column::DueMs).gt(told.0))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Rows that are not true any more, the longest outdated first.
pub async fn due(
    db: &impl ConnectionTrait,
    now: UtcMillis,
    limit: u64,
) -> StoreResult<Vec<coverage::Model>> {
    Ok(coverage::Entity::find()
        .filter(coverage::Column::DueMs.lte(now.0))
        .order_by_asc(coverage::Column::DueMs)
        .limit(limit)
        .all(db)
        .await?)
}

/// A check-in with an outcome, as far as coverage looks at it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Told {
    pub id: Uuid,
    pub person_id: Uuid,
    pub label: String,
    pub start_ms: i64,
    pub outcome: String,
}

/// What these people's check-ins of the year before `now` came to, newest first.
pub async fn told(
    db: &impl ConnectionTrait,
    people: &[Uuid],
    now: UtcMillis,
) -> StoreResult<Vec<Told>> {
    use check_in::Column;
    Ok(check_in::Entity::find()
        .select_only()
        .columns([Column::Id, Column::PersonId, Column::Label, Column::StartMs, Column::Outcome])
        .filter(Column::PersonId.is_in(people.iter().copied()))
        .filter(Column::StartMs.gte(now.plus_ms(-365 * DAY_MS).0))
        .filter(Column::Outcome.is_not_null())
        .order_by_desc(Column::StartMs)
        .into_model::<Told>()
        .all(db)
        .await?)
}
