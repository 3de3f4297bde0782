//! Makes a difference true: people join, change and leave, roles come and go, work places and
//! absences are sealed under their person's key. One transaction of the caller's, rows in bulk.

use super::snapshot::Snapshot;
use crate::acts::draw_token::{self, Joined};
use crate::acts::office::Asker;
use crate::acts::{ActResult, Context};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::roster::{Absence, RosterDiff, RosterFile, RosterPerson, WorkPlace};
use muster_store::audit::{self, Record};
use muster_store::draw_tokens::Nonces;
use muster_store::entities::{absence, person, person_role, session, sign_in_code, work_place};
use muster_store::people::{self, AbsenceDetail, PlaceDetail, baseline, role_state};
use muster_store::{DataKey, Owner, StoreError, Tx, installation, policies};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Ids of one `IN` list.
const IDS_MAX: usize = 500;

/// People and keys as the import goes on.
struct Import<'a> {
    context: &'a Context,
    tx: &'a Tx,
    asker: &'a Asker,
    /// Everybody active afterwards, by employee id.
    rows: HashMap<String, person::Model>,
    keys: HashMap<Uuid, DataKey>,
}

pub(super) async fn apply(
    context: &Context,
    tx: &Tx,
    asker: &Asker,
    before: &Snapshot,
    file: &RosterFile,
    diff: &RosterDiff,
) -> ActResult<()> {
    let (rows, keys) = (before.rows.clone(), before.keys.clone());
    let mut import = Import { context, tx, asker, rows, keys };
    import.leave(diff).await?;
    import.write_people(before, file, diff).await?;
    import.change_roles(diff).await?;
    import.change_places(before, diff).await?;
    import.change_absences(before, diff).await?;
    Ok(())
}

