//! When each person was met, a row a person, so that a page over everybody reads only what it
//! shows. A row is true until its `due_ms`; [`due`] finds those that no longer are.
//!
//! `latest` is the newest outcome that whoever sees the page may know. A newer one that only some may
//! know is named by `graver`, and the reader asks.

use crate::entities::{check_in, coverage};
use crate::query::{Query, containing, is_like};
use crate::{StoreResult, Tx};
use muster_domain::check_in::Outcome;
use muster_domain::id::PersonId;
use muster_domain::time::{DAY_MS, UtcMillis};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect,
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

impl Wanted {
    /// All there are, by name.
    pub fn everybody() -> Wanted {
        Wanted {
            name: String::new(),
            policies: None,
            sort: Sort::Name,
            is_descending: false,
            escalated: Vec::new(),
        }
    }

    /// Whether nobody is left out, in whichever order.
    pub fn is_everybody(&self) -> bool {
        self.name.is_empty() && self.policies.is_none()
    }
}

fn filter(query: &mut Query, db: &impl ConnectionTrait, wanted: &Wanted) {
    if !wanted.name.is_empty() {
        let pattern = query.bind(containing(&wanted.name));
        query.sql += &format!(" AND {}", is_like(db, "p.name", &pattern));
    }
    if let Some(ids) = wanted.policies.as_deref() {
        query.and_in("c.policy_version_id", ids);
    }
}

/// Lines `first..first + limit` of those wanted.
pub async fn lines(
    db: &impl ConnectionTrait,
    wanted: &Wanted,
    first: u64,
    limit: u64,
) -> StoreResult<Vec<Line>> {
    if wanted.sort == Sort::Policy && wanted.name.is_empty() {
        return lines_by_policy(db, wanted, first, limit).await;
    }
    let mut query = Query::new("");
    let way = Way::of(db, wanted.is_descending);
    let order = match wanted.sort {
        Sort::Name => way.order(&["p.name", "p.id"]),
        Sort::Policy => way.order(&["v.name", "c.last_met_ms", "c.person_id"]),
        Sort::LastMet => way.order(&["c.last_met_ms", "c.person_id"]),
        Sort::MetInYear => way.order(&["c.met_in_year", "c.person_id"]),
        Sort::Latest if wanted.escalated.is_empty() => way.order(&["c.latest", "c.person_id"]),
        Sort::Latest => {
            let ids = query.bind_all(&wanted.escalated);
            let word = query.bind(Outcome::Escalated.code());
            let by = format!("CASE WHEN c.person_id IN ({ids}) THEN {word} ELSE c.latest END");
            way.order(&[&by, "c.person_id"])
        }
    };
    // Which people are on the page is found in as few tables as can be, so that an index gives the
    // order; only of these is the rest read.
    let of_people = "SELECT p.id AS person_id FROM person p";
    query.sql = match (wanted.sort, wanted.name.is_empty()) {
        (Sort::Name, _) if wanted.policies.is_none() => {
            format!("{of_people} WHERE p.state = 'active'")
        }
        (Sort::Name, _) | (_, false) => format!(
            "{of_people} JOIN coverage c ON c.person_id = p.id \
             LEFT JOIN policy_version v ON v.id = c.policy_version_id WHERE p.state = 'active'"
        ),
        (_, true) => "SELECT c.person_id FROM coverage c WHERE 1 = 1".to_owned(),
    };
    filter(&mut query, db, wanted);
    // The limit is written out: that a page is short tells the database where to begin.
    let first = query.bind(first as i64);
    let page = format!("{} ORDER BY {order} LIMIT {limit} OFFSET {first}", query.sql);
    query.sql = format!(
        "SELECT c.person_id, p.name, c.policy_version_id, c.last_met_ms, c.met_in_year, c.latest, c.graver \
         FROM ({page}) k JOIN coverage c ON c.person_id = k.person_id JOIN person p ON p.id = c.person_id \
         LEFT JOIN policy_version v ON v.id = c.policy_version_id ORDER BY {order}"
    );
    Ok(Line::find_by_statement(query.on(db)).all(db).await?)
}

/// By the name of the policy, and in one by who was met longest ago. There are few policies and many
/// people in each, so the page is found policy by policy.
async fn lines_by_policy(
    db: &impl ConnectionTrait,
    wanted: &Wanted,
    first: u64,
    limit: u64,
) -> StoreResult<Vec<Line>> {
    // Counted in an index, and only then named.
    let mut query =
        Query::new("SELECT c.policy_version_id, count(*) AS people FROM coverage c WHERE 1 = 1");
    filter(&mut query, db, wanted);
    query.sql = format!(
        "SELECT k.policy_version_id, v.name, k.people FROM ({} GROUP BY c.policy_version_id) k \
         LEFT JOIN policy_version v ON v.id = k.policy_version_id",
        query.sql
    );
    let mut policies = Vec::new();
    for row in db.query_all_raw(query.on(db)).await? {
        let (id, name): (Option<Uuid>, Option<String>) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        policies.push((name, id, row.try_get_by_index::<i64>(2)? as u64));
    }
    // Whoever is in none comes first, as whoever was never met does elsewhere.
    policies.sort();
    if wanted.is_descending {
        policies.reverse();
    }
    let (mut skip, mut left) = (first, limit);
    let mut lines = Vec::new();
    for (_, id, people) in policies {
        if skip >= people || left == 0 {
            skip = skip.saturating_sub(people);
            continue;
        }
        let of_policy = lines_of_policy(db, id, wanted.is_descending, skip, left).await?;
        (skip, left) = (0, left.saturating_sub(of_policy.len() as u64));
        lines.extend(of_policy);
    }
    Ok(lines)
}

