//! What each kind of entry of the log means for the audit. An entry is acted on once all its
//! openings are read.

use super::{Auditor, Closing, Current, Opened, Promised, day_number, fields_of};
use crate::draw::beacon::{BEACON_WAIT_MS, appears_at, round_of};
use crate::draw_audit::auditor::BeaconVerdict;
use crate::draw_audit::bundle::{Entry, unhex};
use crate::draw_audit::expected::Tally;
use crate::draw_audit::finding::{Code, Fault, Finding, List};
use crate::draw_audit::statistics::Counted;
use crate::time::UtcMillis;
use jiff::civil::Date;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Inputs count as late where they are committed later than this after the boundary.
const LATE_MS: i64 = crate::calendar::PLAN_DELAY_MS;
/// `b_ms` of a late commitment lies at most so far from its entry.
const CLOCK_MS: i64 = 60_000;

impl Auditor {
    /// Acts on the entry whose openings are complete.
    pub(super) fn act_on_entry(&mut self) -> Result<(), Fault> {
        let Some(Current { entry, number, opened }) = self.current.take() else { return Ok(()) };
        let fields = fields_of(&entry.kind).iter();
        let is_open = |field: &&&str| opened.contains_key(**field);
        let committed = |field: &&&str| entry.commitments.contains_key(**field);
        if let Some(subject) = entry.subject
            && fields.filter(committed).any(|field| !is_open(&field))
        {
            self.unopened.entry(subject).or_insert(self.line);
        }
        self.count(&entry);
        match entry.kind.as_str() {
            "installation-created" => self.installation(&entry)?,
            "policy-activated" => {
                if let (Some(policy), Some(hazards)) = (entry.text("policy"), entry.text("hazards"))
                {
                    self.policies.insert(policy.to_owned(), hazards.to_owned());
                }
            }
            "draw-anchor" => {
                let found = self.keys.anchor(&entry, number)?;
                self.findings.extend(found);
            }
            "draw-chain-retired" => self.keys.end(entry.text("chain").unwrap_or_default()),
            "draw-chain-rotated" => {
                self.keys.end(entry.text("chain").unwrap_or_default());
                let sentence = "A chain was ended and another begun, with a reason in the log.";
                let finding = Finding::new(List::Remarks, Code::ChainRotated, sentence);
                self.findings.push(finding.entry(number));
            }
            "draw-inputs" => self.inputs(&entry, number)?,
            "draw-beacon" => self.beacon(&entry, number)?,
            "draw-single-lock" => self.single_lock(&entry, number)?,
            "draw-boundary-dropped" => self.dropped(&entry, number),
            "draw-label-closed" => self.label_closed(&entry, number)?,
            "draw-key-revealed" => {
                let finding = self.keys.revealed(&entry, number)?;
                self.findings.extend(finding);
            }
            "programme-paused" => self.is_paused = true,
            "programme-resumed" => {
                self.is_paused = false;
                if entry.text("from") == Some("shadow") || entry.facts.contains_key("pilot") {
                    self.resets = self.resets.wrapping_add(1);
                }
            }
            "service-outage" => {
                if let (Some(from), Some(to)) = (entry.number("from_ms"), entry.number("to_ms")) {
                    self.outages.push((from, to));
                }
            }
            "person-joined" => {
                let finding = self.people.joined(&entry, &opened, number);
                self.findings.extend(finding);
            }
            "draw-token-changed" => {
                let finding = self.people.token_changed(&entry, &opened, number);
                self.findings.extend(finding);
            }
            "manual-check-in-ordered" => {
                self.orders.extend(entry.text("order").map(str::to_owned));
            }
            "check-in-judged" if entry.text("outcome") != Some("verified") => self.cause(&entry),
            "check-in-moved" => self.cause(&entry),
            "check-in-announced" => self.announced(&entry, &opened, number, true),
            "check-in-not-announced" => self.announced(&entry, &opened, number, false),
            _ => {
                self.late_absence(&entry, &opened);
                self.people.note(&entry, &opened, number);
            }
        }
        Ok(())
    }

