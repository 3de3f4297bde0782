//! What each kind of entry of the log means for the audit. An entry is acted on once all its
//! openings are read.

use super::{Auditor, Current, Opened, day_number, fields_of};
use crate::draw_audit::bundle::Entry;
use crate::draw_audit::finding::{Code, Fault, Finding, List};
use crate::draw_audit::statistics::Counted;
use crate::time::UtcMillis;
use crate::{msg, sentence};
use serde_json::Value;

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
            "draw-chain-retired" => self.retired(&entry),
            "draw-chain-rotated" => {
                self.keys.end(entry.text("chain").unwrap_or_default());
                let sentence =
                    msg!("A chain was ended and another begun, with a reason in the log.");
                let finding = Finding::new(List::Remarks, Code::ChainRotated, sentence);
                self.findings.push(finding.entry(number));
            }
            "draw-inputs" => self.inputs(&entry, number)?,
            "draw-beacon" => self.beacon(&entry, number)?,
            "draw-single-lock" => self.single_lock(&entry, number)?,
            "draw-key-delivered" => self.delivered(&entry),
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
            "manual-check-in-ordered" | "baseline-session-booked" => {
                self.orders.extend(entry.text("order").map(str::to_owned));
            }
            "check-in-judged" if entry.text("outcome") != Some("verified") => self.cause(&entry),
            "check-in-moved" => self.cause(&entry),
            "check-in-slot-refused" => {
                self.refused.extend(entry.text("check_in").map(str::to_owned));
            }
            "verifier-replaced" => self.replaced(&entry, &opened, number),
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
        Err(self
            .fault("organisation", msg!("the log is of another installation than the bundle says")))
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
}

pub(super) fn unreadable(number: u64) -> Fault {
    Fault::at(0, "entry-unreadable", sentence!("entry {number} lacks a fact of its kind", number))
}
