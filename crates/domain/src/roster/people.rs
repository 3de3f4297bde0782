//! The people file: one person a line, then what only the whole file can tell: ids and addresses
//! used twice, managers that do not exist, lines of management that lead back to themselves.

use super::cells::{self, Wrong, email, employee_id, list, short};
use super::fault::{FaultCode, RosterFault, RosterFileKind, did_you_mean};
use super::languages::primary_subtag;
use super::rows::RosterPerson;
use super::table::{self, CELL_CHARACTERS_MAX, Columns, Faults, Record, one_line};
use super::{ATTRIBUTE_COLUMNS, Ids, Known};
use crate::person::Role;
use crate::sentence::Sentence;
use crate::{msg, sentence};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const COLUMNS: Columns = Columns {
    required: &["employee_id", "name", "email", "languages", "zone", "hours"],
    optional: &["second_email", "manager_id", "roles", "holidays"],
    attributes: ATTRIBUTE_COLUMNS,
    may_be_empty: &[],
    cell_characters_max: CELL_CHARACTERS_MAX,
};

/// The people of one file, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeopleFile {
    pub people: Vec<RosterPerson>,
}

impl PeopleFile {
    /// Whether somebody in the file has this employee id. Linear: build a set for many look-ups.
    pub fn has(&self, employee_id: &str) -> bool {
        self.people.iter().any(|p| p.employee_id == employee_id)
    }
}

/// Reads the people.
///
/// # Errors
/// Every fault of the file.
pub fn parse_people(bytes: &[u8], known: &Known<'_>) -> Result<PeopleFile, Vec<RosterFault>> {
    let (people, _, faults) = read(bytes, known);
    if faults.is_empty() { Ok(PeopleFile { people }) } else { Err(faults) }
}

/// The people without faults in their own cells, every employee id in the file, every fault.
pub(super) fn read(bytes: &[u8], known: &Known<'_>) -> (Vec<RosterPerson>, Ids, Vec<RosterFault>) {
    let mut faults = Faults { file: RosterFileKind::People, list: Vec::new() };
    let mut people = Vec::new();
    let mut whole = WholeFile::default();
    let mut checked = Checked::default();
    table::read(bytes, &COLUMNS, &mut faults, |record, faults| {
        whole.take(record, faults);
        people.extend(person(record, known, &mut checked, faults));
    });
    whole.judge(&mut faults);
    faults.list.sort_by_key(|f| f.line);
    (people, whole.ids.into_keys().collect(), faults.list)
}

/// Answers for texts that stand in thousands of lines: a roster has few zones and few shifts.
#[derive(Default)]
struct Checked {
    zones: HashMap<String, Result<String, Wrong>>,
    hours: HashMap<String, Result<String, Wrong>>,
}

fn once(
    answers: &mut HashMap<String, Result<String, Wrong>>,
    cell: &str,
    check: impl FnOnce(&str) -> Result<String, Wrong>,
) -> Result<String, Wrong> {
    if let Some(answer) = answers.get(cell) {
        return answer.clone();
    }
    let answer = check(cell);
    answers.insert(cell.to_owned(), answer.clone());
    answer
}

fn person(
    record: &Record<'_>,
    known: &Known<'_>,
    checked: &mut Checked,
    faults: &mut Faults,
) -> Option<RosterPerson> {
    let id = cells::read(record, "employee_id", faults, employee_id);
    let address = cells::read(record, "email", faults, email);
    let second = cells::read(record, "second_email", faults, email);
    let roles = words(record, "roles", faults, role);
    let languages = words(record, "languages", faults, language);
    let zone = cells::read(record, "zone", faults, |c| once(&mut checked.zones, c, zone));
    let hours = cells::read(record, "hours", faults, |c| {
        let hours = one_line(c);
        once(&mut checked.hours, &hours, |h| valid_hours(h, known))
    });
    let holidays = cells::read(record, "holidays", faults, |c| holiday_calendar(c, known));
    let mut seen = BTreeSet::new();
    Some(RosterPerson {
        employee_id: id?,
        name: one_line(record.filled("name")?),
        email: address?,
        second_email: second,
        manager_id: record.filled("manager_id").map(str::to_owned),
        roles: roles.into_iter().filter(|r| !matches!(r, Role::Employee | Role::Manager)).collect(),
        languages: languages.into_iter().filter(|l| seen.insert(l.clone())).collect(),
        zone: zone?,
        hours: hours?,
        holidays,
        attributes: record.attributes(),
    })
}

