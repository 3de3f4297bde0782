//! What a judgement of today would say of evidence that was judged before: only the difference.

use super::finding::{Finding, Severity};
use super::judge::Judgement;
use crate::check_in::{Assurance, Outcome};
use serde::Serialize;
use std::collections::BTreeMap;

/// One value then and now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Change<T> {
    pub was: T,
    pub would_be: T,
}

impl<T: PartialEq + Copy> Change<T> {
    fn of(was: T, would_be: T) -> Option<Change<T>> {
        (was != would_be).then_some(Change { was, would_be })
    }
}

/// How a rule spoke. Its evidence is left out: a replay is about rules, not about people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Spoken {
    pub version: u16,
    pub severity: Severity,
    /// `active`, `suppressed`, `not_measurable` or `learning`.
    pub status: &'static str,
}

impl From<&Finding> for Spoken {
    fn from(finding: &Finding) -> Spoken {
        let status = finding.status.code();
        Spoken { version: finding.version, severity: finding.severity, status }
    }
}

/// One rule whose findings differ; empty where it said nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleChange {
    pub rule_id: String,
    pub was: Vec<Spoken>,
    pub would_be: Vec<Spoken>,
}

/// Everything that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Change<Outcome>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Change<Assurance>>,
    pub rules: Vec<RuleChange>,
}

/// Compares two judgements of the same input; `None` where nothing differs but words.
pub fn changes(was: &Judgement, would_be: &Judgement) -> Option<Changes> {
    let (before, after) = (by_rule(&was.findings), by_rule(&would_be.findings));
    let mut rules: Vec<&str> = before.keys().chain(after.keys()).copied().collect();
    rules.sort_unstable();
    rules.dedup();
    let of = |spoken: &BTreeMap<&str, Vec<Spoken>>, rule: &str| {
        spoken.get(rule).cloned().unwrap_or_default()
    };
    let changed = |rule: &str| {
        let (was, would_be) = (of(&before, rule), of(&after, rule));
        (was != would_be).then(|| RuleChange { rule_id: rule.to_owned(), was, would_be })
    };
    let found = Changes {
        outcome: Change::of(was.outcome.outcome, would_be.outcome.outcome),
        assurance: Change::of(was.assurance.assurance, would_be.assurance.assurance),
        rules: rules.into_iter().filter_map(changed).collect(),
    };
    let is_same = found.outcome.is_none() && found.assurance.is_none() && found.rules.is_empty();
    (!is_same).then_some(found)
}

fn by_rule(findings: &[Finding]) -> BTreeMap<&str, Vec<Spoken>> {
    let mut spoken: BTreeMap<&str, Vec<Spoken>> = BTreeMap::new();
    for finding in findings {
        spoken.entry(&finding.rule_id).or_default().push(finding.into());
    }
    spoken.values_mut().for_each(|all| all.sort_unstable());
    spoken
}
