//! What the store knows of everybody who is active, in the shape a file is compared with, and the
//! rows it came from. Reads only.

use crate::acts::{ActError, ActResult};
use jiff::civil::Date;
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::roster::{
    Absence, AbsenceKind, RosterFile, RosterPerson, RosterSnapshot, SnapshotPerson, WorkPlace,
};
use muster_messages::t;
use muster_store::entities::{absence, person, person_role, work_place};
use muster_store::people::{self, AbsenceDetail, PlaceDetail, role_state};
use muster_store::{DataKey, Owner, Sealed, Store, StoreError, Tx, Whose};
use sea_orm::EntityTrait;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Attribute that marks a person made by `muster admin create` and not owned by a file. No column
/// of a roster can have this name, and filters never see it.
pub const BY_HAND: &str = "by_hand";

/// Identity of a work place: person, label, first day.
pub type PlaceKey = (String, String, Option<Date>);

/// The roster with the rows behind it.
#[derive(Default)]
pub struct Snapshot {
    pub roster: RosterSnapshot,
    /// Active people by employee id (after [`Snapshot::adopt`]: by the id the file gives them).
    pub rows: HashMap<String, person::Model>,
    /// People who were here before, by employee id.
    pub left: HashMap<String, person::Model>,
    pub places: HashMap<PlaceKey, Uuid>,
    pub absences: BTreeMap<Absence, Uuid>,
    pub keys: HashMap<Uuid, DataKey>,
    role_rows: Vec<person_role::Model>,
}

/// Reads everything an import needs.
pub async fn load(store: &Store) -> ActResult<Snapshot> {
    let db = store.read();
    let all = people::all(db).await?;
    let names: HashMap<Uuid, &str> = all.iter().map(|p| (p.id, p.employee_id.as_str())).collect();
    let role_rows = people::role_rows(db).await?;
    let mut roles: HashMap<Uuid, [BTreeSet<Role>; 2]> = HashMap::new();
    for row in &role_rows {
        let Some(role) = Role::from_code(&row.role) else { continue };
        let list = usize::from(row.state == role_state::PENDING);
        roles.entry(row.person_id).or_default()[list].insert(role);
    }
    let mut found =
        Snapshot { keys: store.data_keys(db, Whose::Everybody).await?, ..Snapshot::default() };
    for row in all.iter().filter(|row| row.state == "active") {
        let [held, pending] = roles.remove(&row.id).unwrap_or_default();
        let manager = row.manager_id.and_then(|id| names.get(&id)).map(|id| (*id).to_owned());
        let person = SnapshotPerson {
            person: roster_person(row, manager, held)?,
            roles_pending: pending,
            outside_file: attributes_of(row)?.contains_key(BY_HAND),
        };
        found.roster.people.push(person);
    }
    for row in work_place::Entity::find().all(db).await? {
        let Some(key) = found.keys.get(&row.person_id) else { continue };
        let detail = Sealed::<PlaceDetail>::from(row.place.clone());
        let detail = detail.open(key, people::place_column(&row))?;
        let Some(employee_id) = names.get(&row.person_id) else { continue };
        let place = place(employee_id, &row, detail)?;
        let identity = (place.employee_id.clone(), place.label.clone(), place.valid_from);
        found.places.insert(identity, row.id);
        found.roster.work_places.push(place);
    }
    for row in absence::Entity::find().all(db).await? {
        let Some(key) = found.keys.get(&row.person_id) else { continue };
        let Some(employee_id) = names.get(&row.person_id) else { continue };
        let absence = open_absence(employee_id, &row, key)?;
        found.absences.insert(absence.clone(), row.id);
        found.roster.absences.push(absence);
    }
    found.role_rows = role_rows;
    for row in all {
        let map = if row.state == "active" { &mut found.rows } else { &mut found.left };
        map.insert(row.employee_id.clone(), row);
    }
    found.forget_places_of_leavers();
    Ok(found)
}

/// What an edit of one person needs: everybody's rows, and of that person alone places, absences and
/// key. The person is locked first, so what is read here stays true until the transaction ends.
pub async fn of_one(store: &Store, tx: &Tx, row: &person::Model) -> ActResult<Snapshot> {
    let id = PersonId(row.id);
    let mut found = Snapshot::default();
    let key = store.data_key(&**tx, Owner::Person(id)).await?;
    for open in people::places(store, &**tx, id).await? {
        let place = place(&row.employee_id, &open.row, open.detail)?;
        let identity = (place.employee_id.clone(), place.label.clone(), place.valid_from);
        found.places.insert(identity, open.row.id);
        found.roster.work_places.push(place);
    }
    for absence in people::absences(&**tx, id).await? {
        let one = open_absence(&row.employee_id, &absence, &key)?;
        found.absences.insert(one.clone(), absence.id);
        found.roster.absences.push(one);
    }
    let mut roles = [BTreeSet::new(), BTreeSet::new()];
    for held in people::role_rows_of(&**tx, id).await? {
        let Some(role) = Role::from_code(&held.role) else { continue };
        roles[usize::from(held.state == role_state::PENDING)].insert(role);
    }
    let [held, pending] = roles;
    let all = people::active(&**tx).await?;
    let manager = all.iter().find(|p| Some(p.id) == row.manager_id);
    let manager = manager.map(|p| p.employee_id.clone());
    found.roster.people.push(SnapshotPerson {
        person: roster_person(row, manager, held)?,
        roles_pending: pending,
        outside_file: attributes_of(row)?.contains_key(BY_HAND),
    });
    found.rows = all.into_iter().map(|p| (p.employee_id.clone(), p)).collect();
    found.keys.insert(row.id, key);
    Ok(found)
}

