//! The seats of a day, slot by slot: which verifiers offer it, in verifier order, and who sits where.

use super::bits::contains;
use super::rules::Rules;
use crate::calendar::windows::SLOT_MS;
use crate::draw::TakenSession;
use crate::draw::bytes::{BoundaryKey, slot_digits};
use crate::draw::capacity::Taken;
use crate::draw::inputs::VerifierRow;
use crate::time::UtcMillis;

/// A seat for whoever is permitted it.
pub const FREE: u32 = u32::MAX;
/// Taken by a session outside this plan. Guests have smaller numbers.
pub const HELD: u32 = u32::MAX - 1;

/// One slot of the day.
pub struct Table {
    /// Rows that offer the slot, in verifier order.
    pub rows: Vec<u32>,
    /// Who sits there, in the same order: a guest, `FREE` or `HELD`.
    pub sitting: Vec<u32>,
    /// No free seat before this one.
    pub free_from: usize,
    pub free: usize,
    /// The union of the guests' slots is out of date.
    pub is_stale: bool,
}

impl Table {
    /// A guest takes a free seat.
    pub fn sit(&mut self, guest: u32, at: usize) {
        self.sitting[at] = guest;
        self.free -= 1;
        let free = self.sitting[self.free_from..].iter().position(|who| *who == FREE);
        self.free_from = free.map_or(self.sitting.len(), |n| self.free_from + n);
    }
}

/// True where a row has fewer slots than sessions left, so that its cap cannot bind.
pub fn is_cap_loose(row: &VerifierRow, taken: &Taken) -> bool {
    let is_of_row = |s: &&TakenSession| s.verifier == row.verifier && s.label == Some(row.label);
    let slots: usize = row.slots.iter().map(|range| range.count()).sum();
    let cap = usize::from(row.sessions_max);
    slots + taken.sessions.len() <= cap
        || slots + taken.sessions.iter().filter(is_of_row).count() <= cap
}

/// The seats of every slot that anybody wants. `None` where a verifier offers a slot twice.
pub fn tables(
    key: &BoundaryKey,
    rows: &[VerifierRow],
    taken: &Taken,
    base: UtcMillis,
    count: usize,
    wanted: &[u64],
    rules: &Rules,
) -> Option<Vec<Table>> {
    let digits: Vec<_> =
        (0..count).map(|slot| slot_digits(base.plus_ms(slot as i64 * SLOT_MS))).collect();
    let mut seats: Vec<Vec<(u64, u32)>> = vec![Vec::new(); count];
    for (number, row) in rows.iter().enumerate() {
        let mut message = key.verifier_heads(&row.verifier);
        let end = base.plus_ms(count as i64 * SLOT_MS);
        for start in row.slots.iter().flat_map(|range| range.starts()) {
            let slot = (start.since(base) / SLOT_MS) as usize;
            if start < base || start >= end || !contains(wanted, slot) {
                continue;
            }
            let head = match &digits[slot] {
                Some(digits) => message.head(digits),
                None => head(&key.verifier_order(start, &row.verifier)),
            };
            seats[slot].push((head, number as u32));
        }
    }
    let mut tables = Vec::with_capacity(count);
    for (slot, mut seats) in seats.into_iter().enumerate() {
        let start = base.plus_ms(slot as i64 * SLOT_MS);
        let whole = |row: u32| key.verifier_order(start, &rows[row as usize].verifier);
        seats.sort_unstable_by(|&(a, row), &(b, other)| {
            a.cmp(&b).then_with(|| whole(row).cmp(&whole(other))).then(row.cmp(&other))
        });
        let rows: Vec<u32> = seats.into_iter().map(|(_, row)| row).collect();
        let verifier = |row: &u32| rules.verifier(*row as usize);
        if rows.windows(2).any(|pair| verifier(&pair[0]) == verifier(&pair[1])) {
            return None; // equal heads stand side by side
        }
        let sitting = vec![FREE; rows.len()];
        let free = rows.len();
        tables.push(Table { rows, sitting, free_from: 0, free, is_stale: false });
    }
    for session in &taken.sessions {
        hold(&mut tables, rows, session, base);
    }
    Some(tables)
}

/// Takes the seats that a session outside the plan makes impossible.
fn hold(tables: &mut [Table], rows: &[VerifierRow], session: &TakenSession, base: UtcMillis) {
    let first = session.start.since(base).div_euclid(SLOT_MS);
    let last = (session.end().since(base) - 1).div_euclid(SLOT_MS);
    for slot in first.max(0)..=last.min(tables.len() as i64 - 1) {
        let table = &mut tables[slot as usize];
        for (at, row) in table.rows.iter().enumerate() {
            if rows[*row as usize].verifier == session.verifier && table.sitting[at] == FREE {
                table.sitting[at] = HELD;
                table.free -= 1;
            }
        }
        let free = table.sitting.iter().position(|who| *who == FREE);
        table.free_from = free.unwrap_or(table.sitting.len());
    }
}

/// First 8 bytes, big-endian.
fn head(tag: &[u8; 32]) -> u64 {
    tag.iter().take(8).fold(0, |n, byte| n << 8 | u64::from(*byte))
}
