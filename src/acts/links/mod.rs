//! Link groups: found at night, told to security, looked into and closed by people. Nobody of a group,
//! and nobody in line with somebody of it, opens it; managers and HR see none.

pub mod nightly;
pub mod overlap;
pub mod search;
mod telling;
pub mod view;

use super::{ActError, ActResult};
use muster_domain::access::{Act, Actor, may_open_links};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_messages::language::tr;
use muster_store::Tx;
use muster_store::entities::{link_group, link_member, person};
use std::collections::{BTreeSet, HashMap};

/// Days after which what a group says is shown to its people, whatever has become of it (a security
/// hold lasts no longer, DESIGN section 11).
pub const HOLD_DAYS: i64 = 30;

fn ids(members: &[link_member::Model]) -> Vec<PersonId> {
    members.iter().map(|member| PersonId(member.person_id)).collect()
}

/// Whether somebody may open a group of these people.
fn may_open(
    actor: PersonId,
    roles: &BTreeSet<Role>,
    members: &[PersonId],
    managers: &HashMap<PersonId, PersonId>,
) -> ActResult<()> {
    let manager_of = |id: PersonId| managers.get(&id).copied();
    may_open_links(Actor { id: actor, roles }, members, &manager_of)
        .map_err(|denial| ActError::forbidden(tr(denial.sentence())))
}

/// Everybody who may open a group of these people.
async fn readers(tx: &Tx, members: &[PersonId]) -> ActResult<Vec<person::Model>> {
    let managers = super::office::managers(&**tx).await?;
    let roles = BTreeSet::from([Role::Security]);
    let mut holders = super::office::holders_of(tx, Act::OpenNetworkEvidence, &[]).await?;
    holders.retain(|h| may_open(PersonId(h.id), &roles, members, &managers).is_ok());
    Ok(holders)
}

/// Whether the group asks somebody to act.
pub fn is_unresolved(row: &link_group::Model) -> bool {
    use muster_store::links::state;
    matches!(row.state.as_str(), state::OPEN | state::ACKNOWLEDGED)
}
