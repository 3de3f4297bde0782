//! The notice everybody gets before the first draw, as a page of one's own.

use super::{Moment, PageFrame, samples};
use crate::render::Template;
use serde::Serialize;

/// `GET /notice`. Posts `notice_version` to itself.
#[derive(Debug, Clone, Serialize)]
pub struct NoticePage {
    pub frame: PageFrame,
    pub version: String,
    /// What happens in a check-in, as sentences.
    pub happens: Vec<String>,
    /// What is kept, for whom and how long.
    pub recorded: Vec<String>,
    pub never: Vec<String>,
    /// When it was read; `None` where it was not yet.
    pub read: Option<Moment>,
}

impl Template for NoticePage {
    const NAME: &'static str = "pages/notice";

    fn samples() -> Vec<NoticePage> {
        let usual = NoticePage {
            frame: samples::employee("How check-ins work")
                .with_demo(samples::demo_bar("Anna Lind")),
            version: "2027-01".to_owned(),
            happens: samples::strings(&[
                "A colleague meets you on video for about 5 minutes.",
                "You hear of it 15 to 30 minutes before, within your working hours.",
            ]),
            recorded: samples::strings(&["When you joined and left. Kept 24 months."]),
            never: samples::strings(&["No video, sound or picture is kept."]),
            read: None,
        };
        let read = NoticePage { read: Some(samples::at(-40)), ..usual.clone() };
        let hostile = NoticePage {
            frame: samples::hostile("How check-ins work", &[], ""),
            happens: samples::strings(&[samples::HOSTILE]),
            ..usual.clone()
        };
        vec![usual, read, hostile]
    }
}
