//! What an import would change, as data: people who join, leave or change, roles asked for and
//! taken away, work places and absences. Also whether it must be refused because it looks like the
//! wrong file. Nothing is applied here.

use super::RosterFile;
use super::rows::{Absence, RosterPerson, WorkPlace};
use crate::person::Role;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A person as the store knows him, together with what a file does not say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotPerson {
    /// `roles` here are the ones in force.
    pub person: RosterPerson,
    /// Privileged roles that wait for a second person.
    pub roles_pending: BTreeSet<Role>,
    /// Created by hand (`muster admin create`) and not owned by the file: absent from it, such a
    /// person does not leave; present in it, the file takes over.
    pub outside_file: bool,
}

/// What the store knows of everybody who is active.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RosterSnapshot {
    pub people: Vec<SnapshotPerson>,
    pub work_places: Vec<WorkPlace>,
    pub absences: Vec<Absence>,
}

/// When a file is refused as probably the wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLimits {
    /// Refused when more than this share of the people owned by the file would leave. 0 to 100.
    pub leavers_percent_max: u8,
    /// ... and at least this many.
    pub leavers_min: usize,
}

impl Default for DiffLimits {
    fn default() -> DiffLimits {
        DiffLimits { leavers_percent_max: 5, leavers_min: 3 }
    }
}

/// Somebody named in a diff.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PersonRef {
    pub employee_id: String,
    pub name: String,
}

/// One changed field: the column name and both texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    pub field: String,
    /// `None` = was empty.
    pub old: Option<String>,
    /// `None` = becomes empty.
    pub new: Option<String>,
}

/// One person whose fields change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonChange {
    pub person: PersonRef,
    pub fields: Vec<FieldChange>,
}

/// One role of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleChange {
    pub person: PersonRef,
    pub role: Role,
}

/// Why an import is refused although it can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Kebab-case, never reused.
    pub code: &'static str,
    /// What is wrong and what would help.
    pub sentence: String,
}

/// Everything an import would change. `Display` is what `--dry-run` prints; serde is for `--json`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct RosterDiff {
    /// Not active before, in the order of the file.
    pub joined: Vec<RosterPerson>,
    /// Active before and not in the file.
    pub left: Vec<PersonRef>,
    pub changed: Vec<PersonChange>,
    /// Privileged roles the file asks for: pending until a second person confirms them.
    pub roles_requested: Vec<RoleChange>,
    /// Roles that come into force with the import.
    pub roles_granted: Vec<RoleChange>,
    /// Roles taken away at once, and requests withdrawn.
    pub roles_removed: Vec<RoleChange>,
    pub work_places_added: Vec<WorkPlace>,
    pub work_places_removed: Vec<WorkPlace>,
    pub absences_added: Vec<Absence>,
    pub absences_removed: Vec<Absence>,
    /// People in both without any change.
    pub unchanged: usize,
    /// Not empty: the import must not be applied.
    pub refusals: Vec<Refusal>,
}

impl RosterDiff {
    /// Whether applying it would change nothing.
    pub fn is_empty(&self) -> bool {
        let RosterDiff {
            joined, left, changed, roles_requested, roles_granted, roles_removed, ..
        } = self;
        joined.is_empty()
            && left.is_empty()
            && changed.is_empty()
            && roles_requested.is_empty()
            && roles_granted.is_empty()
            && roles_removed.is_empty()
            && self.work_places_added.is_empty()
            && self.work_places_removed.is_empty()
            && self.absences_added.is_empty()
            && self.absences_removed.is_empty()
    }
}

/// Compares a file with what is known. People are matched by employee id.
pub fn diff(current: &RosterSnapshot, new: &RosterFile, limits: DiffLimits) -> RosterDiff {
    let mut diff = RosterDiff::default();
    let before: BTreeMap<&str, &SnapshotPerson> =
        current.people.iter().map(|p| (p.person.employee_id.as_str(), p)).collect();
    for person in &new.people {
        compare_person(before.get(person.employee_id.as_str()).copied(), person, &mut diff);
    }
    let stays: BTreeSet<&str> = new.people.iter().map(|p| p.employee_id.as_str()).collect();
    let gone = |id: &str| !stays.contains(id);
    let owned = || current.people.iter().filter(|p| !p.outside_file);
    diff.left =
        owned().filter(|p| gone(&p.person.employee_id)).map(|p| reference(&p.person)).collect();
    diff.refusals.extend(too_many_leave(diff.left.len(), owned().count(), limits));
    compare_places(current, new, &mut diff);
    compare_absences(current, new, &mut diff);
    diff
}

