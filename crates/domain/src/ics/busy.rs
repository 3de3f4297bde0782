//! Busy times of one calendar: VFREEBUSY periods and opaque VEVENTs, as instants within a stretch.
//! An event that cannot be read is counted and left out: one odd event must not hide a calendar.

use super::moments::{duration_ms, instant_of};
use super::{Component, IcsFault, Moment, Property, Recurrence, read};
use crate::calendar::Window;
use crate::calendar::windows::join;
use crate::time::{DAY_MS, UtcMillis};
use jiff::tz::TimeZone;
use std::collections::{HashMap, HashSet};

/// Busy stretches kept of one calendar, after joining: more is a broken or a hostile calendar.
pub const WINDOWS_MAX: usize = 2_000;
/// Events and periods looked at in one calendar.
const ITEMS_MAX: usize = 50_000;

/// What a calendar says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BusyReading {
    /// Sorted, joined, within the stretch that was asked for.
    pub busy: Vec<Window>,
    /// Events that could not be read and count as free.
    pub not_understood: usize,
}

/// Reads the busy times of `from..to`. `owner` is the zone of the calendar's owner: it stands in for
/// whole days and for times without a zone. Names and texts of events are not looked at.
///
/// # Errors
/// The text is no calendar, or has more than [`WINDOWS_MAX`] stretches.
pub fn busy_times(
    text: &str,
    owner: &TimeZone,
    from: UtcMillis,
    to: UtcMillis,
) -> Result<BusyReading, IcsFault> {
    let asked = Window { start: from, end: to };
    let mut reading = BusyReading::default();
    let mut items = 0;
    for calendar in read(text)? {
        let moved = moved_occurrences(&calendar, owner);
        for component in &calendar.children {
            items += 1 + component.properties.len() / 16;
            if items > ITEMS_MAX {
                return Err(IcsFault::at(component.line, "the calendar has too many events"));
            }
            let found = match component.name.as_str() {
                "VFREEBUSY" => free_busy(component),
                "VEVENT" => event(component, owner, asked, &moved),
                _ => continue,
            };
            match found {
                Ok(windows) => {
                    reading.busy.extend(windows.into_iter().filter_map(|w| clip(w, asked)))
                }
                Err(_) => reading.not_understood += 1,
            }
        }
    }
    reading.busy = join(reading.busy);
    if reading.busy.len() > WINDOWS_MAX {
        return Err(IcsFault::at(1, format!("there are more than {WINDOWS_MAX} busy times")));
    }
    Ok(reading)
}

fn clip(window: Window, to: Window) -> Option<Window> {
    let (start, end) = (window.start.max(to.start), window.end.min(to.end));
    (start < end).then_some(Window { start, end })
}

fn free_busy(component: &Component) -> Result<Vec<Window>, IcsFault> {
    let mut windows = Vec::new();
    for line in component.all("FREEBUSY") {
        if line.parameter("FBTYPE").is_some_and(|t| t.eq_ignore_ascii_case("FREE")) {
            continue;
        }
        for period in line.value.split(',') {
            windows.push(read_period(line, period.trim())?);
        }
    }
    Ok(windows)
}

fn read_period(line: &Property, text: &str) -> Result<Window, IcsFault> {
    let bad = || IcsFault::at(line.line, format!("`{text}` is not a period"));
    let (start, end) = text.split_once('/').ok_or_else(bad)?;
    let moment = |value: &str| Moment::one(&Property { value: value.to_owned(), ..line.clone() });
    let start = moment(start)?.instant(&TimeZone::UTC);
    let end = match duration_ms(end) {
        Some(ms) => start.plus_ms(ms),
        None => moment(end)?.instant(&TimeZone::UTC),
    };
    Ok(Window { start, end })
}

/// Occurrences that have an event of their own, by UID.
fn moved_occurrences(
    calendar: &Component,
    owner: &TimeZone,
) -> HashMap<String, HashSet<UtcMillis>> {
    let mut moved: HashMap<String, HashSet<UtcMillis>> = HashMap::new();
    for event in calendar.children.iter().filter(|c| c.name == "VEVENT") {
        let Some(id) = event.property("RECURRENCE-ID") else { continue };
        let (Ok(at), Some(uid)) = (Moment::one(id), event.property("UID")) else { continue };
        moved.entry(uid.value.clone()).or_default().insert(at.instant(owner));
    }
    moved
}

