//! The mail about an exception to a rule: that it waits for a second person, or that it ends soon.

use super::frame::Frame;
use super::line::{Line, Link};
use super::times::Moment;
use super::{List, Message, sample};
use serde::Serialize;

/// An exception that needs somebody.
#[derive(Debug, Clone, Serialize)]
pub struct ExceptionWord {
    pub frame: Frame,
    /// Whom it is for.
    pub person: Line,
    /// E.g. `The rule ip-hosting`.
    pub covers: Line,
    pub proposed_by: Line,
    pub ends: Moment,
    /// It waits for a second person; else it ends soon.
    pub waits: bool,
    pub page: Link,
}

impl Message for ExceptionWord {
    const NAME: &'static str = "exception";
    const LIST: List = List::Administration;

    fn samples() -> Vec<ExceptionWord> {
        let usual = ExceptionWord {
            frame: sample::frame("Sam Okoye"),
            person: Line::new("Maria Olsen"),
            covers: Line::new("The rule ip-hosting"),
            proposed_by: Line::new("Ravi Rao"),
            ends: sample::moment(14 * 24 * 60),
            waits: true,
            page: sample::link("/exceptions"),
        };
        vec![
            ExceptionWord { waits: false, ..usual.clone() },
            ExceptionWord {
                frame: sample::hostile_frame(),
                person: sample::hostile_line(),
                covers: sample::hostile_line(),
                proposed_by: sample::hostile_line(),
                ..usual.clone()
            },
            usual,
        ]
    }
}
