//! Cases: the list for manager, HR and security, and the page of one case with its story.
//!
//! What a reader may not see (evidence, before it is opened; coordinates, ever, for a manager) is
//! not in the context. Acts are offered only where the reader may do them; the handler checks again.

mod acts;
mod list;

pub use acts::{CaseActs, ResolveForm};
pub use list::{CaseLine, CaseList};

use super::{Bounds, Moment, PageFrame, StateWord, TextArea, Tone, samples};
use crate::render::Template;
use acts::{sample_excuse, sample_propose, sample_resolve, sample_second_look};
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /cases/{id}`
#[derive(Debug, Clone, Serialize)]
pub struct CasePage {
    pub frame: PageFrame,
    pub id: String,
    pub number: u64,
    pub headline: String,
    pub state: StateWord,
    /// `You have this`, `Ravi Rao has this`, `Nobody has this yet`.
    pub owner: String,
    pub when: Moment,
    /// What follows the time in the first line, a whole sentence or two.
    pub when_more: String,
    pub known: Vec<String>,
    pub may_explain: Vec<String>,
    pub what_next: String,
    /// What happens if nobody acts, and when.
    pub next_step: Option<String>,
    pub acts: CaseActs,
    pub evidence: Evidence,
    /// Oldest first.
    pub story: Vec<StoryEntry>,
    pub bounds: Bounds,
}

/// The evidence section. It is opened by an act that the person concerned can see.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Evidence {
    /// `none` (there is none), `not_for_you`, `closed`, `open`.
    pub state: &'static str,
    /// What the act means, or why it is not for this reader.
    pub note: String,
    /// When and by whom it was opened.
    pub opened: Option<String>,
    /// Empty unless open.
    pub findings: Vec<FindingView>,
    /// Whether the page with the evidence opens for this reader.
    pub may_read: bool,
}

/// One finding.
#[derive(Debug, Clone, Serialize)]
pub struct FindingView {
    /// The rule's id, e.g. `loc-outside-declared`.
    pub rule_id: String,
    pub severity: StateWord,
    pub sentence: String,
    pub benign_causes: Vec<String>,
    pub facts: Vec<EvidenceFact>,
    /// E.g. `active`, `suppressed by an exception until 14 March`.
    pub status: String,
}

/// One measured fact.
#[derive(Debug, Clone, Serialize)]
pub struct EvidenceFact {
    pub name: String,
    /// With its unit.
    pub value: String,
    pub source: String,
    pub observed: Moment,
}

/// One entry of the story.
#[derive(Debug, Clone, Serialize)]
pub struct StoryEntry {
    pub at: Moment,
    /// A whole sentence, with the actor's name where a person acted.
    pub text: String,
    /// What the person wrote.
    pub quoted: Option<String>,
    /// Whether a person acted (and not the service).
    pub by_person: bool,
}

fn entry(minutes: i64, text: &str, quoted: Option<&str>, by_person: bool) -> StoryEntry {
    StoryEntry {
        at: samples::at(minutes),
        text: text.to_owned(),
        quoted: quoted.map(str::to_owned),
        by_person,
    }
}

impl Template for CasePage {
    const NAME: &'static str = "pages/case/page";

    fn samples() -> Vec<CasePage> {
        let comment = TextArea { rows: 3, ..TextArea::new("comment", "What did you learn?") };
        let manager = CasePage {
            frame: samples::frame(
                "Case 2031",
                "Dana Weiss",
                &[Role::Employee, Role::Manager],
                "/cases",
            )
            .with_demo(samples::demo_bar("Dana Weiss")),
            id: samples::ID.to_owned(),
            number: 2031,
            headline: "Maria Olsen missed a check-in".to_owned(),
            state: StateWord::new("open", Tone::Review),
            owner: "Nobody has this yet".to_owned(),
            when: samples::at_lisbon(-107),
            when_more: "The second chance at 13:20 was missed too.".to_owned(),
            known: samples::strings(&[
                "The mail was accepted at 12:12, the calendar entry at 12:13.",
                "Our room and our mail were up.",
                "No reply yet.",
            ]),
            may_explain: samples::strings(&[
                "Leave that is not entered yet.",
                "A power cut or a broken line.",
                "A blocked calendar.",
            ]),
            what_next: "Call Maria on a number you already had. Do not ask for proof by chat."
                .to_owned(),
            next_step: Some("If nobody acts, HR hears of it tomorrow 09:00 (in 18 h).".to_owned()),
            acts: CaseActs {
                acknowledge: true,
                comment: Some(comment.clone()),
                excuse: Some(sample_excuse()),
                propose: Some(sample_propose()),
                second_look: None,
                resolve: None,
            },
            evidence: Evidence {
                state: "none",
                note: "Nobody came, so nothing was measured.".to_owned(),
                ..Evidence::default()
            },
            story: vec![
                entry(
                    -130,
                    "The invitation was accepted by the mail server of acme.example.",
                    None,
                    false,
                ),
                entry(-129, "The calendar entry was written.", None, false),
                entry(-107, "The check-in began. Jo Park was in the room.", None, false),
                entry(
                    -92,
                    "Nobody had come. Our room, mail and network were up, so it counts as missed.",
                    None,
                    false,
                ),
                entry(
                    -92,
                    "The case was opened, and a second chance drawn for 13:20.",
                    None,
                    false,
                ),
                entry(-47, "The second chance was missed too.", None, false),
                entry(-46, "You were told by mail.", None, false),
            ],
            bounds: Bounds::of_manager(),
        };
        let finding = FindingView {
            rule_id: "loc-outside-declared".to_owned(),
            severity: StateWord::new("high", Tone::Review),
            sentence: "The shared point lies 310 km outside the nearest declared work place."
                .to_owned(),
            benign_causes: samples::strings(&[
                "A trip that was not declared yet.",
                "A place taken from an old network list.",
            ]),
            facts: vec![
                EvidenceFact {
                    name: "Distance to the edge of the nearest place".to_owned(),
                    value: "310 km".to_owned(),
                    source: "browser, signed page".to_owned(),
                    observed: samples::at(-100),
                },
                EvidenceFact {
                    name: "Accuracy".to_owned(),
                    value: "25 m (95 %)".to_owned(),
                    source: "browser".to_owned(),
                    observed: samples::at(-100),
                },
            ],
            status: "active".to_owned(),
        };
        let held = CasePage {
            state: StateWord::new("acknowledged", Tone::Waiting),
            owner: "You have this".to_owned(),
            acts: CaseActs { acknowledge: false, excuse: None, ..manager.acts.clone() },
            story: [manager.story.clone(), vec![entry(-4, "Dana Weiss took it on.", None, true), entry(-2, "Dana Weiss wrote:", Some("Maria called back. The whole street has had no power since noon;\nthe utility confirms it on its page."), true)]].concat(),
            next_step: Some("It opens again tomorrow 14:20 if it is not closed.".to_owned()),
            ..manager.clone()
        };
        let closed_evidence = Evidence {
            state: "closed",
            note: "Opening it is written to the log, and the person can see that you did, when, and why you could.".to_owned(),
            ..Evidence::default()
        };
        let security = CasePage {
            frame: samples::frame(
                "Case 2033",
                "Sam Okoye",
                &[Role::Employee, Role::Security],
                "/cases",
            ),
            number: 2033,
            headline: "Two findings of different kinds about one check-in".to_owned(),
            state: StateWord::new("escalated", Tone::Urgent),
            evidence: closed_evidence.clone(),
            acts: CaseActs {
                acknowledge: true,
                comment: Some(comment.clone()),
                excuse: None,
                propose: None,
                second_look: Some(sample_second_look()),
                resolve: Some(sample_resolve(Some(
                    "Open the evidence first: a case like this is closed only by somebody who has seen it.",
                ))),
            },
            bounds: Bounds::new(
                &[
                    "See findings and network data, once you open them.",
                    "Close the case with a code and a reason.",
                ],
                &[
                    "Decide about a person's work, pay or access here.",
                    "Tell the line manager what the evidence says before the second look.",
                ],
            ),
            ..manager.clone()
        };
        let short = "Write at least one sentence on why it is closed";
        let opened = CasePage {
            frame: samples::frame(
                "Case 2033",
                "Sam Okoye",
                &[Role::Employee, Role::Security],
                "/cases",
            )
            .with_problem("resolution_reason", short),
            evidence: Evidence {
                state: "open",
                may_read: true,
                opened: Some("You opened it today 14:20.".to_owned()),
                findings: vec![
                    finding.clone(),
                    FindingView {
                        rule_id: "challenge-artefact".to_owned(),
                        severity: StateWord::new("medium", Tone::Unclear),
                        sentence: "The verifier saw the edge of the face slip when a hand passed."
                            .to_owned(),
                        facts: vec![],
                        ..finding.clone()
                    },
                ],
                ..closed_evidence.clone()
            },
            acts: CaseActs {
                acknowledge: false,
                second_look: None,
                resolve: Some({
                    let mut form = sample_resolve(None);
                    form.code = form.code.chosen(&["explained_otherwise"], None);
                    form.reason = form.reason.typed("ok", Some(short));
                    form
                }),
                ..security.acts.clone()
            },
            ..security.clone()
        };
        let hostile = CasePage {
            frame: samples::hostile("Case", &[Role::Hr], "/cases"),
            headline: samples::HOSTILE.to_owned(),
            owner: samples::HOSTILE.to_owned(),
            known: vec![samples::HOSTILE.to_owned()],
            evidence: Evidence {
                state: "open",
                may_read: true,
                note: samples::HOSTILE.to_owned(),
                opened: Some(samples::HOSTILE.to_owned()),
                findings: vec![FindingView {
                    rule_id: samples::HOSTILE.to_owned(),
                    sentence: samples::HOSTILE.to_owned(),
                    ..finding
                }],
            },
            acts: CaseActs {
                acknowledge: true,
                comment: Some(comment.typed(samples::HOSTILE, Some(samples::HOSTILE))),
                excuse: Some(sample_excuse()),
                propose: Some(sample_propose()),
                second_look: Some(sample_second_look()),
                resolve: Some(sample_resolve(None)),
            },
            story: vec![entry(0, samples::HOSTILE, Some(samples::HOSTILE), true)],
            ..manager.clone()
        };
        let not_for_you = CasePage {
            state: StateWord::new("closed", Tone::Quiet),
            evidence: Evidence {
                state: "not_for_you",
                may_read: true,
                note: "It is read by HR and security, not by the line manager.".to_owned(),
                ..Evidence::default()
            },
            acts: CaseActs {
                acknowledge: false,
                comment: None,
                excuse: None,
                propose: None,
                second_look: None,
                resolve: None,
            },
            next_step: None,
            ..held.clone()
        };
        vec![manager, held, security, opened, not_for_you, hostile]
    }
}