impl Import<'_> {
    async fn leave(&mut self, diff: &RosterDiff) -> ActResult<()> {
        let now = self.context.now().0;
        let mut rows = Vec::new();
        for left in &diff.left {
            if let Some(mut row) = self.rows.remove(&left.employee_id) {
                row.state = "left".to_owned();
                row.left_ms = Some(now);
                rows.push(row);
            }
        }
        let ids: Vec<Uuid> = rows.iter().map(|r| r.id).collect();
        for ids in ids.chunks(IDS_MAX) {
            let ids = || ids.iter().copied();
            let roles = person_role::Entity::delete_many();
            roles.filter(person_role::Column::PersonId.is_in(ids())).exec(&**self.tx).await?;
            let sessions = session::Entity::delete_many();
            sessions.filter(session::Column::PersonId.is_in(ids())).exec(&**self.tx).await?;
            let codes = sign_in_code::Entity::delete_many();
            codes.filter(sign_in_code::Column::PersonId.is_in(ids())).exec(&**self.tx).await?;
        }
        let left = rows.iter().map(|row| self.record("person-left", row)).collect();
        audit::write_all(self.tx, left, &self.keys).await?;
        muster_store::save_all(self.tx, rows).await?;
        Ok(())
    }

    /// A record of what the file changed about one person.
    fn record(&self, kind: &'static str, person: &person::Model) -> Record {
        Record::new(kind).by(self.asker.pseudonym()).about(person).fact("via", self.asker.via())
    }

    async fn write_people(
        &mut self,
        before: &Snapshot,
        file: &RosterFile,
        diff: &RosterDiff,
    ) -> ActResult<()> {
        let joined: HashSet<&str> = diff.joined.iter().map(|p| p.employee_id.as_str()).collect();
        let mut touched: HashSet<&str> =
            diff.changed.iter().map(|c| c.person.employee_id.as_str()).collect();
        // Somebody made by hand whom the file takes over is written even where no field differs.
        let by_hand = before.roster.people.iter().filter(|p| p.outside_file);
        let by_hand: HashSet<&str> = by_hand.map(|p| p.person.employee_id.as_str()).collect();
        touched.extend(
            file.people.iter().map(|p| p.employee_id.as_str()).filter(|id| by_hand.contains(id)),
        );
        let baseline = self.baseline(before).await?;
        let mut new_owners = Vec::new();
        let mut nonces: HashMap<Uuid, Nonces> = HashMap::new();
        for person in file.people.iter().filter(|p| joined.contains(p.employee_id.as_str())) {
            let row = match before.left.get(&person.employee_id) {
                Some(back) => {
                    person::Model { state: "active".to_owned(), left_ms: None, ..back.clone() }
                }
                None => {
                    let fresh = draw_token::fresh(self.context);
                    let row = self.newcomer(&person.employee_id, baseline, &fresh);
                    nonces.insert(row.id, fresh);
                    row
                }
            };
            if !self.keys.contains_key(&row.id) {
                new_owners.push(Owner::Person(PersonId(row.id)));
            }
            self.rows.insert(person.employee_id.clone(), row);
        }
        let keys = self.tx.create_data_keys(&new_owners).await?;
        self.keys.extend(new_owners.iter().map(|o| o.id()).zip(keys));
        let to_write = |p: &&RosterPerson| {
            joined.contains(p.employee_id.as_str()) || touched.contains(p.employee_id.as_str())
        };
        let in_a_pool = policies::memberships(&**self.tx).await?;
        let mut rows = Vec::new();
        for person in file.people.iter().filter(to_write) {
            let manager = person.manager_id.as_ref().and_then(|id| self.rows.get(id));
            let manager = manager.map(|m| m.id);
            let Some(row) = self.rows.get_mut(&person.employee_id) else { continue };
            let is_new = joined.contains(person.employee_id.as_str());
            let may_be_committed = !is_new && in_a_pool.contains_key(&PersonId(row.id));
            fill(row, person, manager, may_be_committed)?;
            rows.push(row.clone());
        }
        self.free_addresses(before, &rows).await?;
        muster_store::save_all(self.tx, rows.clone()).await?;
        self.bind(before, &joined, &rows, &nonces).await
    }

    /// Who joined is bound to the log with the token; whose manager is another now is logged.
    async fn bind(
        &self,
        before: &Snapshot,
        joined: &HashSet<&str>,
        rows: &[person::Model],
        nonces: &HashMap<Uuid, Nonces>,
    ) -> ActResult<()> {
        let pseudonyms: HashMap<Uuid, Uuid> =
            self.rows.values().map(|r| (r.id, r.pseudonym)).collect();
        let manager =
            |row: &person::Model| row.manager_id.and_then(|id| pseudonyms.get(&id)).copied();
        let is_new = |row: &&person::Model| joined.contains(row.employee_id.as_str());
        let new = rows.iter().filter(is_new).map(|person| Joined {
            person,
            nonces: nonces.get(&person.id).copied(),
            manager: manager(person),
        });
        let by = (self.asker.pseudonym(), self.asker.via());
        draw_token::bind(self.context, self.tx, by, &new.collect::<Vec<_>>(), &self.keys).await?;
        let was: HashMap<Uuid, Option<Uuid>> =
            before.rows.values().map(|r| (r.id, r.manager_id)).collect();
        let moved = rows.iter().filter(|r| was.get(&r.id).is_some_and(|w| *w != r.manager_id));
        let moved = moved.map(|r| {
            let manager = manager(r).map(|m| m.to_string());
            self.record("manager-changed", r).commit_to_open("manager", manager)
        });
        audit::write_all(self.tx, moved.collect(), &self.keys).await?;
        Ok(())
    }

    /// Addresses that move from one person to another are freed first: the index that keeps them
    /// apart looks at every row.
    async fn free_addresses(&self, before: &Snapshot, rows: &[person::Model]) -> ActResult<()> {
        let old: HashMap<Uuid, &person::Model> = before.rows.values().map(|r| (r.id, r)).collect();
        let held: HashMap<&str, Uuid> =
            before.rows.values().map(|r| (r.email.as_str(), r.id)).collect();
        let is_moved = rows.iter().any(|r| held.get(r.email.as_str()).is_some_and(|h| *h != r.id));
        if !is_moved {
            return Ok(());
        }
        let changes = rows.iter().filter_map(|r| {
            let old = old.get(&r.id).filter(|old| old.email != r.email)?;
            Some(person::Model { email: format!("{}@moves.invalid", r.id), ..(*old).clone() })
        });
        muster_store::save_all(self.tx, changes.collect()).await?;
        Ok(())
    }

    /// In shadow the gates count as passed; so does whoever is there when the first roster comes.
    async fn baseline(&self, before: &Snapshot) -> ActResult<&'static str> {
        let installation = installation::get(&**self.tx).await?;
        let is_first =
            before.left.is_empty() && before.roster.people.iter().all(|p| p.outside_file);
        let is_shadow = installation.mode == installation::mode::SHADOW;
        let is_passed = is_shadow || installation.is_demo || is_first;
        Ok(if is_passed { baseline::PASSED } else { baseline::DUE })
    }

    fn newcomer(&self, employee_id: &str, baseline: &str, nonces: &Nonces) -> person::Model {
        let entropy = self.context.store.entropy();
        person::Model {
            id: PersonId::from_random(entropy.bytes()).0,
            employee_id: employee_id.to_owned(),
            draw_token: nonces.token().0.to_vec(),
            pseudonym: uuid::Builder::from_random_bytes(entropy.bytes()).into_uuid(),
            name: String::new(),
            email: String::new(),
            second_email: None,
            manager_id: None,
            zone: String::new(),
            next_zone: None,
            hours: String::new(),
            holidays: None,
            languages: String::new(),
            chosen_language: None,
            attributes: String::new(),
            accommodations: String::new(),
            state: "active".to_owned(),
            baseline: baseline.to_owned(),
            joined_ms: self.context.now().0,
            left_ms: None,
        }
    }

    async fn change_roles(&self, diff: &RosterDiff) -> ActResult<()> {
        for removed in &diff.roles_removed {
            let Some(row) = self.rows.get(&removed.person.employee_id) else { continue };
            people::remove_role(self.tx, PersonId(row.id), removed.role).await?;
            self.role_record("role-removed", row, removed.role).await?;
        }
        let now = self.context.now().0;
        let mut rows = Vec::new();
        for (changes, state) in [
            (&diff.roles_requested, role_state::PENDING),
            (&diff.roles_granted, role_state::ACTIVE),
        ] {
            for change in changes {
                let Some(row) = self.rows.get(&change.person.employee_id) else { continue };
                rows.push(person_role::Model {
                    person_id: row.id,
                    role: change.role.code().to_owned(),
                    state: state.to_owned(),
                    requested_by: self.asker.id().map(|id| id.0),
                    requested_ms: now,
                    confirmed_by: None,
                    confirmed_ms: (state == role_state::ACTIVE).then_some(now),
                });
                let is_request = state == role_state::PENDING;
                let kind = if is_request { "role-requested" } else { "role-granted" };
                self.role_record(kind, row, change.role).await?;
            }
        }
        muster_store::insert_all(self.tx, rows).await?;
        Ok(())
    }

    async fn role_record(
        &self,
        kind: &'static str,
        row: &person::Model,
        role: Role,
    ) -> ActResult<()> {
        let record = Record::new(kind).by(self.asker.pseudonym()).about(row);
        record.fact("role", role.code()).write(self.tx).await?;
        Ok(())
    }

    async fn change_places(&self, before: &Snapshot, diff: &RosterDiff) -> ActResult<()> {
        let key = |p: &WorkPlace| (p.employee_id.clone(), p.label.clone(), p.valid_from);
        let removed = diff.work_places_removed.iter();
        let removed = removed.filter_map(|p| before.places.get(&key(p)).copied());
        for ids in removed.collect::<Vec<_>>().chunks(IDS_MAX) {
            let gone = work_place::Column::Id.is_in(ids.iter().copied());
            work_place::Entity::delete_many().filter(gone).exec(&**self.tx).await?;
        }
        if !diff.work_places_added.is_empty() {
            for ids in self.returned(before, diff).chunks(IDS_MAX) {
                let gone = work_place::Column::PersonId.is_in(ids.iter().copied());
                work_place::Entity::delete_many().filter(gone).exec(&**self.tx).await?;
            }
        }
        let mut rows = Vec::new();
        for place in &diff.work_places_added {
            if let Some(row) = self.rows.get(&place.employee_id) {
                rows.push(self.place(row, place)?);
            }
        }
        muster_store::insert_all(self.tx, rows).await?;
        Ok(())
    }

    fn place(&self, person: &person::Model, place: &WorkPlace) -> ActResult<work_place::Model> {
        let entropy = self.context.store.entropy();
        let mut row = work_place::Model {
            id: uuid::Builder::from_random_bytes(entropy.bytes()).into_uuid(),
            person_id: person.id,
            valid_from: place.valid_from.map(|d| d.to_string()),
            valid_to: place.valid_to.map(|d| d.to_string()),
            // A place with a beginning and an end is a journey.
            is_travel: place.valid_from.is_some() && place.valid_to.is_some(),
            place: Vec::new(),
            entered_ms: self.context.now().0,
        };
        let detail = PlaceDetail {
            label: place.label.clone(),
            lat: place.latitude_degrees,
            lon: place.longitude_degrees,
            radius_km: place.radius_km,
            country: place.country.clone(),
        };
        row.place = self.key(person)?.seal(&detail, people::place_column(&row), entropy)?.bytes;
        Ok(row)
    }

    async fn change_absences(&self, before: &Snapshot, diff: &RosterDiff) -> ActResult<()> {
        let mut records = Vec::new();
        for (kind, absences) in
            [("absence-removed", &diff.absences_removed), ("absence-entered", &diff.absences_added)]
        {
            for absence in absences {
                let person = self.rows.get(&absence.employee_id);
                let Some(person) = person.or_else(|| before.left.get(&absence.employee_id)) else {
                    continue;
                };
                let record = self.record(kind, person);
                let record = record.commit_to_open("first_day", absence.from.to_string());
                records.push(record.commit_to_open("last_day", absence.to.to_string()));
            }
        }
        audit::write_all(self.tx, records, &self.keys).await?;
        let removed = diff.absences_removed.iter();
        let removed = removed.filter_map(|a| before.absences.get(a).copied());
        for ids in removed.collect::<Vec<_>>().chunks(IDS_MAX) {
            let gone = absence::Column::Id.is_in(ids.iter().copied());
            absence::Entity::delete_many().filter(gone).exec(&**self.tx).await?;
        }
        if !diff.absences_added.is_empty() {
            for ids in self.returned(before, diff).chunks(IDS_MAX) {
                let gone = absence::Column::PersonId.is_in(ids.iter().copied());
                absence::Entity::delete_many().filter(gone).exec(&**self.tx).await?;
            }
        }
        let mut rows = Vec::new();
        for absence in &diff.absences_added {
            if let Some(row) = self.rows.get(&absence.employee_id) {
                rows.push(self.absence(row, absence)?);
            }
        }
        muster_store::insert_all(self.tx, rows).await?;
        Ok(())
    }

    fn absence(&self, person: &person::Model, absence: &Absence) -> ActResult<absence::Model> {
        let entropy = self.context.store.entropy();
        let id = uuid::Builder::from_random_bytes(entropy.bytes()).into_uuid();
        let detail = AbsenceDetail { kind: absence.kind.code().to_owned() };
        let detail = self.key(person)?.seal(&detail, people::absence_column(id), entropy)?;
        Ok(absence::Model {
            id,
            person_id: person.id,
            first_day: absence.from.to_string(),
            last_day: absence.to.to_string(),
            detail: detail.bytes,
            entered_ms: self.context.now().0,
            entered_by: self.asker.id().map(|id| id.0),
        })
    }

    /// People who were here before and are back: what was kept of their last time is replaced.
    fn returned(&self, before: &Snapshot, diff: &RosterDiff) -> Vec<Uuid> {
        let back = diff.joined.iter().filter_map(|p| before.left.get(&p.employee_id));
        back.map(|row| row.id).collect()
    }

    fn key(&self, person: &person::Model) -> ActResult<&DataKey> {
        Ok(self.keys.get(&person.id).ok_or(StoreError::Erased)?)
    }
}

fn fill(
    row: &mut person::Model,
    person: &RosterPerson,
    manager: Option<Uuid>,
    may_be_committed: bool,
) -> ActResult<()> {
    let attributes = serde_json::to_string(&person.attributes)
        .map_err(|e| StoreError::Unreadable { what: "attributes", detail: e.to_string() })?;
    row.employee_id = person.employee_id.clone();
    row.name = person.name.clone();
    row.email = person.email.clone();
    row.second_email = person.second_email.clone();
    row.manager_id = manager;
    // A zone counts from the next boundary: the date that runs was committed in the old one.
    let is_moving = may_be_committed && row.zone != person.zone;
    row.next_zone = is_moving.then(|| person.zone.clone());
    if !is_moving {
        row.zone = person.zone.clone();
    }
    row.hours = person.hours.clone();
    row.holidays = person.holidays.clone();
    row.languages = person.languages.join(" ");
    row.attributes = attributes;
    Ok(())
}
