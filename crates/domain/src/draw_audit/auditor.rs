//! The audit itself: takes a bundle line by line and holds what the lines so far have shown. What a
//! line must look like is checked here; what follows from an entry of the log is in `entries`.

mod announcements;
mod commitments;
mod entries;
mod reading;
mod settle;
mod stand_ins;

use super::bundle::{
    self, Header, LEAD_IN_DAYS, LEAD_OUT_DAYS, Line, OPENED, Opening, PERIOD_DAYS_MAX, unhex,
};
use super::expected::{Expected, Tally};
use super::finding::{Fault, Finding, List, REPORT_FORMAT, Report};
use super::keys::Keys;
use super::log::LogCheck;
use super::people::{Opened, People};
use super::rows::Rows;
use super::states::{Paused, States};
use super::statistics::Counts;
use crate::audit::{Commitment, leaf_hash};
use crate::sentence::Sentence;
use crate::{msg, sentence};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use stand_ins::Replaced;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// What a beacon's signature is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeaconVerdict {
    Right,
    Wrong,
    /// This program cannot check this kind.
    NotChecked,
}

/// What the reader brings along: none of it comes from the bundle.
#[derive(Clone)]
pub struct Trust {
    /// A checkpoint that was kept; the log must contain what it covers.
    pub checkpoint: Option<String>,
    /// The key that signs the log, where it is known from elsewhere.
    pub log_key: Option<[u8; 32]>,
    /// Checks a round's signature: kind, round, signature.
    pub beacon: fn(&str, u64, &[u8]) -> BeaconVerdict,
}

/// A boundary whose inputs are in the log.
#[derive(Debug, Clone)]
struct Promised {
    entry: u64,
    zone: String,
    label: Date,
    horizon: String,
    t: i64,
    root: String,
    chain: String,
    people: i64,
    beacon: String,
    round: Option<i64>,
    salt: Option<[u8; 32]>,
    is_paused: bool,
    /// Whether it is inside the period, and not only before it.
    is_reported: bool,
}

impl Promised {
    fn is(&self, zone: &str, label: Date, horizon: &str) -> bool {
        self.zone == zone && self.label == label && self.horizon == horizon
    }
}

/// Where the labels of a zone stand.
struct Zone {
    number: u16,
    /// The last label that has begun.
    last: Date,
    /// The chains its boundary names.
    chain: String,
    /// When what the zone waited for last was there, or was given up.
    released_at: Option<i64>,
}

/// An entry whose openings are still to come.
struct Current {
    entry: Box<bundle::Entry>,
    number: u64,
    opened: Opened,
}

/// Rows in progress.
struct Reading {
    rows: Rows,
    walk: Paused,
    promised: Promised,
    tally: Tally,
}

/// A label of a zone that has closed; compared a little later, when all of that moment is read.
struct Closing {
    zone: String,
    label: Date,
    at_ms: i64,
    entry: u64,
    counts: Tally,
}

/// Entries of one moment may stand in any order; after so long none is missing.
const MOMENT_MS: i64 = 60_000;

/// Reads a bundle. Feed it every line, then `finish`.
pub struct Auditor {
    trust: Trust,
    line: u64,
    digest: Sha256,
    is_ended: bool,
    header: Option<Header>,
    log: Option<LogCheck>,
    keys: Keys,
    people: People,
    states: States,
    expected: Expected,
    counts: Counts,
    current: Option<Current>,
    reading: Option<Reading>,
    /// Boundaries whose inputs are in the log and whose rows have not been read, in the order of plans:
    /// by the number of their entry.
    promised: BTreeMap<u64, Promised>,
    seen: HashSet<(String, Date, String)>,
    zones: HashMap<String, Zone>,
    /// Chains that were retired.
    retired: HashSet<String>,
    /// By chain: the latest label for which the log says that its key had arrived.
    delivered: HashMap<String, Date>,
    /// Labels of zones whose boundary was dropped.
    dropped: HashSet<(String, Date)>,
    /// Boundaries that were dropped with a chain nothing has retired so far: when, the chain, and what to say.
    unfounded: Vec<(i64, String, Finding)>,
    first_rows_entry: Option<u64>,
    is_from_the_beginning: bool,
    settled_at: i64,
    read_at: i64,
    closings: Vec<Closing>,
    tallies: HashMap<(String, Date), Tally>,
    policies: HashMap<String, String>,
    orders: HashSet<String>,
    causes: HashMap<String, Uuid>,
    /// Who took whose place, by check-in.
    replaced: HashMap<String, Vec<Replaced>>,
    /// Check-ins that are not at their drawn slot any more.
    refused: HashSet<String>,
    outages: Vec<(i64, i64)>,
    open_labels: BTreeMap<Date, (i64, i64)>,
    unopened: BTreeMap<Uuid, u64>,
    private: BTreeSet<Date>,
    is_paused: bool,
    resets: u8,
    last_at: i64,
    findings: Vec<Finding>,
    recomputed: u64,
    boundaries: u64,
    hits: u64,
}

