//! What happens to a case by itself if nobody acts, as far as a page says it: who hears of it next.
//! When is the timer's business; the case's row carries it.

use super::standing::{cause, second_look};
use crate::acts::{ActResult, policy};
use muster_domain::case::{CaseState, SecondLook};
use muster_domain::escalation::{RecipientKind, sequence};
use muster_domain::id::{CaseId, PolicyVersionId};
use muster_store::cases;
use muster_store::entities::{cases as row, check_in};
use sea_orm::ConnectionTrait;

/// What comes next by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// Closed: nothing.
    Nothing,
    /// A re-check comes first. When is not said: it is drawn.
    Recheck,
    /// Somebody has it; then it is open again.
    OpensAgain,
    /// These people hear of it.
    Tells(RecipientKind),
}

/// Looks ahead.
pub async fn outlook(
    db: &impl ConnectionTrait,
    case: &row::Model,
    check_in: &check_in::Model,
) -> ActResult<Outlook> {
    match CaseState::from_code(&case.state) {
        Some(CaseState::Resolved) => return Ok(Outlook::Nothing),
        Some(CaseState::Acknowledged) => return Ok(Outlook::OpensAgain),
        _ => {}
    }
    if case.waits_for.is_some() && case.step == 0 {
        return Ok(Outlook::Recheck);
    }
    let policy = policy::load(db, PolicyVersionId(case.policy_version_id)).await?.policy.escalation;
    let awaits_look = second_look(db, case, check_in).await? == SecondLook::Pending;
    let planned = sequence(&policy, cause(case), awaits_look);
    let mut place = 0;
    for step in cases::steps(db, CaseId(case.id)).await? {
        let is_this = planned.get(place).is_some_and(|p| p.step.recipient.code() == step.recipient);
        place += usize::from(is_this);
    }
    let outside = || planned.iter().rev().find(|p| p.step.recipient.is_outside_the_line());
    let next = planned.get(place).or_else(outside);
    Ok(next.map_or(Outlook::Tells(RecipientKind::Hr), |p| Outlook::Tells(p.step.recipient)))
}
