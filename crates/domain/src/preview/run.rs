//! The year itself, boundary by boundary in the order of their first instants, as the engine takes
//! them: who is eligible, who is hit, where, by whom, and what is carried to the next day.

use super::days::{Day, Days, widest_terms, zone_of};
use super::report::PreviewReport;
use super::tally::{Duty, Tally};
use super::{PreviewInput, PreviewPolicy, Worker};
use crate::calendar::{SlotRange, SlotTerms};
use crate::draw::bytes::{Field, enc};
use crate::draw::{
    Boundary, BoundaryInputs, BoundaryKey, Breaks, CadenceState, DayResult, Horizon, InputsFault,
    PersonRow, Plan, PolicyRow, Taken, TakenSession, VerifierRow, day_of_gap, plan,
};
use crate::id::PolicyVersionId;
use crate::person::DrawToken;
use crate::time::{DAY_MS, UtcMillis, start_of_day};
use jiff::civil::Date;
use jiff::{ToSpan, tz::TimeZone};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::rc::Rc;
use uuid::Uuid;

/// One zone and label.
struct At {
    t: UtcMillis,
    end: UtcMillis,
    label: Date,
    zone: usize,
}

struct Zone {
    name: String,
    zone: TimeZone,
    people: Vec<usize>,
}

/// What is carried of a person in a pool.
struct Standing {
    token: DrawToken,
    kind: usize,
    state: CadenceState,
    last_verifier: Option<DrawToken>,
}

struct Desk {
    token: DrawToken,
    kind: usize,
    zone: TimeZone,
}

/// A preview under way. Every `step` is one boundary.
pub struct Preview<'a> {
    input: &'a PreviewInput,
    boundaries: Vec<At>,
    done: usize,
    zones: Vec<Zone>,
    standings: Vec<Standing>,
    desks: Vec<Desk>,
    desk_terms: Option<SlotTerms>,
    daily_cap: u16,
    breaks: Option<Breaks>,
    days: Days<'a>,
    desk_days: Days<'a>,
    rows: Vec<PolicyRow>,
    taken: Vec<TakenSession>,
    tally: Tally<'a>,
}

