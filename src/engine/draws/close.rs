//! Closing a label: `k` and the days of shielded and uncovered people are written for everybody
//! at once, and a hit that was never announced is kept as void with fault `service`.

use super::{Engine, Keeper, announce_hit, order_of, rows};
use crate::acts::policy::Live;
use muster_domain::draw::{CadenceState, DayResult, day_results};
use muster_domain::id::PersonId;
use muster_store::audit::Record;
use muster_store::entities::{draw_boundary, draw_day, draw_state};
use muster_store::{draw_tokens, draws, people};
use std::collections::HashMap;

impl Keeper {
    /// Closes a label whose plan is in memory.
    pub(super) async fn close(
        &mut self,
        engine: &Engine,
        row: &draw_boundary::Model,
    ) -> anyhow::Result<()> {
        let Some(planned) = self.planned.get_mut(&order_of(row)) else {
            anyhow::bail!(
                "label {} of {} cannot be closed before it is planned",
                row.label,
                row.zone
            );
        };
        let left: Vec<_> = planned.unsettled().cloned().collect();
        for selection in left {
            announce_hit(engine, row, &selection).await?;
            planned.settled.insert(selection.token);
        }
        let store = &engine.context.store;
        let now = people::all(store.read()).await?;
        let now = now.into_iter().map(|p| (p.draw_token, PersonId(p.id)));
        let ever = draw_tokens::all(store.read()).await?;
        let ever = ever.into_iter().map(|t| (t.token, PersonId(t.person_id)));
        let everybody: HashMap<Vec<u8>, PersonId> = ever.chain(now).collect();
        let tx = store.begin().await?;
        let live = Live::load(&*tx).await?;
        let states = draws::states(&*tx).await?;
        let mut counts: HashMap<DayResult, i64> = HashMap::new();
        for (token, result) in day_results(&planned.inputs, &planned.plan) {
            *counts.entry(result).or_default() += 1;
            let Some(person) = everybody.get(token.0.as_slice()).copied() else { continue };
            let Some(committed) = planned.inputs.person(&token) else { continue };
            // Rows from before the programme began for somebody say nothing about their gap.
            if live.since(person).0 > row.committed_ms {
                continue;
            }
            let max_gap_days =
                planned.inputs.policy(committed.policy).map_or(1, |p| p.hazards.max_gap_days());
            let stored = states.get(&person);
            let before = CadenceState {
                k: committed.k,
                ..rows::cadence(stored).at_boundary(committed.class.is_none(), max_gap_days)
            };
            let after = before.close(result, max_gap_days);
            let state = draw_state::Model {
                person_id: person.0,
                k: i64::from(after.k),
                last_label: Some(row.label.clone()),
                ineligible_run: i64::from(after.ineligible_days),
                returned_in_cycle: after.is_eased,
                last_verifier: stored.and_then(|s| s.last_verifier),
            };
            match stored {
                Some(_) => muster_store::save(&tx, state).await?,
                None => muster_store::insert(&tx, state).await?,
            }
            if !matches!(result, DayResult::NotHit | DayResult::Ineligible) {
                let day = draw_day::Model {
                    person_id: person.0,
                    label: row.label.clone(),
                    result: result.code().to_owned(),
                    k: i64::from(committed.k),
                };
                muster_store::insert_new(&tx, day).await?;
            }
        }
        let mut closed = row.clone();
        closed.closed_ms = Some(engine.now().0);
        muster_store::save(&tx, closed.clone()).await?;
        let mut record = Record::new("draw-label-closed")
            .fact("zone", row.zone.as_str())
            .fact("label", row.label.as_str());
        for (result, name) in [
            (DayResult::Hit, "hit"),
            (DayResult::Shielded, "shielded"),
            (DayResult::Uncovered, "uncovered"),
            (DayResult::NotHit, "not_hit"),
            (DayResult::Ineligible, "ineligible"),
        ] {
            record = record.fact(name, counts.get(&result).copied().unwrap_or(0));
        }
        record.fact("moved", planned.plan.moved.len() as i64).write(&tx).await?;
        tx.commit().await?;
        planned.row = closed;
        Ok(())
    }
}
