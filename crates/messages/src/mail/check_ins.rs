//! Mails to the employee around the talk itself: the reminder and the receipt.

use super::frame::{Checkpoint, Frame};
use super::invitation::CheckInTimes;
use super::line::{Line, Link};
use super::times::Moment;
use super::{List, Message, sample};
use serde::Serialize;

/// Sent at the start and five minutes later while nobody has joined.
#[derive(Debug, Clone, Serialize)]
pub struct NotStartedYet {
    pub frame: Frame,
    pub code: Line,
    pub page: Link,
    pub times: CheckInTimes,
    /// 0 at the start, else how long the verifier has been waiting.
    pub minutes_since_start: u16,
}

impl Message for NotStartedYet {
    const NAME: &'static str = "not_started_yet";
    const LIST: List = List::CheckIns;

    fn samples() -> Vec<NotStartedYet> {
        let at_start = NotStartedYet {
            frame: sample::frame("Jo Park"),
            code: Line::new("K7-RAIN"),
            page: sample::link("/check-ins/5b0c7f1e"),
            times: CheckInTimes::new(&sample::clocks(), &sample::reader()),
            minutes_since_start: 0,
        };
        vec![
            NotStartedYet { minutes_since_start: 5, ..at_start.clone() },
            NotStartedYet {
                frame: sample::hostile_frame(),
                code: sample::hostile_line(),
                ..at_start.clone()
            },
            at_start,
        ]
    }
}

/// One line of what was recorded.
#[derive(Debug, Clone, Serialize)]
pub struct Recorded {
    /// "Place", "Person", "Camera and sound": two words at most.
    pub what: Line,
    /// "Within the agreed area". Never coordinates or an address.
    pub value: Line,
}

/// What was recorded, to keep.
#[derive(Debug, Clone, Serialize)]
pub struct Receipt {
    pub frame: Frame,
    pub code: Line,
    pub page: Link,
    pub held: Moment,
    /// Five lines, in the order of the page.
    pub recorded: [Recorded; 5],
    pub receipt_id: Line,
    pub checkpoint: Checkpoint,
    /// Day on which the exact place is coarsened.
    pub exact_data_until: Moment,
    /// What is still asked of the employee, if anything is.
    pub still_needed: Option<Line>,
}

impl Message for Receipt {
    const NAME: &'static str = "receipt";
    const LIST: List = List::CheckIns;

    fn samples() -> Vec<Receipt> {
        let line =
            |what: &str, value: &str| Recorded { what: Line::new(what), value: Line::new(value) };
        let usual = Receipt {
            frame: sample::frame("Jo Park"),
            code: Line::new("K7-RAIN"),
            page: sample::link("/check-ins/5b0c7f1e"),
            held: sample::moment(-12),
            recorded: [
                line("Time", "Joined 14:01, left 14:06, in time"),
                line("Person", "Confirmed by the verifier"),
                line("Place", "Shared once; within the agreed area"),
                line("Tasks", "3 of 3 done, one with its alternative"),
                line("Device", "Browser and time zone; no recording was made"),
            ],
            receipt_id: Line::new("R-7F3K-22QD"),
            checkpoint: sample::checkpoint(),
            exact_data_until: sample::moment(30 * 24 * 60),
            still_needed: None,
        };
        let asked =
            Line::new("Tell us on the page where you worked from today; it takes a minute.");
        let hostile = || Recorded { what: sample::hostile_line(), value: sample::hostile_line() };
        vec![
            Receipt { still_needed: Some(asked), ..usual.clone() },
            Receipt {
                frame: sample::hostile_frame(),
                code: sample::hostile_line(),
                recorded: [hostile(), hostile(), hostile(), hostile(), hostile()],
                receipt_id: sample::hostile_line(),
                still_needed: Some(sample::hostile_line()),
                ..usual.clone()
            },
            usual,
        ]
    }
}

/// What an employee said beside the check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WordKind {
    /// "I did not expect this".
    Report,
    /// What happened, from one's own side.
    Explanation,
    /// Another look at an outcome is asked for.
    Objection,
    /// Another time, with a reason.
    OtherTime,
}

/// To security or HR: somebody wrote to them on a check-in page. The name stands inside only.
#[derive(Debug, Clone, Serialize)]
pub struct WordFromEmployee {
    pub frame: Frame,
    pub kind: WordKind,
    /// The number both sides quote.
    pub number: Line,
    pub person: Line,
    pub start: Moment,
    /// The short code of the check-in.
    pub code: Line,
    /// What was chosen from the list, in words.
    pub why: Line,
    /// What was typed.
    pub words: Line,
    pub page: Link,
}

impl Message for WordFromEmployee {
    const NAME: &'static str = "word_from_employee";
    const LIST: List = List::Cases;

    fn samples() -> Vec<WordFromEmployee> {
        let usual = WordFromEmployee {
            frame: sample::frame("Sam Okoye"),
            kind: WordKind::Report,
            number: Line::new("R-7F3K22QD"),
            person: Line::new("Jo Park"),
            start: sample::moment(12),
            code: Line::new("K7-RAIN"),
            why: Line::new("The message looks false"),
            words: Line::reason("The sender's address has two letters more than yours."),
            page: sample::link("/cases"),
        };
        let of = |kind| WordFromEmployee { kind, ..usual.clone() };
        vec![
            of(WordKind::Explanation),
            of(WordKind::Objection),
            of(WordKind::OtherTime),
            WordFromEmployee {
                frame: sample::hostile_frame(),
                person: sample::hostile_line(),
                words: sample::hostile_line(),
                ..usual.clone()
            },
            usual,
        ]
    }
}

/// Why somebody hears of an objection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectionWhy {
    /// To whoever may answer: the promised days have passed.
    Waits,
    /// To the person: the answer is there.
    Answered,
}

/// An objection to an outcome waits too long, or was answered. The answer itself is on the page.
#[derive(Debug, Clone, Serialize)]
pub struct ObjectionNote {
    pub frame: Frame,
    pub why: ObjectionWhy,
    /// The number both sides quote.
    pub number: Line,
    pub sent: Moment,
    pub page: Link,
}

impl Message for ObjectionNote {
    const NAME: &'static str = "objection";
    const LIST: List = List::Cases;

    fn samples() -> Vec<ObjectionNote> {
        let usual = ObjectionNote {
            frame: sample::frame("Priya Nair"),
            why: ObjectionWhy::Waits,
            number: Line::new("R-7F3K22QD"),
            sent: sample::moment(-7 * 24 * 60),
            page: sample::link("/objections"),
        };
        vec![
            ObjectionNote {
                why: ObjectionWhy::Answered,
                page: sample::link("/check-ins/1/done"),
                ..usual.clone()
            },
            ObjectionNote {
                frame: sample::hostile_frame(),
                number: sample::hostile_line(),
                ..usual.clone()
            },
            usual,
        ]
    }
}
