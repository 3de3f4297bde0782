//! The day decision for everybody: who is hit, and how everybody's `k` goes on. One row a person in
//! columns of 26 bytes and a bit, so that a million people fit beside the service; one HMAC each.
//! Never looks at a calendar. The plan draws through it, and so does whoever recomputes a period.

use super::bytes::{BoundaryKey, Horizon};
use super::hazard::HazardTable;
use super::inputs::{BlockShare, BoundaryInputs};
use super::state::{CadenceState, DayResult};
use crate::person::DrawToken;

/// Everybody of one boundary, or of one day after another.
#[derive(Debug, Clone)]
pub struct DayRoll {
    horizon: Horizon,
    tables: Vec<HazardTable>,
    tokens: Vec<DrawToken>,
    states: Vec<State>,
    table_of: Vec<u16>,
    /// A bit a person.
    eligible: Vec<u64>,
    /// A share a person under the block horizon, empty under the other.
    shares: Vec<BlockShare>,
}

/// `CadenceState` in eight bytes. Days away beyond 65,535 count as so many.
#[derive(Debug, Clone, Copy)]
struct State {
    k: u32,
    ineligible_days: u16,
    is_eased: bool,
}

impl DayRoll {
    /// An empty roll. People name their table by its place in the list.
    ///
    /// # Panics
    /// There are more than 65,536 tables.
    pub fn new(horizon: Horizon, tables: Vec<HazardTable>) -> DayRoll {
        assert!(tables.len() <= usize::from(u16::MAX) + 1, "a table's number has 16 bits");
        DayRoll {
            horizon,
            tables,
            tokens: Vec::new(),
            states: Vec::new(),
            table_of: Vec::new(),
            eligible: Vec::new(),
            shares: Vec::new(),
        }
    }

    /// The roll of committed rows, people in their order there.
    pub fn of(inputs: &BoundaryInputs) -> DayRoll {
        let tables = inputs.policies().iter().map(|p| p.hazards.clone()).collect();
        let mut roll = DayRoll::new(inputs.boundary().horizon, tables);
        for person in inputs.people() {
            let table = inputs.policies().binary_search_by_key(&person.policy, |p| p.policy).ok();
            let is_eligible = person.class.is_none() && table.is_some();
            let state = CadenceState { k: person.k, ..CadenceState::default() };
            roll.push(person.token, table.unwrap_or(0) as u16, state);
            roll.set_eligible(roll.len() - 1, is_eligible);
            roll.shares.extend(person.block);
        }
        roll
    }

    /// Adds a person, eligible until said otherwise.
    pub fn push(&mut self, token: DrawToken, table: u16, state: CadenceState) {
        let n = self.tokens.len();
        if n.is_multiple_of(64) {
            self.eligible.push(0);
        }
        self.tokens.push(token);
        self.states.push(State::from(state));
        self.table_of.push(table);
        self.set_eligible(n, true);
    }

