//! The steps before the talk: read, try the devices, answer where one is.

use super::{CheckInHead, StepName, hostile_head, sample_head};
use crate::pages::{Choices, PageFrame, Row, TextArea, samples};
use crate::render::Template;
use crate::t;
use serde::Serialize;

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
    pub exact_days: u32,
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
            t!("What is your answer?"),
            &[
                (
                    "declined",
                    t!("I would rather not share it"),
                    t!("Recorded as your answer. It is allowed, and the talk takes place."),
                ),
                (
                    "unavailable",
                    t!("I cannot share it here"),
                    t!("No location service, a shared computer, or it does not work."),
                ),
            ],
        )
    }

    /// The optional reason.
    pub fn because_field() -> TextArea {
        let area = TextArea {
            rows: 2,
            max_length: 500,
            ..TextArea::new("because", t!("Anything you want to add"))
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
                    "Your manager sees no map; HR and security only in a case. The exact point is kept 30 days, then the area.",
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
