//! The daily draw of a million people: the roll's own functions against the bare hashes.

use crate::Sizes;
use crate::generator::{Dice, token};
use crate::probe::{in_turn, resident_bytes, seconds};
use hmac::{Hmac, KeyInit, Mac as _};
use muster_domain::draw::mac::{Mac, ShortMessage};
use muster_domain::draw::{
    BoundaryKey, CadenceLaw, CadenceState, DayRoll, HazardTable, Horizon, LawResult,
};
use serde_json::{Value, json};
use sha2::Sha256;
use std::hint::black_box;

const KEY: [u8; 32] = [7; 32];

pub fn measure(sizes: &Sizes) -> Value {
    let people = sizes.people_of_day;
    let before = resident_bytes();
    let mut roll = roll(people, sizes.seed);
    let grown = resident_bytes() - before;
    let eligible = (0..people).filter(|&n| roll.is_eligible(n)).count();
    let key = BoundaryKey::from_bytes(&KEY);
    let mut hits = 0;
    let turns = in_turn(
        sizes.rounds,
        || bare_loop(eligible, sizes.seed),
        || {
            roll.begin_day();
            let drawn = roll.draw(&key);
            roll.close_day(&drawn);
            hits = black_box(drawn).len();
        },
    );
    let by_crate = (0..sizes.rounds).map(|_| seconds(|| loop_by_crate(eligible, sizes.seed)));
    json!({
        "people": people,
        "eligible": eligible,
        "hits_of_last_day": hits,
        "seconds": turns.subject,
        "seconds_per_person": turns.subject / people as f64,
        "hash_loop_seconds": turns.probe,
        "hmac_crate_loop_seconds": by_crate.fold(f64::INFINITY, f64::min),
        "ratio_to_hash_loop": turns.subject / turns.probe,
        "bar_ratio_max": 3,
        "resident_bytes_per_person": grown / people as f64,
        "bar_bytes_max": 64,
    })
}

/// A tenth away, states as they are after some weeks, two policies and a pool.
fn roll(people: usize, seed: u64) -> DayRoll {
    let table = |mean: f64| -> HazardTable {
        let LawResult { table, .. } = CadenceLaw::with_mean(mean).table().expect("a plain law");
        table
    };
    let tables = vec![table(21.0), table(40.0), HazardTable::pool(0.05)];
    let mut roll = DayRoll::new(Horizon::Day, tables);
    roll.reserve(people);
    let mut dice = Dice::new(seed);
    for n in 0..people {
        let k = 1 + dice.below(60) as u32;
        roll.push(token(seed, n), dice.below(3) as u16, CadenceState { k, ..Default::default() });
        roll.set_eligible(n, dice.below(10) > 0);
    }
    roll
}

/// The same number of the same messages, hashed with prepared states and nothing else.
fn bare_loop(people: usize, seed: u64) {
    let mac = Mac::new(&KEY);
    let mut message = ShortMessage::new(&message()).expect("27 bytes");
    let mut sum = 0u64;
    let token = token(seed, 0);
    for n in 0..people {
        message.put(11, &token.0);
        message.put(11, &(n as u64).to_be_bytes());
        sum ^= mac.head(&message);
    }
    black_box(sum);
}

/// The same with the `hmac` crate, its key prepared once.
fn loop_by_crate(people: usize, seed: u64) {
    let mac = Hmac::<Sha256>::new_from_slice(&KEY).expect("any length is a key");
    let mut message = message();
    message[11..].copy_from_slice(&token(seed, 0).0);
    let mut sum = 0u8;
    for n in 0..people {
        message[11..19].copy_from_slice(&(n as u64).to_be_bytes());
        sum ^= mac.clone().chain_update(message).finalize().into_bytes()[0];
    }
    black_box(sum);
}

/// `enc("day", token)` with a token to be put in at byte 11.
fn message() -> [u8; 27] {
    let mut message = [0; 27];
    message[3] = 3;
    message[4..7].copy_from_slice(b"day");
    message[10] = 16;
    message
}
