//! What an audit of a quarter costs, against the bare HMAC loop over the same messages: first the
//! recomputation of every draw and state, which is what the bar is about, then, apart from it, the
//! reading and root-checking of rows as they come from a bundle.

use muster_domain::audit::{Frontier, Leaf, SigningKey, leaf_hash};
use muster_domain::calendar::SlotRange;
use muster_domain::draw::{
    Boundary, BoundaryInputs, BoundaryKey, Chain, ChainKey, HazardTable, Horizon, PersonRow,
    PolicyRow, SINGLE_LOCK_SALT, Threshold,
};
use muster_domain::draw_audit::{
    Auditor, BeaconVerdict, Committed, End, FORMAT, Header, RevealedKey, States, Trust, line_of,
};
use muster_domain::id::PolicyVersionId;
use muster_domain::person::DrawToken;
use muster_domain::time::{DAY_MS, HOUR_MS, UtcMillis};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

const HELP: &str = "\
cargo bench -p muster-domain --bench audit -- [--people N] [--days N] [--rounds N] [--rows N] [--out FILE]

Prints JSON. `ratio` is the claim (bar: at most 3), absolute times are for information. Every round
alternates the bare loop and the subject day by day; the best round counts.";

struct Asked {
    people: usize,
    days: usize,
    rounds: usize,
    rows: usize,
    out: Option<String>,
}

fn asked() -> Asked {
    let mut asked = Asked { people: 1_000_000, days: 63, rounds: 3, rows: 50_000, out: None };
    // Without the word that `cargo bench` adds, it is `cargo test`: a slice, so that it cannot rot.
    if !std::env::args().any(|arg| arg == "--bench" || arg.starts_with("--people")) {
        asked = Asked { people: 2_000, days: 20, rounds: 1, rows: 200, out: None };
    }
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || {
            let value = args.next().and_then(|v| v.parse().ok());
            value.unwrap_or_else(|| wrong(&format!("{arg} needs a number")))
        };
        match arg.as_str() {
            "--people" => asked.people = number(),
            "--days" => asked.days = number(),
            "--rounds" => asked.rounds = number(),
            "--rows" => asked.rows = number(),
            "--out" => asked.out = args.next(),
            "--bench" => {}
            "--help" | "-h" => {
                println!("{HELP}");
                std::process::exit(0);
            }
            other => wrong(&format!("unknown: {other}")),
        }
    }
    asked
}

fn wrong(sentence: &str) -> ! {
    eprintln!("{sentence}\n\n{HELP}");
    std::process::exit(2);
}

/// The law of the measurement: about one draw in 21 eligible days, sure on the 84th.
fn table() -> HazardTable {
    let mut thresholds = vec![Threshold::from_hazard(1.0 / 21.0); 83];
    thresholds.push(Threshold::SURE);
    HazardTable::new(thresholds).expect("it ends with a sure hit")
}

fn tokens(people: usize) -> Vec<DrawToken> {
    let token = |n: usize| {
        let digest = Sha256::digest(n.to_be_bytes());
        let mut token = [0; 16];
        token.copy_from_slice(&digest[..16]);
        DrawToken(token)
    };
    let mut all: Vec<DrawToken> = (0..people).map(token).collect();
    all.sort_unstable();
    all
}

/// Resident memory of this process in bytes, and its peak (Linux).
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let read = |name: &str| {
        let line = status.lines().find(|l| l.starts_with(name));
        let kib =
            line.and_then(|l| l.split_whitespace().nth(1)).and_then(|n| n.parse::<u64>().ok());
        kib.unwrap_or(0) * 1024
    };
    (read("VmRSS:"), read("VmHWM:"))
}

/// One person-day in eight is not eligible; which, follows from person and day.
fn is_eligible(person: usize, day: usize) -> bool {
    !(person.wrapping_mul(31) + day * 17).is_multiple_of(8)
}

struct Quarter {
    bare: Duration,
    subject: Duration,
    hits: u64,
    wrong: u64,
}