    /// Room for so many more people, so that no column grows beyond what it needs.
    pub fn reserve(&mut self, people: usize) {
        self.tokens.reserve_exact(people);
        self.states.reserve_exact(people);
        self.table_of.reserve_exact(people);
        self.eligible.reserve_exact(people.div_ceil(64));
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Whether a person may be drawn.
    pub fn set_eligible(&mut self, person: usize, is_eligible: bool) {
        let (word, bit) = (person / 64, 1 << (person % 64));
        if is_eligible {
            self.eligible[word] |= bit;
        } else {
            self.eligible[word] &= !bit;
        }
    }

    pub fn is_eligible(&self, person: usize) -> bool {
        self.eligible[person / 64] >> (person % 64) & 1 == 1
    }

    pub fn state(&self, person: usize) -> CadenceState {
        self.states[person].into()
    }

    /// The hits of the key, by place in the roll. `k` is taken as it stands: as it was committed.
    pub fn draw(&self, key: &BoundaryKey) -> Vec<u32> {
        let mut hits = Vec::new();
        let mut numbers = key.numbers(self.horizon);
        for (n, token) in self.tokens.iter().enumerate() {
            if !self.is_eligible(n) {
                continue;
            }
            let Some(table) = self.tables.get(usize::from(self.table_of[n])) else { continue };
            let day = table.threshold(self.states[n].k);
            let share = self.shares.get(n);
            let threshold = share.map_or(day, |b| day.of_block(b.before, b.here, b.total));
            if threshold.is_hit(numbers.head(token)) {
                hits.push(n as u32);
            }
        }
        hits
    }

    /// A day begins: who comes back from long ineligibility is eased, and `k` kept within its table.
    /// Eligibility is that of the new day.
    pub fn begin_day(&mut self) {
        for n in 0..self.tokens.len() {
            let (is_eligible, max) = (self.is_eligible(n), self.max_gap_days(n));
            let state = CadenceState::from(self.states[n]).at_boundary(is_eligible, max);
            self.states[n] = state.into();
        }
    }

    /// A day is over, with these hits in ascending order: everybody's state goes on.
    pub fn close_day(&mut self, hits: &[u32]) {
        let mut hits = hits.iter().peekable();
        for n in 0..self.tokens.len() {
            let result = if hits.next_if(|hit| **hit as usize == n).is_some() {
                DayResult::Hit
            } else if self.is_eligible(n) {
                DayResult::NotHit
            } else {
                DayResult::Ineligible
            };
            let max = self.max_gap_days(n);
            self.states[n] = CadenceState::from(self.states[n]).close(result, max).into();
        }
    }

    fn max_gap_days(&self, person: usize) -> u32 {
        let table = self.tables.get(usize::from(self.table_of[person]));
        table.map_or(1, HazardTable::max_gap_days)
    }
}

impl From<CadenceState> for State {
    fn from(s: CadenceState) -> State {
        let ineligible_days = u16::try_from(s.ineligible_days).unwrap_or(u16::MAX);
        State { k: s.k, ineligible_days, is_eased: s.is_eased }
    }
}

impl From<State> for CadenceState {
    fn from(s: State) -> CadenceState {
        CadenceState { k: s.k, ineligible_days: s.ineligible_days.into(), is_eased: s.is_eased }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::fixtures::{self, key};
    use crate::draw::hazard::Threshold;
    use crate::draw::inputs::{PersonRow, PolicyRow, VerifierRow};

    /// Two policies, absences, returns: the roll against one person at a time.
    #[test]
    fn a_roll_decides_and_goes_on_as_one_person_at_a_time_would() {
        let cadence = |m: u32| {
            let rising = (1..m).map(|k| Threshold::from_hazard(f64::from(k) / f64::from(4 * m)));
            HazardTable::new(rising.chain([Threshold::SURE]).collect()).unwrap()
        };
        let tables = vec![cadence(12), HazardTable::pool(0.1), cadence(30)];
        let mut roll = DayRoll::new(Horizon::Day, tables.clone());
        let token = |n: usize| DrawToken(std::array::from_fn(|i| (n * 31 + i) as u8));
        let mut people: Vec<CadenceState> = vec![CadenceState::default(); 150];
        for (n, state) in people.iter().enumerate() {
            roll.push(token(n), (n % 3) as u16, *state);
        }
        let mut hits_seen = 0;
        for day in 0..120u8 {
            let is_eligible = |n: usize| {
                !(usize::from(day) + n).is_multiple_of(7)
                    && !(n + usize::from(day / 20)).is_multiple_of(5)
            };
            (0..roll.len()).for_each(|n| roll.set_eligible(n, is_eligible(n)));
            roll.begin_day();
            let hits = roll.draw(&key(day));
            for (n, state) in people.iter_mut().enumerate() {
                let table = &tables[n % 3];
                let max = table.max_gap_days();
                *state = state.at_boundary(is_eligible(n), max);
                assert_eq!(roll.state(n), *state);
                let is_hit = is_eligible(n) && key(day).is_hit(&token(n), table.threshold(state.k));
                assert_eq!(hits.contains(&(n as u32)), is_hit, "day {day}, person {n}");
                let result = match (is_hit, is_eligible(n)) {
                    (true, _) => DayResult::Hit,
                    (_, true) => DayResult::NotHit,
                    _ => DayResult::Ineligible,
                };
                *state = state.close(result, max);
            }
            hits_seen += hits.len();
            roll.close_day(&hits);
        }
        assert!(hits_seen > 500, "{hits_seen}");
    }

    /// A name does not reach the draw at all; a language reaches it to find a verifier, and says
    /// nothing about who is met.
    #[test]
    fn languages_change_nobodys_selection() {
        let hits = |speak: &dyn Fn(u8) -> Vec<String>| {
            let half = PolicyRow { hazards: HazardTable::pool(0.5), ..fixtures::policy(5, 5) };
            let people = (0..90).map(|n| PersonRow {
                languages: speak(n),
                ..fixtures::person(n, fixtures::slots(&[(0, 8)]))
            });
            let verifier = VerifierRow {
                languages: vec!["de".into()],
                ..fixtures::verifier(1, fixtures::slots(&[(0, 8)]))
            };
            let inputs = BoundaryInputs::new(
                fixtures::boundary(),
                vec![half],
                vec![verifier],
                people.collect(),
            );
            DayRoll::of(&inputs.unwrap()).draw(&key(7))
        };
        let nobody_says = hits(&|_| vec![]);
        assert!((20..70).contains(&nobody_says.len()), "some, not all: {}", nobody_says.len());
        assert_eq!(hits(&|_| vec!["ko".into()]), nobody_says);
        assert_eq!(hits(&|n| vec![if n % 2 == 0 { "de" } else { "pt" }.into()]), nobody_says);
    }

    #[test]
    fn a_person_takes_less_than_thirty_two_bytes() {
        let bytes = size_of::<DrawToken>() + size_of::<State>() + size_of::<u16>() + 1;
        assert!(bytes < 32, "{bytes}");
    }
}
