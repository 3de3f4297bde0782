//! Who may meet whom whatever is held: not oneself, nobody excluded, a language in common. Tokens and
//! lists of languages become small numbers once, because the search asks a million times.

use super::Guest;
use super::bits::{contains, insert};
use crate::draw::capacity::Taken;
use crate::draw::inputs::VerifierRow;
use crate::person::DrawToken;
use std::collections::HashMap;

const NOBODY: u32 = u32::MAX;

pub struct Rules {
    /// Verifiers by number, in order.
    tokens: Vec<DrawToken>,
    /// The verifier of each row, numbered by token.
    verifier_of: Vec<u32>,
    /// Where each guest's own list of barred verifiers begins, and the end of the last.
    barred_from: Vec<u32>,
    barred: Vec<u32>,
    last: Vec<u32>,
    own: Vec<u32>,
    /// Numbers of lists of languages, of guests and of rows.
    tongues_of_guest: Vec<u32>,
    tongues_of_row: Vec<u32>,
    lists_of_rows: usize,
    /// By list of guests, then of rows; empty where nobody declared any.
    understands: Vec<bool>,
}

impl Rules {
    pub fn new(guests: &[Guest<'_>], rows: &[VerifierRow], taken: &Taken) -> Rules {
        let of_taken = taken.sessions.iter().map(|s| s.verifier);
        let mut tokens: Vec<DrawToken> =
            rows.iter().map(|row| row.verifier).chain(of_taken).collect();
        tokens.sort_unstable();
        tokens.dedup();
        // Tokens are drawn, so two of their bytes tell nearly everybody who is no verifier.
        let mut maybe = vec![0; 1 << 10];
        let two = |token: &DrawToken| usize::from(u16::from_be_bytes([token.0[0], token.0[1]]));
        tokens.iter().for_each(|token| insert(&mut maybe, two(token)));
        let number = |token: &DrawToken| match contains(&maybe, two(token)) {
            true => tokens.binary_search(token).map_or(NOBODY, |n| n as u32),
            false => NOBODY,
        };
        let (mut barred, mut barred_from) = (Vec::new(), Vec::with_capacity(guests.len() + 1));
        for (person, _) in guests {
            barred_from.push(barred.len() as u32);
            let own = std::iter::once(&person.token);
            barred.extend(person.excluded.iter().chain(own).map(number).filter(|n| *n != NOBODY));
        }
        barred_from.push(barred.len() as u32);
        let own = guests.iter().map(|(person, _)| number(&person.token)).collect();
        let last =
            guests.iter().map(|(p, _)| p.last_verifier.map_or(NOBODY, |t| number(&t))).collect();
        let verifier_of = rows.iter().map(|row| number(&row.verifier)).collect();
        let (tongues_of_guest, of_guests) = lists(guests.iter().map(|(p, _)| &p.languages));
        let (tongues_of_row, of_rows) = lists(rows.iter().map(|row| &row.languages));
        let by_guest = |guest: &&Vec<String>| -> Vec<bool> {
            of_rows.iter().map(|row| share_language(guest, row)).collect()
        };
        Rules {
            verifier_of,
            tokens,
            barred_from,
            barred,
            last,
            own,
            tongues_of_guest,
            tongues_of_row,
            lists_of_rows: of_rows.len(),
            understands: of_guests.iter().flat_map(by_guest).collect(),
        }
    }

    /// How many verifiers there are.
    pub fn verifiers(&self) -> usize {
        self.tokens.len()
    }

    /// The number of a verifier who has a row or holds a session.
    pub fn number(&self, token: &DrawToken) -> Option<usize> {
        self.tokens.binary_search(token).ok()
    }

    pub fn verifier(&self, row: usize) -> usize {
        self.verifier_of[row] as usize
    }

    /// The verifier this guest is, if one.
    pub fn own(&self, guest: usize) -> Option<usize> {
        (self.own[guest] != NOBODY).then_some(self.own[guest] as usize)
    }

    pub fn permits(&self, guest: usize, row: usize) -> bool {
        let list = self.tongues_of_guest[guest] as usize * self.lists_of_rows;
        let barred = self.barred_from[guest] as usize..self.barred_from[guest + 1] as usize;
        self.understands[list + self.tongues_of_row[row] as usize]
            && !self.barred[barred].contains(&self.verifier_of[row])
    }

    /// Whether this is the verifier of last time.
    pub fn is_last(&self, guest: usize, row: usize) -> bool {
        self.last[guest] == self.verifier_of[row]
    }

    pub fn has_last(&self, guest: usize) -> bool {
        self.last[guest] != NOBODY
    }
}

/// Numbers lists; the second answer has each different one once.
fn lists<'a>(all: impl Iterator<Item = &'a Vec<String>>) -> (Vec<u32>, Vec<&'a Vec<String>>) {
    let (mut numbers, mut different) = (Vec::new(), Vec::new());
    let mut known: HashMap<&Vec<String>, u32> = HashMap::new();
    let mut undeclared = None; // by far the most frequent list, and not worth a hash
    for list in all {
        let next = different.len() as u32;
        let number = if list.is_empty() {
            *undeclared.get_or_insert(next)
        } else {
            *known.entry(list).or_insert(next)
        };
        if number == next {
            different.push(list);
        }
        numbers.push(number);
    }
    (numbers, different)
}

/// An empty list means "not declared" and fits everybody.
pub fn share_language(person: &[String], verifier: &[String]) -> bool {
    person.is_empty() || verifier.is_empty() || person.iter().any(|l| verifier.contains(l))
}
