//! Generated rosters, the same for the same seed. `frag`: five zones, an eight-hour day with lunch and
//! two to five meetings, one person in ten reports to a verifier. `clump`: one zone, one free window
//! of one to two hours. Verifiers are as many as give the wanted load.

use muster_domain::person::DrawToken;
use std::fmt::Write as _;

/// SplitMix64: small, and written out so that anybody can make the same rosters.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// A number from 0 to n - 1.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// A token that differs for every person and seed.
pub fn token(seed: u64, n: usize) -> DrawToken {
    let mut dice = Dice::new(seed ^ (n as u64) << 20);
    let mut token = [0; 16];
    token[..8].copy_from_slice(&(n as u64).to_be_bytes());
    token[8..].copy_from_slice(&dice.below(u64::MAX).to_be_bytes());
    DrawToken(token)
}

/// The shape of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Frag,
    Clump,
}

impl Shape {
    pub fn name(self) -> &'static str {
        match self {
            Shape::Frag => "frag",
            Shape::Clump => "clump",
        }
    }
}

/// First slots (UTC) of the working days of the five zones.
const DAYS: [u64; 5] = [72, 84, 96, 156, 180];
const DAY_SLOTS: u64 = 96;
const LUNCH: (u64, u64) = (42, 54);

/// Both files, as text.
pub struct Files {
    pub people: String,
    pub verifiers: String,
    pub verifier_count: usize,
}

/// People and verifiers of one day; `load` is people over verifier slots on duty.
pub fn files(shape: Shape, people: usize, load: f64, seed: u64) -> Files {
    let mut dice = Dice::new(seed);
    // A verifier's day is the working day of a zone without lunch: 84 slots.
    let slots = (DAY_SLOTS - (LUNCH.1 - LUNCH.0)) as f64;
    let verifier_count = ((people as f64 / load / slots).ceil() as usize).max(1);
    let mut verifiers = String::from("verifier_id,windows\n");
    for n in 0..verifier_count {
        let from = day(shape, n as u64);
        let (a, b) = (from + LUNCH.0, from + LUNCH.1);
        let _ = writeln!(verifiers, "v{n},{from}-{a};{b}-{}", from + DAY_SLOTS);
    }
    let mut text = String::from("person_id,manager_vid,last_vid,windows\n");
    for n in 0..people {
        let manager = if dice.below(10) == 0 { any(&mut dice, verifier_count) } else { -1 };
        let last = if dice.below(2) == 0 { any(&mut dice, verifier_count) } else { -1 };
        let from = day(shape, n as u64);
        let _ = writeln!(
            text,
            "p{n},{manager_id},{last_id},{windows}",
            manager_id = vid(manager),
            last_id = vid(last),
            windows = windows(shape, from, &mut dice),
        );
    }
    Files { people: text, verifiers, verifier_count }
}

fn day(shape: Shape, n: u64) -> u64 {
    match shape {
        Shape::Frag => DAYS[(n % 5) as usize],
        Shape::Clump => DAYS[1],
    }
}

fn any(dice: &mut Dice, verifiers: usize) -> i64 {
    dice.below(verifiers as u64) as i64
}

fn vid(n: i64) -> String {
    if n < 0 { "-1".to_owned() } else { format!("v{n}") }
}

fn windows(shape: Shape, from: u64, dice: &mut Dice) -> String {
    let mut free = [true; DAY_SLOTS as usize];
    if shape == Shape::Clump {
        let length = 12 + dice.below(13);
        let start = from + dice.below(DAY_SLOTS - length + 1);
        return format!("{start}-{}", start + length);
    }
    free[LUNCH.0 as usize..LUNCH.1 as usize].fill(false);
    for _ in 0..2 + dice.below(4) {
        let length = 6 * (1 + dice.below(2)); // half an hour or an hour
        let start = dice.below(DAY_SLOTS - length + 1);
        free[start as usize..(start + length) as usize].fill(false);
    }
    let mut out = String::new();
    let mut slot = 0;
    while slot < free.len() {
        let length = free[slot..].iter().take_while(|f| **f).count();
        if length > 0 {
            let separator = if out.is_empty() { "" } else { ";" };
            let first = from + slot as u64;
            let _ = write!(out, "{separator}{first}-{}", first + length as u64);
        }
        slot += length.max(1);
    }
    out
}
