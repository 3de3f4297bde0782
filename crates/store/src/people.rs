//! People, roles, work places, absences, notices.

use crate::entities::{absence, notice_acknowledgement, person, person_role, work_place};
use crate::sealed::{Owner, Place};
use crate::{Store, StoreError, StoreResult, Tx, Whose, delegations};
use muster_domain::id::PersonId;
use muster_domain::person::{DrawToken, Role};
use muster_domain::time::UtcMillis;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// `person_role.state`
pub mod role_state {
    pub const PENDING: &str = "pending";
    pub const ACTIVE: &str = "active";
}

/// `person.baseline`
pub mod baseline {
    /// The gate before the first draw has been passed (or shadow counted it as passed).
    pub const PASSED: &str = "passed";
    pub const DUE: &str = "due";
}

/// What a work place's sealed column holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceDetail {
    pub label: String,
    pub lat: f64,
    pub lon: f64,
    pub radius_km: f64,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

/// What an absence's sealed column holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceDetail {
    pub kind: String,
}

/// A work place with its sealed part opened.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenPlace {
    pub row: work_place::Model,
    pub detail: PlaceDetail,
}

/// The person with this id.
pub async fn find(db: &impl ConnectionTrait, id: PersonId) -> StoreResult<Option<person::Model>> {
    Ok(person::Entity::find_by_id(id.0).one(db).await?)
}

/// The person with this id, who must exist.
pub async fn get(db: &impl ConnectionTrait, id: PersonId) -> StoreResult<person::Model> {
    find(db, id).await?.ok_or_else(|| StoreError::missing("person", id))
}

/// Active people who wait to leave this zone for another.
pub async fn moving_from(db: &impl ConnectionTrait, zone: &str) -> StoreResult<Vec<person::Model>> {
    Ok(person::Entity::find()
        .filter(person::Column::Zone.eq(zone))
        .filter(person::Column::NextZone.is_not_null())
        .filter(is_active())
        .order_by_asc(person::Column::EmployeeId)
        .all(db)
        .await?)
}

/// A person, who must exist, locked until the transaction ends.
pub async fn lock(tx: &Tx, id: PersonId) -> StoreResult<person::Model> {
    person::Entity::find_by_id(id.0)
        .lock_exclusive()
        .one(&**tx)
        .await?
        .ok_or_else(|| StoreError::missing("person", id))
}

/// The person with this employee id.
pub async fn by_employee_id(
    db: &impl ConnectionTrait,
    employee_id: &str,
) -> StoreResult<Option<person::Model>> {
    Ok(person::Entity::find().filter(person::Column::EmployeeId.eq(employee_id)).one(db).await?)
}

/// The active person with this e-mail address (compared without case).
pub async fn by_email(
    db: &impl ConnectionTrait,
    email: &str,
) -> StoreResult<Option<person::Model>> {
    Ok(person::Entity::find()
        .filter(person::Column::Email.eq(email.trim().to_lowercase()))
        .filter(is_active())
        .one(db)
        .await?)
}

/// Everybody, by name.
pub async fn all(db: &impl ConnectionTrait) -> StoreResult<Vec<person::Model>> {
    Ok(person::Entity::find().order_by_asc(person::Column::Name).all(db).await?)
}

/// On the roster today: written out, or the indexes of those who are could not serve.
pub(crate) fn is_active() -> Expr {
    Expr::cust("person.state = 'active'")
}

/// Everybody who is on the roster today, by name.
pub async fn active(db: &impl ConnectionTrait) -> StoreResult<Vec<person::Model>> {
    Ok(active_people().all(db).await?)
}

/// By name.
fn active_people() -> Select<person::Entity> {
    person::Entity::find().filter(is_active()).order_by_asc(person::Column::Name)
}

/// Whoever holds this role, as a second person confirmed.
fn holds(role: Role) -> SimpleExpr {
    let holders = person_role::Entity::find()
        .select_only()
        .column(person_role::Column::PersonId)
        .filter(person_role::Column::Role.eq(role.code()))
        .filter(person_role::Column::State.eq(role_state::ACTIVE));
    person::Column::Id.in_subquery(holders.into_query())
}

/// Who is on the roster today with this `person.baseline`, in the order in which they joined.
pub async fn with_baseline(
    db: &impl ConnectionTrait,
    baseline: &str,
) -> StoreResult<Vec<PersonId>> {
    let ids: Vec<uuid::Uuid> = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(is_active())
        .filter(person::Column::Baseline.eq(baseline))
        .order_by_asc(person::Column::JoinedMs)
        .order_by_asc(person::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(PersonId).collect())
}

/// The zones in which somebody works today.
pub async fn zones(db: &impl ConnectionTrait) -> StoreResult<BTreeSet<String>> {
    let zones: Vec<String> = person::Entity::find()
        .select_only()
        .column(person::Column::Zone)
        .distinct()
        .filter(is_active())
        .into_tuple()
        .all(db)
        .await?;
    Ok(zones.into_iter().collect())
}

