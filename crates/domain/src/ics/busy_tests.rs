//! Busy times of calendars as programs write them.

use super::*;
use crate::time::zone;
use proptest::prelude::*;

/// Tuesday 1 December 2026, 00:00 UTC, and the two days from there.
const FROM: UtcMillis = UtcMillis(1_796_083_200_000);
const TO: UtcMillis = UtcMillis(FROM.0 + 2 * DAY_MS);

fn read_in(owner: &str, body: &str) -> BusyReading {
    let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n");
    busy_times(&text, &zone(owner).unwrap(), FROM, TO).unwrap()
}

fn shown(reading: &BusyReading) -> Vec<String> {
    let at = |t: UtcMillis| t.in_zone(&TimeZone::UTC).strftime("%d %H:%M").to_string();
    reading.busy.iter().map(|w| format!("{}-{}", at(w.start), at(w.end))).collect()
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\r\nUID:1\r\n{lines}END:VEVENT\r\n")
}

#[test]
fn published_free_busy_is_read_with_both_kinds_of_period() {
    let got = read_in(
        "Europe/Lisbon",
        "BEGIN:VFREEBUSY\r\nFREEBUSY:20261201T090000Z/20261201T100000Z,20261201T130000Z/PT30M\r\n\
         FREEBUSY;FBTYPE=FREE:20261201T150000Z/PT1H\r\nFREEBUSY;FBTYPE=BUSY-TENTATIVE:20261202T230000Z/PT5H\r\n\
         END:VFREEBUSY\r\n",
    );
    assert_eq!(shown(&got), ["01 09:00-01 10:00", "01 13:00-01 13:30", "02 23:00-03 00:00"]);
    assert_eq!(got.not_understood, 0);
}

#[test]
fn events_are_busy_in_their_own_zone_unless_they_say_they_are_not() {
    let body = [
        event(
            "DTSTART;TZID=America/New_York:20261201T090000\r\nDTEND;TZID=America/New_York:20261201T100000\r\n",
        ),
        event("DTSTART:20261201T180000Z\r\nDTEND:20261201T190000Z\r\nTRANSP:TRANSPARENT\r\n"),
        event("DTSTART:20261201T180000Z\r\nDTEND:20261201T190000Z\r\nSTATUS:CANCELLED\r\n"),
        event(
            "DTSTART:20261201T180000Z\r\nDTEND:20261201T190000Z\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n",
        ),
        event("DTSTART;VALUE=DATE:20261202\r\n"),
        event("DTSTART:20261201T200000Z\r\n"),
    ];
    let got = read_in("Asia/Kathmandu", &body.concat());
    // The whole day is the owner's: Nepal is 5:45 ahead.
    assert_eq!(shown(&got), ["01 14:00-01 15:00", "01 18:15-02 18:15"]);
}

#[test]
fn a_weekly_meeting_keeps_its_exceptions_and_its_moved_occurrence() {
    let weekly = "DTSTART;TZID=Europe/Berlin:20260901T100000\r\nDURATION:PT45M\r\n\
                  RRULE:FREQ=WEEKLY;BYDAY=TU,WE\r\n";
    assert_eq!(shown(&read_in("UTC", &event(weekly))), ["01 09:00-01 09:45", "02 09:00-02 09:45"]);
    let skipped = format!("{weekly}EXDATE;TZID=Europe/Berlin:20261202T100000\r\n");
    assert_eq!(shown(&read_in("UTC", &event(&skipped))), ["01 09:00-01 09:45"]);
    let moved = "RECURRENCE-ID;TZID=Europe/Berlin:20261201T100000\r\n\
                 DTSTART;TZID=Europe/Berlin:20261201T160000\r\nDURATION:PT15M\r\n";
    let both = [event(weekly), event(moved)].concat();
    assert_eq!(shown(&read_in("UTC", &both)), ["01 15:00-01 15:15", "02 09:00-02 09:45"]);
    let extra = format!("{weekly}RDATE:20261202T200000Z\r\n");
    assert_eq!(read_in("UTC", &event(&extra)).busy.len(), 3);
}

#[test]
fn an_event_that_cannot_be_read_is_counted_and_hides_nothing() {
    let body = [
        event("DTSTART:20261201T090000Z\r\nDTEND:20261201T093000Z\r\nRRULE:FREQ=HOURLY\r\n"),
        event("SUMMARY:no start\r\n"),
        event("DTSTART:tomorrow\r\n"),
        event("DTSTART:20261201T110000Z\r\nDTEND:20261201T113000Z\r\n"),
    ];
    let got = read_in("UTC", &body.concat());
    assert_eq!((shown(&got), got.not_understood), (vec!["01 11:00-01 11:30".to_owned()], 3));
}

#[test]
fn a_hostile_calendar_is_bounded() {
    let mut body = String::new();
    for minute in 0..2 * 24 * 60 {
        let at = FROM.plus_minutes(minute).in_zone(&TimeZone::UTC);
        let start = at.strftime("%Y%m%dT%H%M00Z");
        body.push_str(&event(&format!("DTSTART:{start}\r\nDURATION:PT30S\r\n")));
    }
    let text = format!("BEGIN:VCALENDAR\r\n{body}END:VCALENDAR\r\n");
    let fault = busy_times(&text, &TimeZone::UTC, FROM, TO).unwrap_err().to_string();
    assert!(fault.contains("busy times"), "{fault}");
    // Forever is a long time, and it costs nothing.
    let forever = event("DTSTART:19700101T000000Z\r\nDURATION:P1000000D\r\nRRULE:FREQ=DAILY\r\n");
    assert_eq!(shown(&read_in("UTC", &forever)), ["01 00:00-03 00:00"]);
}

proptest! {
    #[test]
    fn no_event_makes_it_panic(
        start in "[0-9TZ]{0,16}", rule in "(FREQ=|DAILY|YEARLY|BYDAY=|[0-9,;=-]|MO|UNTIL=){0,12}",
        length in "P?[0-9TDHMSW]{0,8}",
    ) {
        let body = event(&format!("DTSTART:{start}\r\nDURATION:{length}\r\nRRULE:{rule}\r\n"));
        let _ = read_in("Europe/Berlin", &body);
    }
}