fn compare_person(before: Option<&SnapshotPerson>, person: &RosterPerson, diff: &mut RosterDiff) {
    let none = BTreeSet::new();
    let (held, pending) = before.map_or((&none, &none), |b| (&b.person.roles, &b.roles_pending));
    let of = |role: &Role| RoleChange { person: reference(person), role: *role };
    for role in person.roles.iter().filter(|r| !held.contains(r) && !pending.contains(r)) {
        let list =
            if role.is_privileged() { &mut diff.roles_requested } else { &mut diff.roles_granted };
        list.push(of(role));
    }
    diff.roles_removed.extend(held.union(pending).filter(|r| !person.roles.contains(r)).map(of));
    let Some(before) = before else { return diff.joined.push(person.clone()) };
    let fields = changed_fields(&before.person, person);
    if !fields.is_empty() {
        return diff.changed.push(PersonChange { person: reference(person), fields });
    }
    diff.unchanged += usize::from(held.union(pending).eq(&person.roles));
}

fn changed_fields(old: &RosterPerson, new: &RosterPerson) -> Vec<FieldChange> {
    if old == new {
        return Vec::new();
    }
    let (old, new) = (fields(old), fields(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changed = names.into_iter().filter(|n| old.get(*n) != new.get(*n));
    changed
        .map(|n| FieldChange {
            field: n.clone(),
            old: old.get(n).cloned(),
            new: new.get(n).cloned(),
        })
        .collect()
}

/// Every filled field but id and roles, by column name.
fn fields(person: &RosterPerson) -> BTreeMap<String, String> {
    let fixed = [
        ("name", Some(person.name.clone())),
        ("email", Some(person.email.clone())),
        ("second_email", person.second_email.clone()),
        ("manager_id", person.manager_id.clone()),
        ("languages", Some(person.languages.join(" "))),
        ("zone", Some(person.zone.clone())),
        ("hours", Some(person.hours.clone())),
        ("holidays", person.holidays.clone()),
    ];
    let fixed = fixed.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    fixed.chain(person.attributes.clone()).collect()
}

fn reference(person: &RosterPerson) -> PersonRef {
    PersonRef { employee_id: person.employee_id.clone(), name: person.name.clone() }
}

fn too_many_leave(leavers: usize, owned: usize, limits: DiffLimits) -> Option<Refusal> {
    let is_many = leavers * 100 > usize::from(limits.leavers_percent_max) * owned;
    if leavers < limits.leavers_min || !is_many {
        return None;
    }
    let tenths = leavers * 1000 / owned.max(1);
    let sentence = format!(
        "{leavers} of {owned} people ({}.{} %) would leave, more than the {} % that one import may remove. \
         Check that the file is whole; if it is, raise the limit for this import.",
        tenths / 10,
        tenths % 10,
        limits.leavers_percent_max
    );
    Some(Refusal { code: "too-many-leavers", sentence })
}

fn compare_places(current: &RosterSnapshot, new: &RosterFile, diff: &mut RosterDiff) {
    let Some(places) = &new.work_places else { return };
    let key = |p: &WorkPlace| (p.employee_id.clone(), p.label.clone(), p.valid_from);
    let before: BTreeMap<_, _> = current.work_places.iter().map(|p| (key(p), p)).collect();
    let after: BTreeMap<_, _> = places.iter().map(|p| (key(p), p)).collect();
    let missing_in = |other: &BTreeMap<_, &WorkPlace>, (k, p): (&_, &&WorkPlace)| {
        (other.get(k) != Some(p)).then(|| (*p).clone())
    };
    diff.work_places_added = after.iter().filter_map(|entry| missing_in(&before, entry)).collect();
    diff.work_places_removed =
        before.iter().filter_map(|entry| missing_in(&after, entry)).collect();
}

fn compare_absences(current: &RosterSnapshot, new: &RosterFile, diff: &mut RosterDiff) {
    let Some(absences) = &new.absences else { return };
    let before: BTreeSet<&Absence> = current.absences.iter().collect();
    let after: BTreeSet<&Absence> = absences.iter().collect();
    diff.absences_added = after.difference(&before).map(|a| (*a).clone()).collect();
    diff.absences_removed = before.difference(&after).map(|a| (*a).clone()).collect();
}
