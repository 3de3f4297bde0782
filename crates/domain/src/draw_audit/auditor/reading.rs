//! The rows of a boundary: from its first row to its plan. What a row says is compared with the states
//! carried so far, and with the log.

use super::{Auditor, Promised, Reading, date_of, day_number, lone_row};
use crate::calendar::IneligibleClass;
use crate::draw::{Boundary, BoundaryKey, PersonRow};
use crate::draw_audit::expected::Tally;
use crate::draw_audit::finding::{Code, Fault, Finding, List};
use crate::draw_audit::rows::{Rows, is_short};
use crate::draw_audit::states::{Committed, First, Verdict};
use crate::person::DrawToken;
use crate::sentence::Sentence;
use crate::{msg, sentence};
use sha2::{Digest, Sha256};

impl Auditor {
    pub(super) fn begin_rows(&mut self, boundary: Boundary, bytes: &[u8]) -> Result<(), Fault> {
        let Some(order) = self.next_ready() else {
            return Err(self.fault("rows-unexpected", msg!("no rows are due here")));
        };
        let promised = self.promised.remove(&order);
        let is_it = |p: &Promised| {
            p.t == boundary.t.0
                && p.label == boundary.label
                && p.horizon == boundary.horizon.to_string()
        };
        let Some(promised) = promised.filter(is_it) else {
            return Err(self.fault("rows-order", msg!("rows of another boundary are due here")));
        };
        let is_org = self.header.as_ref().is_some_and(|h| h.org == boundary.org);
        if !is_org || promised.chain != boundary.chain {
            let sentence =
                msg!("the boundary row names another organisation or chain than its entry");
            return Err(self.fault("rows-contradict", sentence));
        }
        let keys = self.keys.of(&boundary.chain, boundary.label);
        let (Some(keys), Some(salt)) = (keys, promised.salt) else {
            return Err(self.fault("rows-unexpected", msg!("the key of these rows is not public")));
        };
        let key = BoundaryKey::derive(&keys.iter().collect::<Vec<_>>(), &salt, &boundary);
        let number = self.zones.get(&promised.zone).map_or(0, |zone| zone.number);
        let walk = self.states.walk(day_number(boundary.label), number, self.resets).pause();
        self.first_rows_entry.get_or_insert(promised.entry);
        self.read_at = self.settled_at;
        self.boundaries += u64::from(promised.is_reported);
        let rows = Rows::begin(boundary, bytes, key);
        self.reading = Some(Reading { rows, walk, promised, tally: Tally::default() });
        Ok(())
    }

    pub(super) fn person(&mut self, row: PersonRow, bytes: &[u8]) -> Result<(), Fault> {
        let line = self.line;
        let Some(mut reading) = self.reading.take() else { return Err(lone_row(line)) };
        reading.rows.person(&row, bytes, line)?;
        self.recomputed += u64::from(reading.promised.is_reported);
        let is_eligible = reading.rows.can_be_drawn(&row);
        let committed = Committed {
            token: row.token.0,
            k: row.k,
            max: reading.rows.policy_of(&row).map(|p| p.hazards.max_gap_days()),
            is_eligible,
            is_short: is_short(&row),
            is_counted: reading.promised.is_reported,
        };
        if let Some(old) = self.people.take_predecessor(&row.token.0) {
            self.states.rename(&old, row.token.0);
            reading.walk.rewind();
        }
        let first = self.first_of(&row.token.0);
        let mut walk = self.states.resume(reading.walk);
        let checked = walk.row(&committed, first);
        let is_hit = is_eligible && reading.rows.is_hit(&row) && !checked.is_drawn_already;
        if is_hit {
            walk.drawn();
        }
        reading.walk = walk.pause();
        let was_out = self.people.has_row(&row.token.0);
        self.judge_row(&reading, &row, checked.verdict, was_out);
        reading.tally.count(is_eligible, is_hit);
        if is_hit {
            self.hits += u64::from(reading.promised.is_reported);
            reading.rows.keep(row);
        }
        self.reading = Some(reading);
        Ok(())
    }

