//! Everybody into the policy that matches them: after an import, a confirmed role, an activation.

use crate::acts::roster::{BY_HAND, attributes_of, roster_person};
use crate::acts::{ActError, ActResult, Context};
use muster_domain::id::{PersonId, PolicyVersionId};
use muster_domain::person::Role;
use muster_domain::policy::{
    ActivePolicy, Assignment, Attributes, CadencePolicy, Filter, Overlap, assign, why,
};
use muster_domain::sentence::Sentence;
use muster_store::audit::Record;
use muster_store::entities::{draw_state, membership, person, policy_version};
use muster_store::people::role_state;
use muster_store::{StoreError, Tx, draws, people, policies};
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// What a new assignment looks like.
#[derive(Debug, Clone, Default)]
pub struct Reassigned {
    /// People in a pool.
    pub assigned: usize,
    /// People in none.
    pub unmatched: usize,
    /// People whom two policies match.
    pub overlaps: Vec<Overlap>,
}

/// Everybody a policy may draw: on the roster, not made by hand.
pub(super) struct Everybody {
    pub people: Vec<person::Model>,
    pub attributes: Vec<Attributes>,
    by_employee_id: HashMap<String, usize>,
}

impl Everybody {
    pub(super) async fn load(db: &impl ConnectionTrait) -> ActResult<Everybody> {
        let all = people::all(db).await?;
        let names: HashMap<Uuid, &str> =
            all.iter().map(|p| (p.id, p.employee_id.as_str())).collect();
        let mut roles: HashMap<Uuid, BTreeSet<Role>> = HashMap::new();
        for row in people::role_rows(db).await? {
            if row.state == role_state::ACTIVE {
                roles.entry(row.person_id).or_default().extend(Role::from_code(&row.role));
            }
        }
        for manager in all.iter().filter(|p| p.state == "active").filter_map(|p| p.manager_id) {
            roles.entry(manager).or_default().insert(Role::Manager);
        }
        let mut attributes = Vec::new();
        let mut kept = Vec::new();
        for row in all.iter().filter(|p| p.state == "active") {
            if attributes_of(row)?.contains_key(BY_HAND) {
                continue;
            }
            let manager = row.manager_id.and_then(|id| names.get(&id)).map(|id| (*id).to_owned());
            let held = roles.remove(&row.id).unwrap_or_default();
            let person = roster_person(row, manager, BTreeSet::new())?;
            attributes.push(Attributes::of(&person, &held));
            kept.push(row.clone());
        }
        let by_employee_id =
            kept.iter().enumerate().map(|(i, p)| (p.employee_id.clone(), i)).collect();
        Ok(Everybody { people: kept, attributes, by_employee_id })
    }

    pub(super) fn of(&self, employee_id: &str) -> Option<(&person::Model, &Attributes)> {
        let i = *self.by_employee_id.get(employee_id)?;
        Some((&self.people[i], &self.attributes[i]))
    }
}

/// A stored version as the assignment needs it.
pub(super) fn active_policy(row: &policy_version::Model) -> ActResult<ActivePolicy> {
    let unreadable =
        |detail: String| ActError::Store(StoreError::Unreadable { what: "policy version", detail });
    let policy: CadencePolicy =
        serde_json::from_str(&row.parsed).map_err(|e| unreadable(e.to_string()))?;
    let filter =
        Filter::parse(&policy.applies_to).map_err(|f| unreadable(f.problem.to_string()))?;
    Ok(ActivePolicy { name: policy.name, filter })
}

/// Puts everybody into the one policy in force that matches them. Whoever two match stays where
/// they were if that is one of the two (a changed attribute must not take anybody out of the
/// draw), else is in none until the policies are disjoint again. Whoever has no state of the draw
/// yet begins at 1; a changed policy keeps `k`.
pub async fn reassign(context: &Context, tx: &Tx) -> ActResult<Reassigned> {
    let everybody = Everybody::load(&**tx).await?;
    let rows = policies::active(&**tx).await?;
    let active = rows.iter().map(active_policy).collect::<ActResult<Vec<_>>>()?;
    let assignment = assign(&everybody.attributes, &active);
    let before = policies::memberships(&**tx).await?;
    let now = context.now().0;
    let members = members(tx, now, &everybody, &rows, &active, &assignment, &before).await?;
    let reassigned = Reassigned {
        assigned: members.len(),
        unmatched: assignment.unmatched.len(),
        overlaps: assignment.overlaps,
    };
    begin_states(tx, &members).await?;
    record_pool(tx, &before, &members).await?;
    policies::replace_memberships(tx, members).await?;
    muster_store::coverage::follow_memberships(tx).await?;
    super::live::follow(tx, &everybody).await?;
    Ok(reassigned)
}