impl Auditor {
    /// Begins an audit.
    pub fn new(trust: Trust) -> Auditor {
        Auditor {
            trust,
            line: 0,
            digest: Sha256::new(),
            is_ended: false,
            header: None,
            log: None,
            keys: Keys::default(),
            people: People::default(),
            states: States::default(),
            expected: Expected::default(),
            counts: Counts::default(),
            current: None,
            reading: None,
            promised: BTreeMap::new(),
            seen: HashSet::new(),
            zones: HashMap::new(),
            retired: HashSet::new(),
            delivered: HashMap::new(),
            dropped: HashSet::new(),
            unfounded: Vec::new(),
            first_rows_entry: None,
            is_from_the_beginning: false,
            settled_at: i64::MIN,
            read_at: i64::MIN,
            closings: Vec::new(),
            tallies: HashMap::new(),
            policies: HashMap::new(),
            orders: HashSet::new(),
            causes: HashMap::new(),
            replaced: HashMap::new(),
            refused: HashSet::new(),
            outages: Vec::new(),
            open_labels: BTreeMap::new(),
            unopened: BTreeMap::new(),
            private: BTreeSet::new(),
            is_paused: false,
            resets: 0,
            last_at: i64::MIN,
            findings: Vec::new(),
            recomputed: 0,
            boundaries: 0,
            hits: 0,
        }
    }

    /// Takes one line without its line break.
    ///
    /// # Errors
    /// The bundle proves nothing: it is damaged, or was put together wrongly.
    pub fn line(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.line += 1;
        let line = bundle::read(bytes, self.line)?;
        if self.is_ended {
            return Err(self.fault("after-end", msg!("nothing may follow the last line")));
        }
        if let Line::End(end) = &line {
            return self.end(end);
        }
        self.digest.update(bytes);
        self.digest.update(b"\n");
        match (&self.header, line) {
            (None, Line::Bundle(header)) => self.begin(header),
            (None, _) => {
                Err(self.fault("no-header", msg!("the first line is not the one of a bundle")))
            }
            (Some(_), Line::Bundle(_)) => {
                Err(self.fault("two-headers", msg!("a second first line")))
            }
            (Some(_), line) => self.body(line, bytes),
        }
    }

    /// The boundary whose rows must come before the next entry, which is of this instant (none: the
    /// end), for whoever puts a bundle together: the number of its entry.
    ///
    /// # Errors
    /// As `line`.
    pub fn rows_due(&mut self, next_at_ms: Option<i64>) -> Result<Option<u64>, Fault> {
        self.act_on_entry()?;
        self.end_rows()?;
        if next_at_ms.is_some_and(|at| at <= self.settled_at) {
            return Ok(None);
        }
        Ok(self.next_ready())
    }

    fn begin(&mut self, header: Header) -> Result<(), Fault> {
        if header.format != bundle::FORMAT {
            let sentence = sentence!(
                "this program reads {known}, not {format}",
                known = bundle::FORMAT,
                format = header.format
            );
            return Err(self.fault("format", sentence));
        }
        let days = day_number(header.to) - day_number(header.from);
        if !(0..PERIOD_DAYS_MAX).contains(&days) {
            return Err(self.fault("period", msg!("a period has 1 to 3,660 days")));
        }
        let is_known = self.trust.log_key.is_none_or(|key| hex::encode(key) == header.log_key);
        if !is_known {
            return Err(self
                .fault("log-key", msg!("the log is signed with another key than the known one")));
        }
        self.header = Some(header);
        Ok(())
    }

