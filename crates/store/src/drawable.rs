//! What a draw asks of people, on either side of the table: each label reads it of a whole zone, so it is one
//! statement, with what policies, the draw and the pilot say of them beside it.

use crate::entities::draw_state;
use crate::query::Query;
use crate::{StoreResult, people};
use muster_domain::id::{PersonId, PolicyVersionId};
use muster_domain::person::Role;
use muster_domain::time::UtcMillis;
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

/// One person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawable {
    pub id: Uuid,
    pub zone: String,
    pub hours: String,
    pub holidays: Option<String>,
    pub languages: String,
    pub draw_token: Vec<u8>,
    pub baseline: String,
    pub joined_ms: i64,
    /// The policy they are in.
    pub policy: Option<PolicyVersionId>,
    /// Nothing before their first label.
    pub state: Option<draw_state::Model>,
    /// Since when the programme is live for them, where that was not always so.
    pub live_since: Option<UtcMillis>,
}

impl Drawable {
    /// Typed id.
    pub fn person(&self) -> PersonId {
        PersonId(self.id)
    }
}

/// Who is on the roster today and lives in this zone, by name.
pub async fn in_zone(db: &impl ConnectionTrait, zone: &str) -> StoreResult<Vec<Drawable>> {
    let mut query = Query::new(READ);
    let zone = query.bind(zone);
    query.sql +=
        &format!(" WHERE person.state = 'active' AND person.zone = {zone} ORDER BY person.name");
    read(query, db).await
}

/// Who is on the roster today and holds a role, by name.
pub async fn with_role(db: &impl ConnectionTrait, role: Role) -> StoreResult<Vec<Drawable>> {
    let mut query = Query::new(READ);
    let (role, active) = (query.bind(role.code()), query.bind(people::role_state::ACTIVE));
    query.sql += &format!(
        " WHERE person.state = 'active' AND person.id IN \
         (SELECT person_id FROM person_role WHERE role = {role} AND state = {active}) \
         ORDER BY person.name"
    );
    read(query, db).await
}

/// These people, whether they are on the roster today or not.
pub async fn of(db: &impl ConnectionTrait, ids: &[Uuid]) -> StoreResult<Vec<Drawable>> {
    let mut query = Query::new(READ);
    query.sql += " WHERE 1 = 1";
    query.and_in("person.id", ids);
    read(query, db).await
}

const READ: &str = "SELECT person.id, person.zone, person.hours, person.holidays, person.languages, \
    person.draw_token, person.baseline, person.joined_ms, m.policy_version_id, s.k, s.last_label, \
    s.ineligible_run, s.returned_in_cycle, s.last_verifier, l.since_ms \
    FROM person \
    LEFT JOIN membership m ON m.person_id = person.id \
    LEFT JOIN draw_state s ON s.person_id = person.id \
    LEFT JOIN live_since l ON l.person_id = person.id";

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    zone: String,
    hours: String,
    holidays: Option<String>,
    languages: String,
    draw_token: Vec<u8>,
    baseline: String,
    joined_ms: i64,
    policy_version_id: Option<Uuid>,
    k: Option<i64>,
    last_label: Option<String>,
    ineligible_run: Option<i64>,
    returned_in_cycle: Option<bool>,
    last_verifier: Option<Uuid>,
    since_ms: Option<i64>,
}

async fn read(query: Query, db: &impl ConnectionTrait) -> StoreResult<Vec<Drawable>> {
    let rows = db.query_all_raw(query.on(db)).await?;
    rows.iter().map(|row| Ok(Row::from_query_result(row, "")?.into())).collect()
}

impl From<Row> for Drawable {
    fn from(row: Row) -> Drawable {
        let state = row.k.map(|k| draw_state::Model {
            person_id: row.id,
            k,
            last_label: row.last_label,
            ineligible_run: row.ineligible_run.unwrap_or_default(),
            returned_in_cycle: row.returned_in_cycle.unwrap_or_default(),
            last_verifier: row.last_verifier,
        });
        Drawable {
            id: row.id,
            zone: row.zone,
            hours: row.hours,
            holidays: row.holidays,
            languages: row.languages,
            draw_token: row.draw_token,
            baseline: row.baseline,
            joined_ms: row.joined_ms,
            policy: row.policy_version_id.map(PolicyVersionId),
            state,
            live_since: row.since_ms.map(UtcMillis),
        }
    }
}