    /// An absence for a date whose inputs are committed already.
    fn late_absence(&mut self, entry: &Entry, opened: &Opened) {
        if entry.kind != "absence-entered" {
            return;
        }
        let first = opened.get("first_day").and_then(Value::as_str).and_then(|d| d.parse().ok());
        let Some((subject, first)) = entry.subject.zip(first) else { return };
        let token = self.people.of(subject).and_then(|p| p.token);
        let row = token.and_then(|token| self.states.days(&token));
        if self.place_of(first).0 && row.is_some_and(|(last, ..)| day_number(first) <= last) {
            self.counts.add(Counted::AbsenceLate, subject, Some(entry.actor));
        }
    }

    fn installation(&mut self, entry: &Entry) -> Result<(), Fault> {
        let org = self.header.as_ref().map(|h| h.org.as_str());
        if entry.text("organisation") == org {
            return Ok(());
        }
        Err(self.fault("organisation", "the log is of another installation than the bundle says"))
    }

    /// A check-in after which a re-check may come.
    fn cause(&mut self, entry: &Entry) {
        if let (Some(check_in), Some(subject)) = (entry.text("check_in"), entry.subject) {
            self.causes.insert(check_in.to_owned(), subject);
        }
    }

    fn count(&mut self, entry: &Entry) {
        let of_day = UtcMillis(entry.at_ms).date_in(&jiff::tz::TimeZone::UTC);
        let Some(subject) = entry.subject else { return };
        if !self.place_of(entry.date("label").unwrap_or(of_day)).0 {
            return;
        }
        let actor = Some(entry.actor);
        match entry.kind.as_str() {
            "absence-entered" => self.counts.add(Counted::Absence, subject, actor),
            "check-in-slot-refused" => self.counts.add(Counted::SlotRefused, subject, None),
            "check-in-moved" => self.counts.add(Counted::Moved, subject, None),
            "verifier-replaced" => self.counts.add(Counted::VerifierReplaced, subject, None),
            "private-blocks-changed" => self.counts.add(Counted::PrivateBlocks, subject, None),
            "check-in-not-announced" => self.counts.add(Counted::Excused, subject, None),
            "check-in-announced" if entry.text("kind") == Some("manual") => {
                self.counts.add(Counted::Manual, subject, None);
            }
            _ => {}
        }
    }

    fn inputs(&mut self, entry: &Entry, number: u64) -> Result<(), Fault> {
        let read = || {
            let zone = entry.text("zone")?.to_owned();
            let (label, t) = (entry.date("label")?, entry.number("t_ms")?);
            Some((zone, label, entry.text("horizon").unwrap_or("day").to_owned(), t))
        };
        let Some((zone, label, horizon, t)) = read() else { return Err(unreadable(number)) };
        let (is_reported, is_wanted) = self.place_of(label);
        if self.seen.is_empty() {
            self.is_from_the_beginning = is_wanted;
        }
        let steered = |code, sentence: &str| {
            Finding::new(List::Steered, code, sentence).label(label).zone(&zone).entry(number)
        };
        let mut found = Vec::new();
        let is_second = !self.seen.insert((zone.clone(), label, horizon.clone()));
        if is_second {
            let sentence = "The inputs of one boundary were committed twice: it could be drawn again until it suited.";
            found.push(steered(Code::InputsTwice, sentence));
        }
        found.extend(self.begin_label(&zone, label, number));
        let due = self.keys.due(label);
        if entry.text("chain") != Some(due.as_str()) {
            let sentence = "The chains named are not those that count for this label.";
            found.push(steered(Code::ChainWrong, sentence));
        }
        if entry.at_ms > t + LATE_MS {
            found.push(self.late(entry.at_ms, t, steered(Code::InputsLate, "")));
        }
        let beacon = entry.text("beacon").unwrap_or("none").to_owned();
        let round = entry.number("round");
        if beacon != "none" && !is_right_round(entry, t, round) {
            let sentence = "The round of the beacon is not the one that belongs to this boundary.";
            found.push(steered(Code::BeaconWrong, sentence));
        }
        if is_reported {
            self.findings.extend(found);
        }
        if is_second {
            return Ok(()); // the first one counts
        }
        let (open, _) = self.open_labels.entry(label).or_default();
        *open += 1;
        if !is_wanted {
            return Ok(());
        }
        let salt = (beacon == "none").then_some([0; 32]);
        if salt.is_some() {
            self.settles(entry.at_ms)?;
        }
        let promised = Promised {
            entry: number,
            root: entry.text("root").unwrap_or_default().to_owned(),
            chain: entry.text("chain").unwrap_or_default().to_owned(),
            people: entry.number("people").unwrap_or(-1),
            beacon,
            round,
            salt,
            is_paused: self.is_paused,
            is_reported,
        };
        self.promised.insert((t, zone, label.to_string(), horizon), promised);
        Ok(())
    }

