//! The draw played: simulated person-days against the linter's figures, and the guessability game, in
//! which somebody who has everything but the key (law, table, calendar, tokens, all earlier draws and
//! even all earlier numbers) predicts every next day. A million person-days; `MUSTER_PERSON_DAYS` sets another
//! number.

use super::{CadenceLaw, LawFigures, day_of_gap};
use crate::draw::{BoundaryKey, CadenceState, DayResult, HazardTable};
use crate::person::DrawToken;
use sha2::{Digest, Sha256};

const PEOPLE: usize = 400;

fn person_days() -> usize {
    let asked = std::env::var("MUSTER_PERSON_DAYS").ok();
    asked.map_or(1_000_000, |text| text.parse().expect("MUSTER_PERSON_DAYS is a whole number"))
}

/// One eligible day of one person.
struct Day {
    person: usize,
    date: usize,
    k: u32,
    hazard: f64,
    is_hit: bool,
    u: u64,
}

/// Everybody over so many days, with the product's numbers, comparison and state. `key_of` says which
/// key a date has.
fn played(table: &HazardTable, key_of: impl Fn(usize) -> usize) -> Vec<Day> {
    let token = |person: usize| {
        let digest = Sha256::digest((person as u64).to_be_bytes());
        DrawToken(digest[..16].try_into().unwrap())
    };
    let tokens: Vec<DrawToken> = (0..PEOPLE).map(token).collect();
    let key = |n: usize| BoundaryKey::from_bytes(&Sha256::digest(format!("date {n}")).into());
    let start = key(usize::MAX);
    let begin = |t: &DrawToken| CadenceState {
        k: day_of_gap(table, start.u_of_day(t)),
        ..CadenceState::default()
    };
    let mut states: Vec<CadenceState> = tokens.iter().map(begin).collect();
    let mut days = Vec::new();
    for date in 0..person_days() / PEOPLE {
        let key = key(key_of(date));
        for (person, state) in states.iter_mut().enumerate() {
            let (k, u) = (state.k, key.u_of_day(&tokens[person]));
            let threshold = table.threshold(k);
            let is_hit = threshold.is_hit(u);
            days.push(Day { person, date, k, hazard: threshold.hazard(), is_hit, u });
            let result = if is_hit { DayResult::Hit } else { DayResult::NotHit };
            *state =
                state.at_boundary(true, table.max_gap_days()).close(result, table.max_gap_days());
        }
    }
    days
}

fn tables() -> [HazardTable; 3] {
    let short =
        CadenceLaw { min_gap_days: 4, max_gap_days: Some(42), ..CadenceLaw::with_mean(21.0) };
    [
        CadenceLaw::with_mean(21.0).table().unwrap().table,
        short.table().unwrap().table,
        HazardTable::pool(1.0 / 21.0),
    ]
}

#[test]
fn the_figures_of_the_linter_are_those_of_a_simulation() {
    for table in tables() {
        let (f, days) = (LawFigures::of(&table), played(&table, |date| date));
        let all = days.len() as f64;
        let hits: Vec<&Day> = days.iter().filter(|d| d.is_hit).collect();
        let n = hits.len() as f64;
        let share = |of: &dyn Fn(&Day) -> bool| hits.iter().filter(|d| of(d)).count() as f64 / n;
        let near = |what: &str, seen: f64, wanted: f64, error: f64| {
            let slack = (3.0 * error).max(0.01 * wanted);
            assert!((seen - wanted).abs() <= slack, "{what}: {seen} is not {wanted} (+- {slack})");
        };
        let of_share = |p: f64| (p * (1.0 - p) / n).sqrt();
        // The gaps of a renewal process vary at most like those of pure chance.
        near("mean gap", all / n, f.mean_gap_days, f.mean_gap_days / n.sqrt());
        let safe = days.iter().filter(|d| d.hazard <= 0.0).count() as f64 / all;
        near("safe share", safe, f.safe_share, f.safe_share / n.sqrt());
        near("sure share", share(&|d| d.hazard >= 0.5), f.sure_share, of_share(f.sure_share));
        let likeliest = likeliest_day(&table);
        if table.has_maximum() {
            let seen = share(&|d| d.k == likeliest);
            near("best guess", seen, f.best_guess, of_share(f.best_guess));
        }
        let ahead = hits.iter().map(|d| d.hazard).sum::<f64>() / n;
        near("day-ahead guess", ahead, f.day_ahead_guess, of_share(f.day_ahead_guess));
        near("evasion", evasion_ks(&days), f.evasion_ks, 0.5 / n.sqrt());
    }
}

