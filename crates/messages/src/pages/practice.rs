//! The practice check-in: devices, network and what a real one asks. Nothing of it leaves the browser.

use super::{PageFrame, samples};
use crate::render::Template;
use serde::Serialize;

/// `GET /practice`
#[derive(Debug, Clone, Serialize)]
pub struct Practice {
    pub frame: PageFrame,
    /// ICE servers as JSON.
    pub ice_json: String,
    /// What a real check-in asks, as sentences.
    pub asks: Vec<String>,
    pub examples: Vec<ExampleTask>,
}

/// One task as it may be asked, with its other way.
#[derive(Debug, Clone, Serialize)]
pub struct ExampleTask {
    pub say: String,
    pub alternative: String,
}

impl Template for Practice {
    const NAME: &'static str = "pages/practice";

    fn samples() -> Vec<Practice> {
        let usual = Practice {
            frame: samples::employee("Practice check-in"),
            ice_json: "[]".to_owned(),
            asks: samples::strings(&["A colleague meets you on video for about 5 minutes."]),
            examples: vec![ExampleTask {
                say: "Please pass one open hand slowly across your face.".to_owned(),
                alternative: "Please turn your head slowly to the left.".to_owned(),
            }],
        };
        let hostile = Practice {
            frame: samples::hostile("Practice check-in", &[], ""),
            ice_json: samples::HOSTILE.to_owned(),
            ..usual.clone()
        };
        vec![usual, hostile]
    }
}