    /// Each zone goes on day by day; a label that is passed over is a day that was dropped.
    fn begin_label(&mut self, zone: &str, label: Date, number: u64) -> Option<Finding> {
        let next = self.zones.len() as u16;
        let (_, last) = self.zones.entry(zone.to_owned()).or_insert((next, label));
        let days = day_number(label) - day_number(*last);
        *last = label.max(*last);
        (days > 1).then(|| {
            let sentence =
                format!("{} dates of this zone before this one were never drawn.", days - 1);
            Finding::new(List::Steered, Code::DayDropped, sentence)
                .label(label)
                .zone(zone)
                .entry(number)
        })
    }

    fn late(&self, at_ms: i64, t: i64, finding: Finding) -> Finding {
        let minutes = (at_ms - t) / 60_000;
        let is_outage = self.outages.iter().any(|(from, to)| *from <= t + LATE_MS && t <= *to);
        if is_outage {
            let sentence = format!(
                "The inputs were committed {minutes} minutes late, after an outage that the log records."
            );
            return Finding {
                list: List::Remarks,
                code: Code::LateAfterOutage,
                sentence,
                ..finding
            };
        }
        let sentence = format!(
            "The inputs were committed {minutes} minutes after the boundary began, and the log records no outage."
        );
        Finding { sentence, ..finding }
    }

    /// Notes that an entry of this moment settles a salt: rows read already must be of an earlier one.
    fn settles(&mut self, at_ms: i64) -> Result<(), Fault> {
        if self.read_at >= at_ms {
            return Err(self.fault("rows-order", "rows stand before an entry of the same moment"));
        }
        self.settled_at = self.settled_at.max(at_ms);
        Ok(())
    }

    fn promised_of(&mut self, entry: &Entry) -> Option<&mut Promised> {
        let (zone, label) = (entry.text("zone")?, entry.text("label")?);
        let horizon = entry.text("horizon")?;
        let is_it = |(order, _): &(&super::Order, &mut Promised)| {
            order.1 == zone && order.2 == label && order.3 == horizon
        };
        self.promised.iter_mut().find(is_it).map(|(_, promised)| promised)
    }

    fn beacon(&mut self, entry: &Entry, number: u64) -> Result<(), Fault> {
        let check = self.trust.beacon;
        let bytes = |name: &str| hex::decode(entry.text(name)?).ok();
        let (Some(signature), Some(randomness)) =
            (bytes("signature"), entry.text("randomness").and_then(unhex::<32>))
        else {
            return Err(unreadable(number));
        };
        let at_ms = entry.at_ms;
        let round = entry.number("round");
        let Some(promised) = self.promised_of(entry) else { return Ok(()) };
        let is_hash = <[u8; 32]>::from(Sha256::digest(&signature)) == randomness;
        let verdict = match (promised.beacon.as_str(), round) {
            (kind, Some(round)) => check(kind, round.unsigned_abs(), &signature),
            (_, None) => BeaconVerdict::Wrong,
        };
        let is_round = round.is_some() && round == promised.round;
        let is_first = promised.salt.is_none();
        if is_first {
            promised.salt = Some(randomness);
        }
        let is_reported = promised.is_reported;
        if is_first {
            self.settles(at_ms)?;
        }
        let is_right = is_hash && is_round && is_first && verdict != BeaconVerdict::Wrong;
        let finding = match (is_right, verdict) {
            (false, _) => Some(Finding::new(
                List::Steered,
                Code::BeaconWrong,
                "The beacon's randomness is not that of the committed round, or came a second time.",
            )),
            (true, BeaconVerdict::NotChecked) => Some(Finding::new(
                List::Remarks,
                Code::BeaconNotChecked,
                "The signature of the beacon was not checked, only that the randomness is its hash.",
            )),
            _ => None,
        };
        let label = entry.date("label");
        self.findings
            .extend(finding.filter(|_| is_reported).map(|f| Finding { label, ..f }.entry(number)));
        Ok(())
    }