/// A quarter of draws and states, and the bare loop over the same messages, day by day.
fn quarter(tokens: &[DrawToken], days: usize, table: &HazardTable) -> Quarter {
    let max = table.max_gap_days();
    let mut states = States::default();
    // What the rows of each day say: the world's own account of k, kept apart from the subject's.
    let mut k = vec![1u16; tokens.len()];
    let mut drawn = vec![false; tokens.len()];
    let mut quarter = Quarter { bare: Duration::ZERO, subject: Duration::ZERO, hits: 0, wrong: 0 };
    for day in 0..days {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&day.to_be_bytes());
        let key = BoundaryKey::from_bytes(&bytes);
        let start = Instant::now();
        // The same messages: who is not eligible costs neither side an HMAC.
        let mut sum = 0;
        for (person, token) in tokens.iter().enumerate() {
            if is_eligible(person, day) {
                sum ^= key.u_of_day(token);
            }
        }
        quarter.bare += start.elapsed();
        std::hint::black_box(sum);

        let start = Instant::now();
        let mut walk = states.walk(day as i32, 0, 0);
        for (person, token) in tokens.iter().enumerate() {
            let is_eligible = is_eligible(person, day);
            let row = Committed {
                token: token.0,
                k: u32::from(k[person]),
                max: Some(max),
                is_eligible,
                is_short: false,
                is_counted: true,
            };
            let is_hit = is_eligible && key.is_hit(token, table.threshold(row.k));
            quarter.wrong += u64::from(!walk.step(&row, is_hit));
            quarter.hits += u64::from(is_hit);
            drawn[person] = is_hit;
        }
        walk.end();
        quarter.subject += start.elapsed();
        for (person, k) in k.iter_mut().enumerate() {
            *k = match (is_eligible(person, day), drawn[person]) {
                (false, _) => *k,
                (true, true) => 1,
                (true, false) => (*k + 1).min(max as u16),
            };
        }
    }
    quarter
}

/// A bundle of one day with so many rows, put together in memory.
fn bundle(tokens: &[DrawToken], table: &HazardTable) -> Vec<Vec<u8>> {
    let signing = SigningKey::new("bench.example/log", &[3; 32]);
    let label = jiff::civil::date(2027, 1, 13);
    let t = UtcMillis(1_799_798_400_000);
    let tip = ChainKey::from_bytes([5; 32]);
    let chain = Chain::begin("bench", label, 30, tip).expect("thirty days");
    let key = chain.key(label).expect("its first date");
    let policy = PolicyVersionId(uuid::Uuid::from_u128(1));
    let nine = t.plus_ms(9 * HOUR_MS);
    let slots = vec![SlotRange { first: nine, end: nine.plus_ms(7 * HOUR_MS) }];
    let people = tokens.iter().map(|token| PersonRow {
        block: None,
        class: None,
        excluded: vec![*token],
        k: 1,
        languages: vec!["en".into()],
        last_verifier: None,
        policy,
        slots: slots.clone(),
        token: *token,
    });
    let boundary =
        Boundary { chain: "bench".into(), horizon: Horizon::Day, label, org: "bench".into(), t };
    let terms = PolicyRow {
        hazards: table.clone(),
        notice_minutes_max: 30,
        notice_minutes_min: 15,
        policy,
        session_minutes: 5,
        turnaround_minutes: 5,
    };
    let inputs = BoundaryInputs::new(boundary, vec![terms], vec![], people.collect())
        .expect("rows that fit");
    let mut leaves = Vec::new();
    let mut leaf = |at: i64, kind: &str, facts: serde_json::Value| {
        let mut leaf = Leaf::new(UtcMillis(at), kind);
        leaf.facts = facts.as_object().cloned().unwrap_or_default();
        leaves.push(leaf.to_bytes().expect("a short entry"));
    };
    let k0 = chain.anchor().k0.to_hex();
    leaf(
        t.0 - DAY_MS,
        "draw-anchor",
        json!({ "chain": "bench", "holder": "operator", "first_date": label.to_string(), "length_days": 30, "k_0": k0 }),
    );
    leaf(
        t.0,
        "draw-inputs",
        json!({ "zone": "UTC", "label": label.to_string(), "horizon": "day", "t_ms": t.0, "root": hex::encode(inputs.root()), "chain": "bench", "people": tokens.len(), "late": false, "beacon": "none" }),
    );
    leaf(
        t.0 + 8 * DAY_MS,
        "draw-key-revealed",
        json!({ "chain": "bench", "label": label.to_string(), "key": key.to_hex() }),
    );
    let mut tree = Frontier::default();
    leaves.iter().for_each(|bytes| tree.push(leaf_hash(bytes)));
    let note = signing.sign(tree.size(), tree.root()).note;
    let header = Header {
        format: FORMAT.into(),
        from: label,
        log_key: hex::encode(signing.public()),
        org: "bench".into(),
        origin: signing.origin().into(),
        to: label,
    };
    let member = |name: &str, value: serde_json::Value| {
        let mut line = line_of(name, &value).expect("plain values");
        line.pop();
        line
    };
    let revealed = RevealedKey { chain: "bench".into(), key: key.to_hex(), label };
    let mut lines = vec![
        member("bundle", json!(header)),
        member("checkpoint", json!({ "note": note })),
        member("key", json!(revealed)),
        leaves[0].clone(),
        leaves[1].clone(),
    ];
    lines.extend(inputs.leaves());
    lines.push(leaves[2].clone());
    let mut digest = Sha256::new();
    for line in &lines {
        digest.update(line);
        digest.update(b"\n");
    }
    let end = End { lines: lines.len() as u64, sha256: hex::encode(digest.finalize()) };
    lines.push(member("end", json!(end)));
    lines
}

