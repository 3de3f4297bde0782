//! Link groups, for security: the list, one group as a graph with the same as a table, and the
//! question who was seen where.

use super::{Choices, Moment, PageFrame, StateWord, TextArea, Tone, samples};
use crate::language::tr;
use crate::render::Template;
use crate::t;
use muster_domain::msg;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /links`
#[derive(Debug, Clone, Serialize)]
pub struct LinkList {
    pub frame: PageFrame,
    pub groups: Vec<LinkLine>,
}

/// One group of the list. It names nobody.
#[derive(Debug, Clone, Serialize)]
pub struct LinkLine {
    pub number: u64,
    pub people: u64,
    pub state: StateWord,
    pub found: Moment,
    /// Why the reader may not open it; absent where they may.
    pub closed_because: Option<String>,
    pub needs_you: bool,
    /// Meeting several of it at one time waits for the reader's word.
    pub overlap_waits: bool,
}

/// `GET /links/{no}`
#[derive(Debug, Clone, Serialize)]
pub struct LinkPage {
    pub frame: PageFrame,
    pub number: u64,
    pub state: StateWord,
    pub sentence: String,
    pub found: Moment,
    /// "Sam Okoye has it", "Nobody has it yet".
    pub owner: String,
    /// The end of it, in a sentence.
    pub ended: Option<String>,
    pub innocent: Vec<String>,
    pub graph: Graph,
    pub edges: Vec<LinkEdge>,
    /// Edges that are not drawn and not listed.
    pub more_edges: usize,
    pub story: Vec<LinkEvent>,
    pub acts: Option<LinkActs>,
    /// Absent where nobody comments any more.
    pub comment: Option<TextArea>,
    pub is_site: bool,
    /// Sessions at one time: what was asked for, newest first.
    pub overlaps: Vec<OverlapLine>,
    /// Asks for another one.
    pub overlap: Option<OverlapForm>,
}

/// Sessions of several people at one time, as far as they have come.
#[derive(Debug, Clone, Serialize)]
pub struct OverlapLine {
    pub names: String,
    pub asked: Moment,
    /// Who proposed and who confirmed it.
    pub by: String,
    pub reason: String,
    /// What has come of it, as a fact.
    pub fact: String,
    /// Whether the reader may confirm or refuse it: posts to `.../overlap/confirm`, `.../overlap/refuse`.
    pub waits_for_reader: bool,
}

/// Sent as `member` (several) and `overlap_reason` to `.../overlap`.
#[derive(Debug, Clone, Serialize)]
pub struct OverlapForm {
    pub members: Choices,
    pub reason: TextArea,
}

impl OverlapForm {
    /// `members`: value and name.
    pub fn new(members: &[(String, String)]) -> OverlapForm {
        let options: Vec<(&str, &str, &str)> =
            members.iter().map(|(id, name)| (id.as_str(), name.as_str(), "")).collect();
        let area =
            TextArea { rows: 2, max_length: 500, ..TextArea::new("overlap_reason", t!("Why?")) };
        OverlapForm {
            members: Choices::many("member", t!("Whom, at one time?"), &options)
                .hint(t!("Two to four people.")),
            reason: area.hint(t!("At least three words. It stands here and in the log.")),
        }
    }
}

/// What the reader may do with an unresolved group.
#[derive(Debug, Clone, Serialize)]
pub struct LinkActs {
    pub acknowledge: bool,
    pub resolution: Choices,
    pub reason: TextArea,
}

impl LinkActs {
    /// Every closed code with its label and hint.
    pub const CODES: [(&'static str, &'static str, &'static str); 6] = [
        ("household", msg!("They live together"), msg!("Confirmed with each of them.")),
        ("shared_site", msg!("It is a shared site"), msg!("Name it in the list of sites.")),
        ("device_handed_on", msg!("A machine was handed on or is shared"), ""),
        (
            "data_error",
            msg!("Our data was wrong"),
            msg!("Ours or that of the system it came from."),
        ),
        ("explained_otherwise", msg!("Explained in another way"), ""),
        (
            "concern_confirmed_handed_over",
            msg!("The concern stands and was handed over"),
            msg!("To those who decide about it, outside Muster."),
        ),
    ];

    /// Both fields, empty.
    pub fn new(acknowledge: bool) -> LinkActs {
        let codes = LinkActs::CODES.map(|(code, label, hint)| (code, tr(label), tr(hint)));
        LinkActs {
            acknowledge,
            resolution: Choices::one("resolution", t!("How did it end?"), &codes),
            reason: TextArea::new("resolution_reason", t!("Why?"))
                .hint(t!("At least one sentence. It stays in the log for good.")),
        }
    }
}

/// The drawing: people on a circle, edges between them. Coordinates in a box of 360 by 360.
#[derive(Debug, Clone, Serialize)]
pub struct Graph {
    pub title: String,
    pub lines: Vec<GraphLine>,
    pub nodes: Vec<GraphNode>,
}

#[derive(Debug, Clone, Serialize)]
pub struct GraphLine {
    /// The row of the table below: `edge-3`.
    pub row: String,
    pub label: String,
    /// As SVG writes a straight line.
    pub path: String,
    /// 1 to 3 by the sum of the reasons.
    pub weight: u8,
}

#[derive(Debug, Clone, Serialize)]
pub struct GraphNode {
    pub number: usize,
    pub name: String,
    pub x: i32,
    pub y: i32,
}

/// Two people and why they are joined.
#[derive(Debug, Clone, Serialize)]
pub struct LinkEdge {
    pub row: String,
    pub a: String,
    pub b: String,
    /// The sum, with one decimal.
    pub points: String,
    pub reasons: Vec<LinkReason>,
    /// "12 days, 3 Jun 2026 to 9 Jul 2026"
    pub seen: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct LinkReason {
    pub sentence: String,
    /// With sign and one decimal.
    pub points: String,
    pub innocent: Option<String>,
}

/// One entry of the story.
#[derive(Debug, Clone, Serialize)]
pub struct LinkEvent {
    pub at: Moment,
    pub text: String,
    pub quoted: Option<String>,
    pub by_person: bool,
}

/// People on a circle, in this order, with the edges between them: each edge is a pair of places in
/// `names`, a sum in thousandths and a label.
pub fn graph(title: &str, names: &[String], edges: &[(usize, usize, i64, String)]) -> Graph {
    const CENTRE: f64 = 180.0;
    const RADIUS: f64 = 140.0;
    let at = |n: usize| {
        let angle = std::f64::consts::TAU * n as f64 / names.len().max(1) as f64;
        let point = |v: f64| (CENTRE + RADIUS * v).round() as i32;
        (point(angle.sin()), point(-angle.cos()))
    };
    let lines = edges.iter().enumerate().map(|(n, (a, b, sum, label))| {
        let ((x1, y1), (x2, y2)) = (at(*a), at(*b));
        let weight = if *sum >= 12_000 { 3 } else { 1 + u8::from(*sum >= 9_000) };
        let (row, path) = (format!("edge-{}", n + 1), format!("M{x1} {y1}L{x2} {y2}"));
        GraphLine { row, label: label.clone(), path, weight }
    });
    let nodes = names.iter().enumerate().map(|(n, name)| {
        let (x, y) = at(n);
        GraphNode { number: n + 1, name: name.clone(), x, y }
    });
    Graph { title: title.to_owned(), lines: lines.collect(), nodes: nodes.collect() }
}

impl Template for LinkList {
    const NAME: &'static str = "pages/links/list";

    fn samples() -> Vec<LinkList> {
        let roles = &[Role::Employee, Role::Security];
        let line = |number, people, state, closed: Option<&str>| LinkLine {
            number,
            people,
            state,
            found: samples::at(-600),
            closed_because: closed.map(str::to_owned),
            needs_you: closed.is_none() && number == 14,
            overlap_waits: number == 14,
        };
        let usual = LinkList {
            frame: samples::frame("Link groups", "Sam Okoye", roles, "/links"),
            groups: vec![
                line(14, 5, StateWord::new("open", Tone::Urgent), None),
                line(13, 44, StateWord::new("a place without a name", Tone::Waiting), None),
                line(
                    12,
                    3,
                    StateWord::new("open", Tone::Urgent),
                    Some("It concerns somebody of your own line."),
                ),
                line(9, 2, StateWord::new("closed", Tone::Quiet), None),
            ],
        };
        vec![LinkList { groups: Vec::new(), ..usual.clone() }, usual]
    }
}

impl Template for LinkPage {
    const NAME: &'static str = "pages/links/page";

    fn samples() -> Vec<LinkPage> {
        let roles = &[Role::Employee, Role::Security];
        let names = samples::strings(&["Lee Marsh", "Max Orr", "Sam Pine"]);
        let of = |names: &[String]| {
            let pairs = [(0, 1, 10_224), (0, 2, 10_224), (1, 2, 7_224)];
            let pairs = pairs.map(|(a, b, sum)| (a, b, sum, format!("{}, {}", names[a], names[b])));
            let reason = |sentence: &str, points: &str, innocent: Option<&str>| LinkReason {
                sentence: sentence.to_owned(),
                points: points.to_owned(),
                innocent: innocent.map(str::to_owned),
            };
            let edges = pairs.iter().enumerate().map(|(n, (a, b, sum, _))| LinkEdge {
                row: format!("edge-{}", n + 1),
                a: names[*a].clone(),
                b: names[*b].clone(),
                points: format!("{:.1}", *sum as f64 / 1_000.0),
                reasons: vec![
                    reason("a home internet line", "+4.2", Some("a shared flat or family home")),
                    reason("one square of about 150 m", "+3.0", Some("neighbours in one house")),
                    reason("speaks against it: one is often elsewhere", "-4.0", None),
                ],
                seen: "12 days, 3 Jun 2026 to 9 Jul 2026".to_owned(),
            });
            (graph("How 3 people are joined", names, &pairs), edges.collect::<Vec<_>>())
        };
        let (drawn, edges) = of(&names);
        let usual = LinkPage {
            frame: samples::frame("Link group 14", "Sam Okoye", roles, "/links"),
            number: 14,
            state: StateWord::new("open", Tone::Urgent),
            sentence: "3 people share a home internet line on 12 days.".to_owned(),
            found: samples::at(-600),
            owner: "Nobody has it yet".to_owned(),
            ended: None,
            innocent: samples::strings(&["a shared flat or family home", "an old declared place"]),
            graph: drawn,
            edges,
            more_edges: 0,
            story: vec![
                LinkEvent {
                    at: samples::at(-600),
                    text: "Found, with 3 people.".to_owned(),
                    quoted: None,
                    by_person: false,
                },
                LinkEvent {
                    at: samples::at(-20),
                    text: "Sam Okoye added".to_owned(),
                    quoted: Some("HR confirms the three addresses.".to_owned()),
                    by_person: true,
                },
            ],
            acts: Some(LinkActs::new(true)),
            comment: Some(TextArea::new("comment", "What did you learn?")),
            is_site: false,
            overlaps: vec![OverlapLine {
                names: "Lee Marsh and Max Orr".to_owned(),
                asked: samples::at(-90),
                by: "Sam Okoye proposed it".to_owned(),
                reason: "all three answer from one line".to_owned(),
                fact: "It waits for a second person of security.".to_owned(),
                waits_for_reader: true,
            }],
            overlap: Some(OverlapForm::new(&[
                (samples::ID.to_owned(), "Lee Marsh".to_owned()),
                ("b".to_owned(), "Max Orr".to_owned()),
            ])),
        };
        let hostile_names = vec![samples::HOSTILE.to_owned(); 3];
        let (drawn, edges) = of(&hostile_names);
        let hostile = LinkPage {
            frame: samples::hostile("Link group", roles, "/links"),
            graph: drawn,
            edges,
            owner: samples::HOSTILE.to_owned(),
            ..usual.clone()
        };
        let site = LinkPage {
            is_site: true,
            acts: None,
            more_edges: 120,
            state: StateWord::new("a place without a name", Tone::Waiting),
            ..usual.clone()
        };
        let closed = LinkPage {
            acts: None,
            comment: None,
            overlap: None,
            overlaps: vec![],
            ended: Some("Sam Okoye closed it: they live together.".to_owned()),
            state: StateWord::new("closed", Tone::Quiet),
            ..usual.clone()
        };
        vec![usual, hostile, site, closed]
    }
}

/// `GET /links/search` and its answer.
#[derive(Debug, Clone, Serialize)]
pub struct LinkSearch {
    pub frame: PageFrame,
    pub indicators: TextArea,
    pub answer: Option<LinkAnswer>,
}

/// What became of a list, the lines that say something first.
#[derive(Debug, Clone, Serialize)]
pub struct LinkAnswer {
    /// "Somebody was seen at 2 of 14."
    pub sentence: String,
    pub sighted: Vec<LinkSighted>,
    /// Lines that could not be read.
    pub unread: Vec<LinkUnread>,
    /// Lines at which nobody was seen.
    pub empty: Vec<String>,
}

/// Who was seen by one indicator.
#[derive(Debug, Clone, Serialize)]
pub struct LinkSighted {
    pub typed: String,
    /// "address, 3 people"
    pub kind: String,
    pub people: Vec<LinkSeen>,
    /// More people than one reads at a glance.
    pub is_long: bool,
    pub is_cut: bool,
}

/// One line that was not understood.
#[derive(Debug, Clone, Serialize)]
pub struct LinkUnread {
    pub typed: String,
    /// What would be.
    pub accepted: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct LinkSeen {
    pub name: String,
    pub employee_id: String,
    /// When they were met; absent for those who have left.
    pub url: Option<String>,
    pub days: usize,
    pub first_day: String,
    pub last_day: String,
    pub classes: String,
    pub sources: String,
    /// Numbers of their link groups, as far as the reader may open them.
    pub groups: Vec<i64>,
}

impl LinkSearch {
    /// The question.
    pub fn indicators_field() -> TextArea {
        let area =
            TextArea { rows: 5, max_length: 40_000, ..TextArea::new("indicators", t!("Where?")) };
        area.hint(
            t!("One a line: 203.0.113.7, 203.0.113.0/24, AS64500, 2026-11-23, device:KEY or lan:ID. What \
             you ask stands in the log."),
        )
    }
}

impl Template for LinkSearch {
    const NAME: &'static str = "pages/links/search";

    fn samples() -> Vec<LinkSearch> {
        let roles = &[Role::Employee, Role::Security];
        let seen = |name: &str, groups: &[i64]| LinkSeen {
            name: name.to_owned(),
            employee_id: "E1042".to_owned(),
            url: Some("/coverage?q=Lee+Marsh".to_owned()),
            days: 12,
            first_day: "3 Jun 2026".to_owned(),
            last_day: "9 Jul 2026".to_owned(),
            classes: "residential".to_owned(),
            sources: "imported sign-ins".to_owned(),
            groups: groups.to_vec(),
        };
        let empty = LinkSearch {
            frame: samples::frame("Who was seen where", "Sam Okoye", roles, "/links"),
            indicators: LinkSearch::indicators_field(),
            answer: None,
        };
        let sighted = |typed: &str, name: &str, is_long| LinkSighted {
            typed: typed.to_owned(),
            kind: "address, 2 people".to_owned(),
            people: vec![
                seen(name, &[14]),
                LinkSeen {
                    url: None,
                    employee_id: String::new(),
                    ..seen("somebody who has left", &[])
                },
            ],
            is_long,
            is_cut: is_long,
        };
        let answer = LinkAnswer {
            sentence: "Somebody was seen at 2 of 4.".to_owned(),
            sighted: vec![
                sighted("203.0.113.7", "Lee Marsh", false),
                sighted("2026-11-23", "Lee Marsh", true),
            ],
            unread: vec![LinkUnread {
                typed: "what".to_owned(),
                accepted: "an address, a range such as 203.0.113.0/24".to_owned(),
            }],
            empty: samples::strings(&["203.0.113.8"]),
        };
        let answered = LinkSearch { answer: Some(answer.clone()), ..empty.clone() };
        let nobody = LinkAnswer {
            sentence: "Nobody was seen at 1 of 1.".to_owned(),
            sighted: Vec::new(),
            unread: Vec::new(),
            ..answer.clone()
        };
        let nobody = LinkSearch { answer: Some(nobody), ..empty.clone() };
        let fault = "No line was understood. The first could be an address.";
        let refused = LinkSearch {
            frame: empty.frame.clone().with_problem("indicators", fault),
            indicators: LinkSearch::indicators_field().typed(samples::HOSTILE, Some(fault)),
            answer: None,
        };
        let hostile = LinkAnswer {
            sighted: vec![sighted(samples::HOSTILE, samples::HOSTILE, false)],
            unread: vec![LinkUnread {
                typed: samples::HOSTILE.to_owned(),
                ..answer.unread[0].clone()
            }],
            empty: vec![samples::HOSTILE.to_owned()],
            ..answer
        };
        let hostile = LinkSearch {
            frame: samples::hostile("Who was seen where", roles, "/links"),
            answer: Some(hostile),
            ..empty.clone()
        };
        vec![empty, answered, nobody, refused, hostile]
    }
}