/// Id and pseudonym of everybody one of these stands for.
pub async fn among(
    db: &impl ConnectionTrait,
    ids: Vec<uuid::Uuid>,
) -> StoreResult<Vec<(uuid::Uuid, uuid::Uuid)>> {
    let mut found = Vec::new();
    // Below the 32,766 parameters of SQLite.
    for ids in ids.chunks(10_000) {
        let named = Condition::any()
            .add(person::Column::Id.is_in(ids.iter().copied()))
            .add(person::Column::Pseudonym.is_in(ids.iter().copied()));
        let rows = person::Entity::find()
            .select_only()
            .columns([person::Column::Id, person::Column::Pseudonym])
            .filter(named)
            .into_tuple()
            .all(db)
            .await?;
        found.extend::<Vec<(uuid::Uuid, uuid::Uuid)>>(rows);
    }
    Ok(found)
}

/// People who left before this instant and are not erased, longest ago first.
pub async fn left_before(
    db: &impl ConnectionTrait,
    before: UtcMillis,
) -> StoreResult<Vec<PersonId>> {
    let rows = person::Entity::find()
        .filter(person::Column::State.ne("active"))
        .filter(person::Column::LeftMs.lt(before.0))
        .order_by_asc(person::Column::LeftMs)
        .all(db)
        .await?;
    let rows = rows.iter().filter(|row| !crate::holdings::is_erased(row));
    Ok(rows.map(|row| PersonId(row.id)).collect())
}

/// The active reports of a manager.
pub async fn reports(
    db: &impl ConnectionTrait,
    manager: PersonId,
) -> StoreResult<Vec<person::Model>> {
    Ok(person::Entity::find()
        .filter(person::Column::ManagerId.eq(manager.0))
        .filter(is_active())
        .order_by_asc(person::Column::Name)
        .all(db)
        .await?)
}

/// The people above this one, nearest first. A loop ends at its first repetition.
pub async fn line_of(
    db: &impl ConnectionTrait,
    person: &person::Model,
) -> StoreResult<Vec<PersonId>> {
    let mut line: Vec<PersonId> = Vec::new();
    let mut next = person.manager_id.map(PersonId);
    while let Some(id) = next.filter(|id| id.0 != person.id && !line.contains(id)) {
        line.push(id);
        next = find(db, id).await?.and_then(|p| p.manager_id).map(PersonId);
    }
    Ok(line)
}

/// The roles a person holds today: granted ones that a second person confirmed, employee, and
/// manager where there are reports.
pub async fn roles(db: &impl ConnectionTrait, id: PersonId) -> StoreResult<BTreeSet<Role>> {
    let rows = person_role::Entity::find()
        .filter(person_role::Column::PersonId.eq(id.0))
        .filter(person_role::Column::State.eq(role_state::ACTIVE))
        .all(db)
        .await?;
    let mut roles: BTreeSet<Role> = rows.iter().filter_map(|r| Role::from_code(&r.role)).collect();
    roles.insert(Role::Employee);
    // Whoever stands in for a manager is one for that time.
    let stands_in = !delegations::running_for(db, id).await?.is_empty();
    if stands_in || !reports(db, id).await?.is_empty() {
        roles.insert(Role::Manager);
    }
    Ok(roles)
}

/// Active people who hold a role.
pub async fn with_role(db: &impl ConnectionTrait, role: Role) -> StoreResult<Vec<person::Model>> {
    Ok(active_people().filter(holds(role)).all(db).await?)
}

/// Every role row, active and pending.
pub async fn role_rows(db: &impl ConnectionTrait) -> StoreResult<Vec<person_role::Model>> {
    Ok(person_role::Entity::find().all(db).await?)
}

/// The role rows of one person, active and pending.
pub async fn role_rows_of(
    db: &impl ConnectionTrait,
    id: PersonId,
) -> StoreResult<Vec<person_role::Model>> {
    let of_person = person_role::Column::PersonId.eq(id.0);
    Ok(person_role::Entity::find().filter(of_person).all(db).await?)
}

/// Roles that wait for a second person.
pub async fn pending_roles(db: &impl ConnectionTrait) -> StoreResult<Vec<person_role::Model>> {
    Ok(person_role::Entity::find()
        .filter(person_role::Column::State.eq(role_state::PENDING))
        .order_by_asc(person_role::Column::RequestedMs)
        .all(db)
        .await?)
}

/// One role row.
pub async fn role(
    db: &impl ConnectionTrait,
    id: PersonId,
    role: Role,
) -> StoreResult<Option<person_role::Model>> {
    Ok(person_role::Entity::find_by_id((id.0, role.code().to_owned())).one(db).await?)
}

/// Takes a role away.
pub async fn remove_role(tx: &Tx, id: PersonId, role: Role) -> StoreResult<()> {
    person_role::Entity::delete_by_id((id.0, role.code().to_owned())).exec(&**tx).await?;
    Ok(())
}

