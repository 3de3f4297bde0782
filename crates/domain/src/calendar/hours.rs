//! Weekly hours: the local times in which a person may be met, as HR writes them. Only wall-clock
//! times live here; what they are as instants on a given date is `windows`.

use crate::sentence::Sentence;
use crate::{msg, sentence};
use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};
use std::fmt;

const DAY_MINUTES: u16 = 24 * 60;
const WEEK_MINUTES: u32 = 7 * DAY_MINUTES as u32;
const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A stretch of local time. It belongs to the date on which it starts and may end on the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Minutes after local 00:00, 0 to 1439.
    pub start_minute: u16,
    /// Minutes after local 00:00 of the *same* date, larger than `start_minute`, at most 24 hours
    /// after it; above 1440 means the span ends on the next date.
    pub end_minute: u16,
}

/// The hours of a week, by the weekday on which each span starts. No two spans overlap, also not
/// across midnight or from Sunday to Monday.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct WeeklyHours {
    days: [Vec<Span>; 7],
}

/// Why a text is not weekly hours, where, and what would be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct HoursFault {
    /// Position in characters, from 1.
    pub column: usize,
    pub message: Sentence,
}

impl HoursFault {
    /// The same in words that can be translated.
    pub fn sentence(&self) -> Sentence {
        sentence!(
            "column {column}: {message}",
            column = self.column,
            message = self.message.clone()
        )
    }
}

impl WeeklyHours {
    /// The spans that start on this weekday, in order.
    pub fn on(&self, day: Weekday) -> &[Span] {
        &self.days[day.to_monday_zero_offset() as usize]
    }

    /// True where there is no span in the whole week.
    pub fn is_empty(&self) -> bool {
        self.days.iter().all(Vec::is_empty)
    }

    /// Minutes of the whole week.
    pub fn minutes_a_week(&self) -> u32 {
        self.days.iter().flatten().map(|s| u32::from(s.end_minute - s.start_minute)).sum()
    }

    /// The two spans that overlap, if any do.
    fn first_overlap(&self) -> Option<(usize, Span)> {
        let mut all: Vec<(u32, u32, usize, Span)> = Vec::new();
        for (day, spans) in self.days.iter().enumerate() {
            let base = day as u32 * u32::from(DAY_MINUTES);
            for s in spans {
                all.push((
                    base + u32::from(s.start_minute),
                    base + u32::from(s.end_minute),
                    day,
                    *s,
                ));
            }
        }
        all.sort_by_key(|&(start, end, ..)| (start, end));
        let wrapped = all.first().map(|&(start, ..)| start + WEEK_MINUTES);
        for (at, &(_, end, day, span)) in all.iter().enumerate() {
            let next = all.get(at + 1).map(|&(start, ..)| start).or(wrapped);
            if next.is_some_and(|start| start < end) {
                return Some((day, span));
            }
        }
        None
    }
}

impl std::str::FromStr for WeeklyHours {
    type Err = HoursFault;

    /// Parses groups separated by `;`, each a list of days (`Mon`, `Mon-Fri`, `Sat,Sun`) and one
    /// or more spans (`09:00-12:30`; an end at or before the start is on the next date). `none`
    /// is a week without hours.
    fn from_str(text: &str) -> Result<WeeklyHours, HoursFault> {
        let mut hours = WeeklyHours::default();
        if text.trim().eq_ignore_ascii_case("none") {
            return Ok(hours);
        }
        for group in pieces(text, 0, |c| c == ';') {
            read_group(group, &mut hours)?;
        }
        if hours.is_empty() {
            return Err(fault(
                0,
                msg!("no hours; write for example `Mon-Fri 09:00-17:00`, or `none`"),
            ));
        }
        for spans in &mut hours.days {
            spans.sort();
        }
        if let Some((day, span)) = hours.first_overlap() {
            let message = sentence!(
                "{day} {span} runs into another span; spans may touch but not overlap",
                day = NAMES[day],
                span = span.to_string()
            );
            return Err(fault(0, message));
        }
        Ok(hours)
    }
}

