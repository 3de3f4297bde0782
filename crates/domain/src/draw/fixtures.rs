//! Rows for the tests of the draw, with kind defaults: a test changes only what matters to it.

use super::bytes::{Boundary, BoundaryKey, Horizon};
use super::hazard::HazardTable;
use super::inputs::{PersonRow, PolicyRow, VerifierRow};
use crate::calendar::SlotRange;
use crate::calendar::windows::SLOT_MS;
use crate::id::PolicyVersionId;
use crate::person::DrawToken;
use crate::time::UtcMillis;
use jiff::civil::{Date, date};

pub const LABEL: Date = date(2027, 1, 13);
/// Slot 0 of the tests: 09:00 in Berlin.
pub const NINE: UtcMillis = UtcMillis(1_799_827_200_000);

pub fn slot(n: i64) -> UtcMillis {
    NINE.plus_ms(n * SLOT_MS)
}

/// Half-open ranges of slot numbers.
pub fn slots(ranges: &[(i64, i64)]) -> Vec<SlotRange> {
    ranges.iter().map(|&(from, to)| SlotRange { first: slot(from), end: slot(to) }).collect()
}

pub fn key(seed: u8) -> BoundaryKey {
    BoundaryKey::from_bytes(&[seed; 32])
}

pub fn boundary() -> Boundary {
    let (chain, org, t) = ("2027".to_owned(), "acme".to_owned(), NINE.plus_minutes(-540));
    Boundary { chain, horizon: Horizon::Day, label: LABEL, org, t }
}

/// Everybody is hit.
pub fn policy(session_minutes: u16, turnaround_minutes: u16) -> PolicyRow {
    PolicyRow {
        hazards: HazardTable::pool(1.0),
        notice_minutes_max: 30,
        notice_minutes_min: 15,
        policy: PolicyVersionId(uuid::Uuid::from_u128(1)),
        session_minutes,
        turnaround_minutes,
    }
}

pub fn person(n: u8, slots: Vec<SlotRange>) -> PersonRow {
    PersonRow {
        block: None,
        class: None,
        excluded: vec![],
        k: 1,
        languages: vec![],
        last_verifier: None,
        policy: PolicyVersionId(uuid::Uuid::from_u128(1)),
        slots,
        token: DrawToken([n; 16]),
    }
}

pub fn verifier(n: u8, slots: Vec<SlotRange>) -> VerifierRow {
    let verifier = DrawToken([100 + n; 16]);
    VerifierRow { breaks: None, label: LABEL, languages: vec![], sessions_max: 99, slots, verifier }
}
