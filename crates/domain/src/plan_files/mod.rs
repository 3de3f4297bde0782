//! A day's plan from two files, people and verifiers, without a service: the same matching as the
//! service's, for capacity questions and for measuring. Formats: `docs/plan-format.md`.

mod read;
#[cfg(test)]
mod tests;
mod uniformity;

pub use uniformity::slot_kl_bits;

use crate::calendar::SlotRange;
use crate::calendar::windows::SLOT_MS;
use crate::draw::bytes::{Field, enc};
use crate::draw::{BoundaryKey, HazardTable, PersonRow, Placement, PolicyRow, Taken, VerifierRow};
use crate::draw::{MoveReason, place_all};
use crate::id::PolicyVersionId;
use crate::person::DrawToken;
use crate::roster::RosterFault;
use crate::time::UtcMillis;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Five-minute slots of a day.
pub const SLOTS: u16 = 288;

/// The instant that slot 0 stands for: 2027-01-01, 00:00 UTC.
pub const SLOT_ZERO: UtcMillis = UtcMillis(1_798_761_600_000);

/// Both files, read.
#[derive(Debug)]
pub struct PlanFiles {
    people_ids: Vec<String>,
    people: Vec<PersonRow>,
    verifier_ids: Vec<String>,
    /// In the order of tokens, as the ids beside them.
    verifiers: Vec<VerifierRow>,
}

/// The plan of such files.
#[derive(Debug, PartialEq, Eq)]
pub struct FilesPlan<'a> {
    /// In the order of the people's file.
    pub placed: Vec<Placed<'a>>,
    /// In the order of the people's file.
    pub unplaced: Vec<&'a str>,
    /// In the order of the people's file.
    pub moved: Vec<MovedPerson<'a>>,
}

/// A line of the plan.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Placed<'a> {
    pub person_id: &'a str,
    pub verifier_id: &'a str,
    /// 0 to 287.
    pub slot: u16,
}

/// Somebody who gave up the place first taken, and why.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct MovedPerson<'a> {
    pub person_id: &'a str,
    pub reason: MoveReason,
    pub from_slot: u16,
    pub to_slot: u16,
    pub from_verifier: &'a str,
    pub to_verifier: &'a str,
}

impl PlanFiles {
    /// Reads both files.
    ///
    /// # Errors
    /// Every fault of both, each with line, column and what would be accepted.
    pub fn read(people: &[u8], verifiers: &[u8]) -> Result<PlanFiles, Vec<RosterFault>> {
        let (people, mut faults) = read::people(people);
        let (verifiers, more) = read::verifiers(verifiers);
        faults.extend(more);
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut verifiers: Vec<(String, VerifierRow)> = verifiers;
        verifiers.sort_unstable_by_key(|(_, row)| row.verifier);
        let (verifier_ids, verifiers) = verifiers.into_iter().unzip();
        let (people_ids, people) = people.into_iter().unzip();
        Ok(PlanFiles { people_ids, people, verifier_ids, verifiers })
    }

    /// How many people are to be met.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// How many verifiers there are.
    pub fn verifiers(&self) -> usize {
        self.verifiers.len()
    }

    /// The plan under the key of a seed.
    pub fn plan(&self, seed: u64) -> FilesPlan<'_> {
        let placements =
            place_all(&key(seed), &self.people, &policy(), &self.verifiers, &Taken::default());
        let mut of_person: Vec<Option<Placement>> = vec![None; self.people.len()];
        for placement in placements {
            of_person[placement.person] = Some(placement);
        }
        let mut plan = FilesPlan { placed: Vec::new(), unplaced: Vec::new(), moved: Vec::new() };
        plan.placed.reserve(self.people.len());
        for (person_id, placement) in self.people_ids.iter().zip(of_person) {
            let Some(placement) = placement else {
                plan.unplaced.push(person_id);
                continue;
            };
            let (slot, verifier_id) = (number(placement.slot), self.verifier_id(placement.row));
            plan.placed.push(Placed { person_id, verifier_id, slot });
            if let Some((row, from)) = placement.moved_from {
                plan.moved.push(MovedPerson {
                    person_id,
                    reason: MoveReason::Capacity,
                    from_slot: number(from),
                    to_slot: slot,
                    from_verifier: self.verifier_id(row),
                    to_verifier: verifier_id,
                });
            }
        }
        plan
    }

    fn verifier_id(&self, row: usize) -> &str {
        &self.verifier_ids[row]
    }
}

impl FilesPlan<'_> {
    /// The plan as `plan.csv`.
    pub fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::with_capacity(24 * self.placed.len()));
        let written = writer.write_record(["person_id", "verifier_id", "slot"]);
        let mut all = std::iter::once(written).chain(
            self.placed
                .iter()
                .map(|p| writer.write_record([p.person_id, p.verifier_id, &p.slot.to_string()])),
        );
        let is_written = all.all(|written| written.is_ok());
        drop(all);
        assert!(is_written, "a list of bytes takes whatever is written");
        writer.into_inner().expect("a list of bytes takes whatever is written")
    }
}

/// The key of a seed: SHA-256 of `enc("muster/plan/v1", seed)`, the seed in decimal.
fn key(seed: u64) -> BoundaryKey {
    let seed = seed.to_string();
    let message = enc(&[Field::Text("muster/plan/v1"), Field::Text(&seed)]);
    BoundaryKey::from_bytes(&Sha256::digest(message).into())
}

/// The token of an id: the first 16 bytes of SHA-256 of `enc("muster/plan/v1", kind, id)`.
fn token(kind: &str, id: &str) -> DrawToken {
    let message = enc(&[Field::Text("muster/plan/v1"), Field::Text(kind), Field::Text(id)]);
    let digest: [u8; 32] = Sha256::digest(message).into();
    let mut token = [0; 16];
    token.copy_from_slice(&digest[..16]);
    DrawToken(token)
}

/// Sessions fill a slot, without turnaround; everybody is met.
fn policy() -> PolicyRow {
    PolicyRow {
        hazards: HazardTable::pool(1.0),
        notice_minutes_max: 0,
        notice_minutes_min: 0,
        policy: PolicyVersionId(uuid::Uuid::nil()),
        session_minutes: 5,
        turnaround_minutes: 0,
    }
}

fn start(slot: u16) -> UtcMillis {
    SLOT_ZERO.plus_ms(i64::from(slot) * SLOT_MS)
}

fn number(start: UtcMillis) -> u16 {
    (start.since(SLOT_ZERO) / SLOT_MS) as u16
}

fn range(first: u16, end: u16) -> SlotRange {
    SlotRange { first: start(first), end: start(end) }
}