impl<'a> Preview<'a> {
    /// Everybody begins somewhere in a gap, as on a day taken at random, so that the preview is of an
    /// ordinary year and tells nothing about where anybody stands.
    pub fn new(input: &'a PreviewInput) -> Preview<'a> {
        let mut days = Days::new(&input.calendars);
        let mut desk_days = Days::new(&input.calendars);
        let start = key(input.seed, "start", "", None);
        let mut zones: Vec<Zone> = Vec::new();
        let mut zone_at: HashMap<&str, usize> = HashMap::new();
        let mut standings = Vec::with_capacity(input.people.len());
        for (index, member) in input.people.iter().enumerate() {
            let worker = &member.worker;
            let at = *zone_at.entry(&worker.zone).or_insert_with(|| {
                zones.push(Zone {
                    name: worker.zone.clone(),
                    zone: zone_of(worker),
                    people: Vec::new(),
                });
                zones.len() - 1
            });
            zones[at].people.push(index);
            let token = token(input.seed, worker);
            let k = day_of_gap(&input.policies[member.policy].table, start.u_of_day(&token));
            standings.push(Standing {
                token,
                kind: days.kind(worker, member.policy),
                state: CadenceState { k, ..CadenceState::default() },
                last_verifier: None,
            });
        }
        let desk = |worker: &Worker| Desk {
            token: token(input.seed, worker),
            kind: desk_days.kind(worker, 0),
            zone: zone_of(worker),
        };
        Preview {
            boundaries: boundaries(input, &zones),
            done: 0,
            desks: input.verifiers.iter().map(desk).collect(),
            desk_terms: widest_terms(input),
            daily_cap: input.policies.iter().map(|p| p.daily_cap).min().unwrap_or(0),
            breaks: input.strictest_breaks(),
            rows: (0..).zip(&input.policies).map(|(n, p)| policy_row(n, p)).collect(),
            taken: Vec::new(),
            tally: Tally::new(input),
            input,
            zones,
            standings,
            days,
            desk_days,
        }
    }

    /// How many boundaries are done, and of how many.
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.boundaries.len())
    }

    /// Draws and plans the next boundary; false once none is left.
    ///
    /// # Errors
    /// The rows contradict themselves: two people with one employee id.
    pub fn step(&mut self) -> Result<bool, InputsFault> {
        let Some(at) = self.boundaries.get(self.done) else { return Ok(false) };
        let (label, t, end, zone) = (at.label, at.t, at.end, at.zone);
        self.done += 1;
        self.taken.retain(|s| s.start.0 >= t.0 - DAY_MS);
        let before = label.yesterday().and_then(Date::yesterday).unwrap_or(label);
        self.days.forget_before(before);
        self.desk_days.forget_before(before);
        let key = key(self.input.seed, "boundary", &self.zones[zone].name, Some(label));
        let hits = self.draw(zone, label, t, &key);
        if hits.is_empty() {
            return Ok(true);
        }
        let drawn: HashMap<DrawToken, (usize, Rc<[SlotRange]>)> =
            hits.iter().map(|(n, slots)| (self.standings[*n].token, (*n, slots.clone()))).collect();
        let people = hits.into_iter().map(|(n, slots)| self.person_row(n, &slots)).collect();
        let boundary = Boundary {
            chain: "preview".to_owned(),
            horizon: Horizon::Day,
            label,
            org: "preview".to_owned(),
            t,
        };
        let verifiers = self.verifier_rows(t, end);
        let inputs = BoundaryInputs::new(boundary, self.rows.clone(), verifiers, people)?;
        let taken = Taken { sessions: std::mem::take(&mut self.taken) };
        let plan = plan(&inputs, &key, &taken);
        self.taken = taken.sessions;
        self.keep(&plan, &drawn, label);
        Ok(true)
    }

    /// The report of what was stepped through.
    pub fn finish(mut self) -> PreviewReport {
        self.count_duties();
        PreviewReport::of(self.input, &self.tally)
    }

    /// Who is hit. Rows of people who are not have no part in a plan, so none are made.
    fn draw(
        &mut self,
        zone: usize,
        label: Date,
        t: UtcMillis,
        key: &BoundaryKey,
    ) -> Vec<(usize, Rc<[SlotRange]>)> {
        let mut hits = Vec::new();
        let Zone { zone, people, .. } = &self.zones[zone];
        for &n in people {
            let member = &self.input.people[n];
            let policy = &self.input.policies[member.policy];
            let standing = &mut self.standings[n];
            let day: Day =
                self.days.day(standing.kind, &member.worker, zone, &policy.terms, (label, t));
            let max_gap_days = policy.table.max_gap_days();
            let state = standing.state.at_boundary(day.is_some(), max_gap_days);
            let Some(slots) = day else {
                standing.state = state.close(DayResult::Ineligible, max_gap_days);
                continue;
            };
            let threshold = policy.table.threshold(state.k);
            self.tally.eligible(n, label, threshold.hazard());
            if key.is_hit(&standing.token, threshold) {
                self.tally.drawn(n, label);
                standing.state = state;
                hits.push((n, slots));
            } else {
                standing.state = state.close(DayResult::NotHit, max_gap_days);
            }
        }
        hits
    }

    fn person_row(&self, n: usize, slots: &[SlotRange]) -> PersonRow {
        let (member, standing) = (&self.input.people[n], &self.standings[n]);
        PersonRow {
            block: None,
            class: None,
            excluded: member.excluded.iter().map(|v| self.desks[*v].token).collect(),
            k: standing.state.k,
            languages: member.worker.languages.clone(),
            last_verifier: standing.last_verifier,
            policy: self.rows[member.policy].policy,
            slots: slots.to_vec(),
            token: standing.token,
        }
    }

    /// Rows of every verifier whose local dates touch the boundary's day.
    fn verifier_rows(&mut self, t: UtcMillis, end: UtcMillis) -> Vec<VerifierRow> {
        let Some(terms) = self.desk_terms else { return Vec::new() };
        let mut rows = Vec::new();
        for (desk, worker) in self.desks.iter().zip(&self.input.verifiers) {
            let (mut label, last) = (t.date_in(&desk.zone), end.date_in(&desk.zone));
            while label <= last {
                let slots = self.desk_days.desk(desk.kind, worker, &desk.zone, &terms, label);
                let slots: Vec<SlotRange> =
                    slots.iter().filter(|r| r.end > t && r.first < end).copied().collect();
                if !slots.is_empty() {
                    rows.push(VerifierRow {
                        breaks: self.breaks,
                        label,
                        languages: worker.languages.clone(),
                        sessions_max: self.daily_cap,
                        slots,
                        verifier: desk.token,
                    });
                }
                let Ok(next) = label.tomorrow() else { break };
                label = next;
            }
        }
        rows
    }

    fn keep(
        &mut self,
        plan: &Plan,
        drawn: &HashMap<DrawToken, (usize, Rc<[SlotRange]>)>,
        label: Date,
    ) {
        let verifiers: HashMap<DrawToken, usize> =
            self.desks.iter().enumerate().map(|(n, d)| (d.token, n)).collect();
        let close = |standing: &mut Standing, max_gap_days, result| {
            standing.state = standing.state.close(result, max_gap_days);
        };
        let max_gap =
            |n: usize| self.input.policies[self.input.people[n].policy].table.max_gap_days();
        for selection in &plan.selections {
            let (n, slots) = &drawn[&selection.token];
            close(&mut self.standings[*n], max_gap(*n), DayResult::Hit);
            self.standings[*n].last_verifier = Some(selection.verifier);
            let verifier = verifiers[&selection.verifier];
            self.tally.placed(*n, slots, selection.slot, verifier);
            let policy = &self.rows[self.input.people[*n].policy];
            let counts =
                |s: &TakenSession| s.label.is_some() || verifiers.contains_key(&s.verifier);
            self.taken.extend(TakenSession::of(selection, policy).into_iter().filter(counts));
        }
        for token in &plan.shielded {
            let (n, _) = &drawn[token];
            close(&mut self.standings[*n], max_gap(*n), DayResult::Shielded);
            self.tally.shielded(*n, label);
        }
        for token in &plan.uncovered {
            let (n, slots) = &drawn[token];
            close(&mut self.standings[*n], max_gap(*n), DayResult::Uncovered);
            self.tally.uncovered(*n, slots, label);
        }
        self.tally.moved(plan.moved.len());
    }

    /// What the verifiers offer in all weeks, whether it was needed or not.
    fn count_duties(&mut self) {
        let Some(terms) = self.desk_terms else { return };
        for (n, (desk, worker)) in self.desks.iter().zip(&self.input.verifiers).enumerate() {
            for label in dates(self.input) {
                let slots = self.desk_days.desk(desk.kind, worker, &desk.zone, &terms, label);
                self.tally.duty(&Duty { verifier: n, slots: &slots, daily_cap: self.daily_cap });
            }
        }
    }
}

