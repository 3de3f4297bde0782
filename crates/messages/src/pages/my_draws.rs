//! My draws: what was drawn for one person, each figure with a sentence, and the place where the
//! person's own browser says that it comes out the same.

use super::{PageFrame, samples};
use crate::render::Template;
use serde::Serialize;

/// `GET /me/draws`
#[derive(Debug, Clone, Serialize)]
pub struct MyDraws {
    pub frame: PageFrame,
    /// False before the log has a checkpoint.
    pub ready: bool,
    /// Hexadecimal.
    pub token: String,
    /// The employee's own browser had a part in the token.
    pub own_part: bool,
    /// A token with that part waits for the next date.
    pub waiting: bool,
    /// How many days are shown.
    pub days: i64,
    /// Newest first.
    pub dates: Vec<DrawnDate>,
}

/// One local date, as words.
#[derive(Debug, Clone, Serialize)]
pub struct DrawnDate {
    /// `YYYY-MM-DD`
    pub label: String,
    /// `day`, or `block/n`.
    pub horizon: String,
    /// The block in words, where the date has several.
    pub block: Option<String>,
    /// `yes`, or why not; or that the date has not closed.
    pub eligible: String,
    pub k: String,
    pub chance: String,
    pub result: String,
}

impl Template for MyDraws {
    const NAME: &'static str = "pages/me/draws";

    fn samples() -> Vec<MyDraws> {
        let date = |label: &str, eligible: &str, k: &str, chance: &str, result: &str| DrawnDate {
            label: label.to_owned(),
            horizon: "day".to_owned(),
            block: None,
            eligible: eligible.to_owned(),
            k: k.to_owned(),
            chance: chance.to_owned(),
            result: result.to_owned(),
        };
        let usual = MyDraws {
            frame: samples::employee("My draws"),
            ready: true,
            token: "fc8232b107d899f4a28316afd1c0cf0e".to_owned(),
            own_part: true,
            waiting: false,
            days: 35,
            dates: vec![
                date("2026-03-04", "not closed yet", "", "", ""),
                date("2026-03-03", "yes", "7", "4.4 %", "not yet public"),
                date("2026-02-22", "no: a day without working hours", "", "", "nothing was drawn"),
                date("2026-02-20", "yes", "12", "4.4 %", "drawn"),
                DrawnDate {
                    horizon: "block/3".to_owned(),
                    block: Some("part 4 of the day".to_owned()),
                    ..date("2026-02-19", "yes", "11", "0.6 %", "not drawn")
                },
            ],
        };
        let bare = MyDraws { own_part: false, dates: vec![], ..usual.clone() };
        let waiting = MyDraws { waiting: true, ..usual.clone() };
        let none = MyDraws { ready: false, ..usual.clone() };
        let hostile = MyDraws {
            frame: samples::hostile("My draws", &[], "/"),
            token: samples::HOSTILE.to_owned(),
            dates: vec![date("2026-03-03", samples::HOSTILE, "1", "1", samples::HOSTILE)],
            ..usual.clone()
        };
        vec![usual, bare, waiting, none, hostile]
    }
}