fn read(lines: &[Vec<u8>]) -> (Duration, u64) {
    let beacon = |_: &str, _: u64, _: &[u8]| BeaconVerdict::NotChecked;
    let start = Instant::now();
    let mut auditor = Auditor::new(Trust { checkpoint: None, log_key: None, beacon });
    for line in lines {
        auditor.line(line).unwrap_or_else(|fault| panic!("{fault}"));
    }
    let report = auditor.finish().unwrap_or_else(|fault| panic!("{fault}"));
    (start.elapsed(), report.recomputed)
}

fn main() {
    let asked = asked();
    let (tokens, table) = (tokens(asked.people), table());
    let (before, _) = memory();
    let mut best: Option<Quarter> = None;
    for _ in 0..asked.rounds.max(1) {
        let round = quarter(&tokens, asked.days, &table);
        let ratio = |q: &Quarter| q.subject.as_secs_f64() / q.bare.as_secs_f64();
        if best.as_ref().is_none_or(|b| ratio(&round) < ratio(b)) {
            best = Some(round);
        }
    }
    let best = best.expect("at least one round");
    let (_, peak) = memory();
    assert_eq!(best.wrong, 0, "the states must agree with the rows");

    let some: Vec<DrawToken> = tokens.iter().copied().take(asked.rows).collect();
    let lines = bundle(&some, &table);
    let bytes: usize = lines.iter().map(|l| l.len() + 1).sum();
    // The same rows one day's HMACs, right before: the probe of the same minute.
    let key = BoundaryKey::derive(
        &[&ChainKey::from_bytes([1; 32])],
        &SINGLE_LOCK_SALT,
        &Boundary {
            chain: "x".into(),
            horizon: Horizon::Day,
            label: jiff::civil::date(2027, 1, 1),
            org: "x".into(),
            t: UtcMillis(0),
        },
    );
    let mut reading = (f64::MAX, f64::MAX);
    for _ in 0..asked.rounds.max(1) {
        let start = Instant::now();
        std::hint::black_box(some.iter().fold(0u64, |sum, t| sum ^ key.u_of_day(t)));
        let bare = start.elapsed().as_secs_f64();
        let (took, recomputed) = read(&lines);
        assert_eq!(recomputed, some.len() as u64);
        if took.as_secs_f64() < reading.0 {
            reading = (took.as_secs_f64(), bare);
        }
    }
    let person_days = (asked.people * asked.days) as f64;
    let per = |d: Duration| (d.as_secs_f64() * 1e9 / person_days * 10.0).round() / 10.0;
    let two = |x: f64| (x * 100.0).round() / 100.0;
    let out = json!({
        "people": asked.people,
        "days": asked.days,
        "hits": best.hits,
        "recomputation": {
            "bare_hmac_seconds": two(best.bare.as_secs_f64()),
            "seconds": two(best.subject.as_secs_f64()),
            "bare_hmac_ns_a_person_day": per(best.bare),
            "ns_a_person_day": per(best.subject),
            "ratio": two(best.subject.as_secs_f64() / best.bare.as_secs_f64()),
            "ratio_max": 3.0,
            "resident_before_bytes": before,
            "resident_peak_bytes": peak,
            "resident_max_bytes": 256u64 * 1024 * 1024,
        },
        "reading_rows": {
            "rows": some.len(),
            "bytes": bytes,
            "ns_a_row": (reading.0 * 1e9 / some.len().max(1) as f64).round(),
            "megabytes_a_second": two(bytes as f64 / 1e6 / reading.0),
            "ratio_to_bare_hmac": two(reading.0 / reading.1),
        },
    });
    let text = serde_json::to_string_pretty(&out).expect("plain values") + "\n";
    print!("{text}");
    if let Some(file) = asked.out {
        std::fs::write(&file, text).unwrap_or_else(|e| panic!("cannot write {file}: {e}"));
    }
    let ratio = best.subject.as_secs_f64() / best.bare.as_secs_f64();
    // A small slice is noise; the bar is for a real size.
    let is_real = asked.people >= 100_000;
    if is_real && (ratio > 3.0 || peak > 256 * 1024 * 1024) {
        eprintln!("over the bar");
        std::process::exit(1);
    }
}
