//! What this is, for the people it is about. Readable without signing in, so that somebody who
//! doubts a message can check it first.

use super::{PageFrame, Row, samples};
use crate::render::Template;
use serde::Serialize;

/// `GET /about`
#[derive(Debug, Clone, Serialize)]
pub struct About {
    pub frame: PageFrame,
    /// The address messages come from, so that a fake can be told.
    pub sender: String,
    /// The host name every true link begins with.
    pub host: String,
    /// Days for which an exact point is kept.
    pub exact_days: u32,
    /// Whom to ask, by question.
    pub contacts: Vec<Row>,
}

impl Template for About {
    const NAME: &'static str = "pages/about";

    fn samples() -> Vec<About> {
        let about = |frame: PageFrame| About {
            frame,
            sender: "muster@acme.example".to_owned(),
            host: "muster.acme.example".to_owned(),
            exact_days: 30,
            contacts: vec![
                Row::new("About a time or a leave", "HR, hr@acme.example, ext. 204"),
                Row::new(
                    "About a message that looks false",
                    "Security, security@acme.example, ext. 911",
                ),
                Row::new("About your data", "Data protection officer, privacy@acme.example"),
            ],
        };
        vec![
            about(samples::stranger("About these check-ins")),
            About {
                contacts: vec![Row::new(samples::HOSTILE, samples::HOSTILE)],
                ..about(samples::hostile("About these check-ins", &[], ""))
            },
        ]
    }
}
