//! A disruption: the people of one zone who were missing within its time.

use super::{Moment, PageFrame, StateWord, Tone, samples};
use crate::render::Template;
use muster_domain::check_in::Outcome;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /disruptions/{no}`
#[derive(Debug, Clone, Serialize)]
pub struct DisruptionPage {
    pub frame: PageFrame,
    pub number: u64,
    /// What they share: "the time zone of Lisbon".
    pub shared: String,
    pub from: Moment,
    pub until: Moment,
    /// How many were due.
    pub due: usize,
    pub missing: Vec<MissingLine>,
}

/// One person who was not seen.
#[derive(Debug, Clone, Serialize)]
pub struct MissingLine {
    pub name: String,
    pub start: Moment,
    /// Absent where the reader may not know it.
    pub state: Option<StateWord>,
    /// A case that was opened before the disruption showed.
    pub case_id: Option<String>,
}

impl Template for DisruptionPage {
    const NAME: &'static str = "pages/hr/disruption";

    fn samples() -> Vec<DisruptionPage> {
        let line = |name: &str, minutes, state, case: bool| MissingLine {
            name: name.to_owned(),
            start: samples::at(minutes),
            state: Some(state),
            case_id: case.then(|| samples::ID.to_owned()),
        };
        let missed = || StateWord::outcome(Outcome::Missed);
        let void = || StateWord::outcome(Outcome::Void);
        let usual = DisruptionPage {
            frame: samples::frame(
                "Disruption notice 88",
                "Priya Nair",
                &[Role::Employee, Role::Hr],
                "/coverage",
            ),
            number: 88,
            shared: "the time zone of Lisbon".to_owned(),
            from: samples::at(-62),
            until: samples::at(-5),
            due: 7,
            missing: vec![
                line("Maria Olsen", -62, missed(), true),
                line("Tomás Vidal", -55, missed(), true),
                line("Inês Faro", -51, missed(), true),
                line("Rui Costa", -44, missed(), true),
                line("Luís Pena", -12, void(), false),
                line("Eva Reis", -5, StateWord::new("being judged", Tone::Waiting), false),
            ],
        };
        let hostile = DisruptionPage {
            frame: samples::hostile("Disruption notice", &[Role::Hr], "/coverage"),
            shared: samples::HOSTILE.to_owned(),
            missing: vec![line(samples::HOSTILE, -5, void(), true)],
            ..usual.clone()
        };
        vec![usual, hostile]
    }
}
