//! Where things come to an end: the rows of a boundary, a label of a zone, the whole bundle.

use super::{Auditor, Closing, Promised, day_number};
use crate::draw_audit::bundle::Header;
use crate::draw_audit::expected::{Due, Tally};
use crate::draw_audit::finding::{Code, Fault, Finding, List};
use crate::draw_audit::statistics::{Counted, Statistic};
use crate::time::DAY_MS;
use crate::{msg, sentence};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A key is due seven days after its label has closed everywhere; a day more is given.
const REVEAL_DUE_MS: i64 = 8 * DAY_MS;
/// Somebody in a pool for so long has begun a date in whatever zone.
const BEGUN_DAYS: i64 = 3;

impl Auditor {
    /// Rows that were due by now and did not come.
    pub(super) fn rows_are_read(&self) -> Result<(), Fault> {
        match self.next_ready() {
            None => Ok(()),
            Some(order) => {
                let due = self.promised.get(&order);
                let place = due.map(|p| format!("{}, {}, {}", p.zone, p.label, p.horizon));
                let place = place.unwrap_or_default();
                let sentence = sentence!("the rows of {place} are missing", place);
                Err(self.fault("rows-missing", sentence))
            }
        }
    }

    /// Compares every label that had closed by this instant.
    pub(super) fn close_until(&mut self, at_ms: i64) -> Result<(), Fault> {
        if self.closings.iter().all(|c| c.at_ms >= at_ms) {
            return Ok(());
        }
        let (due, later) =
            std::mem::take(&mut self.closings).into_iter().partition(|c| c.at_ms < at_ms);
        self.closings = later;
        let due: Vec<Closing> = due;
        due.into_iter().for_each(|closing| self.close(&closing));
        Ok(())
    }

    fn close(&mut self, closing: &Closing) {
        let (is_reported, _) = self.place_of(closing.label);
        let is_of = |p: &Promised| p.zone == closing.zone && p.label == closing.label;
        let is_hidden = self.promised.values().any(is_of);
        let planned = self.expected.close(&closing.zone, closing.label);
        let tally = self.tallies.remove(&(closing.zone.clone(), closing.label));
        if !is_reported || is_hidden {
            return;
        }
        for due in &planned {
            self.compare_verifiers(due, closing);
        }
        for Due { selection, .. } in planned.into_iter().filter(|due| !due.is_settled) {
            let person = self.people.with_token(&selection.token.0);
            let sentence = msg!("Drawn, and neither announced nor kept with a reason.");
            let finding = Finding::new(List::Spared, Code::NotAnnounced, sentence);
            let subject = person.map(|p| p.pseudonym);
            let finding = finding.label(closing.label).zone(&closing.zone);
            self.findings
                .push(finding.about(subject, Some(selection.token.0)).entry(closing.entry));
        }
        if let Some(tally) = tally
            && !tally.is_as_logged(&closing.counts)
        {
            let sentence = msg!(
                "The log counts other numbers of people drawn, shielded or uncovered than the rows and the key give."
            );
            let finding = Finding::new(List::Steered, Code::CountsDiffer, sentence);
            self.findings
                .push(finding.label(closing.label).zone(&closing.zone).entry(closing.entry));
        }
    }