    fn single_lock(&mut self, entry: &Entry, number: u64) -> Result<(), Fault> {
        let at_ms = entry.at_ms;
        let Some(promised) = self.promised_of(entry) else { return Ok(()) };
        let is_reported = promised.is_reported;
        let is_first = promised.salt.is_none();
        let round = promised.round.map_or(1, |round| u64::try_from(round).unwrap_or(1));
        let has_waited = at_ms >= appears_at(round).0 + BEACON_WAIT_MS;
        if is_first {
            promised.salt = Some([0; 32]);
            self.settles(at_ms)?;
        }
        let finding = if !is_first {
            Finding::new(List::Steered, Code::BeaconWrong, "The salt was settled a second time.")
        } else if has_waited {
            Finding::new(
                List::Remarks,
                Code::SingleLock,
                "No round of the beacon could be had in time: the draw rests on the committed key alone.",
            )
        } else {
            Finding::new(
                List::Steered,
                Code::SingleLockEarly,
                "The beacon was given up less than ten minutes after its round: whoever knew the round could choose between two draws.",
            )
        };
        let label = entry.date("label");
        if is_reported {
            self.findings.push(Finding { label, ..finding }.entry(number));
        }
        Ok(())
    }

    fn dropped(&mut self, entry: &Entry, number: u64) {
        let (Some(zone), Some(label), Some(horizon)) =
            (entry.text("zone"), entry.text("label"), entry.text("horizon"))
        else {
            return;
        };
        let mut is_reported = false;
        self.promised.retain(|order, promised| {
            let is_it = order.1 == zone && order.2 == label && order.3 == horizon;
            is_reported |= is_it && promised.is_reported;
            !is_it
        });
        if is_reported {
            let sentence = "A boundary was never drawn: a holder's key for it was missing when the holder was retired.";
            let finding =
                Finding::new(List::Remarks, Code::BoundaryDropped, sentence).entry(number);
            self.findings.push(Finding { label: entry.date("label"), ..finding });
        }
    }

    fn label_closed(&mut self, entry: &Entry, number: u64) -> Result<(), Fault> {
        let (Some(zone), Some(label)) = (entry.text("zone"), entry.date("label")) else {
            return Err(unreadable(number));
        };
        let count = |name: &str| entry.number(name).unwrap_or(-1);
        let counts = Tally {
            hit: count("hit"),
            shielded: count("shielded"),
            uncovered: count("uncovered"),
            not_hit: count("not_hit"),
            ineligible: count("ineligible"),
            moved: count("moved"),
            ..Tally::default()
        };
        let boundaries =
            self.seen.iter().filter(|(z, l, _)| z == zone && *l == label).count() as i64;
        let (open, last) = self.open_labels.entry(label).or_default();
        (*open, *last) = (*open - boundaries, (*last).max(entry.at_ms));
        let zone = zone.to_owned();
        self.closings.push(Closing { zone, label, at_ms: entry.at_ms, entry: number, counts });
        Ok(())
    }

    /// A check-in was announced, or a hit was kept without an announcement.
    fn announced(&mut self, entry: &Entry, opened: &Opened, number: u64, is_announced: bool) {
        let (Some(subject), Some(label)) = (entry.subject, entry.date("label")) else { return };
        if !self.place_of(label).1 {
            return;
        }
        let found = match entry.text("kind") {
            Some("drawn") => self.drawn(entry, opened, subject, label, is_announced),
            Some("manual") => self.ordered(entry).into_iter().collect(),
            _ => self.followed(entry, subject).into_iter().collect(),
        };
        if !self.place_of(label).0 {
            return;
        }
        let token = self.people.of(subject).and_then(|p| p.token);
        let about = |f: Finding| f.label(label).about(Some(subject), token).entry(number);
        self.findings.extend(found.into_iter().map(about));
    }