fn likeliest_day(table: &HazardTable) -> u32 {
    let mut survivor = 1.0;
    let mut best = (0.0, 1);
    for k in 1..=table.max_gap_days() {
        let h = table.threshold(k).hazard();
        if survivor * h > best.0 {
            best = (survivor * h, k);
        }
        survivor *= 1.0 - h;
    }
    best.1
}

/// Of the days with the highest hazards, the largest excess of the share of draws over that of days.
fn evasion_ks(days: &[Day]) -> f64 {
    let mut sorted: Vec<&Day> = days.iter().collect();
    sorted.sort_by(|a, b| b.hazard.total_cmp(&a.hazard));
    let (all, hits) = (days.len() as f64, days.iter().filter(|d| d.is_hit).count() as f64);
    let (mut prepared, mut met, mut ks) = (0.0, 0.0, 0.0_f64);
    for same in sorted.chunk_by(|a, b| a.hazard == b.hazard) {
        prepared += same.len() as f64 / all;
        met += same.iter().filter(|d| d.is_hit).count() as f64 / hits;
        ks = ks.max(met - prepared);
    }
    ks
}

/// What an adversary looks at: each is a guess at what might matter, sorting days into few groups.
type Look = fn(&[Day], usize) -> usize;

/// The same person's day so many dates earlier; days lie date by date.
fn earlier(days: &[Day], at: usize, dates: usize) -> Option<&Day> {
    at.checked_sub(PEOPLE * dates).map(|i| &days[i])
}

const LOOKS: [(&str, Look); 7] = [
    ("weekday", |days, at| days[at].date % 5),
    ("token", |days, at| days[at].person % 16),
    ("own last three days", |days, at| {
        (1..=3)
            .map(|d| usize::from(earlier(days, at, d).is_some_and(|e| e.is_hit)) << d)
            .sum::<usize>()
            / 2
    }),
    ("yesterday's number", |days, at| earlier(days, at, 1).map_or(0, |e| (e.u >> 59) as usize)),
    ("last week's number", |days, at| earlier(days, at, 5).map_or(0, |e| (e.u >> 59) as usize)),
    ("a neighbour yesterday", |days, at| {
        usize::from(at.checked_sub(PEOPLE + 1).is_some_and(|i| days[i].is_hit))
    }),
    ("days since the last draw", |days, at| (days[at].k / 3).min(20) as usize),
];

/// What a look gains over the published table, in nats, and the standard deviation of a gain by chance:
/// for each group of days the adversary learns how much likelier than published a draw is.
fn gain(days: &[Day], look: Look) -> (f64, f64) {
    const DOUBT: f64 = 30.0;
    let mut groups = vec![(DOUBT, DOUBT); 64];
    let (mut gain, mut square) = (0.0, 0.0);
    for (at, day) in days.iter().enumerate().filter(|(_, d)| d.hazard > 0.0 && d.hazard < 1.0) {
        let (seen, published) = &mut groups[look(days, at)];
        let guess = (day.hazard * *seen / *published).clamp(1e-9, 1.0 - 1e-9);
        let loss = |p: f64| if day.is_hit { -p.ln() } else { -(1.0 - p).ln() };
        let better = loss(day.hazard) - loss(guess);
        gain += better;
        square += better * better;
        *seen += f64::from(u8::from(day.is_hit));
        *published += day.hazard;
    }
    (gain, square.sqrt())
}

#[test]
fn whoever_has_everything_but_the_key_gains_nothing() {
    for table in [&tables()[0], &tables()[2]] {
        let days = played(table, |date| date);
        for (name, look) in LOOKS {
            let (gain, sigma) = gain(&days, look);
            assert!(gain <= 3.0 * sigma, "{name}: {gain} nats are {} sigma", gain / sigma);
        }
    }
}

/// The game can be lost: a key that comes again every week is noticed at once.
#[test]
fn a_key_that_is_used_twice_is_noticed() {
    let days = played(&tables()[2], |date| date % 5);
    let found = LOOKS.iter().filter(|(_, look)| {
        let (gain, sigma) = gain(&days, *look);
        gain > 3.0 * sigma
    });
    let found: Vec<&str> = found.map(|(name, _)| *name).collect();
    assert!(found.contains(&"last week's number"), "{found:?}");
}
