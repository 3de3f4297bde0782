//! From joined pairs to groups, and the report.

use super::evidence::{Joined, Larger};
use super::ledger::Window;
use super::pairs::joined;
use super::reasons::{Milli, Reason, points, reason};
use super::sentence::sentence;
use super::sets::Sets;
use super::traces::{Traces, ValueKind};
use super::{GROUP_PEOPLE_MAX, ReasonKind};
use crate::sentence::{Sentence, as_text};
use jiff::civil::{Date, date};
use serde::Serialize;
use std::collections::HashSet;

/// People who are joined, directly or through others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Employee ids, in order.
    pub members: Vec<String>,
    /// The largest sum of an edge.
    pub score: f64,
    /// Whether the place is larger than a home: more than thirty members, or every edge rests on a
    /// spot, network or device of more, on an office's line or on one of several homes. Nobody of it is
    /// flagged: a site must be named.
    pub needs_site: bool,
    /// Edges over pairs: 1 where everybody is joined with everybody, little in a chain.
    pub density: f64,
    /// Edges from 6 up; of a value that more than thirty people share, those that were looked at.
    pub edges: Vec<Edge>,
    #[serde(serialize_with = "as_text")]
    pub sentence: Sentence,
}

/// Two people of a group and why they are joined.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edge {
    pub a: String,
    pub b: String,
    pub reasons: Vec<Reason>,
    /// Days on which either was at what they share, with the first and the last; a device alone has none.
    #[serde(skip)]
    pub days: u32,
    #[serde(skip)]
    pub from: Option<Date>,
    #[serde(skip)]
    pub to: Option<Date>,
}

/// A device key or local network of so many people that it says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TooCommon {
    /// `device_key` or `lan`.
    pub kind: ReasonKind,
    pub people: usize,
}

/// What came of all observations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkReport {
    /// Distinct people seen in the window: the N of a line's weight.
    pub people: usize,
    /// Observations in the window.
    pub observations: usize,
    /// First and last UTC date of the window; `None` if nothing was observed.
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// By falling score, then by first member.
    pub groups: Vec<Group>,
    pub too_common: Vec<TooCommon>,
}

impl LinkReport {
    /// Employee ids in groups that are no unnamed site.
    pub fn flagged(&self) -> impl Iterator<Item = &str> {
        let groups = self.groups.iter().filter(|group| !group.needs_site);
        groups.flat_map(|group| group.members.iter().map(String::as_str))
    }
}

/// The UTC date so many days after 1970-01-01, as far as dates go.
pub(super) fn date_of(days: i64) -> Option<Date> {
    date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

pub(super) fn report(window: Window) -> LinkReport {
    let traces = Traces::of(&window);
    let edges = joined(&traces, &window);
    let (larger, plain): (Vec<Joined>, Vec<Joined>) =
        edges.into_iter().partition(|edge| edge.rests_on.is_some());
    // a house in a block, or a farm behind a carrier's address, is not hidden by who else is there
    let grouped: HashSet<u32> = plain.iter().flat_map(|edge| edge.people).collect();
    let is_free = |edge: &Joined| edge.people.iter().all(|person| !grouped.contains(person));
    let larger = larger.into_iter().filter(is_free).collect();
    let mut groups: Vec<(Milli, Group)> = Vec::new();
    for edges in [plain, larger] {
        let mut sets = Sets::new(window.people.len());
        edges.iter().for_each(|edge| sets.join(edge.people));
        let mut of_root: Vec<(u32, Joined)> =
            edges.into_iter().map(|edge| (sets.root(edge.people[0]), edge)).collect();
        of_root.sort_by_key(|(root, _)| *root); // stable: edges keep their order
        groups.extend(of_root.chunk_by(|a, b| a.0 == b.0).map(|edges| group(edges, &window)));
    }
    groups.sort_by(|(s, a), (t, b)| t.cmp(s).then_with(|| a.members.cmp(&b.members)));
    let dates = (!window.rows.is_empty()).then_some((window.first_date, window.last_date));
    LinkReport {
        people: traces.seen,
        observations: window.rows.len(),
        from: dates.and_then(|(first, _)| date_of(first)),
        to: dates.and_then(|(_, last)| date_of(last)),
        groups: groups.into_iter().map(|(_, group)| group).collect(),
        too_common: too_common(&traces),
    }
}

fn too_common(traces: &Traces) -> Vec<TooCommon> {
    let mut all: Vec<TooCommon> = traces
        .too_common
        .iter()
        .map(|(kind, people)| {
            let is_device = *kind == ValueKind::Device;
            let kind = if is_device { ReasonKind::DeviceKey } else { ReasonKind::Lan };
            TooCommon { kind, people: *people }
        })
        .collect();
    all.sort_by(|a, b| b.people.cmp(&a.people).then(a.kind.cmp(&b.kind)));
    all
}

fn group(edges: &[(u32, Joined)], window: &Window) -> (Milli, Group) {
    let name = |person: u32| window.people[person as usize].as_str();
    let joined: Vec<&Joined> = edges.iter().map(|(_, edge)| edge).collect();
    let mut members: Vec<&str> = joined.iter().flat_map(|edge| edge.people).map(name).collect();
    members.sort_unstable();
    members.dedup();
    let score = joined.iter().map(|edge| edge.sum).max().unwrap_or(0);
    let pairs = members.len() * (members.len() - 1) / 2;
    let mut told: Vec<Edge> = joined.iter().map(|edge| told(edge, window)).collect();
    told.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    let is_large = members.len() > GROUP_PEOPLE_MAX;
    let rests_on = joined.iter().filter_map(|edge| edge.rests_on).max();
    let larger = if is_large { Some(Larger::Site) } else { rests_on };
    let density = joined.len() as f64 / pairs as f64;
    let group = Group {
        score: points(score),
        needs_site: larger.is_some(),
        density: (density * 1_000.0).round() / 1_000.0,
        sentence: sentence(&joined, members.len(), larger, window.first_date),
        members: members.into_iter().map(str::to_owned).collect(),
        edges: told,
    };
    (score, group)
}

fn told(edge: &Joined, window: &Window) -> Edge {
    let mut people = edge.people.map(|person| window.people[person as usize].clone());
    people.sort_unstable();
    let [a, b] = people;
    let date = |day: Option<usize>| day.and_then(|day| date_of(window.first_date + day as i64));
    Edge {
        a,
        b,
        reasons: edge.reasons.iter().map(|(kind, weight)| reason(*kind, *weight)).collect(),
        days: edge.days.count(),
        from: date(edge.days.first()),
        to: date(edge.days.last()),
    }
}
