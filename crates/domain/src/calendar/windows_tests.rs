//! Windows and slots through clock changes, half-hour zones and midnight.

use super::*;
use crate::time::{start_of_day, zone};
use jiff::civil::date;
use proptest::prelude::*;

const TERMS: SlotTerms =
    SlotTerms { notice_minutes_max: 30, window_minutes: 10, grace_minutes: 5, session_minutes: 5 };

fn hours(text: &str) -> WeeklyHours {
    text.parse().unwrap()
}

fn shown(windows: &[Window], zone: &TimeZone) -> Vec<String> {
    let at = |t: UtcMillis| t.in_zone(zone).strftime("%d %H:%M%:z").to_string();
    windows.iter().map(|w| format!("{} - {}", at(w.start), at(w.end))).collect()
}

fn slots_on(text: &str, zone_name: &str, label: Date, busy: &[Window]) -> Vec<String> {
    let z = zone(zone_name).unwrap();
    let t = start_of_day(label, &z);
    free_slots(&hours(text), &z, label, t, &TERMS, busy, |_| false)
        .into_iter()
        .flat_map(SlotRange::starts)
        .map(|s| s.in_zone(&z).strftime("%H:%M").to_string())
        .collect()
}

#[test]
fn an_hour_that_does_not_exist_gives_nothing() {
    let berlin = zone("Europe/Berlin").unwrap();
    let night = hours("Sun 01:00-02:30 02:45-05:00");
    let got = windows_on(&night, &berlin, date(2026, 3, 29));
    assert_eq!(shown(&got, &berlin), ["29 01:00+01:00 - 29 05:00+02:00"]);
    assert_eq!(got[0].end.since(got[0].start), 3 * 3_600_000, "01-02 and 03-05 touch");
}

#[test]
fn an_hour_that_comes_twice_counts_twice() {
    let berlin = zone("Europe/Berlin").unwrap();
    let got = windows_on(&hours("Sun 01:00-02:30"), &berlin, date(2026, 10, 25));
    assert_eq!(
        shown(&got, &berlin),
        ["25 01:00+02:00 - 25 02:30+02:00", "25 02:00+01:00 - 25 02:30+01:00"]
    );
}

#[test]
fn a_half_hour_clock_change_and_a_skipped_date_are_exact() {
    let lord_howe = zone("Australia/Lord_Howe").unwrap();
    let got = windows_on(&hours("Sun 00:00-06:00"), &lord_howe, date(2026, 10, 4));
    assert_eq!(got[0].end.since(got[0].start), 5 * 3_600_000 + 1_800_000);

    let apia = zone("Pacific/Apia").unwrap(); // 2011-12-30 never happened there
    assert!(windows_on(&hours("Mon-Sun 09:00-17:00"), &apia, date(2011, 12, 30)).is_empty());
}

#[test]
fn announcement_joining_and_session_lie_in_the_window() {
    let got = slots_on("Mon 09:00-10:00", "Europe/Berlin", date(2026, 3, 30), &[]);
    // 32 minutes after 09:00, rounded up, to 20 minutes before 10:00
    assert_eq!(got, ["09:35", "09:40"]);
    assert!(slots_on("Mon 09:00-09:54", "Europe/Berlin", date(2026, 3, 30), &[]).is_empty());
}

#[test]
fn the_hours_after_midnight_belong_to_the_next_label() {
    let friday = slots_on("Fri 22:00-06:00", "Europe/Berlin", date(2026, 3, 27), &[]);
    assert_eq!((friday[0].as_str(), friday.last().unwrap().as_str()), ("22:35", "23:55"));
    let saturday = slots_on("Fri 22:00-06:00", "Europe/Berlin", date(2026, 3, 28), &[]);
    // not announced before 00:02, so not before 00:34
    assert_eq!((saturday[0].as_str(), saturday.last().unwrap().as_str()), ("00:35", "05:40"));
}

#[test]
fn half_hour_zones_stay_on_the_utc_grid_and_busy_times_are_left_out() {
    let label = date(2026, 3, 30);
    let all = slots_on("Mon 09:00-17:30", "Asia/Kathmandu", label, &[]);
    assert_eq!(all[0], "09:35");
    let z = zone("Asia/Kathmandu").unwrap();
    let noon = start_of_day(label, &z).plus_minutes(12 * 60);
    let busy = Window { start: noon.plus_minutes(2), end: noon.plus_minutes(30) };
    let rest = slots_on("Mon 09:00-17:30", "Asia/Kathmandu", label, &[busy]);
    assert_eq!(all.len() - rest.len(), 6, "12:00 to 12:25 touch the meeting");
    assert!(rest.contains(&"12:30".to_owned()) && rest.contains(&"11:55".to_owned()));
}

#[test]
fn a_closed_day_takes_its_night_along() {
    let z = zone("Europe/Berlin").unwrap();
    let (friday, saturday) = (date(2026, 3, 27), date(2026, 3, 28));
    let t = start_of_day(saturday, &z);
    let night = hours("Fri 22:00-06:00");
    assert!(free_slots(&night, &z, saturday, t, &TERMS, &[], |d| d == friday).is_empty());
    assert!(!free_slots(&night, &z, saturday, t, &TERMS, &[], |_| false).is_empty());
}

#[test]
fn a_verifier_needs_no_notice() {
    let z = zone("UTC").unwrap();
    let got =
        verifier_slots(&hours("Mon 09:00-10:00"), &z, date(2026, 3, 30), &TERMS, &[], |_| false);
    assert_eq!(got.iter().map(|r| r.count()).sum::<usize>(), 9); // 09:00 to 09:40
}

const ZONES: [&str; 12] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "Asia/Beirut",
    "America/Santiago",
    "Europe/Dublin",
    "Africa/Cairo",
    "Pacific/Apia",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Every minute from the earliest announcement to the last moment of the session shows a wall
    /// clock inside the hours: the law is checked against jiff's local time, not against windows.
    #[test]
    fn nothing_lies_outside_the_hours_in_any_zone_on_any_date(
        zone_at in 0..ZONES.len(), day in 0i32..1096, start in 0u16..1440, length in 60u16..720,
    ) {
        let z = zone(ZONES[zone_at]).unwrap();
        let label = date(2026, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
        let span = crate::calendar::Span { start_minute: start, end_minute: start + length };
        let h = hours(&format!("Mon-Sun {span}"));
        let t = start_of_day(label, &z);
        for slot in free_slots(&h, &z, label, t, &TERMS, &[], |_| false).into_iter().flat_map(SlotRange::starts) {
            prop_assert_eq!(slot.0 % SLOT_MS, 0);
            prop_assert_eq!(slot.date_in(&z), label);
            let announced = slot.plus_ms(-TERMS.lead_ms());
            prop_assert!(announced >= t.plus_ms(PLAN_DELAY_MS));
            let mut at = announced;
            while at < slot.plus_ms(TERMS.tail_ms()) {
                let local = at.in_zone(&z);
                let minute = local.hour() as u16 * 60 + local.minute() as u16;
                let inside = minute >= start && minute < start + length
                    || minute + 1440 >= start && minute + 1440 < start + length;
                prop_assert!(inside, "{local} is outside {span}");
                at = at.plus_minutes(1);
            }
        }
    }
}
