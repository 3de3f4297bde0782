//! The employee's check-in, one step a screen: read, camera and sound, place, wait, talk, done;
//! and what stands there instead when it is not that time, or not any more.
//!
//! The contexts of the side ways (report, another time, decline, notices) are in [`aside`].

mod aside;
mod before;
mod done;
mod talk;

pub use aside::{AnotherTime, Decline, Notice, Report, ReportSent};
pub use before::{Devices, Place, PlaceAnswered, Read, Recorded};
pub use done::{Done, Receipt, ToldFinding};
pub use talk::{Talk, Wait};

use super::{Moment, samples};
use crate::language::tr;
use muster_domain::msg;
use serde::Serialize;

/// The steps, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    Read,
    Devices,
    Place,
    Wait,
    Talk,
    Done,
}

impl StepName {
    /// Every step with its label and the last segment of its address.
    pub const ALL: [(StepName, &'static str, &'static str); 6] = [
        (StepName::Read, msg!("Read"), "read"),
        (StepName::Devices, msg!("Camera & sound"), "devices"),
        (StepName::Place, msg!("Place"), "place"),
        (StepName::Wait, msg!("Wait"), "wait"),
        (StepName::Talk, msg!("Talk"), "talk"),
        (StepName::Done, msg!("Done"), "done"),
    ];
}

/// One entry of the list of steps.
#[derive(Debug, Clone, Serialize)]
pub struct StepEntry {
    pub number: usize,
    pub name: &'static str,
    /// `done`, `current` or `todo`.
    pub state: &'static str,
    /// Where a step that is done may be read again.
    pub url: Option<String>,
}

/// The list with one step current. Before the talk, steps that are done may be gone back to.
pub fn steps(id: &str, current: StepName) -> Vec<StepEntry> {
    StepName::ALL
        .iter()
        .enumerate()
        .map(|(i, (step, name, segment))| {
            let done = *step < current || current == StepName::Done;
            let state = if *step == current && current != StepName::Done {
                "current"
            } else if done {
                "done"
            } else {
                "todo"
            };
            let may_return = done && current < StepName::Talk && *step < StepName::Wait;
            StepEntry {
                number: i + 1,
                name: tr(name),
                state,
                url: may_return.then(|| format!("/check-ins/{id}/{segment}")),
            }
        })
        .collect()
}

/// What stands above every step.
#[derive(Debug, Clone, Serialize)]
pub struct CheckInHead {
    pub id: String,
    /// The verifier's name, once it may be told.
    pub with: Option<String>,
    /// The short code.
    pub code: String,
    pub start: Moment,
    /// UTC milliseconds.
    pub start_ms: i64,
    /// E.g. `Ordered by Ravi Rao (HR), not drawn: "first week after the move".`
    pub note: Option<String>,
    pub steps: Vec<StepEntry>,
    /// Whether another time can still be asked for.
    pub may_move: bool,
}

pub(super) fn sample_head(current: StepName) -> CheckInHead {
    CheckInHead {
        id: samples::ID.to_owned(),
        with: Some("Jo Park".to_owned()),
        code: "K7-RAIN".to_owned(),
        start: samples::at(13),
        start_ms: samples::ms(13),
        note: None,
        steps: steps(samples::ID, current),
        may_move: current < StepName::Talk,
    }
}

pub(super) fn hostile_head(current: StepName) -> CheckInHead {
    CheckInHead {
        with: Some(samples::HOSTILE.to_owned()),
        note: Some(samples::HOSTILE.to_owned()),
        ..sample_head(current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_step_is_current_until_all_are_done() {
        for (step, ..) in StepName::ALL {
            let current = steps("x", step).iter().filter(|e| e.state == "current").count();
            assert_eq!(current, usize::from(step != StepName::Done), "{step:?}");
        }
    }

    #[test]
    fn nobody_goes_back_once_the_talk_has_begun() {
        assert!(steps("x", StepName::Wait)[2].url.is_some());
        assert!(steps("x", StepName::Talk).iter().all(|e| e.url.is_none()));
        assert!(steps("x", StepName::Done).iter().all(|e| e.url.is_none()));
    }
}
