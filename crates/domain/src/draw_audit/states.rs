//! The one number `k` of everybody, carried from label to label in 36 bytes a person. People come
//! in order of their tokens, so a walk along the list meets each state once and needs no look-up.

use crate::draw::state::{AWAY_DAYS_MIN, RETURN_EASE_DAYS};

const DRAWN: u8 = 1;
const ELIGIBLE: u8 = 2;
const EASED: u8 = 4;
/// The bundle begins in the middle: how many ineligible days came before is not known.
const RUN_UNKNOWN: u8 = 8;
/// As above: whether `k` was eased in this cycle is not known.
const EASE_UNKNOWN: u8 = 16;

/// What is kept of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    token: [u8; 16],
    /// Days since 1970-01-01 of the last label with a row.
    label: i32,
    /// As committed for that label.
    k: u16,
    /// Ineligible days in a row before that label.
    run: u16,
    max: u16,
    zone: u16,
    eligible_days: u16,
    /// Eligible days of the period with too few free slots.
    short_days: u16,
    resets: u8,
    flags: u8,
}

/// A committed row as the states need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    pub token: [u8; 16],
    pub k: u32,
    /// M of the row's policy; absent where the row's policy has no row.
    pub max: Option<u32>,
    pub is_eligible: bool,
    /// Eligible, and so few free slots that a hit is shielded.
    pub is_short: bool,
    /// Its label lies in the period, so that it counts for statistics.
    pub is_counted: bool,
}

/// What a row says beside the state it follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    /// `k` is not what follows from the labels before.
    Differs {
        expected: u16,
    },
    /// The last row was of this label in another zone, or of a later one.
    Twice,
    /// Labels without a row lie between, in the same zone.
    Gap {
        after: i32,
    },
}

/// How a row that is the first one of its person begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    AtOne,
    /// The labels before are not in the bundle: `k` is taken as it stands.
    TakenOver,
}

/// The answer for one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Checked {
    pub verdict: Verdict,
    pub is_first: bool,
    /// Drawn in an earlier block of the label.
    pub is_drawn_already: bool,
}

/// Everybody's state, by token.
#[derive(Debug, Default)]
pub struct States {
    by_token: Vec<State>,
}

/// One boundary's walk along the states.
#[derive(Debug)]
pub struct Walk<'a> {
    states: &'a mut States,
    at: usize,
    fresh: Vec<State>,
    current: Option<Place>,
    label: i32,
    zone: u16,
    resets: u8,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Known(usize),
    Fresh,
}

impl States {
    /// Begins a boundary: its label in days since 1970-01-01, the number of its zone, and how often
    /// everybody's state began anew so far. Rows must come in order of their tokens.
    pub fn walk(&mut self, label: i32, zone: u16, resets: u8) -> Walk<'_> {
        Walk { states: self, at: 0, fresh: Vec::new(), current: None, label, zone, resets }
    }

    /// Takes the walk of a part of a boundary up again where `Walk::pause` left it.
    pub(super) fn resume(&mut self, paused: Paused) -> Walk<'_> {
        let Paused { at, fresh, label, zone, resets } = paused;
        Walk { states: self, at, fresh, current: None, label, zone, resets }
    }

    #[cfg(test)]
    pub(super) fn copy(&self) -> States {
        States { by_token: self.by_token.clone() }
    }

    /// People with a state.
    pub fn len(&self) -> usize {
        self.by_token.len()
    }

    /// Whether nobody has one.
    pub fn is_empty(&self) -> bool {
        self.by_token.is_empty()
    }

    /// The last label with a row and its zone, the eligible days and the short ones among them.
    pub(super) fn days(&self, token: &[u8; 16]) -> Option<(i32, u16, u16, u16)> {
        let at = self.by_token.binary_search_by(|s| s.token.cmp(token)).ok()?;
        self.by_token.get(at).map(|s| (s.label, s.zone, s.eligible_days, s.short_days))
    }

    /// The person's token is another from now on; everything else is kept.
    pub(super) fn rename(&mut self, old: &[u8; 16], new: [u8; 16]) {
        let Ok(at) = self.by_token.binary_search_by(|s| s.token.cmp(old)) else { return };
        let mut state = self.by_token.remove(at);
        state.token = new;
        let to = self.by_token.partition_point(|s| s.token < new);
        self.by_token.insert(to, state);
    }
}

/// A walk between two of its rows.
#[derive(Debug)]
pub(super) struct Paused {
    at: usize,
    fresh: Vec<State>,
    label: i32,
    zone: u16,
    resets: u8,
}

impl Paused {
    /// Begins the list of states anew: after one was moved the walk finds its place in a few steps.
    pub(super) fn rewind(&mut self) {
        self.at = 0;
    }
}

