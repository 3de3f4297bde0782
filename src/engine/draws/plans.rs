//! The plans in memory, made in the order of plans: that of the boundaries' `draw-inputs` entries in
//! the log. Whoever replays the log meets the same sessions at the same boundary, however late one of
//! them was committed (decision 0025).

use super::{Engine, keys, tokens};
use crate::engine::reading::Reading;
use jiff::civil::Date;
use muster_domain::draw::{
    BoundaryInputs, BoundaryKey, Horizon, Plan, Selection, TAKEN_DAYS_AFTER, TAKEN_DAYS_BEFORE,
    Taken, TakenSession, drawn_before, plan, takes_from,
};
use muster_domain::person::DrawToken;
use muster_store::StoreResult;
use muster_store::draws::{self, Ahead, Numbered};
use muster_store::entities::draw_boundary;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// One boundary with everything computed from it.
pub(super) struct Planned {
    pub row: draw_boundary::Model,
    pub key: BoundaryKey,
    pub inputs: BoundaryInputs,
    pub plan: Plan,
    /// Hits that were announced, excused or found too late: nothing is left to do for them.
    pub settled: HashSet<DrawToken>,
}

/// Plans in memory.
#[derive(Default)]
pub(super) struct Plans {
    /// By the number of the boundary's `draw-inputs` entry.
    by_number: BTreeMap<u64, Planned>,
    /// By that entry's id.
    numbers: HashMap<Uuid, u64>,
    /// How many plans were ever made here: a new one may hold the label an order waits for.
    made: u64,
    ahead: Reading<Arc<[Ahead]>>,
}

impl Plans {
    pub(super) fn clear(&mut self) {
        self.by_number.clear();
        self.numbers.clear();
    }

    /// In the order of plans.
    pub(super) fn all(&self) -> impl Iterator<Item = &Planned> {
        self.by_number.values()
    }

