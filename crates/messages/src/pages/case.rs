//! Cases: the list for manager, HR and security, and the page of one case with its story.
//!
//! What a reader may not see (evidence, before it is opened; coordinates, ever, for a manager) is
//! not in the context. Acts are offered only where the reader may do them; the handler checks again.

use super::{Bounds, Choices, Moment, PageFrame, StateWord, TabLink, TextArea, Tone, samples};
use crate::render::Template;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /cases`
#[derive(Debug, Clone, Serialize)]
pub struct CaseList {
    pub frame: PageFrame,
    /// E.g. open, escalated, mine, closed.
    pub tabs: Vec<TabLink>,
    pub cases: Vec<CaseLine>,
    /// What the chosen tab shows when it is empty.
    pub empty_text: String,
}

/// One case of the list.
#[derive(Debug, Clone, Serialize)]
pub struct CaseLine {
    pub id: String,
    pub number: u64,
    /// E.g. `Maria Olsen missed a check-in`.
    pub headline: String,
    pub state: StateWord,
    pub opened: Moment,
    /// Who has it.
    pub owner: Option<String>,
    /// What happens next by itself, and when.
    pub next_step: Option<String>,
    /// Whether the reader is the one who is asked now.
    pub needs_you: bool,
}

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

/// What the reader may do; what is `None` or false is not offered. Each posts to
/// `/cases/{id}/{act}`.
#[derive(Debug, Clone, Serialize)]
pub struct CaseActs {
    pub acknowledge: bool,
    /// Sent as `comment`.
    pub comment: Option<TextArea>,
    /// Sent as `excuse` (a code) and `excuse_reason`.
    pub excuse: Option<(Choices, TextArea)>,
    /// Sent as `proposal` (a code) and `proposal_reason`.
    pub propose: Option<(Choices, TextArea)>,
    /// The second, blind look at a `different_person`: sent to `second-look` as `second_look` (a
    /// code) and `second_look_how`.
    pub second_look: Option<(Choices, TextArea)>,
    pub resolve: Option<ResolveForm>,
}

/// Sent as `resolution` (a closed code) and `resolution_reason`.
#[derive(Debug, Clone, Serialize)]
pub struct ResolveForm {
    pub code: Choices,
    pub reason: TextArea,
    /// Why the form cannot be sent yet, e.g. evidence that was not opened.
    pub blocked_because: Option<String>,
}

impl ResolveForm {
    /// Every closed code with its label and hint.
    pub const CODES: [(&'static str, &'static str, &'static str); 9] = [
        ("excused_absence", "Excused", "A first plain miss with a good reason."),
        ("explained_technical", "Explained: it was technical", ""),
        ("explained_travel", "Explained: travel", "The trip is declared now."),
        (
            "explained_otherwise",
            "Explained in another way",
            "There is a plain reason, and it is known.",
        ),
        ("identity_confirmed_later", "Confirmed later", "In a later check-in, or in person."),
        ("data_error", "Our data was wrong", "Ours or a provider's."),
        ("duplicate", "The same as another case", ""),
        ("person_left", "The person has left", "Nothing remains to be found out."),
        (
            "concern_confirmed_handed_over",
            "The concern stands and was handed over",
            "To those who decide about it, outside Muster.",
        ),
    ];

    /// The question, with the codes this reader may use for this case, in the order of [`Self::CODES`].
    pub fn code_field(allowed: &[&str]) -> Choices {
        let offered: Vec<_> =
            Self::CODES.into_iter().filter(|(code, ..)| allowed.contains(code)).collect();
        Choices::one("resolution", "How did it end?", &offered)
    }
}

/// The evidence section. It is opened by an act that the person concerned can see.
#[derive(Debug, Clone, Serialize)]
pub struct Evidence {
    /// `none` (there is none), `not_for_you`, `closed`, `open`.
    pub state: &'static str,
    /// What the act means, or why it is not for this reader.
    pub note: String,
    /// When and by whom it was opened.
    pub opened: Option<String>,
    /// Empty unless open.
    pub findings: Vec<FindingView>,
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

impl Template for CaseList {
    const NAME: &'static str = "pages/case/list";

    fn samples() -> Vec<CaseList> {
        let line =
            |number, headline: &str, state, owner: Option<&str>, next: Option<&str>, needs_you| {
                CaseLine {
                    id: samples::ID.to_owned(),
                    number,
                    headline: headline.to_owned(),
                    state,
                    opened: samples::at(-180),
                    owner: owner.map(str::to_owned),
                    next_step: next.map(str::to_owned),
                    needs_you,
                }
            };
        let usual = CaseList {
            frame: samples::frame(
                "Cases",
                "Dana Weiss",
                &[Role::Employee, Role::Manager],
                "/cases",
            )
            .with_demo(samples::demo_bar("Dana Weiss")),
            tabs: vec![
                TabLink::new("/cases", "Open", Some(2), true),
                TabLink::new("/cases?show=mine", "I have", Some(0), false),
                TabLink::new("/cases?show=closed", "Closed", Some(14), false),
            ],
            cases: vec![
                line(
                    2031,
                    "Maria Olsen missed a check-in",
                    StateWord::new("open", Tone::Review),
                    None,
                    Some("If nobody acts, HR hears of it tomorrow 09:00 (in 18 h)."),
                    true,
                ),
                line(
                    2028,
                    "Tomás Vidal: the third inconclusive talk running",
                    StateWord::new("acknowledged", Tone::Waiting),
                    Some("Dana Weiss"),
                    Some("It opens again tomorrow 11:10 if nothing is added."),
                    false,
                ),
            ],
            empty_text: "No case is open among your people.".to_owned(),
        };
        let empty = CaseList { cases: vec![], ..usual.clone() };
        let security = CaseList {
            frame: samples::frame(
                "Cases",
                "Sam Okoye",
                &[Role::Employee, Role::Security],
                "/cases",
            ),
            tabs: vec![
                TabLink::new("/cases?show=escalated", "Escalated", Some(1), true),
                TabLink::new("/cases", "Open", Some(7), false),
                TabLink::new("/cases?show=reports", "Reported as false", Some(1), false),
                TabLink::new("/cases?show=closed", "Closed", Some(212), false),
            ],
            cases: vec![line(
                2033,
                "Two findings of different kinds about one check-in",
                StateWord::new("escalated", Tone::Urgent),
                None,
                Some(
                    "If nobody acts, everybody in security and HR is called at 15:00 (in 38 min).",
                ),
                true,
            )],
            ..usual.clone()
        };
        let hostile = CaseList {
            frame: samples::hostile("Cases", &[Role::Manager], "/cases"),
            tabs: vec![TabLink::new("/cases", samples::HOSTILE, None, true)],
            cases: vec![line(
                u64::MAX,
                samples::HOSTILE,
                StateWord::new("open", Tone::Review),
                Some(samples::HOSTILE),
                Some(samples::HOSTILE),
                true,
            )],
            ..usual.clone()
        };
        vec![usual, empty, security, hostile]
    }
}

fn sample_excuse() -> (Choices, TextArea) {
    let codes = Choices::one(
        "excuse",
        "What excuses it?",
        &[
            ("absence", "Leave or sickness that was not entered", ""),
            ("power_or_line", "A power cut or a broken line", ""),
            ("work", "Work that could not be left", ""),
            ("other", "Something else", ""),
        ],
    );
    (
        codes,
        TextArea::new("excuse_reason", "How do you know?")
            .hint("One or two sentences. Maria Olsen can read them."),
    )
}

fn sample_propose() -> (Choices, TextArea) {
    let codes = Choices::one(
        "proposal",
        "What should happen?",
        &[
            ("close_explained", "Close it: it is explained", ""),
            ("new_check_in", "Meet again soon", ""),
            ("hand_to_hr", "HR should take it on", ""),
            ("hand_to_security", "Security should take it on", ""),
        ],
    );
    (codes, TextArea::new("proposal_reason", "Why?"))
}

fn sample_second_look() -> (Choices, TextArea) {
    let codes = Choices::one(
        "second_look",
        "What did you see?",
        &[
            ("confirmed", "It is the person of the reference", ""),
            ("different_person", "It is somebody else", ""),
            ("could_not_tell", "I could not tell", ""),
        ],
    );
    (codes, TextArea::new("second_look_how", "How did you look?"))
}

fn sample_resolve(blocked: Option<&str>) -> ResolveForm {
    ResolveForm {
        code: ResolveForm::code_field(&[
            "explained_otherwise",
            "identity_confirmed_later",
            "data_error",
            "concern_confirmed_handed_over",
        ]),
        reason: TextArea::new("resolution_reason", "Why?")
            .hint("At least one sentence. It stays in the log for good."),
        blocked_because: blocked.map(str::to_owned),
    }
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
                opened: None,
                findings: vec![],
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
            opened: None,
            findings: vec![],
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
                note: "It is read by HR and security, not by the line manager.".to_owned(),
                opened: None,
                findings: vec![],
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