    fn body(&mut self, line: Line, bytes: &[u8]) -> Result<(), Fault> {
        if let Line::Opening(opening) = line {
            return self.opening(opening);
        }
        self.act_on_entry()?;
        let is_row =
            matches!(line, Line::Policy(_) | Line::Verifier(_) | Line::Person(_) | Line::Erased(_));
        if !is_row {
            self.end_rows()?;
        }
        match line {
            Line::Checkpoint(note) => self.checkpoint(&note.note),
            Line::Key(key) if self.log.as_ref().is_some_and(|log| log.next() == 0) => {
                self.keys.give(&key, self.line)
            }
            Line::Key(_) => {
                Err(self.fault("keys-order", msg!("keys stand between checkpoint and log")))
            }
            Line::Entry(entry) => self.entry(entry, bytes),
            Line::Hashes(list) => {
                let hashes = bundle::hashes(&list, self.line)?;
                let log = self.log_mut()?;
                log.hidden += hashes.len() as u64;
                hashes.into_iter().try_for_each(|hash| log.push(hash))
            }
            Line::Boundary(boundary) => self.begin_rows(boundary, bytes),
            Line::Policy(row) => {
                let line = self.line;
                let reading = self.reading.as_mut().ok_or_else(|| lone_row(line))?;
                reading.rows.policy(row, bytes, line)
            }
            Line::Verifier(row) => {
                let line = self.line;
                let reading = self.reading.as_mut().ok_or_else(|| lone_row(line))?;
                reading.rows.verifier(row, bytes, line)
            }
            Line::Person(row) => self.person(row, bytes),
            Line::Erased(leaf) => {
                let line = self.line;
                let leaf = unhex(&leaf)
                    .ok_or_else(|| Fault::at(line, "line-unreadable", msg!("not a leaf hash")))?;
                let reading = self.reading.as_mut().ok_or_else(|| lone_row(line))?;
                reading.rows.erased(leaf, line)
            }
            Line::Opening(_) | Line::Bundle(_) | Line::End(_) => Ok(()),
        }
    }

    fn checkpoint(&mut self, note: &str) -> Result<(), Fault> {
        if self.log.is_some() || self.line != 2 {
            return Err(self.fault("checkpoint", msg!("the checkpoint is the second line")));
        }
        let Some(header) = &self.header else { return Ok(()) };
        self.log = Some(LogCheck::begin(header, note, self.trust.checkpoint.as_deref())?);
        Ok(())
    }

    fn entry(&mut self, entry: Box<bundle::Entry>, bytes: &[u8]) -> Result<(), Fault> {
        if entry.version != 1 {
            return Err(self.fault("entry-unreadable", msg!("an entry of another version")));
        }
        if entry.at_ms > self.settled_at {
            self.rows_are_read()?;
        }
        self.close_until(entry.at_ms.saturating_sub(MOMENT_MS))?;
        self.last_at = self.last_at.max(entry.at_ms);
        let log = self.log_mut()?;
        let number = log.next();
        log.push(leaf_hash(bytes))?;
        self.current = Some(Current { entry, number, opened: Opened::new() });
        Ok(())
    }

    fn opening(&mut self, opening: Opening) -> Result<(), Fault> {
        let line = self.line;
        let bad = |code, sentence: &'static str| Err(Fault::at(line, code, sentence));
        let Some(current) = &mut self.current else {
            return bad("opening", msg!("an opening stands after its entry"));
        };
        let fields = fields_of(&current.entry.kind);
        let is_next = current.opened.last_key_value().is_none_or(|(last, _)| *last < opening.field);
        if !fields.contains(&opening.field.as_str()) || !is_next {
            return bad(
                "opening",
                msg!("openings name the fields of their kind in order, each once"),
            );
        }
        let committed = current.entry.commitments.get(&opening.field).and_then(|v| v.as_str());
        let opens = unhex(&opening.salt)
            .and_then(|salt| Commitment::to(&opening.value, salt).ok())
            .is_some_and(|c| Some(hex::encode(c.mac).as_str()) == committed);
        if !opens {
            return bad("opening", msg!("salt and value do not open the commitment"));
        }
        current.opened.insert(opening.field, opening.value);
        Ok(())
    }

