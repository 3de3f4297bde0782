//! The roster as a list: found, sorted and cut by the database, so that a page costs the fifty people it
//! shows and some counts, however many there are.

use crate::StoreResult;
use crate::query::{Query, containing, is_like};
use sea_orm::{ConnectionTrait, DatabaseBackend, FromQueryResult};
use uuid::Uuid;

/// Which part of the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Everybody who is active.
    Active,
    /// Of these, whoever is absent today.
    Away,
    NoPolicy,
    NoPlace,
    /// Whoever is not active any more.
    Left,
}

/// A column that the list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Name,
    Department,
    Manager,
    Zone,
    Policy,
}

/// Which people, and in which order.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub show: Show,
    /// Part of a name, an address, an employee id or a department, in any case.
    pub part: String,
    /// One of these versions of a policy; none: every policy, and none.
    pub policies: Option<Vec<Uuid>>,
    pub sort: Sort,
    pub is_descending: bool,
    pub today: Today,
}

impl Wanted {
    /// Whether nobody of the part is left out.
    pub fn is_whole_part(&self) -> bool {
        self.part.is_empty() && self.policies.is_none()
    }
}

/// Which date it is, `YYYY-MM-DD`. Two dates are today somewhere at most instants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Today {
    /// Where no zone says otherwise.
    pub usual: String,
    /// Zones in which it is another date.
    pub elsewhere: Vec<(String, String)>,
}

/// One person of the list.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Line {
    pub id: Uuid,
    pub name: String,
    pub employee_id: String,
    pub department: Option<String>,
    pub manager: Option<String>,
    pub zone: String,
    pub policy_version_id: Option<Uuid>,
    pub is_active: bool,
    pub is_away: bool,
}

/// Lines `first..first + limit` of those wanted.
pub async fn lines(
    db: &impl ConnectionTrait,
    wanted: &Wanted,
    first: u64,
    limit: u64,
) -> StoreResult<Vec<Line>> {
    let department = department(db);
    let mut query = Query::new("");
    let away = away(&mut query, &wanted.today);
    query.sql = format!(
        "SELECT p.id, p.name, p.employee_id, {department} AS department, b.name AS manager, p.zone, \
         m.policy_version_id, p.state = 'active' AS is_active, {away} AS is_away \
         FROM person p LEFT JOIN person b ON b.id = p.manager_id \
         LEFT JOIN membership m ON m.person_id = p.id \
         LEFT JOIN policy_version v ON v.id = m.policy_version_id"
    );
    filter(&mut query, db, wanted, &department, &away);
    let by = match wanted.sort {
        Sort::Name => String::new(),
        Sort::Department => format!("coalesce({department}, '')"),
        Sort::Manager => "coalesce(b.name, '')".to_owned(),
        Sort::Zone => "p.zone".to_owned(),
        Sort::Policy => "coalesce(v.name, '')".to_owned(),
    };
    let way = if wanted.is_descending { "DESC" } else { "ASC" };
    let by = if by.is_empty() { by } else { format!("{by} {way}, ") };
    let (limit, first) = (query.bind(limit as i64), query.bind(first as i64));
    query.sql += &format!(" ORDER BY {by}p.name {way}, p.id {way} LIMIT {limit} OFFSET {first}");
    Ok(Line::find_by_statement(query.on(db)).all(db).await?)
}

/// How many there are of those wanted.
pub async fn count(db: &impl ConnectionTrait, wanted: &Wanted) -> StoreResult<u64> {
    let department = department(db);
    let mut query = Query::new("");
    let away = match wanted.show {
        Show::Away => away(&mut query, &wanted.today),
        _ => String::new(),
    };
    let members = match wanted.policies.is_some() {
        true => " LEFT JOIN membership m ON m.person_id = p.id",
        false => "",
    };
    query.sql = format!("SELECT count(*) FROM person p{members}");
    filter(&mut query, db, wanted, &department, &away);
    query.number(db).await
}

/// How many are active.
pub async fn active(db: &impl ConnectionTrait) -> StoreResult<u64> {
    Query::new("SELECT count(*) FROM person WHERE state = 'active'").number(db).await
}

fn filter(
    query: &mut Query,
    db: &impl ConnectionTrait,
    wanted: &Wanted,
    department: &str,
    away: &str,
) {
    query.sql += match wanted.show {
        Show::Left => " WHERE p.state <> 'active'",
        _ => " WHERE p.state = 'active'",
    };
    match wanted.show {
        Show::Active | Show::Left => {}
        Show::Away => query.sql += &format!(" AND {away}"),
        // As coverage has it, which keeps everybody's policy in an index.
        Show::NoPolicy => {
            query.sql += " AND p.id IN (SELECT c.person_id FROM coverage c \
                WHERE c.policy_version_id IS NULL)";
        }
        Show::NoPlace => {
            query.sql += " AND NOT EXISTS (SELECT 1 FROM work_place w WHERE w.person_id = p.id)";
        }
    }
    if let Some(ids) = wanted.policies.as_deref() {
        query.and_in("m.policy_version_id", ids);
    }
    if !wanted.part.is_empty() {
        let pattern = query.bind(containing(&wanted.part));
        let texts = ["p.name", "p.email", "p.employee_id", department];
        let any = texts.map(|text| is_like(db, text, &pattern));
        query.sql += &format!(" AND ({})", any.join(" OR "));
    }
}

/// The department as the roster has it.
fn department(db: &impl ConnectionTrait) -> String {
    match db.get_database_backend() {
        DatabaseBackend::Postgres => "(p.attributes::json ->> 'department')".to_owned(),
        _ => "json_extract(p.attributes, '$.department')".to_owned(),
    }
}

/// Whether the person is absent on the date it is where they are.
fn away(query: &mut Query, today: &Today) -> String {
    let mut date = String::new();
    for (zone, other) in &today.elsewhere {
        let (zone, other) = (query.bind(zone.as_str()), query.bind(other.as_str()));
        date += &format!("WHEN {zone} THEN {other} ");
    }
    let usual = query.bind(today.usual.as_str());
    let date = match date.is_empty() {
        true => usual,
        false => format!("CASE q.zone {date}ELSE {usual} END"),
    };
    format!(
        "p.id IN (SELECT q.id FROM absence a JOIN person q ON q.id = a.person_id \
         WHERE a.first_day <= {date} AND a.last_day >= {date})"
    )
}