    /// In the order of plans.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Planned> {
        self.by_number.values_mut()
    }

    /// By the id of the entry that committed the boundary.
    pub(super) fn has(&self, entry: Uuid) -> bool {
        self.numbers.contains_key(&entry)
    }

    pub(super) fn of(&self, row: &draw_boundary::Model) -> Option<&Planned> {
        self.by_number.get(self.numbers.get(&row.entry_id)?)
    }

    pub(super) fn of_mut(&mut self, row: &draw_boundary::Model) -> Option<&mut Planned> {
        self.by_number.get_mut(self.numbers.get(&row.entry_id)?)
    }

    /// Boundaries that are neither closed nor dropped, in no order.
    pub(super) async fn ahead(&mut self, engine: &Engine) -> StoreResult<Arc<[Ahead]>> {
        let db = engine.context.store.read();
        self.ahead.of(engine, async { Ok(draws::ahead(db).await?.into()) }).await
    }

    /// How many plans were ever made here.
    pub(super) fn made(&self) -> u64 {
        self.made
    }

    /// What all boundaries planned so far took from the verifiers.
    pub(super) fn taken(&self) -> Taken {
        taken_by(self.all())
    }

    /// Plans every open boundary whose inputs count.
    pub(super) async fn plan_new(&mut self, engine: &Engine) -> anyhow::Result<()> {
        let db = engine.context.store.read();
        let open = self.ahead(engine).await?;
        let labels = || open.iter().map(|row| row.label.as_str());
        let (Some(first), Some(last)) = (labels().min(), labels().max()) else { return Ok(()) };
        let first = days_from(first.parse()?, -TAKEN_DAYS_BEFORE)?;
        self.forget_before(first);
        let now = engine.now();
        if open.iter().all(|row| self.has(row.entry_id) || !row.is_due(now)) {
            return Ok(());
        }
        let is_known = |entry: &Uuid| self.has(*entry);
        let rows = draws::boundaries_within(db, &first.to_string(), last, is_known).await?;
        self.plan_rows(engine, rows).await
    }

    /// Plans up to and including this boundary, as far as can be.
    pub(super) async fn plan_until(
        &mut self,
        engine: &Engine,
        last: &draw_boundary::Model,
    ) -> anyhow::Result<()> {
        if self.has(last.entry_id) {
            return Ok(());
        }
        let label: Date = last.label.parse()?;
        let from = days_from(label, -TAKEN_DAYS_BEFORE)?.to_string();
        let to = days_from(label, TAKEN_DAYS_AFTER)?.to_string();
        let db = engine.context.store.read();
        let is_known = |entry: &Uuid| self.has(*entry);
        let mut rows = draws::boundaries_within(db, &from, &to, is_known).await?;
        if let Some(at) = rows.iter().position(|n| n.row.entry_id == last.entry_id) {
            rows.truncate(at + 1);
        }
        self.plan_rows(engine, rows).await
    }

    /// Plans these in their order, as far as inputs count already, salts are decided and keys are
    /// there. What waits holds up all behind it that would see what it takes. A boundary that was
    /// dropped is as if it had never been.
    async fn plan_rows(&mut self, engine: &Engine, rows: Vec<Numbered>) -> anyhow::Result<()> {
        let mut waiting: Vec<Date> = Vec::new();
        for Numbered { number, row } in rows {
            let label: Date = row.label.parse()?;
            let is_due = row.is_due(engine.now());
            let is_next = !waiting.iter().any(|earlier| takes_from(label, *earlier));
            // Without a number no checkpoint covers the inputs.
            let planned = match number.filter(|_| is_due && is_next) {
                Some(number) => self.compute(engine, number, label, row).await?.zip(Some(number)),
                None => None,
            };
            let Some((planned, number)) = planned else {
                waiting.push(label);
                continue;
            };
            self.numbers.insert(planned.row.entry_id, number);
            self.by_number.insert(number, planned);
            self.made += 1;
        }
        Ok(())
    }

    /// Everything that follows from one boundary; nothing while a key is missing.
    async fn compute(
        &self,
        engine: &Engine,
        number: u64,
        label: Date,
        row: draw_boundary::Model,
    ) -> anyhow::Result<Option<Planned>> {
        let json = draws::boundary_inputs(&engine.context.store, engine.context.store.read(), &row)
            .await?;
        let inputs = BoundaryInputs::from_json(&json)?;
        let Some(key) = keys::boundary_key(engine, &row, inputs.boundary()).await? else {
            return Ok(None);
        };
        let before = || self.by_number.range(..number).map(|(_, planned)| planned);
        let near = before().filter(|p| takes_from(label, p.inputs.boundary().label));
        let taken = tokens::in_use(engine, taken_by(near), &inputs).await?;
        let plan = match inputs.boundary().horizon {
            Horizon::Day => plan(&inputs, &key, &taken),
            Horizon::Block(_) => {
                let of_zone = before().filter(|p| p.row.zone == row.zone);
                let earlier = of_zone.map(|p| (p.inputs.boundary(), &p.plan));
                let drawn = drawn_before(inputs.boundary(), earlier);
                plan(&inputs.clone().without(&drawn), &key, &taken)
            }
        };
        tracing::info!(
            zone = row.zone,
            label = row.label,
            horizon = row.horizon,
            rows = inputs.people().count(),
            "label planned"
        );
        Ok(Some(Planned { row, key, inputs, plan, settled: HashSet::new() }))
    }

    fn forget_before(&mut self, first: Date) {
        self.by_number.retain(|_, planned| planned.inputs.boundary().label >= first);
        let kept = &self.by_number;
        self.numbers.retain(|_, number| kept.contains_key(number));
    }
}

impl Planned {
    pub(super) fn unsettled(&self) -> impl Iterator<Item = &Selection> {
        let is_open = self.row.closed_ms.is_none();
        self.plan.selections.iter().filter(move |s| is_open && !self.settled.contains(&s.token))
    }
}

fn taken_by<'a>(planned: impl Iterator<Item = &'a Planned>) -> Taken {
    let sessions = planned.flat_map(|planned| {
        let sessions = planned.plan.selections.iter().filter_map(|selection| {
            Some(TakenSession::of(selection, planned.inputs.policy(selection.policy)?))
        });
        sessions.flatten()
    });
    Taken { sessions: sessions.collect() }
}

fn days_from(date: Date, days: i32) -> anyhow::Result<Date> {
    Ok(date.checked_add(jiff::Span::new().days(days))?)
}