    /// What only the whole bundle shows.
    pub(super) fn last_things(&mut self, header: &Header, hidden_entries: u64) {
        let mut day = header.from;
        while day <= header.to {
            let is_seen = self.open_labels.contains_key(&day);
            if !is_seen || self.promised.values().any(|p| p.label == day) {
                self.private.insert(day);
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        let late: Vec<Date> =
            self.private.iter().copied().filter(|l| self.is_overdue(*l)).collect();
        for label in late {
            let sentence =
                msg!("The label closed more than eight days ago, and its key was not revealed.");
            self.findings
                .push(Finding::new(List::Steered, Code::KeyMissing, sentence).label(label));
        }
        self.findings.extend(self.unfounded.drain(..).map(|(.., finding)| finding));
        self.day_ends(header);
        self.dropped_people(header);
        if hidden_entries > 0 {
            let sentence = sentence!(
                "{n} entries of the log are here as hashes only: among them could be a check-in nobody drew or a \
                 second commitment.",
                n = hidden_entries
            );
            self.findings.push(Finding::new(List::Remarks, Code::EntriesHidden, sentence));
        }
        if !self.is_from_the_beginning && self.recomputed > 0 {
            let sentence = msg!(
                "The draws before the period are not in the bundle: everybody's k is taken over as first committed."
            );
            self.findings.push(Finding::new(List::Remarks, Code::KBegan, sentence));
        }
    }

    fn is_overdue(&self, label: Date) -> bool {
        let all_before = self.open_labels.range(..=label);
        let is_closed = all_before.clone().all(|(_, (open, _))| *open == 0);
        let last = all_before.map(|(_, (_, last))| *last).max();
        is_closed && last.is_some_and(|last| last + REVEAL_DUE_MS < self.last_at)
    }

    /// A zone whose dates stopped while the log went on.
    fn day_ends(&mut self, header: &Header) {
        let now = self.last_at.div_euclid(DAY_MS) as i32;
        let stopped: Vec<(String, Date)> = self
            .zones
            .iter()
            .filter(|(_, zone)| {
                zone.last < header.to && i64::from(now - day_number(zone.last)) > BEGUN_DAYS
            })
            .map(|(name, zone)| (name.clone(), zone.last))
            .collect();
        for (zone, last) in stopped {
            let sentence =
                msg!("No date of this zone was drawn after this one, and the log goes on.");
            self.findings.push(
                Finding::new(List::Steered, Code::DayDropped, sentence).label(last).zone(&zone),
            );
        }
    }

    /// People who are in a pool and have no row on the last date that is public.
    fn dropped_people(&mut self, header: &Header) {
        let mut last = header.to;
        while self.private.contains(&last) && last > header.from {
            let Ok(before) = last.yesterday() else { return };
            last = before;
        }
        if self.private.contains(&last) {
            return;
        }
        let begun_ms = (i64::from(day_number(last)) - BEGUN_DAYS) * DAY_MS;
        let mut found = Vec::new();
        for person in self.people.all().filter(|p| !p.has_left && !p.is_erased) {
            let Some(token) = person.token else { continue };
            let is_in = person.in_pool_since.is_some_and(|since| since < begun_ms);
            let row = self.states.days(&token).or_else(|| {
                self.people.before(&token).and_then(|before| self.states.days(&before))
            });
            // A day of grace: a new zone may skip a date.
            let is_there = row.is_some_and(|(label, ..)| label >= day_number(last) - 1);
            if is_in && !is_there {
                let sentence = msg!(
                    "In a pool, and without a row on the last dates: this person could not be drawn."
                );
                let finding = Finding::new(List::Steered, Code::PersonDropped, sentence);
                found.push(finding.label(last).about(Some(person.pseudonym), Some(token)));
            }
        }
        self.findings.extend(found);
    }

    /// Counts that stand out, over the eligible days of everybody.
    pub(super) fn statistics(&mut self) -> Vec<Statistic> {
        let mut days = BTreeMap::new();
        for person in self.people.all() {
            let Some(token) = person.token else { continue };
            let row = self.states.days(&token).or_else(|| {
                self.people.before(&token).and_then(|before| self.states.days(&before))
            });
            let Some((_, _, eligible, short)) = row.filter(|(_, _, eligible, _)| *eligible > 0)
            else {
                continue;
            };
            days.insert(person.pseudonym, (u64::from(eligible), person.manager));
            if short > 0 {
                self.counts.set(Counted::ShortDay, person.pseudonym, u64::from(short));
            }
        }
        self.counts.outstanding(&days)
    }
}

impl Tally {
    pub(super) fn add(&mut self, other: &Tally) {
        self.hit += other.hit;
        self.shielded += other.shielded;
        self.uncovered += other.uncovered;
        self.not_hit += other.not_hit;
        self.ineligible += other.ineligible;
        self.moved += other.moved;
        self.erased += other.erased;
        self.has_blocks |= other.has_blocks;
    }

    /// Whether the entry's counts are these. Erased people are missing here; in blocks people have
    /// several rows, so that only those drawn can be counted.
    fn is_as_logged(&self, logged: &Tally) -> bool {
        let drawn = |t: &Tally| (t.hit, t.shielded, t.uncovered, t.moved);
        let others = |t: &Tally| (t.not_hit, t.ineligible);
        self.erased > 0
            || (drawn(self) == drawn(logged) && (self.has_blocks || others(self) == others(logged)))
    }
}
