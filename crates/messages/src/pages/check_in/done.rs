//! The last step, and later the page of a check-in that was held: what was recorded, and the dispute.

use super::{CheckInHead, StepName, sample_head};
use crate::pages::{Moment, PageFrame, Row, StateWord, TextArea, Tone, samples};
use crate::render::Template;
use serde::Serialize;

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
