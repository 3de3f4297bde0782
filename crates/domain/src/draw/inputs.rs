//! What is committed before the key of a boundary exists: rows of people, verifiers and policies,
//! their canonical bytes and the Merkle root over them. Rows say *what is so*, not the rules that
//! made it so, and nothing here may depend on a hit: capacity that earlier boundaries took is an
//! argument of the plan.

use super::bytes::{Boundary, Horizon};
use super::hazard::{HazardTable, Threshold};
use crate::audit::{Hash, leaf_hash, root_of};
use crate::calendar::{IneligibleClass, SlotRange};
use crate::id::PolicyVersionId;
use crate::person::DrawToken;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Version of the rows and of their canonical form.
pub const INPUTS_VERSION: u8 = 1;

/// A hit with fewer free slots is shielded.
pub const FREE_SLOTS_MIN: usize = 6;

/// What the plan needs of one policy version. Minutes. (Fields of all rows stand in alphabetical
/// order: that is their canonical order.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRow {
    pub hazards: HazardTable,
    pub notice_minutes_max: u16,
    pub notice_minutes_min: u16,
    pub policy: PolicyVersionId,
    pub session_minutes: u16,
    /// Pause of a verifier after a session of this policy.
    pub turnaround_minutes: u16,
}

/// One person at one boundary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Under the block horizon: this block's share of the day's announcement slots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<BlockShare>,
    /// Why the day is not eligible; absent where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<IneligibleClass>,
    /// Verifiers who must not meet this person: himself, his line, the pair of last time.
    pub excluded: Vec<DrawToken>,
    /// Today is the k-th eligible day since the last draw; from 1.
    pub k: u32,
    /// Codes; empty: not declared, any verifier will do.
    pub languages: Vec<String>,
    /// A wish, not a rule: this verifier is taken only where no other can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_verifier: Option<DrawToken>,
    pub policy: PolicyVersionId,
    pub slots: Vec<SlotRange>,
    pub token: DrawToken,
}

/// A block's part of a day: announcement slots in earlier blocks, in this one, in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockShare {
    pub before: u16,
    pub here: u16,
    pub total: u16,
}

/// One verifier on one of his local dates, *gross*: as if nobody had been drawn yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifierRow {
    /// When a pause is due; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaks: Option<Breaks>,
    /// The verifier's own local date, which the cap counts.
    pub label: Date,
    /// Codes; empty: not declared, may meet anybody.
    pub languages: Vec<String>,
    /// Sessions he may have on this date.
    pub sessions_max: u16,
    /// Slots at which a session may start.
    pub slots: Vec<SlotRange>,
    pub verifier: DrawToken,
}

/// No more than so many sessions in a row; two are in a row where the pause between them, counted from
/// the end of the turnaround, is shorter than so many minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaks {
    /// From 1.
    pub after_sessions: u16,
    pub minutes: u16,
}

/// A person's row, or its leaf hash after the person was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PersonEntry {
    Row(PersonRow),
    Erased {
        /// Lower-case hexadecimal, 32 bytes.
        #[serde(with = "hash_hex")]
        erased: Hash,
    },
}

/// All rows of a boundary; stored as one blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundaryInputs {
    boundary: Boundary,
    people: Vec<PersonEntry>,
    policies: Vec<PolicyRow>,
    v: u8,
    verifiers: Vec<VerifierRow>,
}