/// The work places of a person, opened.
pub async fn places(
    store: &Store,
    db: &impl ConnectionTrait,
    id: PersonId,
) -> StoreResult<Vec<OpenPlace>> {
    let rows = work_place::Entity::find()
        .filter(work_place::Column::PersonId.eq(id.0))
        .order_by_asc(work_place::Column::EnteredMs)
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = store.data_key(db, Owner::Person(id)).await?;
    rows.into_iter()
        .map(|row| {
            let sealed = crate::Sealed::<PlaceDetail>::from(row.place.clone());
            let detail = sealed.open(&key, place_column(&row))?;
            Ok(OpenPlace { row, detail })
        })
        .collect()
}

/// Where a work place's sealed column lies.
pub fn place_column(row: &work_place::Model) -> Place<'static> {
    Place { table: "work_place", column: "place", row: row.id }
}

/// Where an absence's sealed column lies.
pub fn absence_column(row: uuid::Uuid) -> Place<'static> {
    Place { table: "absence", column: "detail", row }
}

/// Removes a work place.
pub async fn remove_place(tx: &Tx, id: uuid::Uuid) -> StoreResult<()> {
    work_place::Entity::delete_by_id(id).exec(&**tx).await?;
    Ok(())
}

/// The absences of a person, without what kind they are.
pub async fn absences(db: &impl ConnectionTrait, id: PersonId) -> StoreResult<Vec<absence::Model>> {
    Ok(absence::Entity::find()
        .filter(absence::Column::PersonId.eq(id.0))
        .order_by_asc(absence::Column::FirstDay)
        .all(db)
        .await?)
}

/// Absences that touch `first..=last` (`YYYY-MM-DD`), by person.
pub async fn absences_between(
    db: &impl ConnectionTrait,
    first: &str,
    last: &str,
    whose: Whose<'_>,
) -> StoreResult<BTreeMap<PersonId, Vec<absence::Model>>> {
    let rows = absence::Entity::find()
        .filter(whose.filter(absence::Column::PersonId))
        .filter(absence::Column::FirstDay.lte(last))
        .filter(absence::Column::LastDay.gte(first))
        .all(db)
        .await?;
    let mut by_person: BTreeMap<PersonId, Vec<absence::Model>> = BTreeMap::new();
    for row in rows {
        by_person.entry(PersonId(row.person_id)).or_default().push(row);
    }
    Ok(by_person)
}

/// Removes an absence.
pub async fn remove_absence(tx: &Tx, id: uuid::Uuid) -> StoreResult<()> {
    absence::Entity::delete_by_id(id).exec(&**tx).await?;
    Ok(())
}

/// Everybody who has acknowledged this version of the notice.
pub async fn acknowledgements(
    db: &impl ConnectionTrait,
    version: &str,
) -> StoreResult<Vec<PersonId>> {
    let rows = notice_acknowledgement::Entity::find()
        .filter(notice_acknowledgement::Column::Version.eq(version))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| PersonId(row.person_id)).collect())
}

/// Whether the person has acknowledged this version of the notice, and when.
pub async fn acknowledged(
    db: &impl ConnectionTrait,
    id: PersonId,
    version: &str,
) -> StoreResult<Option<notice_acknowledgement::Model>> {
    Ok(notice_acknowledgement::Entity::find_by_id((id.0, version.to_owned())).one(db).await?)
}

/// The people whose draw token is one of these now.
pub async fn with_tokens(
    db: &impl ConnectionTrait,
    tokens: impl IntoIterator<Item = DrawToken>,
) -> StoreResult<HashMap<PersonId, DrawToken>> {
    let tokens: Vec<_> = tokens.into_iter().map(|token| token.0.to_vec()).collect();
    let mut found = HashMap::new();
    for some in tokens.chunks(crate::LISTED_MAX) {
        let rows: Vec<(Uuid, Vec<u8>)> = person::Entity::find()
            .select_only()
            .columns([person::Column::Id, person::Column::DrawToken])
            .filter(person::Column::DrawToken.is_in(some.iter().cloned()))
            .into_tuple()
            .all(db)
            .await?;
        let token = |bytes: Vec<u8>| Some(DrawToken(bytes.try_into().ok()?));
        found.extend(rows.into_iter().filter_map(|(id, t)| Some((PersonId(id), token(t)?))));
    }
    Ok(found)
}

/// The person whose draw token this is, or was: plans in memory may hold the one before.
pub async fn by_token(
    db: &impl ConnectionTrait,
    token: DrawToken,
) -> StoreResult<Option<person::Model>> {
    let found = person::Entity::find()
        .filter(person::Column::DrawToken.eq(token.0.to_vec()))
        .one(db)
        .await?;
    match (found, crate::draw_tokens::find(db, token).await?) {
        (Some(person), _) => Ok(Some(person)),
        (None, Some(row)) => find(db, PersonId(row.person_id)).await,
        (None, None) => Ok(None),
    }
}