    /// What a row says against the states and the log.
    pub(super) fn judge_row(
        &mut self,
        reading: &Reading,
        row: &PersonRow,
        verdict: Verdict,
        was_out: bool,
    ) {
        let label = reading.rows.boundary.label;
        let person = self.people.with_token(&row.token.0).map(|p| p.pseudonym);
        let mut found = Vec::new();
        let steered = |code, sentence: Sentence| Finding::new(List::Steered, code, sentence);
        match verdict {
            Verdict::Same => {}
            Verdict::Differs { expected } => found.push(steered(
                Code::StateDiffers,
                sentence!(
                    "The committed row says k = {k}; the labels before give {expected}.",
                    k = row.k,
                    expected
                ),
            )),
            Verdict::Twice => found.push(steered(
                Code::PersonTwice,
                sentence!(
                    "One person has rows for one label in two zones, or for labels out of order."
                ),
            )),
            Verdict::Gap { after } if !was_out => {
                let zone = &reading.promised.zone;
                let has_boundary = |day: jiff::civil::Date| {
                    let is_seen = |horizon: &str| {
                        self.seen.contains(&(zone.clone(), day, horizon.to_owned()))
                    };
                    (is_seen("day") || is_seen("block/0"))
                        && !self.dropped.contains(&(zone.clone(), day))
                };
                let missing = (after + 1..day_number(label)).filter_map(date_of).any(has_boundary);
                if missing {
                    found.push(steered(
                        Code::PersonDropped,
                        sentence!(
                            "Labels lie between two rows of one person, and nothing in the log says why there is \
                             none for them."
                        ),
                    ));
                }
            }
            Verdict::Gap { .. } => {}
        }
        let is_backed = match row.class {
            Some(IneligibleClass::Absence) => self.people.is_absent(&row.token.0, label),
            Some(IneligibleClass::Paused) => reading.promised.is_paused,
            _ => true,
        };
        if !is_backed {
            let class = row.class.map_or("", IneligibleClass::code);
            let sentence = sentence!(
                "The row says `{class}`, and the log has no entry that makes it so.",
                class
            );
            found.push(steered(Code::ClassNotLogged, sentence));
        }
        if person.is_none() && self.unopened.is_empty() {
            let sentence = sentence!("No entry of the log binds this draw token to a person.");
            found.push(steered(Code::TokenUnknown, sentence));
        }
        if reading.promised.is_reported {
            let about = |f: Finding| {
                f.label(label).zone(&reading.promised.zone).about(person, Some(row.token.0))
            };
            self.findings.extend(found.into_iter().map(about));
        }
    }

    pub(super) fn first_of(&self, token: &[u8; 16]) -> First {
        let is_later = || {
            let entered = self.people.with_token(token).and_then(|p| p.first_entry);
            entered.zip(self.first_rows_entry).is_some_and(|(entered, first)| entered > first)
        };
        if self.is_from_the_beginning || is_later() { First::AtOne } else { First::TakenOver }
    }

    /// Ends the rows that are being read: their root, their number, the plan.
    pub(super) fn end_rows(&mut self) -> Result<(), Fault> {
        let Some(reading) = self.reading.take() else { return Ok(()) };
        let Reading { rows, walk, promised, mut tally } = reading;
        let zone = &promised.zone;
        self.states.resume(walk).end();
        let label = rows.boundary.label;
        let steered = |code, sentence: &'static str| {
            let finding = Finding::new(List::Steered, code, sentence);
            finding.label(label).zone(zone).entry(promised.entry)
        };
        let mut found = Vec::new();
        if hex::encode(rows.root()) != promised.root {
            let sentence = msg!(
                "The rows are not those that were committed: an input was changed afterwards."
            );
            // Also where the boundary only took capacity from the period.
            self.findings.push(steered(Code::InputsChanged, sentence));
        }
        if (rows.people + rows.erased) as i64 != promised.people && rows.erased == 0 {
            let sentence = msg!("The number of people in the rows is not the committed one.");
            found.push(steered(Code::CountsDiffer, sentence));
        }
        for policy in rows.policies() {
            let table = serde_json::to_vec(&policy.hazards).unwrap_or_default();
            let hash = hex::encode(Sha256::digest(table));
            if self.policies.get(&policy.policy.to_string()) != Some(&hash) {
                let sentence =
                    msg!("The hazards of a policy are not those with which it came into force.");
                found.push(steered(Code::PolicyDiffers, sentence));
            }
        }
        if rows.erased > 0 {
            let sentence = sentence!(
                "{n} people were erased since; who was met when could come out otherwise without them.",
                n = rows.erased
            );
            let finding = Finding::new(List::Remarks, Code::ErasedPeople, sentence);
            found.push(finding.label(label).zone(zone).entry(promised.entry));
        }
        if promised.is_reported {
            self.findings.extend(found);
        }
        let is_comparable = rows.erased == 0;
        tally.erased = rows.erased;
        let verifiers = rows.verifier_tokens();
        let people = &self.people;
        let in_use = |token: DrawToken| {
            let newest = DrawToken(people.newest(token.0));
            if verifiers.contains(&newest) { newest } else { token }
        };
        let taken = self.expected.taken(label, in_use).among(&verifiers);
        let drawn = rows.plan(&taken)?;
        tally.shielded = drawn.plan.shielded.len() as i64;
        tally.uncovered = drawn.plan.uncovered.len() as i64;
        tally.moved = drawn.plan.moved.len() as i64;
        tally.hit -= tally.shielded + tally.uncovered;
        tally.has_blocks = promised.horizon != "day";
        self.tallies.entry((zone.clone(), label)).or_default().add(&tally);
        self.expected.plan(drawn, zone, is_comparable);
        Ok(())
    }
}
