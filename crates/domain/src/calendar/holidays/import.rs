//! An operator's own calendar from a file: CSV with the columns `date,name`, or iCalendar with
//! all-day events. Every fault of a file is collected; nothing of a faulty file is taken.

use super::HolidayCalendar;
use crate::ics::{self, Component, IcsFault, Moment, Recurrence};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::fmt;

/// Days of one calendar: ten years of a company that closes every other week.
pub const DAYS_MAX: usize = 3_000;
/// Characters of a day's name.
const NAME_CHARACTERS_MAX: usize = 100;
/// Faults that are told at once.
const FAULTS_MAX: usize = 50;

/// What is wrong with a file, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFault(pub Vec<String>);

impl std::error::Error for ImportFault {}

impl fmt::Display for ImportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl From<IcsFault> for ImportFault {
    fn from(fault: IcsFault) -> ImportFault {
        ImportFault(vec![fault.to_string()])
    }
}

/// Reads `date,name` lines (ISO dates; a head line with these names; `,` or `;`).
///
/// # Errors
/// Every line that cannot be read, up to fifty.
pub fn read_csv(text: &str) -> Result<HolidayCalendar, ImportFault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head = text.lines().next().unwrap_or_default();
    let delimiter = if head.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let names = reader.headers().cloned().unwrap_or_default();
    let column = |name: &str| names.iter().position(|n| n.eq_ignore_ascii_case(name));
    let (Some(date_at), Some(name_at)) = (column("date"), column("name")) else {
        let fault =
            "line 1: the columns are `date` and `name`; write the head line date,name".to_owned();
        return Err(ImportFault(vec![fault]));
    };
    let (mut days, mut faults) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                faults.push(format!("line {line}: cannot be read as a line of CSV"));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: usize| record.get(at).unwrap_or_default();
        if record.iter().all(str::is_empty) {
            continue;
        }
        match (cell(date_at).parse::<Date>(), name(cell(name_at))) {
            (Err(_), _) => faults.push(format!(
                "line {line}: `{}` is not a date; write it as 2026-12-24",
                cell(date_at).chars().take(40).collect::<String>()
            )),
            (_, Err(problem)) => faults.push(format!("line {line}: {problem}")),
            (Ok(date), Ok(name)) => days.push((date, name)),
        }
    }
    finish(days, faults)
}

/// Reads all-day events. A yearly repetition is followed through `years` (first and last).
///
/// # Errors
/// The text is no calendar; every event with a time of day or that cannot be read, up to fifty.
pub fn read_ics(text: &str, years: (i16, i16)) -> Result<HolidayCalendar, ImportFault> {
    let (mut days, mut faults) = (Vec::new(), Vec::new());
    for calendar in ics::read(text)? {
        for event in calendar.children.iter().filter(|c| c.name == "VEVENT") {
            match all_day(event, years) {
                Ok(found) => days.extend(found),
                Err(fault) => faults.push(fault.to_string()),
            }
            if days.len() > 4 * DAYS_MAX {
                break; // a repetition by day without an end
            }
        }
    }
    finish(days, faults)
}

fn all_day(event: &Component, years: (i16, i16)) -> Result<Vec<(Date, String)>, IcsFault> {
    if event.word("STATUS").is_some_and(|status| status == "CANCELLED") {
        return Ok(Vec::new());
    }
    let refuse = |problem: &str| IcsFault::at(event.line, problem);
    let summary = event.property("SUMMARY").map(crate::ics::Property::text);
    let name = name(&summary.unwrap_or_default()).map_err(|problem| refuse(&problem))?;
    let start = event.property("DTSTART").ok_or_else(|| refuse("an event without DTSTART"))?;
    let Moment::Day(first) = Moment::one(start)? else {
        return Err(refuse(
            "an event with a time of day is no holiday; holidays are all-day events (DTSTART;VALUE=DATE)",
        ));
    };
    let length = match event.property("DTEND").map(Moment::one).transpose()? {
        Some(Moment::Day(end)) => (end - first).get_days().max(1),
        _ => 1,
    };
    let mut starts = vec![first];
    if let Some(rule) = event.property("RRULE") {
        let (from, to) = (Date::new(years.0, 1, 1), Date::new(years.1, 12, 31));
        let (Ok(from), Ok(to)) = (from, to) else { return Err(refuse("years out of range")) };
        let midnight = first.at(0, 0, 0, 0);
        let found = Recurrence::read(rule)?.starts(midnight, &TimeZone::UTC, from, to);
        starts.extend(found.into_iter().map(|start| start.date()));
    }
    let mut gone = Vec::new();
    for line in event.all("EXDATE") {
        gone.extend(Moment::all(line)?.iter().map(|m| m.wall(&TimeZone::UTC).0.date()));
    }
    starts.retain(|start| !gone.contains(start));
    starts.sort_unstable();
    starts.dedup();
    let lasting = |start: Date| {
        let days = 0..length.min(366);
        days.filter_map(move |n| start.checked_add(jiff::Span::new().days(n)).ok())
    };
    Ok(starts.into_iter().flat_map(lasting).map(|date| (date, name.clone())).collect())
}

fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let length = text.chars().count();
    match length {
        0 => Err("a day without a name; people read it, so give it one".to_owned()),
        1..=NAME_CHARACTERS_MAX if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        1..=NAME_CHARACTERS_MAX => Err("the name has control characters".to_owned()),
        _ => Err(format!("the name has {length} characters, more than {NAME_CHARACTERS_MAX}")),
    }
}

fn finish(
    days: Vec<(Date, String)>,
    mut faults: Vec<String>,
) -> Result<HolidayCalendar, ImportFault> {
    if faults.len() > FAULTS_MAX {
        let more = faults.len() - FAULTS_MAX;
        faults.truncate(FAULTS_MAX);
        faults.push(format!("and {more} more"));
    }
    if faults.is_empty() && days.is_empty() {
        faults.push("there is no day in the file".to_owned());
    }
    let calendar = HolidayCalendar::new(days);
    let count = calendar.days().count();
    if faults.is_empty() && count > DAYS_MAX {
        faults.push(format!("{count} days are more than the {DAYS_MAX} of one calendar"));
    }
    if faults.is_empty() { Ok(calendar) } else { Err(ImportFault(faults)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(calendar: &HolidayCalendar) -> Vec<String> {
        calendar.days().map(|(date, name)| format!("{date} {name}")).collect()
    }

    fn ics(events: &str) -> Result<HolidayCalendar, ImportFault> {
        let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n");
        read_ics(&text, (2026, 2028))
    }

    #[test]
    fn a_table_as_spreadsheets_write_it_is_taken() {
        let calendar = read_csv(
            "\u{feff}Date;Name\r\n2026-12-24; Company day\r\n\r\n2026-12-24;\"Eve; half\"\r\n",
        )
        .unwrap();
        assert_eq!(shown(&calendar), ["2026-12-24 Company day; Eve; half"]);
        assert_eq!(shown(&read_csv("name,date\nX,2026-01-02\n").unwrap()), ["2026-01-02 X"]);
    }

    #[test]
    fn every_faulty_line_is_named_and_nothing_is_taken() {
        let faults = read_csv("date,name\n24.12.2026,Eve\n2026-12-25,\n2026-12-26,Boxing Day\n")
            .unwrap_err();
        assert_eq!(faults.0.len(), 2);
        assert!(faults.0[0].contains("line 2: `24.12.2026` is not a date; write it as 2026-12-24"));
        assert!(faults.0[1].contains("line 3: a day without a name"));
        assert!(read_csv("tag,was\n").unwrap_err().to_string().contains("date,name"));
        assert!(read_csv("date,name\n").unwrap_err().to_string().contains("no day"));
        let many = (0..80).fold("date,name\n".to_owned(), |text, _| text + "x,y\n");
        assert_eq!(read_csv(&many).unwrap_err().0.last().unwrap(), "and 30 more");
    }

    #[test]
    fn all_day_events_last_and_come_back_every_year() {
        let calendar = ics(
            "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Winter\\, closed\r\n\
             END:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20200601\r\nRRULE:FREQ=YEARLY\r\n\
             EXDATE;VALUE=DATE:20270601\r\nSUMMARY:Founder's day\r\nEND:VEVENT\r\n",
        )
        .unwrap();
        assert_eq!(
            shown(&calendar),
            [
                "2020-06-01 Founder's day",
                "2026-06-01 Founder's day",
                "2026-12-24 Winter, closed",
                "2026-12-25 Winter, closed",
                "2026-12-26 Winter, closed",
                "2028-06-01 Founder's day",
            ]
        );
    }

    #[test]
    fn an_event_with_a_time_or_an_odd_repetition_is_refused_with_its_line() {
        let event = |lines: &str| format!("BEGIN:VEVENT\r\n{lines}END:VEVENT\r\n");
        let faults = ics(&[
            event("DTSTART:20261224T090000Z\r\nSUMMARY:Party\r\n"),
            event(
                "DTSTART;VALUE=DATE:20261224\r\nSUMMARY:Odd\r\nRRULE:FREQ=YEARLY;BYWEEKNO=20\r\n",
            ),
            event("DTSTART;VALUE=DATE:20261224\r\n"),
        ]
        .concat())
        .unwrap_err();
        assert_eq!(faults.0.len(), 3);
        assert!(faults.0[0].starts_with("line 3: an event with a time of day"), "{faults}");
        assert!(faults.0[1].contains("BYWEEKNO"), "{faults}");
        assert!(faults.0[2].contains("without a name"), "{faults}");
        let daily = event("DTSTART;VALUE=DATE:20260101\r\nSUMMARY:Ever\r\nRRULE:FREQ=DAILY\r\n");
        assert!(
            read_ics(&format!("BEGIN:VCALENDAR\n{daily}END:VCALENDAR\n"), (2026, 2090)).is_err()
        );
        assert!(ics("").unwrap_err().to_string().contains("no day"));
        assert!(read_ics("<html>", (2026, 2028)).unwrap_err().to_string().contains(".ics"));
    }
}