fn open_absence(employee_id: &str, row: &absence::Model, key: &DataKey) -> ActResult<Absence> {
    let detail = Sealed::<AbsenceDetail>::from(row.detail.clone());
    let detail = detail.open(key, people::absence_column(row.id))?;
    Ok(Absence {
        employee_id: employee_id.to_owned(),
        kind: AbsenceKind::from_code(&detail.kind).unwrap_or(AbsenceKind::Other),
        from: date(&row.first_day)?,
        to: date(&row.last_day)?,
    })
}

impl Snapshot {
    /// Somebody made by hand whose address stands in the file is that person: the file takes over,
    /// employee id and all.
    pub fn adopt(&mut self, file: &RosterFile) {
        let by_email: HashMap<&str, &str> =
            file.people.iter().map(|p| (p.email.as_str(), p.employee_id.as_str())).collect();
        for known in self.roster.people.iter_mut().filter(|p| p.outside_file) {
            let Some(id) = by_email.get(known.person.email.as_str()) else { continue };
            if self.rows.contains_key(*id) || self.left.contains_key(*id) {
                continue;
            }
            if let Some(row) = self.rows.remove(&known.person.employee_id) {
                self.rows.insert((*id).to_owned(), row);
                known.person.employee_id = (*id).to_owned();
            }
        }
    }

    /// Whether the rows are still what was read; counted inside the transaction that will write.
    pub async fn is_current(&self, tx: &Tx) -> ActResult<()> {
        use sea_orm::PaginatorTrait;
        let people = person::Entity::find().count(&**tx).await?;
        let active = people::active(&**tx).await?.len();
        let mut roles = people::role_rows(&**tx).await?;
        let mut before = self.role_rows.clone();
        let order = |r: &person_role::Model| (r.person_id, r.role.clone());
        roles.sort_by_key(order);
        before.sort_by_key(order);
        let is_same = active == self.rows.len() && roles == before;
        if is_same && people as usize == self.rows.len() + self.left.len() {
            return Ok(());
        }
        Err(ActError::conflict(t!(
            "The roster changed while the files were read. Import them again."
        )))
    }

    /// A file is compared with what is known of active people only.
    fn forget_places_of_leavers(&mut self) {
        let rows = &self.rows;
        self.roster.work_places.retain(|p| rows.contains_key(&p.employee_id));
        self.roster.absences.retain(|a| rows.contains_key(&a.employee_id));
        self.places.retain(|(id, ..), _| rows.contains_key(id));
        self.absences.retain(|a, _| rows.contains_key(&a.employee_id));
    }
}

/// A stored person as the roster writes it, with these roles.
pub fn roster_person(
    row: &person::Model,
    manager_id: Option<String>,
    roles: BTreeSet<Role>,
) -> ActResult<RosterPerson> {
    let mut attributes = attributes_of(row)?;
    attributes.remove(BY_HAND);
    Ok(RosterPerson {
        employee_id: row.employee_id.clone(),
        name: row.name.clone(),
        email: row.email.clone(),
        second_email: row.second_email.clone(),
        manager_id,
        roles,
        languages: row.languages.split_whitespace().map(str::to_owned).collect(),
        // What the last file said, though it may count from the next boundary only.
        zone: row.next_zone.clone().unwrap_or_else(|| row.zone.clone()),
        hours: row.hours.clone(),
        holidays: row.holidays.clone(),
        attributes,
    })
}

/// The attribute columns of a stored person, with [`BY_HAND`] where it stands.
pub fn attributes_of(row: &person::Model) -> ActResult<BTreeMap<String, String>> {
    serde_json::from_str(&row.attributes).map_err(|e| {
        ActError::Store(StoreError::Unreadable { what: "attributes", detail: e.to_string() })
    })
}

/// A stored work place as the roster writes it.
pub fn place(
    employee_id: &str,
    row: &work_place::Model,
    detail: PlaceDetail,
) -> ActResult<WorkPlace> {
    Ok(WorkPlace {
        employee_id: employee_id.to_owned(),
        label: detail.label,
        latitude_degrees: detail.lat,
        longitude_degrees: detail.lon,
        radius_km: detail.radius_km,
        country: detail.country,
        valid_from: row.valid_from.as_deref().map(date).transpose()?,
        valid_to: row.valid_to.as_deref().map(date).transpose()?,
    })
}

fn date(text: &str) -> ActResult<Date> {
    text.parse().map_err(|e: jiff::Error| {
        ActError::Store(StoreError::Unreadable { what: "date", detail: e.to_string() })
    })
}