impl Walk<'_> {
    pub(super) fn pause(mut self) -> Paused {
        let fresh = std::mem::take(&mut self.fresh);
        Paused { at: self.at, fresh, label: self.label, zone: self.zone, resets: self.resets }
    }

    /// Compares one row with the state of its person and carries the state on. `drawn` tells it
    /// afterwards where the row is a hit.
    pub(super) fn row(&mut self, row: &Committed, first: First) -> Checked {
        self.seek(&row.token);
        let known = self.states.by_token.get_mut(self.at).filter(|s| s.token == row.token);
        let Some(state) = known else {
            self.current = Some(Place::Fresh);
            self.fresh.push(State::begin(row, first, self.label, self.zone, self.resets));
            let is_wrong = first == First::AtOne && row.k != 1;
            let verdict = if is_wrong { Verdict::Differs { expected: 1 } } else { Verdict::Same };
            return Checked { verdict, is_first: true, is_drawn_already: false };
        };
        self.current = Some(Place::Known(self.at));
        let is_again = state.label == self.label && state.zone == self.zone;
        if is_again {
            return state.later_block(row);
        }
        if state.label >= self.label {
            let is_drawn_already = state.is(DRAWN);
            return Checked { verdict: Verdict::Twice, is_first: false, is_drawn_already };
        }
        let after = state.label;
        let is_gap = state.zone == self.zone && self.label - after > 1;
        let verdict = state.next_label(row, self.label, self.zone, self.resets);
        let verdict =
            if is_gap && verdict == Verdict::Same { Verdict::Gap { after } } else { verdict };
        Checked { verdict, is_first: false, is_drawn_already: false }
    }

    /// The bare step for a person whose state is known: for measuring what a recomputation costs.
    pub fn step(&mut self, row: &Committed, is_hit: bool) -> bool {
        let checked = self.row(row, First::AtOne);
        if is_hit && !checked.is_drawn_already {
            self.drawn();
        }
        checked.verdict == Verdict::Same
    }

    /// The row that was given last is a hit: a new cycle begins when the label closes.
    pub(super) fn drawn(&mut self) {
        let state = match self.current {
            Some(Place::Known(at)) => self.states.by_token.get_mut(at),
            Some(Place::Fresh) => self.fresh.last_mut(),
            None => None,
        };
        if let Some(state) = state {
            state.flags |= DRAWN;
        }
    }

    /// Ends the boundary: people seen for the first time take their place.
    pub fn end(self) {
        if self.fresh.is_empty() {
            return;
        }
        self.states.by_token.extend(self.fresh);
        self.states.by_token.sort_unstable_by_key(|s| s.token);
    }

    /// Moves on to the first state whose token is not before this one, in growing steps.
    fn seek(&mut self, token: &[u8; 16]) {
        let states = &self.states.by_token;
        let is_before = |at: usize| states.get(at).is_some_and(|s| s.token < *token);
        let mut step = 1;
        while is_before(self.at) {
            if is_before(self.at + step) {
                self.at += step;
                step *= 2;
            } else if step == 1 {
                self.at += 1;
            } else {
                step = 1;
            }
        }
    }
}

impl State {
    fn begin(row: &Committed, first: First, label: i32, zone: u16, resets: u8) -> State {
        let unknown = if first == First::TakenOver { RUN_UNKNOWN | EASE_UNKNOWN } else { 0 };
        let mut state = State {
            token: row.token,
            label,
            k: narrow(row.k),
            run: 0,
            max: row.max.map_or(u16::MAX, narrow),
            zone,
            eligible_days: 0,
            short_days: 0,
            resets,
            flags: unknown,
        };
        state.commit(row);
        state
    }

    const fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    fn set(&mut self, flag: u8, on: bool) {
        self.flags = if on { self.flags | flag } else { self.flags & !flag };
    }

    /// Another block of the same label: the same `k`, and eligible if any block is.
    fn later_block(&mut self, row: &Committed) -> Checked {
        let is_drawn_already = self.is(DRAWN);
        let is_same = u32::from(self.k) == row.k;
        if row.is_eligible && !self.is(ELIGIBLE) {
            self.commit(row);
        }
        let expected = self.k;
        let verdict = if is_same { Verdict::Same } else { Verdict::Differs { expected } };
        Checked { verdict, is_first: false, is_drawn_already }
    }

    fn next_label(&mut self, row: &Committed, label: i32, zone: u16, resets: u8) -> Verdict {
        self.close();
        let max = row.max.map_or(u16::MAX, narrow).max(1);
        let carried = self.k.clamp(1, max);
        let ease = narrow(u32::from(max).saturating_sub(RETURN_EASE_DAYS)).max(1).min(carried);
        let is_long = u32::from(self.run) >= AWAY_DAYS_MIN;
        let is_sure = row.is_eligible && is_long && !self.is(EASED) && !self.is(EASE_UNKNOWN);
        let may_be = row.is_eligible
            && !is_sure
            && ((is_long && self.is(EASE_UNKNOWN)) || (self.is(RUN_UNKNOWN) && !self.is(EASED)));
        let expected = if is_sure { ease } else { carried };
        let k = narrow(row.k);
        let began_anew = self.resets != resets && k == 1;
        let is_same = k == expected || (may_be && k == ease) || began_anew;
        if is_sure || (may_be && k == ease && ease != carried) {
            self.set(EASED, true);
            self.set(EASE_UNKNOWN, false);
        }
        if began_anew {
            self.flags = 0;
            self.run = 0;
        }
        (self.k, self.max, self.label, self.zone, self.resets) = (k, max, label, zone, resets);
        self.commit(row);
        if is_same { Verdict::Same } else { Verdict::Differs { expected } }
    }

    /// The label of the last row closes.
    fn close(&mut self) {
        if self.is(DRAWN) {
            (self.k, self.run, self.flags) = (1, 0, 0);
        } else if self.is(ELIGIBLE) {
            self.k = self.k.saturating_add(1).clamp(1, self.max.max(1));
            self.run = 0;
            self.set(RUN_UNKNOWN, false);
        } else {
            self.run = self.run.saturating_add(1);
        }
        self.set(ELIGIBLE, false);
    }

    fn commit(&mut self, row: &Committed) {
        if row.is_eligible {
            self.set(ELIGIBLE, true);
            let (one, short) = (u16::from(row.is_counted), row.is_counted && row.is_short);
            self.eligible_days = self.eligible_days.saturating_add(one);
            self.short_days = self.short_days.saturating_add(u16::from(short));
        }
    }
}

fn narrow(n: u32) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}