fn read_group(group: Piece<'_>, hours: &mut WeeklyHours) -> Result<(), HoursFault> {
    let mut words = pieces(group.text, group.at, char::is_whitespace).into_iter().peekable();
    let Some(first) = words.next() else { return Ok(()) };
    let mut days = read_days(first)?;
    // `Sat, Sun 10:00-12:00`: a blank after the comma is how people write.
    while let Some(more) = words.next_if(|w| w.text.starts_with(|c: char| c.is_alphabetic())) {
        days.extend(read_days(more)?);
    }
    if words.peek().is_none() {
        return Err(fault(first.at, msg!("days without hours; add a span such as `09:00-17:00`")));
    }
    for word in words {
        let span = read_span(word)?;
        for &day in &days {
            hours.days[day].push(span);
        }
    }
    Ok(())
}

fn read_days(word: Piece<'_>) -> Result<Vec<usize>, HoursFault> {
    let mut days = Vec::new();
    for part in pieces(word.text, word.at, |c| c == ',') {
        let (from, to) = part.text.split_once('-').unwrap_or((part.text, part.text));
        let (from, to) = (read_day(from, part.at)?, read_day(to, part.at)?);
        let mut day = from;
        loop {
            if !days.contains(&day) {
                days.push(day);
            }
            if day == to {
                break;
            }
            day = (day + 1) % 7;
        }
    }
    Ok(days)
}

fn read_day(name: &str, at: usize) -> Result<usize, HoursFault> {
    NAMES.iter().position(|n| n.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let message = sentence!(
            "`{name}` is not a day; write Mon, Tue, Wed, Thu, Fri, Sat or Sun, a range such as `Mon-Fri`, or a list \
             such as `Sat,Sun`",
            name
        );
        fault(at, message)
    })
}

fn read_span(word: Piece<'_>) -> Result<Span, HoursFault> {
    let bad = || {
        let message = sentence!(
            "`{text}` is not a span; write 24-hour times such as `09:00-12:30`, `22:00-06:00` or `00:00-24:00`",
            text = word.text
        );
        fault(word.at, message)
    };
    let (start, end) = word.text.split_once('-').ok_or_else(bad)?;
    let start = read_time(start).filter(|&m| m < DAY_MINUTES).ok_or_else(bad)?;
    let end = read_time(end).ok_or_else(bad)?;
    if start == end {
        let message =
            sentence!("`{text}` is empty; for a whole day write `00:00-24:00`", text = word.text);
        return Err(fault(word.at, message));
    }
    let end_minute = if end < start { end + DAY_MINUTES } else { end };
    Ok(Span { start_minute: start, end_minute })
}

/// Minutes after 00:00, as in `09:30` or `24:00`.
pub(super) fn read_time(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |t: &str, max| t.len() <= max && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour, 2) || minute.len() != 2 || !digits(minute, 2) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= DAY_MINUTES).then_some(total)
}

/// A part of the text that remembers where it began (characters, from 0).
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    at: usize,
}

fn pieces(text: &str, at: usize, is_break: impl Fn(char) -> bool) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut start: Option<(usize, usize)> = None;
    for (column, (byte, c)) in (at..).zip(text.char_indices()) {
        let stop = is_break(c) || (start.is_none() && c.is_whitespace());
        match (stop, start) {
            (true, Some((from, column_from))) => {
                found.push(Piece { text: text[from..byte].trim_end(), at: column_from });
                start = None;
            }
            (false, None) => start = Some((byte, column)),
            _ => {}
        }
    }
    if let Some((from, column_from)) = start {
        found.push(Piece { text: text[from..].trim_end(), at: column_from });
    }
    found
}

fn fault(at: usize, message: impl Into<Sentence>) -> HoursFault {
    HoursFault { column: at + 1, message: message.into() }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match self.end_minute {
            m if m > DAY_MINUTES => m - DAY_MINUTES,
            m => m,
        };
        let (h, m) = (self.start_minute / 60, self.start_minute % 60);
        write!(f, "{h:02}:{m:02}-{:02}:{:02}", end / 60, end % 60)
    }
}

impl fmt::Display for WeeklyHours {
    /// The canonical text: days with equal spans are grouped, runs become ranges.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        let mut groups: Vec<(Vec<usize>, &[Span])> = Vec::new();
        for (day, spans) in self.days.iter().enumerate().filter(|(_, s)| !s.is_empty()) {
            match groups.iter_mut().find(|(_, known)| *known == spans.as_slice()) {
                Some((days, _)) => days.push(day),
                None => groups.push((vec![day], spans)),
            }
        }
        for (at, (days, spans)) in groups.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "; " })?;
            f.write_str(&day_list(days))?;
            for span in *spans {
                write!(f, " {span}")?;
            }
        }
        Ok(())
    }
}

