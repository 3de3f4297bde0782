//! The ways beside the straight one: it is not the time, it is over, it was not expected, it does
//! not suit, or it is declined. Each says what happened, what it means, what to do now.

use super::{CheckInHead, StepName, hostile_head, sample_head};
use crate::pages::{Choices, Moment, PageFrame, StateWord, TextArea, Tone, samples};
use crate::render::Template;
use crate::t;
use muster_domain::check_in::Outcome;
use serde::Serialize;

/// What stands at `/check-ins/{id}` when there is no step to take.
#[derive(Debug, Clone, Serialize)]
pub struct Notice {
    pub frame: PageFrame,
    pub id: String,
    pub state: StateWord,
    /// When it was to start.
    pub start: Moment,
    pub start_ms: i64,
    pub heading: String,
    pub what_happened: String,
    pub what_it_means: String,
    pub what_now: String,
    /// Whether the page should be asked for again at the start.
    pub reload_at_start: bool,
    /// Whether there is a receipt (of an attempt) to keep.
    pub has_receipt: bool,
    /// Sent as `explain` to `/check-ins/{id}/explain`.
    pub explain: Option<TextArea>,
}

impl Notice {
    fn new(
        frame: PageFrame,
        id: &str,
        start: Moment,
        start_ms: i64,
        state: StateWord,
        words: [&str; 4],
    ) -> Notice {
        let [heading, what_happened, what_it_means, what_now] = words.map(str::to_owned);
        Notice {
            frame,
            id: id.to_owned(),
            state,
            start,
            start_ms,
            heading,
            what_happened,
            what_it_means,
            what_now,
            reload_at_start: false,
            has_receipt: false,
            explain: None,
        }
    }

    /// The room is not open yet.
    pub fn too_early(frame: PageFrame, id: &str, start: Moment, start_ms: i64) -> Notice {
        let words = [
            t!("You are early"),
            t!("The room is not open yet."),
            t!("Nothing is missed. You can prepare now or come back."),
            t!("Leave this page open; it goes on by itself. Or come back at the time above."),
        ];
        let state = StateWord::new(t!("announced"), Tone::Waiting);
        Notice { reload_at_start: true, ..Notice::new(frame, id, start, start_ms, state, words) }
    }

    /// An absence or an accepted reason was known. `reason` is a whole sentence.
    pub fn excused(
        frame: PageFrame,
        id: &str,
        start: Moment,
        start_ms: i64,
        reason: &str,
    ) -> Notice {
        let means = t!("It does not count against you, and no second chance is needed.");
        let words = [
            t!("This check-in is excused"),
            reason,
            means,
            t!("Nothing. You may close this page."),
        ];
        Notice::new(frame, id, start, start_ms, StateWord::outcome(Outcome::Excused), words)
    }

    /// We called it off. `reason` is a whole sentence.
    pub fn cancelled(
        frame: PageFrame,
        id: &str,
        start: Moment,
        start_ms: i64,
        reason: &str,
    ) -> Notice {
        let means = t!("You need not be anywhere. It does not count against you.");
        let words = [
            t!("This check-in is cancelled"),
            reason,
            means,
            t!("Nothing. The calendar entry goes away by itself."),
        ];
        let state = StateWord { icon: "void", ..StateWord::new(t!("cancelled"), Tone::Quiet) };
        Notice::new(frame, id, start, start_ms, state, words)
    }

    /// Nobody came. `next` says when the second chance is, or who gets in touch.
    pub fn missed(
        frame: PageFrame,
        id: &str,
        start: Moment,
        start_ms: i64,
        next: &str,
        explain: TextArea,
    ) -> Notice {
        let words = [
            t!("We did not meet you"),
            t!("The time to join has passed, and you were not in the room."),
            t!(
                "That happens. It is noted as missed, and your manager hears of it only if the second chance passes too."
            ),
            next,
        ];
        let state = StateWord::outcome(Outcome::Missed);
        Notice {
            has_receipt: true,
            explain: Some(explain),
            ..Notice::new(frame, id, start, start_ms, state, words)
        }
    }