async fn lines_of_policy(
    db: &impl ConnectionTrait,
    policy: Option<Uuid>,
    is_descending: bool,
    first: u64,
    limit: u64,
) -> StoreResult<Vec<Line>> {
    let order = Way::of(db, is_descending).order(&["c.last_met_ms", "c.person_id"]);
    let mut query = Query::new("");
    let is_theirs = match policy {
        Some(id) => format!("= {}", query.bind(id)),
        None => "IS NULL".to_owned(),
    };
    let first = query.bind(first as i64);
    query.sql = format!(
        "SELECT c.person_id, p.name, c.policy_version_id, c.last_met_ms, c.met_in_year, c.latest, c.graver \
         FROM (SELECT c.person_id FROM coverage c WHERE c.policy_version_id {is_theirs} \
         ORDER BY {order} LIMIT {limit} OFFSET {first}) k \
         JOIN coverage c ON c.person_id = k.person_id JOIN person p ON p.id = c.person_id ORDER BY {order}"
    );
    Ok(Line::find_by_statement(query.on(db)).all(db).await?)
}

/// The direction of an order. Who was never met stands before the first, on either database.
struct Way {
    words: &'static str,
}

impl Way {
    fn of(db: &impl ConnectionTrait, is_descending: bool) -> Way {
        let words = match (db.get_database_backend(), is_descending) {
            (DatabaseBackend::Postgres, false) => "ASC NULLS FIRST",
            (DatabaseBackend::Postgres, true) => "DESC NULLS LAST",
            (_, false) => "ASC",
            (_, true) => "DESC",
        };
        Way { words }
    }

    fn order(&self, columns: &[&str]) -> String {
        let each: Vec<String> = columns.iter().map(|c| format!("{c} {}", self.words)).collect();
        each.join(", ")
    }
}

/// How many there are of those wanted.
pub async fn count(db: &impl ConnectionTrait, wanted: &Wanted) -> StoreResult<u64> {
    let mut query = Query::new(match wanted.is_everybody() {
        true => "SELECT count(*) FROM coverage",
        false if wanted.name.is_empty() => "SELECT count(*) FROM coverage c WHERE 1 = 1",
        // Everybody who is active has a row of coverage, and an index has their names.
        false if wanted.policies.is_none() => {
            "SELECT count(*) FROM person p WHERE p.state = 'active'"
        }
        false => "SELECT count(*) FROM coverage c JOIN person p ON p.id = c.person_id WHERE 1 = 1",
    });
    filter(&mut query, db, wanted);
    query.number(db).await
}

/// People in a policy, and of those how many were met since.
pub async fn met_since(db: &impl ConnectionTrait, since: UtcMillis) -> StoreResult<(u64, u64)> {
    let mut query = Query::new("");
    let since = query.bind(since.0);
    query.sql = format!(
        "SELECT count(*), count(CASE WHEN last_met_ms >= {since} THEN 1 END) \
         FROM coverage WHERE policy_version_id IS NOT NULL"
    );
    query.two_numbers(db).await
}

/// Check-ins of closed dates that began after `since` and have an outcome other than escalated; and of those how
/// many failed by one of these faults.
pub async fn held_since(
    db: &impl ConnectionTrait,
    since: UtcMillis,
    running: &str,
    faults: [&str; 3],
) -> StoreResult<(u64, u64)> {
    let mut query = Query::new("");
    let faults = query.bind_all(&faults);
    let (since, running) = (query.bind(since.0), query.bind(running));
    let escalated = query.bind(Outcome::Escalated.code());
    query.sql = format!(
        "SELECT count(*), count(CASE WHEN fault IN ({faults}) THEN 1 END) FROM check_in \
         WHERE outcome IS NOT NULL AND start_ms >= {since} AND label < {running} AND outcome <> {escalated}"
    );
    query.two_numbers(db).await
}

/// Check-ins of closed dates that began after `since` and ended escalated: not everybody may know of them.
pub async fn escalated_since(
    db: &impl ConnectionTrait,
    since: UtcMillis,
    running: &str,
) -> StoreResult<Vec<check_in::Model>> {
    Ok(check_in::Entity::find()
        // Written out, or the partial index could not serve.
        .filter(Expr::cust("check_in.outcome = 'escalated'"))
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