fn is_free(event: &Component) -> bool {
    let is = |name: &str, words: &[&str]| {
        event.word(name).is_some_and(|found| words.contains(&found.as_str()))
    };
    is("TRANSP", &["TRANSPARENT"])
        || is("STATUS", &["CANCELLED"])
        // Outlook writes OPAQUE for every event and its own word beside it.
        || is("X-MICROSOFT-CDO-BUSYSTATUS", &["FREE", "WORKINGELSEWHERE"])
}

fn event(
    event: &Component,
    owner: &TimeZone,
    asked: Window,
    moved: &HashMap<String, HashSet<UtcMillis>>,
) -> Result<Vec<Window>, IcsFault> {
    if is_free(event) {
        return Ok(Vec::new());
    }
    let missing = || IcsFault::at(event.line, "an event without DTSTART");
    let first = Moment::one(event.property("DTSTART").ok_or_else(missing)?)?;
    let length = Length::of(event, &first, owner)?;
    let (wall, zone) = first.wall(owner);
    let mut starts = vec![wall];
    if let Some(rule) = event.property("RRULE") {
        // An occurrence that began earlier may reach into the stretch.
        let reach = length.longest_ms() + 2 * DAY_MS;
        let from = asked.start.plus_ms(-reach).date_in(&zone);
        let to = asked.end.plus_ms(DAY_MS).date_in(&zone);
        starts.extend(Recurrence::read(rule)?.starts(wall, &zone, from, to));
    }
    let mut instants: Vec<UtcMillis> = starts.iter().map(|s| instant_of(*s, &zone)).collect();
    for line in event.all("RDATE") {
        instants.extend(Moment::all(line)?.iter().map(|m| m.instant(owner)));
    }
    let mut gone: HashSet<UtcMillis> = HashSet::new();
    for line in event.all("EXDATE") {
        gone.extend(Moment::all(line)?.iter().map(|m| m.instant(owner)));
    }
    if event.property("RECURRENCE-ID").is_none()
        && let Some(moved) = event.property("UID").and_then(|uid| moved.get(&uid.value))
    {
        gone.extend(moved);
    }
    instants.sort_unstable();
    instants.dedup();
    instants.retain(|start| !gone.contains(start));
    Ok(instants.into_iter().map(|start| length.from(start, &zone)).collect())
}

/// How long an event lasts: whole days follow the calendar, anything else the clock.
enum Length {
    Days(i32),
    Ms(i64),
}

impl Length {
    fn of(event: &Component, first: &Moment, owner: &TimeZone) -> Result<Length, IcsFault> {
        if let Some(end) = event.property("DTEND") {
            return Ok(match (first, Moment::one(end)?) {
                (Moment::Day(from), Moment::Day(to)) => {
                    Length::Days((to - *from).get_days().max(0))
                }
                (from, to) => Length::Ms(to.instant(owner).since(from.instant(owner)).max(0)),
            });
        }
        if let Some(duration) = event.property("DURATION") {
            let ms = duration_ms(&duration.value)
                .ok_or_else(|| IcsFault::at(duration.line, "a duration is written as PT1H30M"))?;
            let whole_days = i32::try_from(ms / DAY_MS).unwrap_or(i32::MAX);
            return Ok(if first.is_day() { Length::Days(whole_days) } else { Length::Ms(ms) });
        }
        Ok(if first.is_day() { Length::Days(1) } else { Length::Ms(0) })
    }

    fn longest_ms(&self) -> i64 {
        // A calendar of ten years has no longer event; it also keeps the sum in range.
        const LONGEST_MS: i64 = 3_660 * DAY_MS;
        match self {
            Length::Days(days) => (i64::from(*days) * DAY_MS).min(LONGEST_MS),
            Length::Ms(ms) => (*ms).min(LONGEST_MS),
        }
    }

    fn from(&self, start: UtcMillis, zone: &TimeZone) -> Window {
        let end = match self {
            Length::Ms(_) => start.plus_ms(self.longest_ms()),
            Length::Days(days) => {
                let last = start.date_in(zone).checked_add(jiff::Span::new().days(*days));
                last.map_or(start, |date| crate::time::start_of_day(date, zone))
            }
        };
        Window { start, end }
    }
}

#[cfg(test)]
#[path = "busy_tests.rs"]
mod tests;