/// The words of a list cell; each wrong word is a fault of its own.
fn words<T>(
    record: &Record<'_>,
    column: &str,
    faults: &mut Faults,
    check: impl Fn(&str) -> Result<T, Wrong>,
) -> Vec<T> {
    let mut taken = Vec::new();
    for word in list(record.cell(column)) {
        match check(word) {
            Ok(value) => taken.push(value),
            Err((code, problem, accepted)) => {
                faults.add(record.line_of(column), Some(column), code, problem, accepted);
            }
        }
    }
    taken
}

fn role(word: &str) -> Result<Role, Wrong> {
    Role::from_code(&word.to_lowercase()).ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|r| r.code()).collect();
        let accepted = did_you_mean(Sentence::as_said(known.join(", ")), word, known);
        (FaultCode::UnknownRole, sentence!("`{word}` is not a role", word = short(word)), accepted)
    })
}

fn language(word: &str) -> Result<String, Wrong> {
    primary_subtag(word).ok_or_else(|| {
        (
            FaultCode::UnknownLanguage,
            sentence!("`{word}` is not a language", word = short(word)),
            sentence!("language subtags of BCP 47 such as en, de or pt, parted by spaces"),
        )
    })
}

/// The zone in the spelling of the database, which is read without regard to case.
fn zone(cell: &str) -> Result<String, Wrong> {
    let found = crate::time::zone(cell).filter(|z| !z.is_unknown());
    if let Some(name) = found.as_ref().and_then(|z| z.iana_name()) {
        return Ok(name.to_owned());
    }
    let database = jiff::tz::TimeZoneDatabase::bundled();
    let names: Vec<String> = database.available().map(|n| n.to_string()).collect();
    let accepted = sentence!("an IANA time zone such as Europe/Berlin");
    let accepted = did_you_mean(accepted, cell, names.iter().map(String::as_str));
    Err((FaultCode::UnknownZone, sentence!("unknown zone `{zone}`", zone = short(cell)), accepted))
}

fn valid_hours(cell: &str, known: &Known<'_>) -> Result<String, Wrong> {
    (known.validate_hours)(cell).map(|()| cell.to_owned()).map_err(|why| {
        (
            FaultCode::BadHours,
            sentence!("`{cell}` is not a week of hours: {why}", cell = short(cell), why),
            sentence!("weekly hours such as Mon-Fri 09:00-17:00"),
        )
    })
}

/// So many codes are still read when a fault lists them.
const NAMED_MAX: usize = 60;

fn holiday_calendar(cell: &str, known: &Known<'_>) -> Result<String, Wrong> {
    let found = known.holiday_calendars.iter().find(|code| code.eq_ignore_ascii_case(cell));
    found.map(|code| (*code).to_owned()).ok_or_else(|| {
        let accepted = match known.holiday_calendars {
            few if few.len() <= NAMED_MAX => {
                sentence!("empty (none) or one of {codes}", codes = few.join(", "))
            }
            many => sentence!(
                "empty (none) or one of {n} codes such as DE-BE; `muster holidays list` prints them",
                n = many.len()
            ),
        };
        (
            FaultCode::UnknownHolidays,
            sentence!("unknown holiday calendar `{code}`", code = short(cell)),
            did_you_mean(accepted, cell, known.holiday_calendars.iter().copied()),
        )
    })
}

/// What is judged over all lines, also those with a fault elsewhere.
#[derive(Default)]
struct WholeFile {
    /// Employee id to first line.
    ids: BTreeMap<String, u32>,
    /// Lower-case address to first line and employee id.
    addresses: HashMap<String, u32>,
    /// Employee id to manager id and the line of that cell.
    managers: BTreeMap<String, (String, u32)>,
    /// Lines that ask for the role manager.
    manager_roles: Vec<(String, u32)>,
}

/// A loop as `a > b > a`; of a long one the first ten people and how many there are.
fn written_loop(people: &[&str]) -> Sentence {
    const SHOWN: usize = 10;
    if people.len() <= SHOWN {
        return Sentence::as_said(format!("{} > {}", people.join(" > "), people[0]));
    }
    sentence!(
        "{chain} > ... > {first} ({n} people)",
        chain = people[..SHOWN].join(" > "),
        first = people[0],
        n = people.len()
    )
}

