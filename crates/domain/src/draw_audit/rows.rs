//! The committed rows of one boundary, read one by one: their root, the state of each person, and
//! who is hit. Only rows of people hit are kept, so that a million rows pass in little memory.

use super::finding::Fault;
use crate::audit::{Frontier, Hash, leaf_hash};
use crate::draw::{
    Boundary, BoundaryInputs, BoundaryKey, FREE_SLOTS_MIN, PersonRow, Plan, PolicyRow, Taken,
    VerifierRow, is_hit, plan,
};
use crate::person::DrawToken;
use crate::time::UtcMillis;
use crate::{msg, sentence};
use std::collections::{HashMap, HashSet};

/// Where the rows of a boundary stand: each kind after the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Policies,
    Verifiers,
    People,
}

/// What a boundary came to.
pub(super) struct Drawn {
    pub boundary: Boundary,
    pub policies: Vec<PolicyRow>,
    pub plan: Plan,
    /// Of everybody placed: the verifiers whose rows offer the slot and who may meet this person.
    pub stand_ins: HashMap<DrawToken, Vec<DrawToken>>,
}

pub(super) struct Rows {
    pub boundary: Boundary,
    key: BoundaryKey,
    tree: Frontier,
    stage: Stage,
    policies: Vec<PolicyRow>,
    verifiers: Vec<VerifierRow>,
    hits: Vec<PersonRow>,
    last_token: Option<[u8; 16]>,
    pub people: u64,
    pub erased: u64,
    pub eligible: u64,
}

impl Rows {
    pub fn begin(boundary: Boundary, bytes: &[u8], key: BoundaryKey) -> Rows {
        let mut tree = Frontier::default();
        tree.push(leaf_hash(bytes));
        Rows {
            boundary,
            key,
            tree,
            stage: Stage::Policies,
            policies: Vec::new(),
            verifiers: Vec::new(),
            hits: Vec::new(),
            last_token: None,
            people: 0,
            erased: 0,
            eligible: 0,
        }
    }

    fn enter(&mut self, stage: Stage, line: u64) -> Result<(), Fault> {
        if stage < self.stage {
            let sentence = msg!("rows must stand in the order policies, verifiers, people");
            return Err(Fault::at(line, "rows-order", sentence));
        }
        self.stage = stage;
        Ok(())
    }

    pub fn policy(&mut self, row: PolicyRow, bytes: &[u8], line: u64) -> Result<(), Fault> {
        self.enter(Stage::Policies, line)?;
        self.tree.push(leaf_hash(bytes));
        self.policies.push(row);
        Ok(())
    }

    pub fn verifier(&mut self, row: VerifierRow, bytes: &[u8], line: u64) -> Result<(), Fault> {
        self.enter(Stage::Verifiers, line)?;
        self.tree.push(leaf_hash(bytes));
        self.verifiers.push(row);
        Ok(())
    }

    pub fn erased(&mut self, leaf: Hash, line: u64) -> Result<(), Fault> {
        self.enter(Stage::People, line)?;
        self.tree.push(leaf);
        self.erased += 1;
        Ok(())
    }

    /// A person's row, which must come after the one before by token.
    pub fn person(&mut self, row: &PersonRow, bytes: &[u8], line: u64) -> Result<(), Fault> {
        self.enter(Stage::People, line)?;
        if self.last_token.replace(row.token.0).is_some_and(|last| last >= row.token.0) {
            return Err(Fault::at(
                line,
                "rows-order",
                msg!("people must stand in order of token, each once"),
            ));
        }
        self.tree.push(leaf_hash(bytes));
        self.people += 1;
        self.eligible += u64::from(self.can_be_drawn(row));
        Ok(())
    }

    /// The policy of a row.
    pub fn policy_of(&self, row: &PersonRow) -> Option<&PolicyRow> {
        self.policies.iter().find(|p| p.policy == row.policy)
    }

    pub fn policies(&self) -> &[PolicyRow] {
        &self.policies
    }

    /// Tokens of the verifiers who have rows.
    pub fn verifier_tokens(&self) -> HashSet<DrawToken> {
        self.verifiers.iter().map(|v| v.verifier).collect()
    }

    /// Eligible, and under a policy that has its row.
    pub fn can_be_drawn(&self, row: &PersonRow) -> bool {
        row.class.is_none() && self.policy_of(row).is_some()
    }

    /// The day decision.
    pub fn is_hit(&self, row: &PersonRow) -> bool {
        let policy = self.policy_of(row).filter(|_| row.class.is_none());
        policy.is_some_and(|policy| is_hit(self.boundary.horizon, &self.key, row, policy))
    }

    /// Keeps the row of somebody who is hit.
    pub fn keep(&mut self, row: PersonRow) {
        self.hits.push(row);
    }

    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// The plan of those hit; nobody else takes part in it.
    pub fn plan(self, taken: &Taken) -> Result<Drawn, Fault> {
        let bad = |e: crate::draw::InputsFault| {
            Fault::at(
                0,
                "rows-contradict",
                sentence!(
                    "rows of {label}: {fault}",
                    label = self.boundary.label.to_string(),
                    fault = e.to_string()
                ),
            )
        };
        let inputs = BoundaryInputs::new(
            self.boundary.clone(),
            self.policies.clone(),
            self.verifiers,
            self.hits,
        )
        .map_err(bad)?;
        let plan = plan(&inputs, &self.key, taken);
        let stand_ins = plan.selections.iter().filter_map(|s| {
            let person = inputs.person(&s.token)?;
            let rows = inputs.verifiers().iter().filter(|row| may_stand_in(person, row, s.slot));
            Some((s.token, rows.map(|row| row.verifier).collect()))
        });
        let stand_ins = stand_ins.collect();
        Ok(Drawn { boundary: self.boundary, policies: self.policies, plan, stand_ins })
    }
}

/// Whether a row offers the slot and its verifier may meet the person.
fn may_stand_in(person: &PersonRow, row: &VerifierRow, slot: UtcMillis) -> bool {
    row.verifier != person.token
        && !person.excluded.contains(&row.verifier)
        && shares_language(&person.languages, &row.languages)
        && row.slots.iter().any(|range| range.contains(slot))
}

fn shares_language(one: &[String], other: &[String]) -> bool {
    one.is_empty() || other.is_empty() || one.iter().any(|language| other.contains(language))
}

/// Whether a hit on this row would be shielded.
pub(super) fn is_short(row: &PersonRow) -> bool {
    let slots = row.block.map_or(row.slot_count(), |share| usize::from(share.total));
    row.class.is_none() && slots < FREE_SLOTS_MIN
}
