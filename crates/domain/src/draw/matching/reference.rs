//! The matching of `docs/draw-format.md`, word for word, with lists and loops and nothing clever: what
//! the fast ways are held against.

use super::{Guest, Matching};
use crate::draw::bytes::{BoundaryKey, Field};
use crate::draw::capacity::{Spot, Taken};
use crate::draw::inputs::VerifierRow;
use crate::draw::matching::rules::share_language;
use crate::person::DrawToken;
use crate::time::{MINUTE_MS, UtcMillis};
use jiff::civil::Date;

/// A session that is held.
#[derive(Clone)]
struct Session {
    verifier: DrawToken,
    label: Option<Date>,
    start: UtcMillis,
    end: UtcMillis,
    /// The guest met; none in `Taken`.
    guest: Option<usize>,
}

struct Reference<'a> {
    /// Of each guest.
    orders: Vec<Vec<Spot>>,
    guests: &'a [Guest<'a>],
    rows: &'a [VerifierRow],
    held: Vec<Session>,
    spots: Vec<Option<Spot>>,
}

pub(super) fn place(
    key: &BoundaryKey,
    guests: &[Guest<'_>],
    rows: &[VerifierRow],
    taken: &Taken,
) -> Matching {
    let minutes = |n: u16| i64::from(n) * MINUTE_MS;
    let of_taken = taken.sessions.iter().map(|s| Session {
        verifier: s.verifier,
        label: s.label,
        start: s.start,
        end: s
            .start
            .plus_ms((minutes(s.session_minutes) + minutes(s.turnaround_minutes)).max(MINUTE_MS)),
        guest: None,
    });
    let (held, spots) = (of_taken.collect(), vec![None; guests.len()]);
    let orders = guests.iter().map(|guest| order_of_spots(key, guest, rows)).collect();
    let mut board = Reference { orders, guests, rows, held, spots };
    let (mut first, mut dead) = (Vec::new(), Vec::new());
    for (p, (person, _)) in guests.iter().enumerate() {
        let order = board.orders[p].clone();
        let last = person.last_verifier;
        let is_wished = |s: &&Spot| Some(rows[s.row].verifier) != last;
        let spot = order
            .iter()
            .filter(is_wished)
            .find(|s| board.can_have(p, **s, None))
            .or_else(|| order.iter().find(|s| board.can_have(p, **s, None)));
        match spot {
            Some(spot) => board.give(p, *spot),
            None => board.search(p, &mut dead),
        }
        first.push(board.spots[p]);
    }
    Matching { first, last: board.spots }
}

fn order_of_spots(key: &BoundaryKey, guest: &Guest<'_>, rows: &[VerifierRow]) -> Vec<Spot> {
    let person = guest.0;
    let mut slots: Vec<UtcMillis> = person.slots.iter().flat_map(|r| r.starts()).collect();
    for i in 0..slots.len() {
        let n = Field::Number(i as i64 / 4);
        let tag = key.hmac(&[Field::Text("slot"), Field::Bytes(&person.token.0), n]);
        let word = u64::from_be_bytes(tag[i % 4 * 8..][..8].try_into().unwrap());
        let j = i + ((u128::from(word) * (slots.len() - i) as u128) >> 64) as usize;
        slots.swap(i, j);
    }
    let mut spots = Vec::new();
    for start in slots {
        let offers = |n: &usize| rows[*n].slots.iter().any(|r| r.contains(start));
        let mut offering: Vec<usize> = (0..rows.len()).filter(offers).collect();
        offering.sort_by_cached_key(|&n| {
            let row = &rows[n];
            (key.verifier_order(start, &row.verifier), row.verifier, row.label)
        });
        spots.extend(offering.into_iter().map(|row| Spot { start, row }));
    }
    spots
}

impl Reference<'_> {
    fn session(&self, x: usize, spot: Spot) -> Session {
        let policy = self.guests[x].1;
        let minutes =
            (i64::from(policy.session_minutes) + i64::from(policy.turnaround_minutes)).max(1);
        let row = &self.rows[spot.row];
        let end = spot.start.plus_ms(minutes * MINUTE_MS);
        Session {
            verifier: row.verifier,
            label: Some(row.label),
            start: spot.start,
            end,
            guest: Some(x),
        }
    }

    fn is_permitted(&self, x: usize, spot: Spot) -> bool {
        let (person, row) = (self.guests[x].0, &self.rows[spot.row]);
        row.verifier != person.token
            && !person.excluded.contains(&row.verifier)
            && share_language(&person.languages, &row.languages)
    }

    /// Whether x can have the spot, if the session of `without` were not held.
    fn can_have(&self, x: usize, spot: Spot, without: Option<usize>) -> bool {
        if !self.is_permitted(x, spot) {
            return false;
        }
        let new = self.session(x, spot);
        let row = &self.rows[spot.row];
        let held: Vec<&Session> =
            self.held.iter().filter(|s| s.guest.is_none() || s.guest != without).collect();
        let touches = |s: &Session| s.start < new.end && new.start < s.end;
        let of_verifier = |s: &Session| s.verifier == new.verifier;
        let token = |s: &Session| s.guest.map(|g| self.guests[g].0.token);
        if held.iter().any(|s| of_verifier(s) && touches(s)) {
            return false;
        }
        let is_met = |s: &Session| token(s) == Some(new.verifier);
        let is_own = |s: &Session| s.verifier == self.guests[x].0.token;
        if held.iter().any(|s| touches(s) && (is_met(s) || is_own(s))) {
            return false;
        }
        let of_row = held.iter().filter(|s| of_verifier(s) && s.label == Some(row.label)).count();
        if of_row >= usize::from(row.sessions_max) {
            return false;
        }
        let Some(breaks) = row.breaks else { return true };
        let mut all: Vec<&Session> = held.into_iter().filter(|s| of_verifier(s)).collect();
        all.push(&new);
        all.sort_by_key(|s| s.start);
        let pause = i64::from(breaks.minutes) * MINUTE_MS;
        let mut series: Vec<Vec<&Session>> = Vec::new();
        for session in all {
            match series.last_mut() {
                Some(run) if session.start.since(run[run.len() - 1].end) < pause => {
                    run.push(session);
                }
                _ => series.push(vec![session]),
            }
        }
        let own = series.iter().find(|run| run.iter().any(|s| std::ptr::eq(*s, &new)));
        own.is_some_and(|run| run.len() <= usize::from(breaks.after_sessions))
    }

    fn give(&mut self, x: usize, spot: Spot) {
        let session = self.session(x, spot);
        self.held.push(session);
        self.spots[x] = Some(spot);
    }

    fn search(&mut self, p: usize, dead: &mut Vec<usize>) {
        let (mut queue, mut from) = (vec![p], vec![None; self.guests.len()]);
        let mut at = 0;
        while at < queue.len() {
            let x = queue[at];
            for spot in self.orders[x].clone() {
                if !self.is_permitted(x, spot) {
                    continue;
                }
                if self.can_have(x, spot, None) {
                    if self.moved(x, spot, &from) {
                        return;
                    }
                    continue;
                }
                let verifier = self.rows[spot.row].verifier;
                let mut theirs: Vec<(UtcMillis, usize)> = self
                    .held
                    .iter()
                    .filter(|s| s.verifier == verifier)
                    .filter_map(|s| Some((s.start, s.guest?)))
                    .collect();
                theirs.sort_unstable();
                for (_, y) in theirs {
                    let is_new = !queue.contains(&y) && !dead.contains(&y);
                    if is_new && self.can_have(x, spot, Some(y)) {
                        from[y] = Some((x, spot));
                        queue.push(y);
                    }
                }
            }
            at += 1;
        }
        dead.extend(queue);
    }

    fn moved(&mut self, x: usize, spot: Spot, from: &[Option<(usize, Spot)>]) -> bool {
        let mut chain = vec![(x, spot)];
        while let Some((w, s)) = from[chain[chain.len() - 1].0] {
            chain.push((w, s));
        }
        let before = (self.held.clone(), self.spots.clone());
        let of_chain: Vec<usize> = chain.iter().map(|(person, _)| *person).collect();
        self.held.retain(|s| s.guest.is_none_or(|g| !of_chain.contains(&g)));
        for (person, spot) in chain {
            if !self.can_have(person, spot, None) {
                (self.held, self.spots) = before;
                return false;
            }
            self.give(person, spot);
        }
        true
    }
}