/// The local dates of the preview.
pub(super) fn dates(input: &PreviewInput) -> impl Iterator<Item = Date> + use<> {
    input.first.series(1.day()).take(7 * input.weeks as usize)
}

fn boundaries(input: &PreviewInput, zones: &[Zone]) -> Vec<At> {
    let mut all = Vec::new();
    for (zone, Zone { zone: rules, .. }) in zones.iter().enumerate() {
        for label in dates(input) {
            let t = start_of_day(label, rules);
            let end = label.tomorrow().map_or(t, |next| start_of_day(next, rules));
            all.push(At { t, end, label, zone });
        }
    }
    all.sort_by_key(|at| (at.t, at.zone));
    all
}

fn policy_row(number: u128, policy: &PreviewPolicy) -> PolicyRow {
    PolicyRow {
        hazards: policy.table.clone(),
        notice_minutes_max: policy.terms.notice_minutes_max,
        notice_minutes_min: policy.notice_minutes_min,
        policy: PolicyVersionId(Uuid::from_u128(number + 1)),
        session_minutes: policy.terms.session_minutes,
        turnaround_minutes: policy.turnaround_minutes,
    }
}

/// A key of the preview: from its seed alone, so that it has nothing to do with any chain.
fn key(seed: u64, purpose: &str, zone: &str, label: Option<Date>) -> BoundaryKey {
    let label = label.map_or_else(String::new, |l| l.to_string());
    BoundaryKey::from_bytes(&digest(&[
        Field::Text(purpose),
        Field::Bytes(&seed.to_be_bytes()),
        Field::Text(zone),
        Field::Text(&label),
    ]))
}

/// A token of the preview; the tokens of real draws do not come near it.
fn token(seed: u64, worker: &Worker) -> DrawToken {
    let digest = digest(&[
        Field::Text("token"),
        Field::Bytes(&seed.to_be_bytes()),
        Field::Text(&worker.employee_id),
    ]);
    let mut token = DrawToken([0; 16]);
    token.0.copy_from_slice(&digest[..16]);
    token
}

fn digest(fields: &[Field<'_>]) -> [u8; 32] {
    Sha256::new().chain_update("muster/preview/v1").chain_update(enc(fields)).finalize().into()
}
