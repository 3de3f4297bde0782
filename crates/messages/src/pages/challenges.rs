//! The cards that tasks are drawn from, and how each has done; and the page of a second device.

use super::{Field, Moment, PageFrame, Row, StateWord, TextArea, Tone, samples};
use crate::render::Template;
use crate::t;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /challenges`
#[derive(Debug, Clone, Serialize)]
pub struct CardList {
    pub frame: PageFrame,
    pub groups: Vec<CardGroup>,
    /// How many days back is counted.
    pub days: u32,
}

/// The cards one of which is drawn for a session.
#[derive(Debug, Clone, Serialize)]
pub struct CardGroup {
    pub id: String,
    pub title: String,
    pub cards: Vec<CardLine>,
}

/// One card with its numbers.
#[derive(Debug, Clone, Serialize)]
pub struct CardLine {
    pub id: String,
    pub title: String,
    pub is_retired: bool,
    pub drawn: u32,
    pub done: u32,
    pub other_way: u32,
    pub could_not: u32,
    pub refused: u32,
    pub looks_wrong: u32,
    /// `18 s`, or a dash.
    pub median: String,
}

/// `GET /challenges/{card}`. Posts `reason` to `.../retire` or `.../restore`.
#[derive(Debug, Clone, Serialize)]
pub struct CardPage {
    pub frame: PageFrame,
    pub id: String,
    pub title: String,
    pub state: StateWord,
    pub instruction: String,
    pub alternative: String,
    pub for_verifier: String,
    pub look_for: String,
    pub facts: Vec<Row>,
    pub numbers: Vec<Row>,
    pub retired: Option<RetiredCard>,
    /// Why it cannot be taken out.
    pub stays: Option<String>,
    /// Takes it out or brings it back; absent where the reader may not.
    pub reason: Option<TextArea>,
}

/// Who took it out.
#[derive(Debug, Clone, Serialize)]
pub struct RetiredCard {
    pub by: String,
    pub at: Moment,
    pub reason: String,
}

impl CardPage {
    pub fn reason_field() -> TextArea {
        let area = TextArea { rows: 2, max_length: 500, ..TextArea::new("reason", t!("Why?")) };
        area.hint(t!("At least three words. It stands beside the card and in the audit log."))
    }
}

/// `GET /phone`: nobody is signed in, nothing is told.
#[derive(Debug, Clone, Serialize)]
pub struct PhoneAsk {
    pub frame: PageFrame,
    /// Sent as `phone_code`.
    pub code: Field,
}

impl PhoneAsk {
    pub fn field() -> Field {
        let field = Field {
            max_length: 12,
            ..Field::text("phone_code", t!("The code of your check-in page"))
        };
        field.hint(t!("Eight letters and digits, such as K7RA\u{2011}4MXP."))
    }
}

/// `GET /phone/{page}`: the code of now. The page asks for itself again.
#[derive(Debug, Clone, Serialize)]
pub struct PhoneShow {
    pub frame: PageFrame,
    /// `None` once it is over.
    pub code: Option<String>,
}

fn office(title: &str) -> PageFrame {
    samples::frame(title, "Sam Okoye", &[Role::Employee, Role::Security], "/challenges")
}

impl Template for CardList {
    const NAME: &'static str = "pages/challenges/list";

    fn samples() -> Vec<CardList> {
        let line = |id: &str, title: &str, drawn| CardLine {
            id: id.to_owned(),
            title: title.to_owned(),
            is_retired: drawn == 0,
            drawn,
            done: drawn * 8 / 10,
            other_way: drawn / 10,
            could_not: drawn / 20,
            refused: 0,
            looks_wrong: u32::from(drawn > 50),
            median: if drawn == 0 { "–".to_owned() } else { "18 s".to_owned() },
        };
        let usual = CardList {
            frame: office("Tasks"),
            groups: vec![CardGroup {
                id: "group-1".to_owned(),
                title: "Face and voice".to_owned(),
                cards: vec![
                    line("hand-across-face", "Hand across face", 84),
                    line("cheeks", "Cheeks", 0),
                ],
            }],
            days: 180,
        };
        let hostile = CardList {
            frame: samples::hostile("Tasks", &[Role::Hr], "/challenges"),
            groups: vec![CardGroup {
                id: "group-1".to_owned(),
                title: samples::HOSTILE.to_owned(),
                cards: vec![line("own-x", samples::HOSTILE, 4_000_000)],
            }],
            ..usual.clone()
        };
        vec![usual, hostile]
    }
}

impl Template for CardPage {
    const NAME: &'static str = "pages/challenges/card";

    fn samples() -> Vec<CardPage> {
        let usual = CardPage {
            frame: office("Hand across face"),
            id: "hand-across-face".to_owned(),
            title: "Hand across face".to_owned(),
            state: StateWord::new("drawn", Tone::Good),
            instruction: "Move your open hand slowly past your face, {direction}, two times."
                .to_owned(),
            alternative: "Move a book or a notebook past your face in the same way.".to_owned(),
            for_verifier: "Show the movement once yourself.".to_owned(),
            look_for: "Features stay in place behind the hand.".to_owned(),
            facts: vec![
                Row::new("Makes hard", "a face put over another"),
                Row::new("Needs", "nothing"),
            ],
            numbers: vec![Row::new("Drawn", "84"), Row::new("Half of them took", "up to 18 s")],
            retired: None,
            stays: None,
            reason: Some(CardPage::reason_field()),
        };
        let retired = CardPage {
            state: StateWord::new("taken out", Tone::Quiet),
            retired: Some(RetiredCard {
                by: "Sam Okoye".to_owned(),
                at: samples::at(-4_000),
                reason: "shown in a public video".to_owned(),
            }),
            ..usual.clone()
        };
        let stays = CardPage {
            stays: Some("At least 6 cards must stay.".to_owned()),
            reason: None,
            ..usual.clone()
        };
        let hostile = CardPage {
            frame: samples::hostile("Card", &[Role::Auditor], "/challenges"),
            title: samples::HOSTILE.to_owned(),
            instruction: samples::HOSTILE.to_owned(),
            look_for: samples::HOSTILE.to_owned(),
            reason: Some(CardPage::reason_field().typed(samples::HOSTILE, Some(samples::HOSTILE))),
            ..retired.clone()
        };
        vec![usual, retired, stays, hostile]
    }
}

impl Template for PhoneAsk {
    const NAME: &'static str = "pages/phone/ask";

    fn samples() -> Vec<PhoneAsk> {
        let usual = PhoneAsk { frame: samples::stranger("Second device"), code: PhoneAsk::field() };
        let wrong = "This code does not fit.";
        let faulty = PhoneAsk {
            frame: samples::stranger("Second device").with_problem("phone_code", wrong),
            code: PhoneAsk::field().typed(samples::HOSTILE, Some(wrong)),
        };
        vec![usual, faulty]
    }
}

impl Template for PhoneShow {
    const NAME: &'static str = "pages/phone/show";

    fn samples() -> Vec<PhoneShow> {
        let usual =
            PhoneShow { frame: samples::stranger("Second device"), code: Some("4M7K".to_owned()) };
        vec![usual.clone(), PhoneShow { code: None, ..usual }]
    }
}
