//! The audit log for the auditor: its entries, and the latest signed checkpoint with how to check
//! it without us.

use super::{Moment, PageFrame, Pager, Row, samples};
use crate::render::Template;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /audit?kind=&from=`
#[derive(Debug, Clone, Serialize)]
pub struct Log {
    pub frame: PageFrame,
    /// E.g. `18,204 entries; the last checkpoint covers them all.`
    pub summary: String,
    /// The kind searched for, as typed.
    pub kind: String,
    /// Newest first.
    pub entries: Vec<EntryLine>,
    pub pager: Pager,
}

/// One leaf of the log.
#[derive(Debug, Clone, Serialize)]
pub struct EntryLine {
    /// Its number in the log, from 0; `None` until the sequencer has numbered it.
    pub index: Option<u64>,
    pub at: Moment,
    /// Kebab-case word.
    pub kind: String,
    /// Pseudonym of who acted, or `service`.
    pub actor: String,
    /// Pseudonym of whom it is about.
    pub subject: String,
    /// The facts as canonical JSON.
    pub facts: String,
    /// Hex.
    pub leaf_hash: String,
}

/// `GET /audit/checkpoint`
#[derive(Debug, Clone, Serialize)]
pub struct CheckpointPage {
    pub frame: PageFrame,
    /// `None` before the first checkpoint.
    pub checkpoint: Option<Checkpoint>,
    /// Commands that check it offline, in order.
    pub how_to_check: Vec<String>,
}

/// One signed checkpoint.
#[derive(Debug, Clone, Serialize)]
pub struct Checkpoint {
    pub at: Moment,
    /// Origin, size, root hash, key: as rows.
    pub facts: Vec<Row>,
    /// The signed note, as it is published.
    pub note: String,
}

/// `GET /audit/draws?from=&to=`
#[derive(Debug, Clone, Serialize)]
pub struct DrawsPage {
    pub frame: PageFrame,
    /// `YYYY-MM-DD`
    pub from: String,
    pub to: String,
    /// E.g. `draws 2026-09-01 to 2026-09-30: 4,218 recomputed, all the same.`
    pub sentence: String,
    /// Labels, as text; empty where all are.
    pub not_yet_public: String,
    /// Lists that are not empty.
    pub lists: Vec<FoundList>,
    pub statistics: Vec<String>,
    pub how_to_check: Vec<String>,
}

/// Findings of one list.
#[derive(Debug, Clone, Serialize)]
pub struct FoundList {
    pub heading: String,
    pub meaning: String,
    pub findings: Vec<Found>,
    /// How many more there are, in words.
    pub more: String,
}

/// One finding.
#[derive(Debug, Clone, Serialize)]
pub struct Found {
    pub sentence: String,
    /// Date, zone, pseudonym, number of the entry.
    pub at: String,
}

fn auditor(title: &str) -> PageFrame {
    samples::frame(title, "Ines Prado", &[Role::Employee, Role::Auditor], "/audit")
}

impl Template for Log {
    const NAME: &'static str = "pages/audit/log";

    fn samples() -> Vec<Log> {
        let entry = |index, minutes, kind: &str, facts: &str| EntryLine {
            index,
            at: samples::at(minutes),
            kind: kind.to_owned(),
            actor: "service".to_owned(),
            subject: "p-7f21c09a".to_owned(),
            facts: facts.to_owned(),
            leaf_hash: "4be1a3f09c7d2265f0a6a1e1d2f6f6a9b37f7f10c1f2e6f0d6a0c8a0f3b2c1d0"
                .to_owned(),
        };
        let usual = Log {
            frame: auditor("Audit log").with_demo(samples::demo_bar("Ines Prado")),
            summary: "18,204 entries. The checkpoint of today 14:22 covers all but the last."
                .to_owned(),
            kind: String::new(),
            entries: vec![
                entry(None, 0, "case-acknowledged", "{\"step\":1}"),
                entry(Some(18_203), -2, "case-opened", "{\"cause\":\"missed\",\"number\":2031}"),
                entry(
                    Some(18_202),
                    -2,
                    "check-in-judged",
                    "{\"attendance\":\"missed\",\"fault\":\"employee\",\"outcome\":\"missed\"}",
                ),
                entry(
                    Some(18_201),
                    -22,
                    "check-in-announced",
                    "{\"attempt\":1,\"kind\":\"drawn\",\"label\":\"2026-03-03\"}",
                ),
            ],
            pager: Pager {
                shown: "the last 4 of 18,204".to_owned(),
                earlier_url: None,
                later_url: Some("/audit?from=18200".to_owned()),
            },
        };
        let empty = Log {
            summary: "No entry yet.".to_owned(),
            entries: vec![],
            pager: Pager { shown: "0 entries".to_owned(), earlier_url: None, later_url: None },
            ..usual.clone()
        };
        let hostile = Log {
            frame: samples::hostile("Audit log", &[Role::Auditor], "/audit"),
            kind: samples::HOSTILE.to_owned(),
            entries: vec![entry(Some(u64::MAX), 0, samples::HOSTILE, samples::HOSTILE)],
            ..usual.clone()
        };
        vec![usual, empty, hostile]
    }
}

impl Template for CheckpointPage {
    const NAME: &'static str = "pages/audit/checkpoint";

    fn samples() -> Vec<CheckpointPage> {
        let usual = CheckpointPage {
            frame: auditor("Checkpoint"),
            checkpoint: Some(Checkpoint {
                at: samples::at(-1),
                facts: vec![
                    Row::new("Origin", "muster.acme.example/log"),
                    Row::new("Entries covered", "18,203"),
                    Row::new("Root hash", "q5cKx0bNn0Vb2m0y1lq3n3S9o6nqk8r1m5s7a2d4f6g="),
                    Row::new("Key", "muster.acme.example/log+3f9a1c22"),
                ],
                note: "muster.acme.example/log\n18203\nq5cKx0bNn0Vb2m0y1lq3n3S9o6nqk8r1m5s7a2d4f6g=\n\n\u{2014} muster.acme.example/log P5ocIvT3l0b1n5e8\n".to_owned(),
            }),
            how_to_check: samples::strings(&["muster audit export --out log/", "muster audit verify --log log/ --checkpoint checkpoint.txt"]),
        };
        let empty = CheckpointPage { checkpoint: None, ..usual.clone() };
        vec![usual, empty]
    }
}

impl Template for DrawsPage {
    const NAME: &'static str = "pages/audit/draws";

    fn samples() -> Vec<DrawsPage> {
        let clean = DrawsPage {
            frame: auditor("Audit of draws"),
            from: "2026-09-01".to_owned(),
            to: "2026-09-30".to_owned(),
            sentence: "Draws 2026-09-01 to 2026-09-30: 4,218 recomputed, all the same.".to_owned(),
            not_yet_public: String::new(),
            lists: vec![],
            statistics: vec![],
            how_to_check: samples::strings(&[
                "muster audit draws --bundle bundle.ndjson.gz --checkpoint checkpoint.txt",
                "python3 docs/verify/muster_verify bundle.ndjson.gz",
            ]),
        };
        let found = |sentence: &str| FoundList {
            heading: "Spared".to_owned(),
            meaning: "Drawn but not checked, without a logged reason.".to_owned(),
            findings: vec![Found {
                sentence: sentence.to_owned(),
                at: "2026-09-02, Europe/Lisbon, person 7f21c09a, entry 812".to_owned(),
            }],
            more: String::new(),
        };
        let something = DrawsPage {
            sentence: "Draws 2026-09-01 to 2026-09-30: 4,218 recomputed; 1 spared, 0 singled out, 0 steered."
                .to_owned(),
            not_yet_public: "2026-09-29, 2026-09-30".to_owned(),
            lists: vec![found("Drawn, and neither announced nor kept with a reason.")],
            statistics: samples::strings(&[
                "short-day of person 7f21c09a: 19 where 1.29 were expected (z 15.59)",
            ]),
            ..clean.clone()
        };
        let hostile = DrawsPage {
            frame: samples::hostile("Audit of draws", &[Role::Auditor], "/audit"),
            sentence: samples::HOSTILE.to_owned(),
            lists: vec![found(samples::HOSTILE)],
            ..clean.clone()
        };
        vec![clean, something, hostile]
    }
}