fn day_list(days: &[usize]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for run in days.chunk_by(|a, b| a + 1 == *b) {
        let (first, last) = (run[0], run[run.len() - 1]);
        parts.push(match run.len() {
            1 => NAMES[first].to_owned(),
            _ => format!("{}-{}", NAMES[first], NAMES[last]),
        });
    }
    parts.join(",")
}

impl From<WeeklyHours> for String {
    fn from(hours: WeeklyHours) -> String {
        hours.to_string()
    }
}

impl TryFrom<String> for WeeklyHours {
    type Error = HoursFault;
    fn try_from(text: String) -> Result<WeeklyHours, HoursFault> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<WeeklyHours, HoursFault> {
        text.parse()
    }

    #[test]
    fn a_lunch_break_and_a_night_shift_are_read_as_written() {
        let hours = parse("Mon-Fri 09:00-12:30 13:00-17:30; Sat 22:00-06:00").unwrap();
        assert_eq!(hours.on(Weekday::Tuesday).len(), 2);
        assert_eq!(hours.on(Weekday::Saturday)[0].end_minute, 30 * 60);
        assert!(hours.on(Weekday::Sunday).is_empty());
        assert_eq!(hours.minutes_a_week(), 5 * 480 + 480);
        assert_eq!(hours.to_string(), "Mon-Fri 09:00-12:30 13:00-17:30; Sat 22:00-06:00");
    }

    #[test]
    fn lists_blanks_case_and_wrapping_ranges_are_accepted() {
        let hours = parse(" sat, sun 9:00-12:00 ; Wed 09:00-10:00;").unwrap();
        assert_eq!(hours.to_string(), "Wed 09:00-10:00; Sat-Sun 09:00-12:00");
        assert_eq!(parse("Fri-Mon 08:00-09:00").unwrap().to_string(), "Mon,Fri-Sun 08:00-09:00");
        assert_eq!(parse("none").unwrap().to_string(), "none");
        assert_eq!(parse("Mon 00:00-24:00").unwrap().to_string(), "Mon 00:00-24:00");
    }

    #[test]
    fn a_fault_names_the_column_and_what_would_be_accepted() {
        let cases = [
            ("Mon-Fri 9-17", 9, "24-hour times"),
            ("Mon-Fri 09:00-12:60", 9, "24-hour times"),
            ("Montag 09:00-17:00", 1, "Mon, Tue"),
            ("Mon 09:00-12:00; Xyz 09:00-12:00", 18, "Mon, Tue"),
            ("Mon 09:00-17:00; Tue", 18, "add a span"),
            ("Mon 09:00-09:00", 5, "00:00-24:00"),
            ("Mon 24:00-06:00", 5, "24-hour times"),
            ("", 1, "Mon-Fri 09:00-17:00"),
        ];
        for (text, column, says) in cases {
            let fault = parse(text).unwrap_err();
            assert_eq!(fault.column, column, "{text}: {fault}");
            assert!(fault.to_string().contains(says), "{text}: {fault}");
        }
    }

    #[test]
    fn spans_that_overlap_are_refused_even_across_midnight_and_the_week() {
        for text in [
            "Mon 09:00-12:00 11:00-13:00",
            "Mon 22:00-06:00; Tue 05:00-09:00",
            "Sun 22:00-06:00; Mon 05:59-09:00",
            "Mon 09:00-12:00 09:00-12:00",
        ] {
            assert!(parse(text).unwrap_err().to_string().contains("overlap"), "{text}");
        }
        assert!(parse("Sun 22:00-06:00; Mon 06:00-09:00").is_ok(), "touching is fine");
    }

    proptest! {
        #[test]
        fn the_canonical_text_parses_back(raw in prop::collection::vec((0usize..7, 0u16..1440, 1u16..1440), 0..12)) {
            let mut hours = WeeklyHours::default();
            for (day, start, length) in raw {
                let mut next = hours.clone();
                next.days[day].push(Span { start_minute: start, end_minute: start + length });
                next.days[day].sort();
                if next.first_overlap().is_none() {
                    hours = next;
                }
            }
            prop_assert_eq!(parse(&hours.to_string()).unwrap(), hours);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[MonTueFri0-9:;, é-]{0,40}") {
            let _ = parse(&text);
        }
    }
}
