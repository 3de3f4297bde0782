//! The employee's check-in, one step a screen: read, camera and sound, place, wait, talk, done;
//! and what stands there instead when it is not that time, or not any more.
//!
//! The contexts of the side ways (report, another time, decline, notices) are in [`aside`].

mod aside;

pub use aside::{AnotherTime, Decline, Notice, Report, ReportSent};

use super::{Choices, Moment, PageFrame, Row, StandingNote, StateWord, TextArea, Tone, samples};
use crate::render::Template;
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
        (StepName::Read, "Read", "read"),
        (StepName::Devices, "Camera & sound", "devices"),
        (StepName::Place, "Place", "place"),
        (StepName::Wait, "Wait", "wait"),
        (StepName::Talk, "Talk", "talk"),
        (StepName::Done, "Done", "done"),
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
                name,
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

/// Step 1. `POST /check-ins/{id}/read` with `notice_version`.
#[derive(Debug, Clone, Serialize)]
pub struct Read {
    pub frame: PageFrame,
    pub check_in: CheckInHead,
    pub minutes: u16,
    /// What will happen, in order.
    pub happens: Vec<String>,
    pub recorded: Vec<Recorded>,
    /// What is not done.
    pub never: Vec<String>,
    /// The five clocks, as rows.
    pub clocks: Vec<Row>,
    /// Version of the notice that is acknowledged.
    pub notice_version: String,
    /// The notice in full, a paragraph each.
    pub notice: Vec<String>,
    /// Whether this version was acknowledged before.
    pub acknowledged: bool,
}

/// One thing that is recorded.
#[derive(Debug, Clone, Serialize)]
pub struct Recorded {
    pub what: String,
    /// Who sees it and how long it is kept.
    pub who_and_how_long: String,
}

/// Step 2. `POST /check-ins/{id}/devices` with `result` = `works` or `trouble` (and `trouble`, a text).
#[derive(Debug, Clone, Serialize)]
pub struct Devices {
    pub frame: PageFrame,
    pub check_in: CheckInHead,
    /// Sent as `trouble` when something does not work.
    pub trouble: TextArea,
}

/// Step 3. The form `data-attest` posts what the browser measured; the other posts `status` =
/// `declined` or `unavailable` and `because`. Both to `/check-ins/{id}/place`.
#[derive(Debug, Clone, Serialize)]
pub struct Place {
    pub frame: PageFrame,
    pub check_in: CheckInHead,
    /// Nonce of this attestation, base64url.
    pub nonce: String,
    /// What the manager sees instead of a map.
    pub manager_sees: String,
    /// Days the exact point is kept.
    pub exact_days: u16,
    /// The declared work places by name; never their coordinates.
    pub declared: Vec<String>,
    /// Sent as `status`: rather not, or cannot.
    pub instead: Choices,
    /// Sent as `because`.
    pub because: TextArea,
}

impl Place {
    /// The two other answers.
    pub fn instead_field() -> Choices {
        Choices::one(
            "status",
            "What is your answer?",
            &[
                (
                    "declined",
                    "I would rather not share it",
                    "Recorded as your answer. It is allowed, and the talk takes place.",
                ),
                (
                    "unavailable",
                    "I cannot share it here",
                    "No location service, a shared computer, or it does not work.",
                ),
            ],
        )
    }

    /// The optional reason.
    pub fn because_field() -> TextArea {
        let area = TextArea {
            rows: 2,
            max_length: 500,
            ..TextArea::new("because", "Anything you want to add")
        };
        area.optional()
    }
}

/// What the place step says after an answer, before going on.
#[derive(Debug, Clone, Serialize)]
pub struct PlaceAnswered {
    pub frame: PageFrame,
    pub check_in: CheckInHead,
    /// Whether a point was shared.
    pub shared: bool,
    /// What was recorded, one sentence.
    pub recorded: String,
    /// Other ways forward, if no point was shared.
    pub other_ways: Vec<String>,
}

/// Step 4.
#[derive(Debug, Clone, Serialize)]
pub struct Wait {
    pub frame: PageFrame,
    pub check_in: CheckInHead,
    /// Who comes, where that is not as planned.
    pub standing: StandingNote,
    /// When the room opens.
    pub opens: Moment,
    pub opens_ms: i64,
    /// Whether it is open.
    pub open: bool,
    /// Last moment at which joining is in time.
    pub join_until: Moment,
    /// Last moment at which joining is late, not missed.
    pub grace_until: Moment,
    /// What was done so far: three short rows.
    pub so_far: Vec<Row>,
}

