//! Who was seen when: HR's table, sorted and filtered through links and a plain form, and the
//! programme's health above it in one line. Nothing of a label that has not closed.

use super::{Moment, PageFrame, Pager, StateWord, samples};
use crate::render::Template;
use crate::t;
use muster_domain::check_in::Outcome;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /coverage?q=&policy=&sort=&order=&page=`
#[derive(Debug, Clone, Serialize)]
pub struct Coverage {
    pub frame: PageFrame,
    /// The programme's health in one sentence.
    pub health: String,
    /// Whether the sentence asks for something to be done.
    pub needs_attention: bool,
    /// At most four numbers, each with its unit and, in `note`, what it is measured against.
    pub figures: Vec<Figure>,
    /// What is searched for, as typed.
    /// Verifiers who were stood in for often, as sentences about the programme; for HR only.
    pub hand_overs: Vec<String>,
    pub query: String,
    pub policies: Vec<FilterOption>,
    pub columns: Vec<Column>,
    pub people: Vec<CoverageLine>,
    pub pager: Pager,
}

/// One number.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    pub name: String,
    /// With its unit.
    pub value: String,
    pub note: String,
}

/// One choice of a filter.
#[derive(Debug, Clone, Serialize)]
pub struct FilterOption {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// One column's head.
#[derive(Debug, Clone, Serialize)]
pub struct Column {
    pub label: String,
    /// Sorts by this column, the other way round if it is sorted by it already.
    pub url: String,
    /// `ascending`, `descending`, or `None` if the table is not sorted by it.
    pub sorted: Option<&'static str>,
}

impl Column {
    /// The five heads of the table for `sort` and `order` as they stand in the address; `kept` is the
    /// rest of the query string, already encoded (`q=..&policy=..`), or empty.
    pub fn all(sort: &str, descending: bool, kept: &str) -> Vec<Column> {
        let heads = [
            ("name", t!("Person")),
            ("policy", t!("Policy")),
            ("last", t!("Last met")),
            ("outcome", t!("Latest outcome")),
            ("year", t!("Met in 12 months")),
        ];
        Column::heads("/coverage", &heads, sort, descending, kept)
    }

    /// The heads of a table at `path`: what each sorts by, and what stands in it.
    pub fn heads(
        path: &str,
        heads: &[(&str, &str)],
        sort: &str,
        descending: bool,
        kept: &str,
    ) -> Vec<Column> {
        let rest = if kept.is_empty() { String::new() } else { format!("{kept}&") };
        let head = |(key, label): &(&str, &str)| {
            let current = *key == sort;
            let order = if current && !descending { "desc" } else { "asc" };
            Column {
                label: (*label).to_owned(),
                url: format!("{path}?{rest}sort={key}&order={order}"),
                sorted: current.then_some(if descending { "descending" } else { "ascending" }),
            }
        };
        heads.iter().map(head).collect()
    }
}

/// One person of the table.
#[derive(Debug, Clone, Serialize)]
pub struct CoverageLine {
    /// The person's page, for readers who may open it.
    pub url: Option<String>,
    pub name: String,
    /// `None` where no policy matches.
    pub policy: Option<String>,
    pub last_met: Option<Moment>,
    pub state: StateWord,
    /// E.g. `3 times`.
    pub met_in_year: String,
}

/// How often somebody was met.
pub fn times(count: u32) -> String {
    match count {
        0 => t!("not yet").to_owned(),
        1 => t!("once").to_owned(),
        n => t!("{n} times", n),
    }
}

impl Template for Coverage {
    const NAME: &'static str = "pages/hr/coverage";

    fn samples() -> Vec<Coverage> {
        let line =
            |name: &str, policy: Option<&str>, met: Option<i64>, outcome, year| CoverageLine {
                url: policy.map(|_| format!("/people/{}", samples::ID)),
                name: name.to_owned(),
                policy: policy.map(str::to_owned),
                last_met: met.map(samples::at),
                state: StateWord::outcome(outcome),
                met_in_year: times(year),
            };
        let figure = |name: &str, value: &str, note: &str| Figure {
            name: name.to_owned(),
            value: value.to_owned(),
            note: note.to_owned(),
        };
        let usual = Coverage {
            frame: samples::frame("Coverage", "Ravi Rao", &[Role::Employee, Role::Hr], "/coverage").with_demo(samples::demo_bar("Ravi Rao")),
            health: "The programme runs as written: 171 of 196 people were met in the last 60 days, and verifiers had room for every draw.".to_owned(),
            needs_attention: false,
            figures: vec![
                figure("Met in 60 days", "87 %", "171 of 196 people"),
                figure("Longest not met", "118 days", "at most 124 by policy"),
                figure("Uncovered draws", "0", "in the last 30 days"),
                figure("Verifier time", "9.4 h", "a week, of 14 h offered"),
            ],
            hand_overs: samples::strings(&["Somebody had to stand in for Jo Park in 4 sessions of the last 30 days. A full calendar or a weak line does that; ask whether the stand-by times still fit."]),
            query: String::new(),
            policies: vec![
                FilterOption { value: String::new(), label: "All policies".to_owned(), chosen: true },
                FilterOption { value: "engineering".to_owned(), label: "Engineering, monthly".to_owned(), chosen: false },
            ],
            columns: Column::all("last", false, ""),
            people: vec![
                line("Kim Doyle", Some("Engineering, monthly"), Some(-170_000), Outcome::Excused, 7),
                line("Maria Olsen", Some("Engineering, monthly"), Some(-61_000), Outcome::Missed, 9),
                line("Anna Lind", Some("Engineering, monthly"), Some(-43_000), Outcome::Verified, 11),
                line("Omar Haddad", Some("Support, six-weekly"), Some(-40_000), Outcome::Inconclusive, 8),
                line("Tomás Vidal", Some("Engineering, monthly"), Some(-20_000), Outcome::Verified, 12),
                line("Lee Sato", None, None, Outcome::Void, 0),
            ],
            pager: super::Pager { shown: "1 to 6 of 196".to_owned(), earlier_url: None, later_url: Some("/coverage?page=2".to_owned()) },
        };
        let empty = Coverage {
            health: "Nobody has been drawn yet: the first draw is made when a policy is active."
                .to_owned(),
            needs_attention: true,
            hand_overs: vec![],
            query: "nobody".to_owned(),
            figures: vec![],
            people: vec![],
            pager: super::Pager {
                shown: "0 people".to_owned(),
                earlier_url: None,
                later_url: None,
            },
            ..usual.clone()
        };
        let hostile = Coverage {
            frame: samples::hostile("Coverage", &[Role::Hr], "/coverage"),
            health: samples::HOSTILE.to_owned(),
            query: samples::HOSTILE.to_owned(),
            policies: vec![FilterOption {
                value: samples::HOSTILE.to_owned(),
                label: samples::HOSTILE.to_owned(),
                chosen: true,
            }],
            people: vec![line(
                samples::HOSTILE,
                Some(samples::HOSTILE),
                None,
                Outcome::Escalated,
                u32::MAX,
            )],
            ..usual.clone()
        };
        vec![usual, empty, hostile]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorting_by_the_sorted_column_turns_it_round_and_keeps_the_filter() {
        let columns = Column::all("last", false, "policy=engineering");
        assert_eq!(columns[2].url, "/coverage?policy=engineering&sort=last&order=desc");
        assert_eq!(columns[2].sorted, Some("ascending"));
        assert_eq!(columns[0].url, "/coverage?policy=engineering&sort=name&order=asc");
        assert_eq!(columns[0].sorted, None);
    }
}
