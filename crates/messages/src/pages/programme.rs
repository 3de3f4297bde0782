//! How the programme does, for HR: one line a matter, with what to do and where. Told from what was
//! and from the law of the policies; nothing of a draw that is to come.

use super::{PageFrame, StateWord, Tone, samples};
use crate::render::Template;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /programme`
#[derive(Debug, Clone, Serialize)]
pub struct Programme {
    pub frame: PageFrame,
    /// The whole in one sentence.
    pub summary: String,
    pub lines: Vec<ProgrammeLine>,
    pub weeks: Vec<WeekLine>,
    /// Sentences on what would have to change so that everybody can be met.
    pub advice: Vec<String>,
    pub unmet: Vec<UnmetLine>,
    /// How many more people the list would have.
    pub unmet_more: usize,
}

/// One matter.
#[derive(Debug, Clone, Serialize)]
pub struct ProgrammeLine {
    pub name: String,
    pub state: StateWord,
    /// How it is.
    pub is: String,
    /// What to do; empty where nothing is.
    pub act: String,
    /// Where it is done.
    pub link: Option<ProgrammeLink>,
}

/// A way on.
#[derive(Debug, Clone, Serialize)]
pub struct ProgrammeLink {
    pub url: String,
    pub label: String,
}

/// One coming week.
#[derive(Debug, Clone, Serialize)]
pub struct WeekLine {
    /// `7 to 13 December`
    pub week: String,
    pub asked: String,
    pub possible: String,
    pub absent: String,
    pub state: StateWord,
}

/// Somebody whom draws hit and could not meet.
#[derive(Debug, Clone, Serialize)]
pub struct UnmetLine {
    pub id: String,
    pub name: String,
    pub uncovered: String,
    pub shielded: String,
}

impl Template for Programme {
    const NAME: &'static str = "pages/hr/programme";

    fn samples() -> Vec<Programme> {
        let line = |name: &str, tone, is: &str, link: bool| ProgrammeLine {
            name: name.to_owned(),
            state: StateWord::new(if tone == Tone::Good { "well" } else { "look at it" }, tone),
            is: is.to_owned(),
            act: if link { "Book the sessions.".to_owned() } else { String::new() },
            link: link.then(|| ProgrammeLink {
                url: "/first-sessions".to_owned(),
                label: "First sessions".to_owned(),
            }),
        };
        let usual = Programme {
            frame: samples::frame("Programme", "Ravi Rao", &[Role::Hr], "/programme"),
            summary: "One matter asks for you.".to_owned(),
            lines: vec![
                line("Mail", Tone::Good, "212 sent in seven days; none waits.", false),
                line("First sessions", Tone::Review, "3 of 40 people need something.", true),
            ],
            weeks: vec![WeekLine {
                week: "9 to 15 March".to_owned(),
                asked: "about 41".to_owned(),
                possible: "up to 120".to_owned(),
                absent: "2 days".to_owned(),
                state: StateWord::new("enough", Tone::Good),
            }],
            advice: samples::strings(&["Nobody shares a language with 2 people."]),
            unmet: vec![UnmetLine {
                id: samples::ID.to_owned(),
                name: "Lee Sato".to_owned(),
                uncovered: "2026-02-11, 2026-02-20".to_owned(),
                shielded: "none".to_owned(),
            }],
            unmet_more: 3,
        };
        let quiet = Programme {
            weeks: vec![],
            advice: vec![],
            unmet: vec![],
            unmet_more: 0,
            ..usual.clone()
        };
        let hostile = Programme {
            frame: samples::hostile("Programme", &[Role::Hr], "/programme"),
            summary: samples::HOSTILE.to_owned(),
            lines: vec![line(samples::HOSTILE, Tone::Review, samples::HOSTILE, true)],
            ..usual.clone()
        };
        vec![usual, quiet, hostile]
    }
}
