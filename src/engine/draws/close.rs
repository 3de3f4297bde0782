//! Closing a label, with all its boundaries at once: `k` and the days of shielded and uncovered
//! people are written for everybody, and a hit that was never announced is kept as void with fault
//! `service`.

use super::{Engine, Keeper, Planned, announce_hit, rows};
use muster_domain::draw::{Blocks, CadenceState, DayResult, Horizon, LabelResult, label_results};
use muster_domain::id::PersonId;
use muster_domain::time::{UtcMillis, start_of_day, zone};
use muster_store::audit::Record;
use muster_store::entities::{draw_boundary, draw_day, draw_state};
use muster_store::{Whose, draw_tokens, draws, installation};
use std::collections::{BTreeMap, HashMap};

/// Whether older labels are out of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Closed {
    All,
    /// A boundary of an older label is not committed or not planned yet: a block is still to come, a
    /// round is asked for, a holder's key is missing.
    NotYet,
}

impl Engine {
    /// Closes every older open label of the zone, recomputing its plans.
    pub(in crate::engine) async fn close_labels_before(
        &self,
        zone: &str,
        label: &str,
    ) -> anyhow::Result<Closed> {
        let mut keeper = self.draws.lock().await;
        let db = self.context.store.read();
        let mut labels: BTreeMap<String, Vec<draw_boundary::Model>> = BTreeMap::new();
        for row in draws::open_boundaries_before(db, zone, label).await? {
            labels.entry(row.label.clone()).or_default().push(row);
        }
        for boundaries in labels.into_values() {
            if !is_whole(&boundaries)? || !keeper.has_planned(self, &boundaries).await? {
                return Ok(Closed::NotYet);
            }
            keeper.close(self, boundaries).await?;
        }
        Ok(Closed::All)
    }
}

/// Whether every block of the label is committed, if it is drawn in blocks.
fn is_whole(boundaries: &[draw_boundary::Model]) -> anyhow::Result<bool> {
    let committed = boundaries.iter().filter(|b| b.horizon != Horizon::Day.to_string()).count();
    let Some(row) = boundaries.first().filter(|_| committed > 0) else { return Ok(true) };
    let tz = zone(&row.zone).ok_or_else(|| anyhow::anyhow!("unknown zone {}", row.zone))?;
    let date: jiff::civil::Date = row.label.parse()?;
    let blocks = Blocks::of(start_of_day(date, &tz), start_of_day(date.tomorrow()?, &tz));
    Ok(committed == usize::from(blocks.count()))
}

impl Keeper {
    /// Plans these boundaries of one label, in order; false where one of them has to wait.
    async fn has_planned(
        &mut self,
        engine: &Engine,
        boundaries: &[draw_boundary::Model],
    ) -> anyhow::Result<bool> {
        for row in boundaries.iter().filter(|row| row.dropped_ms.is_none()) {
            self.plans.plan_until(engine, row).await?;
            if !self.plans.has(row.entry_id) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Closes a label whose plans are in memory.
    async fn close(
        &mut self,
        engine: &Engine,
        boundaries: Vec<draw_boundary::Model>,
    ) -> anyhow::Result<()> {
        for row in &boundaries {
            let Some(planned) = self.plans.of_mut(row) else { continue };
            let left: Vec<_> = planned.unsettled().cloned().collect();
            for selection in left {
                announce_hit(engine, row, &selection).await?;
                planned.settled.insert(selection.token);
            }
        }
        let drawn: Vec<&Planned> = boundaries.iter().filter_map(|row| self.plans.of(row)).collect();
        let results = label_results(drawn.iter().map(|p| (&p.inputs, &p.plan)));
        let table_of = |result: &LabelResult| {
            let policy = drawn.iter().find_map(|p| p.inputs.policy(result.policy));
            policy.map_or(1, |p| p.hazards.max_gap_days())
        };
        let store = &engine.context.store;
        let everybody = draw_tokens::owners(store.read(), results.keys().copied()).await?;
        let moved: i64 = drawn.iter().map(|p| p.plan.moved.len() as i64).sum();
        let Some(first) = boundaries.first() else { return Ok(()) };

        let tx = store.begin().await?;
        let ids: Vec<uuid::Uuid> = everybody.values().map(|id| id.0).collect();
        let since = installation::live_since(&*tx, Whose::among(&ids)).await?;
        let states = draws::states_of(&*tx, Whose::among(&ids)).await?;
        let mut counts: HashMap<DayResult, i64> = HashMap::new();
        let (mut kept, mut days) = (Vec::new(), Vec::new());
        for (token, result) in &results {
            *counts.entry(result.result).or_default() += 1;
            let Some(person) = everybody.get(token.0.as_slice()).copied() else { continue };
            // Rows from before the programme began for somebody say nothing about their gap.
            let begins = since.get(&person).copied().unwrap_or(UtcMillis(0));
            if boundaries.iter().any(|row| begins.0 > row.committed_ms) {
                continue;
            }
            let before = states.get(&person);
            kept.push(state_after(person, &first.label, result, table_of(result), before));
            days.extend(day_of(person, &first.label, result));
        }
        muster_store::save_all(&tx, kept).await?;
        muster_store::insert_all_new(&tx, days).await?;
        let closed_ms = Some(engine.now().0);
        for row in &boundaries {
            let closed = draw_boundary::Model { closed_ms, ..row.clone() };
            muster_store::save(&tx, closed).await?;
        }
        let mut record = Record::new("draw-label-closed")
            .fact("zone", first.zone.as_str())
            .fact("label", first.label.as_str());
        for (result, name) in [
            (DayResult::Hit, "hit"),
            (DayResult::Shielded, "shielded"),
            (DayResult::Uncovered, "uncovered"),
            (DayResult::NotHit, "not_hit"),
            (DayResult::Ineligible, "ineligible"),
        ] {
            record = record.fact(name, counts.get(&result).copied().unwrap_or(0));
        }
        record.fact("moved", moved).write(&tx).await?;
        tx.commit().await?;
        for row in &boundaries {
            if let Some(planned) = self.plans.of_mut(row) {
                planned.row.closed_ms = closed_ms;
            }
        }
        Ok(())
    }
}

/// One person's state after the label.
fn state_after(
    person: PersonId,
    label: &str,
    result: &LabelResult,
    max_gap_days: u32,
    stored: Option<&draw_state::Model>,
) -> draw_state::Model {
    let before = CadenceState {
        k: result.k,
        ..rows::cadence(stored).at_boundary(result.is_eligible, max_gap_days)
    };
    let after = before.close(result.result, max_gap_days);
    draw_state::Model {
        person_id: person.0,
        k: i64::from(after.k),
        last_label: Some(label.to_owned()),
        ineligible_run: i64::from(after.ineligible_days),
        returned_in_cycle: after.is_eased,
        last_verifier: stored.and_then(|s| s.last_verifier),
    }
}

/// The day as it is kept, if something was drawn of it.
fn day_of(person: PersonId, label: &str, result: &LabelResult) -> Option<draw_day::Model> {
    if matches!(result.result, DayResult::NotHit | DayResult::Ineligible) {
        return None;
    }
    Some(draw_day::Model {
        person_id: person.0,
        label: label.to_owned(),
        result: result.result.code().to_owned(),
        k: i64::from(result.k),
    })
}