/// Why rows are not inputs. Rows are named by their token: the message is for operators' eyes and
/// must not be shown to people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputsFault {
    #[error("two rows for {0}")]
    Twice(String),
    #[error("the row of {token} names policy {policy}, which has no policy row")]
    UnknownPolicy { token: String, policy: PolicyVersionId },
    #[error("the row of {token}: {detail}")]
    Row { token: String, detail: &'static str },
    #[error("rows of version {0}; this program reads version {INPUTS_VERSION}")]
    Version(u8),
    #[error("not the rows of a boundary: {0}")]
    Json(String),
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Leaf<'a> {
    Boundary(&'a Boundary),
    Policy(&'a PolicyRow),
    Verifier(&'a VerifierRow),
    Person(&'a PersonRow),
}

impl BoundaryInputs {
    /// Rows in canonical order: each kind sorted by its id or token, lists inside rows sorted and
    /// without repetition.
    ///
    /// # Errors
    /// A row occurs twice, names an unknown policy, or contradicts itself.
    pub fn new(
        boundary: Boundary,
        mut policies: Vec<PolicyRow>,
        mut verifiers: Vec<VerifierRow>,
        mut people: Vec<PersonRow>,
    ) -> Result<BoundaryInputs, InputsFault> {
        for row in &mut verifiers {
            tidy(&mut row.languages);
        }
        for row in &mut people {
            tidy(&mut row.languages);
            tidy(&mut row.excluded);
        }
        policies.sort_by_key(|r| r.policy);
        verifiers.sort_by_key(|r| (r.verifier, r.label));
        people.sort_by_key(|r| r.token);
        let people = people.into_iter().map(PersonEntry::Row).collect();
        let inputs = BoundaryInputs { boundary, people, policies, v: INPUTS_VERSION, verifiers };
        inputs.check()?;
        Ok(inputs)
    }

    /// Reads a stored blob.
    ///
    /// # Errors
    /// Not such a blob, another version, or rows that contradict themselves.
    pub fn from_json(json: &[u8]) -> Result<BoundaryInputs, InputsFault> {
        let inputs: BoundaryInputs =
            serde_json::from_slice(json).map_err(|e| InputsFault::Json(e.to_string()))?;
        inputs.check()?;
        Ok(inputs)
    }

    /// The blob to store: canonical JSON of all rows.
    pub fn to_json(&self) -> Vec<u8> {
        canonical(self)
    }

    /// Which draw this is.
    pub fn boundary(&self) -> &Boundary {
        &self.boundary
    }

    /// The policies, by id.
    pub fn policies(&self) -> &[PolicyRow] {
        &self.policies
    }

    /// The row of a policy version.
    pub fn policy(&self, id: PolicyVersionId) -> Option<&PolicyRow> {
        let at = self.policies.binary_search_by_key(&id, |r| r.policy).ok()?;
        self.policies.get(at)
    }

    /// The verifiers, by token and label.
    pub fn verifiers(&self) -> &[VerifierRow] {
        &self.verifiers
    }

    /// The people not erased since, by token.
    pub fn people(&self) -> impl Iterator<Item = &PersonRow> {
        self.people.iter().filter_map(|entry| match entry {
            PersonEntry::Row(row) => Some(row),
            PersonEntry::Erased { .. } => None,
        })
    }

    /// The row of a person, unless erased.
    pub fn person(&self, token: &DrawToken) -> Option<&PersonRow> {
        self.people().find(|row| row.token == *token)
    }

    /// The same rows without these people: what is left to plan of a block for whom earlier blocks
    /// of its label have not drawn. The root is another one, and nobody needs it.
    pub fn without(mut self, drawn: &HashSet<DrawToken>) -> BoundaryInputs {
        self.people
            .retain(|entry| !matches!(entry, PersonEntry::Row(row) if drawn.contains(&row.token)));
        self
    }

    /// Replaces a person's row by its leaf hash; the root stays. False where there is no such row.
    pub fn erase(&mut self, token: &DrawToken) -> bool {
        for entry in &mut self.people {
            if matches!(entry, PersonEntry::Row(row) if row.token == *token) {
                *entry = PersonEntry::Erased { erased: entry.leaf_hash() };
                return true;
            }
        }
        false
    }

    /// The bytes of every leaf in order of the tree; of an erased row `{"erased":"<leaf hash>"}`.
    pub fn leaves(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        let head = std::iter::once(canonical(&Leaf::Boundary(&self.boundary)));
        let policies = self.policies.iter().map(|r| canonical(&Leaf::Policy(r)));
        let verifiers = self.verifiers.iter().map(|r| canonical(&Leaf::Verifier(r)));
        let people = self.people.iter().map(|entry| match entry {
            PersonEntry::Row(row) => canonical(&Leaf::Person(row)),
            erased @ PersonEntry::Erased { .. } => canonical(erased),
        });
        head.chain(policies).chain(verifiers).chain(people)
    }

    /// The Merkle root (RFC 6962) over the leaves boundary, policies, verifiers, people.
    pub fn root(&self) -> Hash {
        let head = std::iter::once(hash_of(&Leaf::Boundary(&self.boundary)));
        let policies = self.policies.iter().map(|r| hash_of(&Leaf::Policy(r)));
        let verifiers = self.verifiers.iter().map(|r| hash_of(&Leaf::Verifier(r)));
        let people = self.people.iter().map(PersonEntry::leaf_hash);
        root_of(head.chain(policies).chain(verifiers).chain(people))
    }

    fn check(&self) -> Result<(), InputsFault> {
        if self.v != INPUTS_VERSION {
            return Err(InputsFault::Version(self.v));
        }
        let row = |token: String, detail| Err(InputsFault::Row { token, detail });
        for pair in self.policies.windows(2) {
            in_order(pair[0].policy.cmp(&pair[1].policy), || pair[1].policy.to_string())?;
        }
        for r in &self.policies {
            if r.notice_minutes_min > r.notice_minutes_max {
                return row(r.policy.to_string(), "the smallest notice is above the largest");
            }
        }
        for pair in self.verifiers.windows(2) {
            let (a, b) = (&pair[0], &pair[1]);
            in_order((a.verifier, a.label).cmp(&(b.verifier, b.label)), || b.verifier.to_hex())?;
        }
        for r in &self.verifiers {
            if !are_slots_in_order(&r.slots) {
                return row(r.verifier.to_hex(), SLOTS_FAULT);
            }
            if r.breaks.is_some_and(|b| b.after_sessions == 0) {
                return row(r.verifier.to_hex(), "a break after no session leaves no session");
            }
        }
        let known: HashSet<PolicyVersionId> = self.policies.iter().map(|r| r.policy).collect();
        let mut last: Option<&DrawToken> = None;
        for r in self.people() {
            let token = || r.token.to_hex();
            if let Some(last) = last.replace(&r.token) {
                in_order(last.cmp(&r.token), token)?;
            }
            if !known.contains(&r.policy) && r.class.is_none() {
                return Err(InputsFault::UnknownPolicy { token: token(), policy: r.policy });
            }
            if r.k == 0 {
                return row(token(), "k counts from 1");
            }
            if !are_slots_in_order(&r.slots) {
                return row(token(), SLOTS_FAULT);
            }
            if r.class.is_some() && !r.slots.is_empty() {
                return row(token(), "a day that is not eligible has no slots");
            }
            if r.block.is_some() != matches!(self.boundary.horizon, Horizon::Block(_)) {
                return row(token(), "a block share belongs to the block horizon, and only to it");
            }
        }
        Ok(())
    }
}

impl PersonRow {
    /// The threshold of this row: the day's, or under the block horizon the block's part of it.
    pub fn threshold(&self, hazards: &HazardTable) -> Threshold {
        let day = hazards.threshold(self.k);
        self.block.map_or(day, |b| day.of_block(b.before, b.here, b.total))
    }

    /// Whether a hit on this row is shielded: the time of day would be guessable. Under the block
    /// horizon the whole label's slots count, not those of the block.
    pub fn is_shielded(&self) -> bool {
        self.block.map_or(self.slot_count(), |b| usize::from(b.total)) < FREE_SLOTS_MIN
    }

    /// How many free slots the row has.
    pub fn slot_count(&self) -> usize {
        self.slots.iter().map(|r| r.count()).sum()
    }
}

impl PersonEntry {
    /// The leaf hash, also after erasure.
    pub fn leaf_hash(&self) -> Hash {
        match self {
            PersonEntry::Row(row) => hash_of(&Leaf::Person(row)),
            PersonEntry::Erased { erased } => *erased,
        }
    }
}

const SLOTS_FAULT: &str =
    "slot ranges must be in order, apart from each other, not empty and on the five-minute grid";

fn are_slots_in_order(slots: &[SlotRange]) -> bool {
    let on_grid = |r: &SlotRange| {
        let grid = crate::calendar::windows::SLOT_MS;
        r.first < r.end && r.first.0 % grid == 0 && r.end.0 % grid == 0
    };
    slots.iter().all(on_grid) && slots.windows(2).all(|p| p[0].end <= p[1].first)
}

fn in_order(order: std::cmp::Ordering, name: impl Fn() -> String) -> Result<(), InputsFault> {
    if order.is_lt() { Ok(()) } else { Err(InputsFault::Twice(name())) }
}

fn tidy<T: Ord>(list: &mut Vec<T>) {
    list.sort();
    list.dedup();
}

fn hash_of(leaf: &Leaf<'_>) -> Hash {
    leaf_hash(&canonical(leaf))
}

/// RFC 8785 bytes. Rows hold integers below 2^53, strings, lists and objects only, and declare their
/// fields in order of name, so that compact JSON is canonical; a test compares it with sorted keys.
fn canonical(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("rows have string keys and cannot fail to serialise")
}

mod hash_hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(hash: &[u8; 32], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&hex::encode(hash))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<[u8; 32], D::Error> {
        let mut hash = [0; 32];
        hex::decode_to_slice(String::deserialize(d)?, &mut hash).map_err(D::Error::custom)?;
        Ok(hash)
    }
}

#[cfg(test)]
#[path = "inputs_tests.rs"]
mod tests;