    fn end(&mut self, end: &bundle::End) -> Result<(), Fault> {
        self.act_on_entry()?;
        self.end_rows()?;
        let digest = hex::encode(std::mem::take(&mut self.digest).finalize());
        if end.lines != self.line - 1 || end.sha256 != digest {
            return Err(self.fault("end", msg!("lines are missing, or were changed on the way")));
        }
        self.is_ended = true;
        Ok(())
    }

    /// Ends the audit.
    ///
    /// # Errors
    /// The bundle is cut off, or the log is not the signed one.
    pub fn finish(mut self) -> Result<Report, Fault> {
        if !self.is_ended {
            return Err(Fault::at(0, "cut-off", msg!("the bundle has no end")));
        }
        self.rows_are_read()?;
        self.close_until(i64::MAX)?;
        self.keys.finish()?;
        let log =
            self.log.take().ok_or_else(|| Fault::at(0, "checkpoint", msg!("no checkpoint")))?;
        log.end()?;
        let Some(header) = self.header.take() else {
            return Err(Fault::at(0, "no-header", msg!("an empty bundle")));
        };
        if let Some((who, line)) =
            self.unopened.iter().find(|(who, _)| self.people.of(**who).is_none_or(|p| !p.is_erased))
        {
            let sentence = sentence!(
                "commitments about {who} are not opened, and nothing says that this person was erased",
                who = who.to_string()
            );
            return Err(Fault::at(*line, "not-opened", sentence));
        }
        self.last_things(&header, log.hidden);
        let statistics = self.statistics();
        self.findings.sort();
        let mut report = Report {
            format: REPORT_FORMAT,
            org: header.org,
            origin: header.origin,
            log_key: header.log_key,
            log_size: log.size(),
            log_root: hex::encode(log.root()),
            from: header.from,
            to: header.to,
            recomputed: self.recomputed,
            boundaries: self.boundaries,
            hits: self.hits,
            not_yet_public: self.private.into_iter().collect(),
            spared: Vec::new(),
            singled_out: Vec::new(),
            steered: Vec::new(),
            remarks: Vec::new(),
            statistics,
        };
        for finding in self.findings {
            match finding.list {
                List::Spared => report.spared.push(finding),
                List::SingledOut => report.singled_out.push(finding),
                List::Steered => report.steered.push(finding),
                List::Remarks => report.remarks.push(finding),
            }
        }
        Ok(report)
    }

    fn fault(&self, code: &'static str, sentence: impl Into<Sentence>) -> Fault {
        Fault::at(self.line, code, sentence)
    }

    fn log_mut(&mut self) -> Result<&mut LogCheck, Fault> {
        let line = self.line;
        let missing =
            || Fault::at(line, "checkpoint", msg!("the checkpoint stands before the log"));
        self.log.as_mut().ok_or_else(missing)
    }

    /// Whether a label lies in the period, and whether its rows belong into the bundle.
    fn place_of(&self, label: Date) -> (bool, bool) {
        let Some(header) = &self.header else { return (false, false) };
        let (day, from, to) = (day_number(label), day_number(header.from), day_number(header.to));
        let around = from - LEAD_IN_DAYS..=to + LEAD_OUT_DAYS;
        ((from..=to).contains(&day), around.contains(&day))
    }

    /// The boundary whose rows are due next: the first in the order of plans that is neither read
    /// nor dropped, once its salt is settled and its keys are public.
    fn next_ready(&self) -> Option<u64> {
        let (number, promised) = self.promised.first_key_value()?;
        let is_public = self.keys.of(&promised.chain, promised.label).is_some();
        (promised.salt.is_some() && is_public).then_some(*number)
    }
}

fn lone_row(line: u64) -> Fault {
    Fault::at(line, "rows-unexpected", msg!("a row stands after its boundary"))
}

/// The commitments that a kind opens.
fn fields_of(kind: &str) -> &'static [&'static str] {
    OPENED.iter().find(|(of, _)| *of == kind).map_or(&[], |(_, fields)| *fields)
}

/// Days since 1970-01-01.
pub(super) fn day_number(date: Date) -> i32 {
    (date.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24) as i32
}

fn date_of(day: i32) -> Option<Date> {
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(i64::from(day))).ok()
}