/// Step 5: the room.
#[derive(Debug, Clone, Serialize)]
pub struct Talk {
    pub frame: PageFrame,
    pub check_in: CheckInHead,
    /// Who comes, where that is not as planned.
    pub standing: StandingNote,
    /// Path of the signalling socket, `/room/{id}/socket`.
    pub socket: String,
    /// ICE servers as JSON, for `RTCPeerConnection`.
    pub ice_json: String,
    /// Whether both ends learn each other's network address (no relay is demanded).
    pub direct: bool,
}

/// Step 6, and later the page of a check-in that is over and was held.
/// Posts `dispute` to `/check-ins/{id}/dispute`.
#[derive(Debug, Clone, Serialize)]
pub struct Done {
    pub frame: PageFrame,
    pub check_in: CheckInHead,
    /// `None` until it is judged.
    pub outcome: Option<StateWord>,
    /// The first sentence.
    pub headline: String,
    /// What was recorded, five lines.
    pub recorded: Vec<Row>,
    pub receipt: Receipt,
    /// When the exact data goes away.
    pub exact_until: String,
    /// Findings as told to the employee, each with its innocent causes.
    pub findings: Vec<ToldFinding>,
    /// Sent as `dispute`. `None` where one was sent already.
    pub dispute: Option<TextArea>,
    /// What became of a dispute.
    pub dispute_state: Option<String>,
}

/// A finding as the employee reads it.
#[derive(Debug, Clone, Serialize)]
pub struct ToldFinding {
    pub sentence: String,
    pub benign_causes: Vec<String>,
}

/// The signed receipt, short.
#[derive(Debug, Clone, Serialize)]
pub struct Receipt {
    pub number: String,
    pub at: Moment,
    /// The latest checkpoint: size and root hash of the audit log.
    pub checkpoint: String,
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

impl Template for Read {
    const NAME: &'static str = "pages/check_in/read";

    fn samples() -> Vec<Read> {
        let recorded = |what: &str, kept: &str| Recorded {
            what: what.to_owned(),
            who_and_how_long: kept.to_owned(),
        };
        let usual = Read {
            frame: samples::employee("Before your check-in")
                .with_demo(samples::demo_bar("Anna Lind")),
            check_in: sample_head(StepName::Read),
            minutes: 5,
            happens: samples::strings(&[
                "You try your camera and microphone. Nobody sees or hears that.",
                "We ask once where you work from. You may say no.",
                "At 14:35 Jo Park greets you by video and asks for three small things, drawn a moment before. For each there is another way.",
            ]),
            recorded: vec![
                recorded("When you joined and left", "Your manager sees it. Kept 12 months."),
                recorded(
                    "What Jo Park noted",
                    "HR sees it; your manager sees the result. Kept 12 months.",
                ),
                recorded(
                    "Where you are, if you share it",
                    "Nobody sees a map. The exact point is kept 30 days, then the area.",
                ),
                recorded(
                    "Your network address and browser",
                    "Security sees it, with a reason. Kept 30 days.",
                ),
            ],
            never: samples::strings(&[
                "No video, sound or picture is kept.",
                "No program judges your face or voice.",
                "Who else is in the room is never noted.",
            ]),
            clocks: vec![
                Row::new("You were told", "today 14:13, 22 minutes before"),
                Row::new("You can join", "today 14:30 to 14:45"),
                Row::new("Late, not missed", "until 14:50"),
                Row::new("The talk takes", "about 5 minutes"),
                Row::new("If it goes wrong", "a second chance, today or on the next working day"),
            ],
            notice_version: "2026-01".to_owned(),
            notice: samples::strings(&[
                "Acme checks remote work by short video talks because people have been hired under false names and company laptops have been driven from elsewhere. The basis is the agreement with the works council of 12 January 2026.",
                "You may see all that is held about you, have it corrected, and object. Ask privacy@acme.example.",
            ]),
            acknowledged: false,
        };
        let manual = Read {
            check_in: CheckInHead {
                with: None,
                note: Some(
                    "Ordered by Ravi Rao (HR), not drawn: first week after a new laptop."
                        .to_owned(),
                ),
                may_move: false,
                ..sample_head(StepName::Read)
            },
            acknowledged: true,
            ..usual.clone()
        };
        let hostile = Read {
            frame: samples::hostile("Before your check-in", &[], "/"),
            check_in: hostile_head(StepName::Read),
            happens: samples::strings(&[samples::HOSTILE]),
            recorded: vec![recorded(samples::HOSTILE, samples::HOSTILE)],
            notice: vec![samples::HOSTILE.to_owned()],
            notice_version: samples::HOSTILE.to_owned(),
            ..usual.clone()
        };
        vec![usual, manual, hostile]
    }
}

impl Template for Devices {
    const NAME: &'static str = "pages/check_in/devices";

