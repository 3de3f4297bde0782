//! Check-ins that the log announces, beside those that the draw gave.

use super::{Auditor, Opened, day_number};
use crate::draw_audit::bundle::Entry;
use crate::draw_audit::finding::{Code, Finding, List};
use crate::{msg, sentence};
use jiff::civil::Date;
use serde_json::Value;
use uuid::Uuid;

impl Auditor {
    /// A check-in was announced, or a hit was kept without an announcement.
    pub(super) fn announced(
        &mut self,
        entry: &Entry,
        opened: &Opened,
        number: u64,
        is_announced: bool,
    ) {
        let (Some(subject), Some(label)) = (entry.subject, entry.date("label")) else { return };
        if !self.place_of(label).1 {
            return;
        }
        let found = match entry.text("kind") {
            Some("drawn") => self.drawn(entry, opened, subject, label, is_announced),
            Some("manual") => self.ordered(entry).into_iter().collect(),
            Some("baseline") => match self.ordered(entry) {
                // One that follows a missed or moved one is not booked by anybody.
                Some(_) if self.followed(entry, subject).is_none() => Vec::new(),
                found => found.into_iter().collect(),
            },
            _ => self.followed(entry, subject).into_iter().collect(),
        };
        if !self.place_of(label).0 {
            return;
        }
        let token = self.people.of(subject).and_then(|p| p.token);
        let about = |f: Finding| f.label(label).about(Some(subject), token).entry(number);
        self.findings.extend(found.into_iter().map(about));
    }

    pub(super) fn drawn(
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
            let sentence = msg!(
                "Checked as drawn, and the committed rows and the key do not draw this person."
            );
            return match is_known {
                true => vec![Finding::new(List::SingledOut, Code::NotDrawn, sentence)],
                false => Vec::new(), // the key of that boundary is not public yet
            };
        };
        if std::mem::replace(&mut due.is_settled, true) {
            let sentence = msg!("One draw was announced twice.");
            return vec![Finding::new(List::SingledOut, Code::AnnouncedTwice, sentence)];
        }
        let has_left = |token: &[u8; 16]| people.with_token(token).is_some_and(|p| p.has_left);
        let in_use_now = |token| people.newest(token);
        due.check_in = entry.text("check_in").map(str::to_owned);
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
                msg!("Drawn, and not checked because the service was too late for it."),
            )],
            (true, _) => Vec::new(),
            (false, _) => vec![Finding::new(
                List::Spared,
                Code::ReasonNotLogged,
                sentence!(
                    "Drawn, and not checked for the reason `{cause}`, which nothing in the log supports.",
                    cause
                ),
            )],
        }
    }

    /// Whether the rows of this label that would show the person are still to come.
    pub(super) fn is_label_open(&self, label: Date, token: &[u8; 16]) -> bool {
        let day = day_number(label);
        let last = self.states.days(token).map(|(last, ..)| last);
        let is_waiting = self.promised.values().any(|p| p.label == label);
        is_waiting && last.is_none_or(|last| last < day || self.has_later_block(label))
    }

    pub(super) fn has_later_block(&self, label: Date) -> bool {
        self.promised.values().any(|p| p.label == label && p.horizon.starts_with("block/"))
    }

    pub(super) fn ordered(&self, entry: &Entry) -> Option<Finding> {
        let is_known = entry.text("order").is_some_and(|order| self.orders.contains(order));
        let sentence = msg!("Labelled as ordered by a person, and the log has no such order.");
        (!is_known).then(|| Finding::new(List::SingledOut, Code::OrderNotLogged, sentence))
    }

    pub(super) fn followed(&self, entry: &Entry, subject: Uuid) -> Option<Finding> {
        let cause = entry.text("after").and_then(|after| self.causes.get(after));
        let sentence = msg!(
            "Labelled as a re-check, and the log has no earlier check-in of this person that it could follow."
        );
        (cause != Some(&subject))
            .then(|| Finding::new(List::SingledOut, Code::CauseNotLogged, sentence))
    }
}