impl WholeFile {
    fn take(&mut self, record: &Record<'_>, faults: &mut Faults) {
        for column in ["email", "second_email"] {
            let Some(address) = record.filled(column) else { continue };
            if let Some(first) = self.addresses.insert(address.to_lowercase(), record.line()) {
                let problem = sentence!(
                    "`{cell}` stands already in line {line}",
                    cell = short(address),
                    line = first
                );
                let accepted = msg!("an address that nobody else has and that stands once");
                let line = record.line_of(column);
                faults.add(line, Some(column), FaultCode::DuplicateEmail, problem, accepted);
            }
        }
        let Some(id) = record.filled("employee_id") else { return };
        if let Some(first) = self.ids.get(id) {
            let problem = sentence!(
                "`{cell}` stands already in line {line}",
                cell = short(id),
                line = *first
            );
            let line = record.line_of("employee_id");
            let accepted = msg!("every employee id once");
            return faults.add(
                line,
                Some("employee_id"),
                FaultCode::DuplicateEmployeeId,
                problem,
                accepted,
            );
        }
        self.ids.insert(id.to_owned(), record.line());
        if let Some(manager) = record.filled("manager_id") {
            self.managers.insert(id.to_owned(), (manager.to_owned(), record.line_of("manager_id")));
        }
        if list(record.cell("roles")).any(|r| r.eq_ignore_ascii_case(Role::Manager.code())) {
            self.manager_roles.push((id.to_owned(), record.line_of("roles")));
        }
    }

    fn judge(&self, faults: &mut Faults) {
        for (manager, line) in self.managers.values().filter(|(m, _)| !self.ids.contains_key(m)) {
            let problem = sentence!(
                "nobody in the file has the employee id `{manager}`",
                manager = short(manager)
            );
            let accepted =
                msg!("an employee_id of this file, or empty for somebody without a manager");
            faults.add(*line, Some("manager_id"), FaultCode::UnknownManager, problem, accepted);
        }
        for people in self.manager_loops() {
            let line = people.iter().filter_map(|p| self.managers.get(*p)).map(|(_, l)| *l).min();
            let problem = sentence!(
                "a line of management leads back to itself: {people}",
                people = written_loop(&people)
            );
            let accepted = msg!("a line of management that ends at somebody without a manager");
            faults.add(
                line.unwrap_or(1),
                Some("manager_id"),
                FaultCode::ManagerLoop,
                problem,
                accepted,
            );
        }
        let with_reports: BTreeSet<&str> =
            self.managers.values().map(|(m, _)| m.as_str()).collect();
        for (id, line) in
            self.manager_roles.iter().filter(|(id, _)| !with_reports.contains(id.as_str()))
        {
            let problem = sentence!(
                "`manager` cannot be granted to `{person}`, who has no reports",
                person = short(id)
            );
            let accepted = msg!("nothing: the role follows from standing in somebody's manager_id");
            faults.add(*line, Some("roles"), FaultCode::RoleNotGranted, problem, accepted);
        }
    }

    /// Every loop once, each beginning at its smallest employee id.
    fn manager_loops(&self) -> Vec<Vec<&str>> {
        let mut done: BTreeSet<&str> = BTreeSet::new();
        let mut loops = Vec::new();
        for start in self.managers.keys() {
            let mut walk: Vec<&str> = Vec::new();
            let mut on_walk = BTreeSet::new();
            let mut at = start.as_str();
            while !done.contains(at) && on_walk.insert(at) {
                walk.push(at);
                match self.managers.get(at) {
                    Some((manager, _)) => at = manager,
                    None => break,
                }
            }
            if let Some(first) =
                walk.iter().position(|p| *p == at).filter(|_| self.closes(&walk, at))
            {
                let mut people = walk[first..].to_vec();
                let smallest = (0..people.len()).min_by_key(|i| people[*i]).unwrap_or(0);
                people.rotate_left(smallest);
                loops.push(people);
            }
            done.extend(walk);
        }
        loops
    }

    /// Whether the last person of a walk reports to `at`.
    fn closes(&self, walk: &[&str], at: &str) -> bool {
        walk.last()
            .and_then(|last| self.managers.get(*last))
            .is_some_and(|(manager, _)| manager == at)
    }
}
