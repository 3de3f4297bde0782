//! What the log commits before anything is drawn: inputs, rounds of the beacon, single locks, boundaries
//! that are dropped, labels that close.

use super::entries::unreadable;
use super::{Auditor, BeaconVerdict, Closing, Promised, Zone, day_number};
use crate::draw::beacon::{BEACON_WAIT_MS, appears_at, round_of};
use crate::draw_audit::bundle::{Entry, unhex};
use crate::draw_audit::expected::Tally;
use crate::draw_audit::finding::{Code, Fault, Finding, List};
use crate::sentence::Sentence;
use crate::time::UtcMillis;
use crate::{msg, sentence};
use jiff::civil::Date;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Inputs count as late where they are committed later than this after the boundary.
const LATE_MS: i64 = crate::calendar::PLAN_DELAY_MS;
/// Inputs that waited for a holder are committed at most so long after the waiting has ended.
const RELEASED_MS: i64 = 600_000;
/// `b_ms` of a late commitment lies at most so far from its entry.
const CLOCK_MS: i64 = 60_000;

impl Auditor {
    pub(super) fn inputs(&mut self, entry: &Entry, number: u64) -> Result<(), Fault> {
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
        let steered = |code, sentence: &'static str| {
            Finding::new(List::Steered, code, sentence).label(label).zone(&zone).entry(number)
        };
        let mut found = Vec::new();
        let is_second = !self.seen.insert((zone.clone(), label, horizon.clone()));
        if is_second {
            let sentence = msg!(
                "The inputs of one boundary were committed twice: it could be drawn again until it suited."
            );
            found.push(steered(Code::InputsTwice, sentence));
        }
        let released_at = self.zones.get(&zone).and_then(|zone| zone.released_at);
        let chain = entry.text("chain").unwrap_or_default();
        found.extend(self.begin_label(&zone, label, chain, number));
        let due = self.keys.due(label);
        if entry.text("chain") != Some(due.as_str()) {
            let sentence = msg!("The chains named are not those that count for this label.");
            found.push(steered(Code::ChainWrong, sentence));
        }
        if entry.at_ms > t + LATE_MS {
            found.push(self.late(entry.at_ms, t, released_at, steered(Code::InputsLate, "")));
        }
        let beacon = entry.text("beacon").unwrap_or("none").to_owned();
        let round = entry.number("round");
        if beacon != "none" && !is_right_round(entry, t, round) {
            let sentence =
                msg!("The round of the beacon is not the one that belongs to this boundary.");
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
            zone,
            label,
            horizon,
            t,
            root: entry.text("root").unwrap_or_default().to_owned(),
            chain: entry.text("chain").unwrap_or_default().to_owned(),
            people: entry.number("people").unwrap_or(-1),
            beacon,
            round,
            salt,
            is_paused: self.is_paused,
            is_reported,
        };
        self.promised.insert(number, promised);
        Ok(())
    }

    /// Each zone goes on day by day; a label that is passed over is a day that was dropped.
    fn begin_label(
        &mut self,
        name: &str,
        label: Date,
        chain: &str,
        number: u64,
    ) -> Option<Finding> {
        let first = Zone {
            number: self.zones.len() as u16,
            last: label,
            chain: String::new(),
            released_at: None,
        };
        let zone = self.zones.entry(name.to_owned()).or_insert(first);
        let days = day_number(label) - day_number(zone.last);
        if label >= zone.last {
            (zone.last, zone.chain) = (label, chain.to_owned());
        }
        (days > 1).then(|| {
            let sentence =
                sentence!("{n} dates of this zone before this one were never drawn.", n = days - 1);
            Finding::new(List::Steered, Code::DayDropped, sentence)
                .label(label)
                .zone(name)
                .entry(number)
        })
    }

    fn late(&self, at_ms: i64, t: i64, released_at: Option<i64>, finding: Finding) -> Finding {
        let minutes = (at_ms - t) / 60_000;
        let remark = |code, sentence: Sentence| Finding {
            list: List::Remarks,
            code,
            sentence,
            ..finding.clone()
        };
        let is_outage = self.outages.iter().any(|(from, to)| *from <= t + LATE_MS && t <= *to);
        let has_waited = released_at.is_some_and(|at| t < at && at_ms - at <= RELEASED_MS);
        if is_outage {
            let sentence = sentence!(
                "The inputs were committed {minutes} minutes late, after an outage that the log records.",
                minutes
            );
            return remark(Code::LateAfterOutage, sentence);
        }
        if has_waited {
            let sentence = sentence!(
                "The inputs were committed {minutes} minutes late: until then the date before waited for the key of \
                 a holder.",
                minutes
            );
            return remark(Code::LateAfterWaiting, sentence);
        }
        let sentence = sentence!(
            "The inputs were committed {minutes} minutes after the boundary began, and the log records no outage.",
            minutes
        );
        Finding { sentence, ..finding }
    }

    /// A holder's key has arrived: zones whose last label waited for it go on.
    pub(super) fn delivered(&mut self, entry: &Entry) {
        let (Some(chain), Some(label)) = (entry.text("chain"), entry.date("label")) else { return };
        let known = self.delivered.entry(chain.to_owned()).or_insert(label);
        *known = label.max(*known);
        let waits = |zone: &&mut Zone| zone.last <= label && names(&zone.chain, chain);
        for zone in self.zones.values_mut().filter(waits) {
            zone.released_at = Some(entry.at_ms);
        }
    }

    /// A holder's chain ends. What was dropped with it stands beside this entry, before or after it.
    pub(super) fn retired(&mut self, entry: &Entry) {
        let chain = entry.text("chain").unwrap_or_default();
        self.keys.end(chain);
        self.retired.insert(chain.to_owned());
        let is_explained =
            |(at_ms, of, _): &mut (i64, String, Finding)| *at_ms == entry.at_ms && of == chain;
        let explained = self.unfounded.extract_if(.., is_explained);
        self.findings.extend(explained.map(|(.., finding)| dropped_with(finding)));
    }

    /// Notes that an entry of this moment settles a salt: rows read already must be of an earlier one.
    pub(super) fn settles(&mut self, at_ms: i64) -> Result<(), Fault> {
        if self.read_at >= at_ms {
            return Err(
                self.fault("rows-order", msg!("rows stand before an entry of the same moment"))
            );
        }
        self.settled_at = self.settled_at.max(at_ms);
        Ok(())
    }

    pub(super) fn promised_of(&mut self, entry: &Entry) -> Option<&mut Promised> {
        let (zone, label) = (entry.text("zone")?, entry.date("label")?);
        let horizon = entry.text("horizon")?;
        self.promised.values_mut().find(|promised| promised.is(zone, label, horizon))
    }

    pub(super) fn beacon(&mut self, entry: &Entry, number: u64) -> Result<(), Fault> {
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
                msg!(
                    "The beacon's randomness is not that of the committed round, or came a second time."
                ),
            )),
            (true, BeaconVerdict::NotChecked) => Some(Finding::new(
                List::Remarks,
                Code::BeaconNotChecked,
                msg!(
                    "The signature of the beacon was not checked, only that the randomness is its hash."
                ),
            )),
            _ => None,
        };
        let label = entry.date("label");
        self.findings
            .extend(finding.filter(|_| is_reported).map(|f| Finding { label, ..f }.entry(number)));
        Ok(())
    }

    pub(super) fn single_lock(&mut self, entry: &Entry, number: u64) -> Result<(), Fault> {
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
            Finding::new(
                List::Steered,
                Code::BeaconWrong,
                msg!("The salt was settled a second time."),
            )
        } else if has_waited {
            Finding::new(
                List::Remarks,
                Code::SingleLock,
                msg!(
                    "No round of the beacon could be had in time: the draw rests on the committed key alone."
                ),
            )
        } else {
            Finding::new(
                List::Steered,
                Code::SingleLockEarly,
                msg!(
                    "The beacon was given up less than ten minutes after its round: whoever knew the round could \
                     choose between two draws."
                ),
            )
        };
        let label = entry.date("label");
        if is_reported {
            self.findings.push(Finding { label, ..finding }.entry(number));
        }
        Ok(())
    }

    /// A boundary is given up. That is right only with the end of a holder whose key for it had not
    /// arrived: who could drop at will could drop what was drawn.
    pub(super) fn dropped(&mut self, entry: &Entry, number: u64) {
        let (Some(zone), Some(label), Some(horizon)) =
            (entry.text("zone"), entry.date("label"), entry.text("horizon"))
        else {
            return;
        };
        let Some(promised) =
            self.promised.extract_if(.., |_, promised| promised.is(zone, label, horizon)).next()
        else {
            return; // drawn already: nothing can be given up any more
        };
        let promised = promised.1;
        self.dropped.insert((zone.to_owned(), label));
        if let Some(zone) = self.zones.get_mut(zone).filter(|zone| zone.last == label) {
            zone.released_at = Some(entry.at_ms);
        }
        if !promised.is_reported {
            return;
        }
        let chain = entry.text("chain").unwrap_or_default();
        let has_arrived = self.delivered.get(chain).is_some_and(|until| label <= *until);
        let sentence = msg!(
            "A boundary was given up, and no holder whose key was missing for it was retired."
        );
        let finding = Finding::new(List::Steered, Code::DropUnfounded, sentence)
            .label(label)
            .zone(zone)
            .entry(number);
        match names(&promised.chain, chain) && !has_arrived {
            true if self.retired.contains(chain) => self.findings.push(dropped_with(finding)),
            true => self.unfounded.push((entry.at_ms, chain.to_owned(), finding)),
            false => self.findings.push(finding),
        }
    }

    pub(super) fn label_closed(&mut self, entry: &Entry, number: u64) -> Result<(), Fault> {
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
}

/// Whether the chains of a boundary, joined by `+`, are or include this one.
fn names(chains: &str, chain: &str) -> bool {
    chains.split('+').any(|named| named == chain)
}

/// The remark in place of the finding, where a holder's end explains it.
fn dropped_with(finding: Finding) -> Finding {
    let sentence = sentence!(
        "A boundary was never drawn: a holder's key for it was missing when the holder was retired."
    );
    Finding { list: List::Remarks, code: Code::BoundaryDropped, sentence, ..finding }
}

/// The first round that appears at least 120 s after `b_ms`, which is t, or the moment of a late
/// commitment.
fn is_right_round(entry: &Entry, t: i64, round: Option<i64>) -> bool {
    let Some(b) = entry.number("b_ms") else { return false };
    let is_late = entry.facts.get("late") == Some(&Value::Bool(true));
    let is_base = if is_late { (entry.at_ms - b).abs() <= CLOCK_MS } else { b == t };
    is_base && round.and_then(|r| u64::try_from(r).ok()) == Some(round_of(UtcMillis(b)))
}
