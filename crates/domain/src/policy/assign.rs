//! Which person is in which policy, and why. A person matched by two policies is in none: who
//! activates must make them disjoint first.

use super::filter::{Attributes, Filter};
use crate::sentence;
use crate::sentence::{Sentence, as_text};
use serde::Serialize;
use std::collections::BTreeMap;

/// A policy in force, or about to be.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivePolicy {
    pub name: String,
    pub filter: Filter,
}

/// The policy of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assigned {
    /// Index into the policies given to `assign`.
    pub policy: usize,
    /// The sentence the person reads.
    #[serde(serialize_with = "as_text")]
    pub why: Sentence,
}

/// A person matched by more than one policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overlap {
    pub employee_id: String,
    /// Names of the policies, in the order given.
    pub policies: Vec<String>,
}

/// Everybody, matched. Each employee id stands in exactly one of the three.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Assignment {
    pub assigned: BTreeMap<String, Assigned>,
    /// Not empty: activation must be refused.
    pub overlaps: Vec<Overlap>,
    /// In no pool.
    pub unmatched: Vec<String>,
}

/// Matches people with policies.
pub fn assign(people: &[Attributes], policies: &[ActivePolicy]) -> Assignment {
    let mut assignment = Assignment::default();
    for person in people {
        let matching = policies.iter().enumerate().filter(|(_, p)| p.filter.matches(person));
        let matching: Vec<(usize, &ActivePolicy)> = matching.collect();
        let employee_id = person.employee_id().to_owned();
        match matching.as_slice() {
            [] => assignment.unmatched.push(employee_id),
            [(policy, one)] => {
                let why = why(person, one).unwrap_or_default();
                assignment.assigned.insert(employee_id, Assigned { policy: *policy, why });
            }
            several => {
                let policies = several.iter().map(|(_, p)| p.name.clone()).collect();
                assignment.overlaps.push(Overlap { employee_id, policies });
            }
        }
    }
    assignment
}

/// The sentence that tells a person why he is in a policy; `None` if he is not.
pub fn why(person: &Attributes, policy: &ActivePolicy) -> Option<Sentence> {
    let (mut reasons, name) = (policy.filter.reasons(person)?, &policy.name);
    let Some(last) = reasons.pop() else {
        return Some(sentence!("You are in the policy {name}.", name));
    };
    let reasons = match reasons.is_empty() {
        true => last,
        false => sentence!("{rest} and {last}", rest = Sentence::in_a_row(reasons, ", "), last),
    };
    Some(sentence!("You are in the policy {name} because {reasons}.", name, reasons))
}