    fn samples() -> Vec<Devices> {
        let trouble = TextArea {
            rows: 2,
            max_length: 500,
            ..TextArea::new("trouble", "What does not work?")
        };
        let usual = Devices {
            frame: samples::employee("Camera and sound").with_demo(samples::demo_bar("Anna Lind")),
            check_in: sample_head(StepName::Devices),
            trouble: trouble.hint("For example: the browser finds no camera."),
        };
        vec![
            usual.clone(),
            Devices {
                frame: samples::hostile("Camera and sound", &[], "/"),
                check_in: hostile_head(StepName::Devices),
                ..usual
            },
        ]
    }
}

impl Template for Place {
    const NAME: &'static str = "pages/check_in/place";

    fn samples() -> Vec<Place> {
        let usual = Place {
            frame: samples::employee("Where you work from")
                .with_demo(samples::demo_bar("Anna Lind")),
            check_in: sample_head(StepName::Place),
            nonce: "q3Zt0mXh6Yk4v1bA".to_owned(),
            manager_sees: "within the agreed area".to_owned(),
            exact_days: 30,
            declared: samples::strings(&[
                "Home, Leipzig",
                "Parents' house, Rostock (until 14 March)",
            ]),
            instead: Place::instead_field(),
            because: Place::because_field(),
        };
        let undecided = "Choose one of the two answers, or share your place above.";
        let faulty = Place {
            frame: samples::employee("Where you work from").with_problem("status-1", undecided),
            declared: vec![],
            instead: Place::instead_field().chosen(&[], Some(undecided)),
            because: Place::because_field().typed("My landlord's network blocks it.", None),
            ..usual.clone()
        };
        let hostile = Place {
            frame: samples::hostile("Where you work from", &[], "/"),
            check_in: hostile_head(StepName::Place),
            declared: samples::strings(&[samples::HOSTILE]),
            because: Place::because_field().typed(samples::HOSTILE, Some(samples::HOSTILE)),
            ..usual.clone()
        };
        vec![usual, faulty, hostile]
    }
}

impl Template for PlaceAnswered {
    const NAME: &'static str = "pages/check_in/place_answered";

    fn samples() -> Vec<PlaceAnswered> {
        let declined = PlaceAnswered {
            frame: samples::employee("Your answer is recorded"),
            check_in: sample_head(StepName::Place),
            shared: false,
            recorded: "You said that you would rather not share your place.".to_owned(),
            other_ways: samples::strings(&[
                "Show Jo Park the view from a window, if you like.",
                "Name the place, and HR compares it with what you declared.",
                "Or leave it so: HR asks you once, by phone, and notes your answer.",
            ]),
        };
        let shared = PlaceAnswered {
            shared: true,
            recorded: "A point, exact to about 20 m, inside Home, Leipzig.".to_owned(),
            other_ways: vec![],
            ..declined.clone()
        };
        let hostile = PlaceAnswered {
            check_in: hostile_head(StepName::Place),
            recorded: samples::HOSTILE.to_owned(),
            ..declined.clone()
        };
        vec![declined, shared, hostile]
    }
}

impl Template for Wait {
    const NAME: &'static str = "pages/check_in/wait";