    fn drawn(
        &mut self,
        entry: &Entry,
        opened: &Opened,
        subject: Uuid,
        label: Date,
        is_announced: bool,
    ) -> Vec<Finding> {
        let Some(token) = self.people.of(subject).and_then(|p| p.token) else {
            return Vec::new(); // erased: nothing binds the pseudonym to a row
        };
        let in_use = match self.expected.find(label, &token) {
            Some(_) => token,
            None => self.people.before(&token).unwrap_or(token),
        };
        let people = &self.people;
        let Some(due) = self.expected.find(label, &in_use) else {
            let is_known = !self.is_label_open(label, &in_use);
            let sentence =
                "Checked as drawn, and the committed rows and the key do not draw this person.";
            return match is_known {
                true => vec![Finding::new(List::SingledOut, Code::NotDrawn, sentence)],
                false => Vec::new(), // the key of that boundary is not public yet
            };
        };
        if std::mem::replace(&mut due.is_settled, true) {
            let sentence = "One draw was announced twice.";
            return vec![Finding::new(List::SingledOut, Code::AnnouncedTwice, sentence)];
        }
        let has_left = |token: &[u8; 16]| people.with_token(token).is_some_and(|p| p.has_left);
        let in_use_now = |token| people.newest(token);
        if is_announced {
            return due.compare(entry.at_ms, opened, in_use_now, has_left);
        }
        let cause = opened.get("cause").and_then(Value::as_str).unwrap_or_default();
        let is_logged = match cause {
            "left" => has_left(&in_use),
            "absence" => people.is_absent(&in_use, label),
            "paused" => self.is_paused,
            "announced_too_late" => true,
            _ => !cause.is_empty(),
        };
        match (is_logged, cause) {
            (true, "announced_too_late") => vec![Finding::new(
                List::Remarks,
                Code::ServiceTooLate,
                "Drawn, and not checked because the service was too late for it.",
            )],
            (true, _) => Vec::new(),
            (false, _) => vec![Finding::new(
                List::Spared,
                Code::ReasonNotLogged,
                format!(
                    "Drawn, and not checked for the reason `{cause}`, which nothing in the log supports."
                ),
            )],
        }
    }

    /// Whether the rows of this label that would show the person are still to come.
    fn is_label_open(&self, label: Date, token: &[u8; 16]) -> bool {
        let day = day_number(label);
        let last = self.states.days(token).map(|(last, ..)| last);
        let is_waiting = self.promised.keys().any(|order| order.2 == label.to_string());
        is_waiting && last.is_none_or(|last| last < day || self.has_later_block(label))
    }

    fn has_later_block(&self, label: Date) -> bool {
        self.promised.keys().any(|o| o.2 == label.to_string() && o.3.starts_with("block/"))
    }

    fn ordered(&self, entry: &Entry) -> Option<Finding> {
        let is_known = entry.text("order").is_some_and(|order| self.orders.contains(order));
        let sentence = "Labelled as ordered by a person, and the log has no such order.";
        (!is_known).then(|| Finding::new(List::SingledOut, Code::OrderNotLogged, sentence))
    }

    fn followed(&self, entry: &Entry, subject: Uuid) -> Option<Finding> {
        let cause = entry.text("after").and_then(|after| self.causes.get(after));
        let sentence = "Labelled as a re-check, and the log has no earlier check-in of this person that it could follow.";
        (cause != Some(&subject))
            .then(|| Finding::new(List::SingledOut, Code::CauseNotLogged, sentence))
    }
}

fn unreadable(number: u64) -> Fault {
    Fault::at(0, "entry-unreadable", format!("entry {number} lacks a fact of its kind"))
}

/// The first round that appears at least 120 s after `b_ms`, which is t, or the moment of a late
/// commitment.
fn is_right_round(entry: &Entry, t: i64, round: Option<i64>) -> bool {
    let Some(b) = entry.number("b_ms") else { return false };
    let is_late = entry.facts.get("late") == Some(&Value::Bool(true));
    let is_base = if is_late { (entry.at_ms - b).abs() <= CLOCK_MS } else { b == t };
    is_base && round.and_then(|r| u64::try_from(r).ok()) == Some(round_of(UtcMillis(b)))
}