    /// The failure was ours, or nobody's. `reason` is a whole sentence.
    pub fn void(frame: PageFrame, id: &str, start: Moment, start_ms: i64, reason: &str) -> Notice {
        let means = t!(
            "It does not count, neither for you nor against you. You may be drawn again like everybody."
        );
        let words = [
            t!("This check-in does not count"),
            reason,
            means,
            t!("Nothing. Keep the receipt if you tried to join."),
        ];
        Notice {
            has_receipt: true,
            ..Notice::new(frame, id, start, start_ms, StateWord::outcome(Outcome::Void), words)
        }
    }

    /// The field of a missed check-in.
    pub fn explain_field() -> TextArea {
        let area = TextArea::new("explain", t!("What happened?"));
        area.hint(t!("A power cut, a meeting, leave that was not entered. Whoever looks at this reads it first."))
    }
}

/// `I did not expect this`. Posts `why` and `details` to `/check-ins/{id}/report`.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub frame: PageFrame,
    pub check_in: CheckInHead,
    pub why: Choices,
    pub details: TextArea,
}

impl Report {
    /// What may look wrong.
    pub fn why_field() -> Choices {
        Choices::one(
            "why",
            t!("What looks wrong?"),
            &[
                (
                    "message",
                    t!("The message looks false"),
                    t!("Its sender, its link or its code is not the one on this page."),
                ),
                (
                    "asked",
                    t!("I was asked for something odd"),
                    t!("A password, a payment, a document, a download, remote control."),
                ),
                ("person", t!("The person I met did not know the code"), ""),
                ("other", t!("Something else"), ""),
            ],
        )
    }

    /// What else is known.
    pub fn details_field() -> TextArea {
        let area = TextArea::new("details", t!("What did you see?")).optional();
        area.hint(t!("Copy the sender's address if you have it. Do not open the link again."))
    }
}

/// The answer to a report.
#[derive(Debug, Clone, Serialize)]
pub struct ReportSent {
    pub frame: PageFrame,
    /// The report's number.
    pub number: String,
    /// Whether our own records show that this check-in is a true one.
    pub genuine: bool,
    pub id: String,
}

/// `Ask for another time`. Three ways: `POST .../not-now` (no field), `POST .../another-time` with
/// `reason` and `details`, and a link to `.../decline`.
#[derive(Debug, Clone, Serialize)]
pub struct AnotherTime {
    pub frame: PageFrame,
    pub check_in: CheckInHead,
    /// How many one-tap moves are left.
    pub not_now_left: u16,
    /// E.g. `until 31 March`.
    pub not_now_period: String,
    /// `None` where no further move is possible; `refused_because` then says why.
    pub reason: Option<Choices>,
    pub details: TextArea,
    pub refused_because: Option<String>,
}

impl AnotherTime {
    /// The accepted reasons.
    pub fn reason_field() -> Choices {
        Choices::one(
            "reason",
            t!("Why does the time not suit?"),
            &[
                (
                    "absent",
                    t!("I am on leave, sick or on a holiday"),
                    t!("HR sees it and puts it right."),
                ),
                ("meeting", t!("I am in a meeting I cannot leave"), ""),
                ("moving", t!("I am on the move"), t!("Driving, on a train, at an airport.")),
                ("care", t!("I have to look after somebody"), ""),
                ("equipment", t!("My camera or my connection does not work"), ""),
                ("other", t!("Another reason"), ""),
            ],
        )
    }

    /// What else is to be known.
    pub fn details_field() -> TextArea {
        TextArea { rows: 2, max_length: 500, ..TextArea::new("details", t!("Anything to add")) }
            .optional()
    }
}

/// `I do not take part`: an explicit no, asked once more. Posts `because` to `.../decline`.
#[derive(Debug, Clone, Serialize)]
pub struct Decline {
    pub frame: PageFrame,
    pub check_in: CheckInHead,
    /// What follows from a no, as sentences.
    pub follows: Vec<String>,
    pub because: TextArea,
}

impl Decline {
    /// The reason, if there is one.
    pub fn because_field() -> TextArea {
        TextArea {
            rows: 3,
            max_length: 1000,
            ..TextArea::new("because", t!("Do you want to say why?"))
        }
        .optional()
    }
}

impl Template for Notice {
    const NAME: &'static str = "pages/check_in/notice";