    fn samples() -> Vec<Wait> {
        let usual = Wait {
            frame: samples::employee("Waiting for your check-in")
                .with_demo(samples::demo_bar("Anna Lind")),
            check_in: sample_head(StepName::Wait),
            standing: sample_standing(""),
            opens: samples::at(8),
            opens_ms: samples::ms(8),
            open: false,
            join_until: samples::at(23),
            grace_until: samples::at(28),
            so_far: vec![
                Row::new("Notice 2026-01", "read at 14:19"),
                Row::new("Camera and sound", "work"),
                Row::new("Place", "shared, inside Home, Leipzig"),
            ],
        };
        let open =
            Wait { open: true, opens: samples::at(-1), opens_ms: samples::ms(-1), ..usual.clone() };
        let looking = Wait {
            standing: sample_standing(
                "The person you were to meet cannot come. Somebody else will, usually within a minute.",
            ),
            ..open.clone()
        };
        let hostile = Wait {
            check_in: hostile_head(StepName::Wait),
            standing: sample_standing(samples::HOSTILE),
            so_far: vec![Row::new("Place", samples::HOSTILE)],
            ..usual.clone()
        };
        vec![usual, open, looking, hostile]
    }
}

fn sample_standing(text: &str) -> StandingNote {
    StandingNote::of(&format!("/check-ins/{}/standing", samples::ID), text.to_owned(), true)
}

impl Template for Talk {
    const NAME: &'static str = "pages/check_in/talk";

    fn samples() -> Vec<Talk> {
        let usual = Talk {
            frame: samples::employee("Your check-in").with_demo(samples::demo_bar("Anna Lind")),
            check_in: sample_head(StepName::Talk),
            standing: sample_standing(""),
            socket: format!("/room/{}/socket", samples::ID),
            ice_json: r#"[{"urls":["stun:stun.acme.example:3478"]}]"#.to_owned(),
            direct: true,
        };
        vec![
            usual.clone(),
            Talk {
                check_in: hostile_head(StepName::Talk),
                ice_json: samples::HOSTILE.to_owned(),
                direct: false,
                ..usual
            },
        ]
    }
}

impl Template for Done {
    const NAME: &'static str = "pages/check_in/done";

    fn samples() -> Vec<Done> {
        let dispute = TextArea::new("dispute", "What is not right, or what should be known?")
            .hint("Somebody who is neither your manager nor the person you met reads it and answers within five working days.");
        let usual = Done {
            frame: samples::employee("Done").with_demo(samples::demo_bar("Anna Lind")),
            check_in: CheckInHead {
                start: samples::at(-7),
                start_ms: samples::ms(-7),
                ..sample_head(StepName::Done)
            },
            outcome: Some(StateWord::new("verified", Tone::Good)),
            headline: "That was it. Nothing else is needed.".to_owned(),
            recorded: vec![
                Row::new("Joined and left", "14:15 to 14:20, in time"),
                Row::new("Met by", "Jo Park, who recognised you from the reference still"),
                Row::new("Tasks", "3 of 3 done, one of them the other way"),
                Row::new("Place", "within the agreed area, exact to about 20 m"),
                Row::new("Network and browser", "a home line in Germany; Firefox"),
            ],
            receipt: Receipt {
                number: "R-2026-03-03-0417".to_owned(),
                at: samples::at(-1),
                checkpoint: "18204 q5cKx0bNn0Vb2m0y1lq3n3S9o6nqk8r1m5s7a2d4f6g=".to_owned(),
            },
            exact_until: "2 April 2026".to_owned(),
            findings: vec![],
            dispute: Some(dispute.clone()),
            dispute_state: None,
        };
        let review = Done {
            outcome: Some(StateWord::new("needs review", Tone::Review)),
            headline: "The talk is over. A person will look at one thing that did not fit."
                .to_owned(),
            findings: vec![ToldFinding {
                sentence: "The place you shared lies about 310 km from the places you declared."
                    .to_owned(),
                benign_causes: samples::strings(&[
                    "You are travelling and have not told us yet.",
                    "Your browser took a place from an old network.",
                ]),
            }],
            dispute: None,
            dispute_state: Some(
                "You wrote to us today at 14:44. Somebody answers by Tue 10 March.".to_owned(),
            ),
            ..usual.clone()
        };
        let waiting = Done { outcome: None, headline: "The talk is over. Jo Park is writing down what was seen; the result stands here soon.".to_owned(), ..usual.clone() };
        let hostile = Done {
            frame: samples::hostile("Done", &[], "/"),
            headline: samples::HOSTILE.to_owned(),
            recorded: vec![Row::new(samples::HOSTILE, samples::HOSTILE)],
            dispute: Some(dispute.typed(samples::HOSTILE, Some(samples::HOSTILE))),
            ..review.clone()
        };
        vec![usual, review, waiting, hostile]
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