/// Why somebody is in their policy, to be worded for whoever reads it; where somebody has changed
/// since, what was written down then.
pub async fn reason_of(
    db: &impl ConnectionTrait,
    member: &membership::Model,
) -> ActResult<Sentence> {
    let row = policies::get(db, PolicyVersionId(member.policy_version_id)).await?;
    let id = PersonId(member.person_id);
    let person = people::get(db, id).await?;
    let manager = match person.manager_id {
        Some(manager) => people::find(db, PersonId(manager)).await?.map(|m| m.employee_id),
        None => None,
    };
    let held = people::roles(db, id).await?;
    let person = roster_person(&person, manager, BTreeSet::new())?;
    let said = why(&Attributes::of(&person, &held), &active_policy(&row)?);
    let kept = member.why.as_str();
    Ok(said.filter(|said| *said == kept).unwrap_or_else(|| Sentence::as_said(kept)))
}

/// Who came into the draw or fell out of it, for the audit: nobody is left out unseen.
async fn record_pool(
    tx: &Tx,
    before: &BTreeMap<PersonId, membership::Model>,
    after: &[membership::Model],
) -> ActResult<()> {
    let stays: BTreeSet<Uuid> = after.iter().map(|m| m.person_id).collect();
    let everybody: HashMap<Uuid, person::Model> =
        people::all(&**tx).await?.into_iter().map(|p| (p.id, p)).collect();
    let entered = after.iter().filter(|m| !before.contains_key(&PersonId(m.person_id)));
    let entered = entered.map(|m| ("pool-entered", m));
    let left = before.values().filter(|m| !stays.contains(&m.person_id));
    let mut records = Vec::new();
    for (kind, member) in entered.chain(left.map(|m| ("pool-left", m))) {
        let Some(person) = everybody.get(&member.person_id) else { continue };
        let policy = member.policy_version_id.to_string();
        records.push(Record::new(kind).about(person).fact("policy", policy));
    }
    muster_store::audit::write_all(tx, records, &HashMap::new()).await?;
    Ok(())
}

async fn members(
    tx: &Tx,
    now: i64,
    everybody: &Everybody,
    rows: &[policy_version::Model],
    active: &[ActivePolicy],
    assignment: &Assignment,
    before: &BTreeMap<PersonId, membership::Model>,
) -> ActResult<Vec<membership::Model>> {
    let names = names_of_versions(tx, before).await?;
    let member = |person: &person::Model, policy: usize, why: String| {
        let version = rows[policy].id;
        let was = before.get(&PersonId(person.id)).filter(|m| m.policy_version_id == version);
        membership::Model {
            person_id: person.id,
            policy_version_id: version,
            why,
            since_ms: was.map_or(now, |m| m.since_ms),
        }
    };
    let mut members = Vec::new();
    for (employee_id, assigned) in &assignment.assigned {
        if let Some((person, _)) = everybody.of(employee_id) {
            members.push(member(person, assigned.policy, assigned.why.to_string()));
        }
    }
    for overlap in &assignment.overlaps {
        let Some((person, attributes)) = everybody.of(&overlap.employee_id) else { continue };
        let was = before.get(&PersonId(person.id)).and_then(|m| names.get(&m.policy_version_id));
        let stays =
            active.iter().position(|p| Some(&p.name) == was && overlap.policies.contains(&p.name));
        if let Some(policy) = stays {
            let why = why(attributes, &active[policy]).unwrap_or_default();
            members.push(member(person, policy, why.to_string()));
        }
    }
    Ok(members)
}

/// Names of the versions people are in, which may be retired by now.
async fn names_of_versions(
    tx: &Tx,
    before: &BTreeMap<PersonId, membership::Model>,
) -> ActResult<HashMap<Uuid, String>> {
    let ids: BTreeSet<Uuid> = before.values().map(|m| m.policy_version_id).collect();
    let mut names = HashMap::new();
    for id in ids {
        let row = policies::get(&**tx, PolicyVersionId(id)).await?;
        names.insert(id, row.name);
    }
    Ok(names)
}

async fn begin_states(tx: &Tx, members: &[membership::Model]) -> ActResult<()> {
    let states = draws::states(&**tx).await?;
    let new = members.iter().filter(|m| !states.contains_key(&PersonId(m.person_id)));
    let rows = new.map(|m| draw_state::Model {
        person_id: m.person_id,
        k: 1,
        last_label: None,
        ineligible_run: 0,
        returned_in_cycle: false,
        last_verifier: None,
    });
    muster_store::insert_all(tx, rows.collect()).await?;
    Ok(())
}