    fn samples() -> Vec<Notice> {
        let frame = |title: &str| samples::employee(title);
        let (start, past) = (samples::at(13), samples::at(-70));
        let (start_ms, past_ms) = (samples::ms(13), samples::ms(-70));
        let next = "You get a second chance today at 15:20; the invitation is on its way. Tell us below what happened, if you like.";
        vec![
            Notice::too_early(frame("You are early"), samples::ID, start, start_ms),
            Notice::missed(
                frame("We did not meet you"),
                samples::ID,
                past.clone(),
                past_ms,
                next,
                Notice::explain_field(),
            ),
            Notice::excused(
                frame("Excused"),
                samples::ID,
                past.clone(),
                past_ms,
                "You are on leave today.",
            ),
            Notice::cancelled(
                frame("Cancelled"),
                samples::ID,
                past.clone(),
                past_ms,
                "Jo Park fell ill, and nobody else was free.",
            ),
            Notice::void(
                frame("Does not count"),
                samples::ID,
                past.clone(),
                past_ms,
                "Our room could not be reached from 14:31 to 14:52.",
            ),
            Notice::void(
                samples::hostile("Does not count", &[], "/"),
                samples::ID,
                past,
                past_ms,
                samples::HOSTILE,
            ),
        ]
    }
}

impl Template for Report {
    const NAME: &'static str = "pages/check_in/report";

    fn samples() -> Vec<Report> {
        let missing = "Choose what looks wrong. Something else is a full answer";
        let usual = Report {
            frame: samples::employee("Report this check-in"),
            check_in: sample_head(StepName::Read),
            why: Report::why_field(),
            details: Report::details_field(),
        };
        let hostile = Report {
            frame: samples::employee("Report this check-in").with_problem("why-1", missing),
            check_in: hostile_head(StepName::Read),
            why: Report::why_field().chosen(&[], Some(missing)),
            details: Report::details_field().typed(samples::HOSTILE, None),
        };
        vec![usual, hostile]
    }
}

impl Template for ReportSent {
    const NAME: &'static str = "pages/check_in/report_sent";

    fn samples() -> Vec<ReportSent> {
        let sent = |genuine| ReportSent {
            frame: samples::employee("Your report is with security"),
            number: "214".to_owned(),
            genuine,
            id: samples::ID.to_owned(),
        };
        vec![sent(true), sent(false)]
    }
}

impl Template for AnotherTime {
    const NAME: &'static str = "pages/check_in/another_time";

    fn samples() -> Vec<AnotherTime> {
        let usual = AnotherTime {
            frame: samples::employee("Ask for another time"),
            check_in: sample_head(StepName::Read),
            not_now_left: 2,
            not_now_period: "until 31 March".to_owned(),
            reason: Some(AnotherTime::reason_field()),
            details: AnotherTime::details_field(),
            refused_because: None,
        };
        let spent = AnotherTime {
            not_now_left: 0,
            reason: None,
            refused_because: Some(
                "This check-in was moved twice already, and the policy allows two moves."
                    .to_owned(),
            ),
            ..usual.clone()
        };
        let hostile = AnotherTime {
            frame: samples::hostile("Ask for another time", &[], "/"),
            not_now_period: samples::HOSTILE.to_owned(),
            details: AnotherTime::details_field().typed(samples::HOSTILE, Some(samples::HOSTILE)),
            ..usual.clone()
        };
        vec![usual, spent, hostile]
    }
}

impl Template for Decline {
    const NAME: &'static str = "pages/check_in/decline";

    fn samples() -> Vec<Decline> {
        let usual = Decline {
            frame: samples::employee("Not taking part"),
            check_in: sample_head(StepName::Read),
            follows: samples::strings(&[
                "Your no is recorded, with the reason if you give one.",
                "A case opens. HR speaks with you before anything else happens.",
                "No program draws a conclusion from it.",
            ]),
            because: Decline::because_field(),
        };
        vec![
            usual.clone(),
            Decline {
                because: Decline::because_field().typed(samples::HOSTILE, Some(samples::HOSTILE)),
                follows: vec![samples::HOSTILE.to_owned()],
                ..usual
            },
        ]
    }
}
