//! Cadence policies as acts: read one in force, propose a version, confirm it as a second
//! person, put everybody into the policy that matches them.

mod activate;
mod live;
mod membership;
pub mod preview;
#[cfg(test)]
mod tests;
mod versions;

pub use live::{Live, Scope, Scoped, gates_count_as_passed, reach, set_scope};
pub use membership::{Reassigned, reason_of, reassign};
pub use preview::unmet;
pub use versions::{
    Activated, Draft, Unfit, activate_first, attribute_names, confirm, lint, pending_of, pool_size,
    propose, reject,
};

use super::{ActError, ActResult};
use muster_domain::calendar::SlotTerms;
use muster_domain::draw::{HazardTable, PolicyRow};
use muster_domain::id::PolicyVersionId;
use muster_domain::policy::CadencePolicy;
use muster_store::entities::policy_version;
use muster_store::{StoreError, policies};
use sea_orm::ConnectionTrait;

/// A stored version, read.
#[derive(Debug, Clone)]
pub struct PolicyInForce {
    pub id: PolicyVersionId,
    pub row: policy_version::Model,
    pub policy: CadencePolicy,
    pub table: HazardTable,
}

impl PolicyInForce {
    /// Of a stored row.
    pub(in crate::acts) fn read(row: policy_version::Model) -> ActResult<PolicyInForce> {
        let unreadable = |detail: String| {
            ActError::Store(StoreError::Unreadable { what: "policy version", detail })
        };
        let policy = serde_json::from_str(&row.parsed).map_err(|e| unreadable(e.to_string()))?;
        let table =
            serde_json::from_str(&row.hazard_table).map_err(|e| unreadable(e.to_string()))?;
        Ok(PolicyInForce { id: PolicyVersionId(row.id), row, policy, table })
    }

    /// What decides which slots fit into a window.
    pub fn terms(&self) -> SlotTerms {
        let clock = &self.policy.clock;
        SlotTerms {
            notice_minutes_max: clock.notice_minutes_max,
            window_minutes: clock.window_minutes,
            grace_minutes: clock.grace_minutes,
            session_minutes: clock.session_minutes,
        }
    }

    /// What the draw's plan needs of it.
    pub fn row(&self) -> PolicyRow {
        let clock = &self.policy.clock;
        PolicyRow {
            hazards: self.table.clone(),
            notice_minutes_max: clock.notice_minutes_max,
            notice_minutes_min: clock.notice_minutes_min,
            policy: self.id,
            session_minutes: clock.session_minutes,
            turnaround_minutes: clock.turnaround_minutes,
        }
    }
}

/// Reads one stored version.
pub async fn load(db: &impl ConnectionTrait, id: PolicyVersionId) -> ActResult<PolicyInForce> {
    PolicyInForce::read(policies::get(db, id).await?)
}
