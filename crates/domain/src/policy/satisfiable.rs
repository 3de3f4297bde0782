//! Whether people can be met at all under a policy: notice, window, grace and session must fit one
//! working window. Who works when is an argument; busy calendars are not looked at.

use super::CadencePolicy;
use crate::sentence;
use crate::sentence::Sentence;
use serde::{Deserialize, Serialize};

/// The longest working window of a person in a normal week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonWindow {
    pub employee_id: String,
    /// Minutes without a break; 0 for somebody without hours.
    pub longest_window_minutes: u32,
}

/// Somebody who can never be met under a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsatisfied {
    pub employee_id: String,
    pub longest_window_minutes: u32,
}

/// The answer for one pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Satisfaction {
    /// Minutes one window must have: `Clock::span_minutes_max`.
    pub needed_minutes: u32,
    /// In order of employee id.
    pub unsatisfied: Vec<Unsatisfied>,
    /// Why activation must be refused: nobody in the pool can be met, or the pool is empty.
    pub refusal: Option<Sentence>,
    /// What must be known before activating: somebody, but not everybody, can never be met.
    pub warning: Option<String>,
}

/// Checks a policy against the windows of the people in its pool.
pub fn satisfiable_by(policy: &CadencePolicy, pool: &[PersonWindow]) -> Satisfaction {
    let clock = policy.clock;
    let needed_minutes = clock.span_minutes_max();
    let too_short = pool.iter().filter(|p| p.longest_window_minutes < needed_minutes);
    let mut unsatisfied: Vec<Unsatisfied> = too_short
        .map(|p| Unsatisfied {
            employee_id: p.employee_id.clone(),
            longest_window_minutes: p.longest_window_minutes,
        })
        .collect();
    unsatisfied.sort_by(|a, b| a.employee_id.cmp(&b.employee_id));
    let sum = sentence!(
        "notice {notice} + window {window} + grace {grace} + session {session} and the next five-minute slot, \
         {needed} minutes, must fit one working window",
        notice = clock.notice_minutes_max,
        window = clock.window_minutes,
        grace = clock.grace_minutes,
        session = clock.session_minutes,
        needed = needed_minutes
    );
    let name = &policy.name;
    let longest = pool.iter().map(|p| p.longest_window_minutes).max().unwrap_or(0);
    let refusal = match pool.len() {
        0 => Some(sentence!("The policy {name} applies to nobody on the roster.", name)),
        all if all == unsatisfied.len() => Some(sentence!(
            "Nobody in the policy {name} can be met: {sum}, and the longest window of anybody is {longest}. \
             Shorten policy.clock or correct the hours on the roster.",
            name,
            sum = sum.clone(),
            longest
        )),
        _ => None,
    };
    let warning = (refusal.is_none() && !unsatisfied.is_empty()).then(|| {
        let people: Vec<String> = unsatisfied
            .iter()
            .map(|u| format!("{} ({} minutes)", u.employee_id, u.longest_window_minutes))
            .collect();
        format!(
            "{} of {} people in the policy {name} can never be met: {sum}. They are {}.",
            unsatisfied.len(),
            pool.len(),
            people.join(", ")
        )
    });
    Satisfaction { needed_minutes, unsatisfied, refusal, warning }
}
