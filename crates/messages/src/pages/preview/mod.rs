//! The preview of a draft policy: the page to write one, the page that waits, the year it would bring,
//! and the same year as a file to take along.

mod body;

pub use body::PreviewTold;

use super::chart::{BarAt, BarChart, Chart, DayAt, calendar};
use super::{LintLine, PageFrame, Row, StateWord, TextArea, Tone, samples};
use crate::render::Template;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /policies/draft`; posts to itself (field `text`, and `act` = `preview` or `propose`).
#[derive(Debug, Clone, Serialize)]
pub struct PolicyDraft {
    pub frame: PageFrame,
    pub text: TextArea,
    /// Every fault of the text, or empty.
    pub faults: Vec<String>,
    /// Weeks and seed of the preview, as typed.
    pub weeks: String,
    pub seed: String,
}

/// `GET /policies/previews/{id}` while it is being computed. The answer asks the browser to look again.
#[derive(Debug, Clone, Serialize)]
pub struct PreviewWait {
    pub frame: PageFrame,
    pub id: String,
    pub policy: String,
    /// Whole percent, 0 to 100.
    pub percent: u32,
}

/// `GET /policies/previews/{id}`; posts to `.../propose` (no field).
#[derive(Debug, Clone, Serialize)]
pub struct PreviewPage {
    pub frame: PageFrame,
    pub id: String,
    pub body: PreviewBody,
    pub source: String,
}

/// A file to take along (`muster policy preview --report`), outside the service.
#[derive(Debug, Clone, Serialize)]
pub struct PreviewReportFile {
    pub organisation: String,
    pub made: String,
    pub body: PreviewBody,
    pub source: String,
}

/// One picture as a file of its own.
#[derive(Debug, Clone, Serialize)]
pub struct ChartFile {
    pub chart: Chart,
}

/// What page and file have in common.
#[derive(Debug, Clone, Serialize)]
pub struct PreviewBody {
    /// In a file states have no shapes, which lie on the server.
    pub is_file: bool,
    pub policy: String,
    /// Which year, by which seed, from when.
    pub basis: String,
    /// How often; how safe right after one; how sure near the end.
    pub sentences: Vec<String>,
    /// What to change where capacity is short.
    pub advice: Vec<String>,
    /// What the linter finds unwise.
    pub unwise: Vec<LintLine>,
    pub figures: Vec<Row>,
    pub charts: Vec<Chart>,
    /// Whether weekdays and hours are as chance gives them.
    pub evenness: Vec<LintLine>,
    /// Against the version in force; empty where there is none.
    pub differences: Vec<Difference>,
    pub load: Vec<VerifierRow>,
}

/// One figure now and then.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    pub name: String,
    pub before: String,
    pub after: String,
}

/// One verifier.
#[derive(Debug, Clone, Serialize)]
pub struct VerifierRow {
    pub person: String,
    pub sessions_a_week: String,
    pub days: String,
}

fn hr(title: &str) -> PageFrame {
    samples::frame(title, "Ravi Rao", &[Role::Employee, Role::Hr], "/policies")
}

fn text(value: &str, error: Option<&str>) -> TextArea {
    TextArea {
        id: "text".to_owned(),
        name: "text".to_owned(),
        label: "The policy".to_owned(),
        hint: Some("A TOML file; every key is explained by `muster policy example`.".to_owned()),
        value: value.to_owned(),
        error: error.map(str::to_owned),
        rows: 24,
        max_length: 20_000,
        required: true,
    }
}

fn sample_body() -> PreviewBody {
    let gaps = BarChart {
        id: "gaps",
        title: "Gaps between check-ins",
        desc: "As many short and long gaps as the law gives.",
        place: "eligible days from one to the next",
        bar: "gaps in this year",
        line: Some("expected under the law"),
        name_every: 4,
    };
    let places: Vec<BarAt> = (0..28u32)
        .map(|n| {
            let law = 30.0 * 0.9f64.powi(n as i32);
            let bar = (law + f64::from(n * 7 % 5) - 2.0).max(0.0);
            BarAt { name: (3 * n + 1).to_string(), bar, line: Some(law) }
        })
        .collect();
    let day = |n: usize| DayAt {
        weekday: n % 7,
        month: ["Dec", "Jan", "Feb"][n / 31 % 3].to_owned(),
        names_month: n.is_multiple_of(31),
        count: if n % 7 > 4 { 0 } else { n as u32 * 5 % 4 },
        is_marked: n == 16,
    };
    let days: Vec<DayAt> = (0..364).map(day).collect();
    let line = |label: &str, tone, sentence: &str| LintLine {
        state: StateWord::new(label, tone),
        sentence: sentence.to_owned(),
    };
    PreviewBody {
        is_file: false,
        policy: "Engineering, monthly".to_owned(),
        basis: "One possible year from 1 December 2026, 52 weeks, number 1.".to_owned(),
        sentences: samples::strings(&[
            "Everybody is met on one of 21 eligible days on average.",
            "Right after a check-in nobody is safe.",
            "0.1 % of check-ins fall on days on which a check-in is at least as likely as not.",
        ]),
        advice: samples::strings(&[
            "Verifiers are missing most at 09:00 to 10:00 (14 a week wanted, room for 8).",
        ]),
        unwise: vec![line(
            "unwise",
            Tone::Unclear,
            "max_gap_days is 42, less than four times the mean (84).",
        )],
        figures: vec![
            Row::new("People in the pool", "118"),
            Row::new("Drawn", "1,371, and 1,388 expected"),
        ],
        charts: vec![
            gaps.lay_out(&places),
            calendar(
                "calendar",
                "The year",
                "Check-ins a day.",
                &days,
                vec![samples::strings(&["December 2026", "96", "1"])],
            ),
        ],
        evenness: vec![line("even", Tone::Good, "Weekdays: p = 0.41.")],
        differences: vec![Difference {
            name: "Check-ins a person and year".to_owned(),
            before: "9.7".to_owned(),
            after: "12".to_owned(),
        }],
        load: vec![VerifierRow {
            person: "Jo Park".to_owned(),
            sessions_a_week: "13".to_owned(),
            days: "231".to_owned(),
        }],
    }
}

impl Template for PolicyDraft {
    const NAME: &'static str = "pages/hr/policy_draft";

    fn samples() -> Vec<PolicyDraft> {
        let usual = PolicyDraft {
            frame: hr("A draft policy").with_demo(samples::demo_bar("Ravi Rao")),
            text: text("[policy]\nname = \"Engineering, monthly\"\n", None),
            faults: Vec::new(),
            weeks: "52".to_owned(),
            seed: "1".to_owned(),
        };
        let faulty = PolicyDraft {
            faults: samples::strings(&[
                "line 3, policy.law: `poll` is not known here; accepted: cadence, pool (did you mean `pool`?)",
            ]),
            text: text("[policy]\nlaw = \"poll\"\n", Some("1 thing to correct, see above.")),
            ..usual.clone()
        };
        let hostile = PolicyDraft {
            frame: samples::hostile("A draft policy", &[Role::Hr], "/policies"),
            text: text(samples::HOSTILE, Some(samples::HOSTILE)),
            faults: samples::strings(&[samples::HOSTILE]),
            weeks: samples::HOSTILE.to_owned(),
            seed: samples::HOSTILE.to_owned(),
        };
        vec![usual, faulty, hostile]
    }
}

impl Template for PreviewWait {
    const NAME: &'static str = "pages/hr/preview_wait";

    fn samples() -> Vec<PreviewWait> {
        let usual = PreviewWait {
            frame: hr("A preview").with_demo(samples::demo_bar("Ravi Rao")),
            id: samples::ID.to_owned(),
            policy: "Engineering, monthly".to_owned(),
            percent: 37,
        };
        let hostile = PreviewWait {
            frame: samples::hostile("A preview", &[Role::Hr], "/policies"),
            policy: samples::HOSTILE.to_owned(),
            ..usual.clone()
        };
        vec![usual, hostile]
    }
}

impl Template for PreviewPage {
    const NAME: &'static str = "pages/hr/preview";

    fn samples() -> Vec<PreviewPage> {
        let usual = PreviewPage {
            frame: hr("Preview of Engineering, monthly").with_demo(samples::demo_bar("Ravi Rao")),
            id: samples::ID.to_owned(),
            body: sample_body(),
            source: "[policy]\nname = \"Engineering, monthly\"\n".to_owned(),
        };
        let calm = PreviewPage {
            body: PreviewBody {
                advice: Vec::new(),
                unwise: Vec::new(),
                differences: Vec::new(),
                ..sample_body()
            },
            ..usual.clone()
        };
        let hostile = PreviewPage {
            frame: samples::hostile("Preview", &[Role::Hr], "/policies"),
            body: PreviewBody {
                policy: samples::HOSTILE.to_owned(),
                advice: samples::strings(&[samples::HOSTILE]),
                load: vec![VerifierRow {
                    person: samples::HOSTILE.to_owned(),
                    sessions_a_week: "0".to_owned(),
                    days: "0".to_owned(),
                }],
                ..sample_body()
            },
            source: samples::HOSTILE.to_owned(),
            ..usual.clone()
        };
        vec![usual, calm, hostile]
    }
}

impl Template for PreviewReportFile {
    const NAME: &'static str = "files/preview";

    fn samples() -> Vec<PreviewReportFile> {
        vec![PreviewReportFile {
            organisation: "Acme".to_owned(),
            made: "26 November 2026".to_owned(),
            body: PreviewBody { is_file: true, ..sample_body() },
            source: samples::HOSTILE.to_owned(),
        }]
    }
}

impl Template for ChartFile {
    const NAME: &'static str = "files/chart";

    fn samples() -> Vec<ChartFile> {
        sample_body().charts.into_iter().map(|chart| ChartFile { chart }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Renderer;

    #[test]
    fn a_report_stands_alone_and_what_was_typed_is_no_markup() {
        let renderer = Renderer::new().unwrap();
        for file in PreviewReportFile::samples() {
            let html = renderer.page(&file).unwrap();
            assert!(html.starts_with("<!doctype html>") && html.contains("<style>"), "{html}");
            assert!(!html.contains("<script>") && !html.contains("<form"), "{html}");
            assert!(!html.contains("href=\"/") && !html.contains("src="), "nothing is fetched");
        }
        for file in ChartFile::samples() {
            let svg = renderer.page(&file).unwrap();
            assert!(
                svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 360 "),
                "{svg}"
            );
            assert!(
                svg.contains("<title id=") && svg.contains("prefers-color-scheme: dark"),
                "{svg}"
            );
        }
    }
}
