//! The keeper of the draw: plans of today, in memory only, of the instance that holds the lease.
//!
//! A plan is recomputed from committed inputs and key after a restart. What is due is announced
//! by one transaction at slot - notice - 2 minutes; nothing derived from a hit is written before.

mod blocks;
mod close;
mod commit;
mod conflicts;
mod keys;
mod orders;
mod rows;
mod stand_by;
mod tokens;

pub(super) use close::Closed;
pub(super) use commit::commit;
pub(super) use keys::chain_keys;
pub(super) use rows::inputs;

use super::Engine;
use crate::acts::announce::{self, Announcement, Reason};
use crate::acts::excuse;
use crate::acts::policy::{self, Live, PolicyInForce};
use crate::acts::stand_by::fall_out;
use muster_domain::check_in::Outcome;
use muster_domain::draw::{
    BoundaryInputs, BoundaryKey, Horizon, Plan, Selection, Taken, TakenSession, drawn_before, plan,
};
use muster_domain::id::{EntryId, PersonId, PolicyVersionId};
use muster_domain::person::DrawToken;
use muster_domain::time::{DAY_MS, MINUTE_MS, UtcMillis};
use muster_store::entities::{check_in, draw_boundary};
use muster_store::jobs::Job;
use muster_store::{audit, draws, installation, leases, people};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// How far back plans are kept: a label's windows and the verifiers' days around it.
const LOOK_BACK_MS: i64 = 3 * DAY_MS;
/// A first message later than this after its planned instant would cut the notice (promise P6).
const LATE_MS: i64 = MINUTE_MS;
/// The lease on the hit list; renewed at every round that plans or announces.
const LEASE_MS: i64 = 15_000;

/// One boundary with everything computed from it.
struct Planned {
    row: draw_boundary::Model,
    key: BoundaryKey,
    inputs: BoundaryInputs,
    plan: Plan,
    /// Hits that were announced, excused or found too late: nothing is left to do for them.
    settled: HashSet<DrawToken>,
}

/// In the order in which boundaries are planned.
type PlanOrder = (i64, String, String, String);

/// Plans in memory.
#[derive(Default)]
pub(super) struct Keeper {
    planned: BTreeMap<PlanOrder, Planned>,
    /// How many plans were ever made here: a new one may hold the label an order waits for.
    plans_made: u64,
    orders: HashMap<uuid::Uuid, orders::Placed>,
    /// Orders whose label is not planned yet: at which plan and when they were looked at.
    waiting: HashMap<uuid::Uuid, (u64, UtcMillis)>,
    searches: stand_by::Searches,
}

impl Engine {
    /// Plans what can be planned and announces what is due. Answers how many were announced.
    pub(super) async fn announce_due(&self) -> anyhow::Result<usize> {
        let mut keeper = self.draws.lock().await;
        if !self.hold_draw_lease().await? {
            keeper.planned.clear();
            keeper.orders.clear();
            keeper.searches.clear();
            return Ok(0);
        }
        keeper.plan_new(self).await?;
        let mut announced = keeper.announce_hits(self).await?;
        announced += keeper.announce_orders(self).await?;
        announced += keeper.hand_over(self).await?;
        Ok(announced)
    }

    async fn hold_draw_lease(&self) -> anyhow::Result<bool> {
        if !self.context.store.is_shared() {
            return Ok(true);
        }
        let tx = self.context.store.begin().await?;
        let fence = leases::take(&tx, "draw", self.instance(), LEASE_MS).await?;
        tx.commit().await?;
        Ok(fence.is_some())
    }
}

impl Keeper {
    /// The next instant at which a plan or an announcement is due.
    pub(super) async fn next_instant(
        &mut self,
        engine: &Engine,
    ) -> anyhow::Result<Option<UtcMillis>> {
        let mut instants = Vec::new();
        for row in draws::open_boundaries(engine.context.store.read()).await? {
            if row.dropped_ms.is_none() && !self.planned.contains_key(&order_of(&row)) {
                instants.push(UtcMillis(row.plan_ms));
            }
        }
        for planned in self.planned.values() {
            instants.extend(planned.unsettled().map(Selection::transaction_due));
        }
        instants.extend(self.orders.values().map(|placed| placed.selection.transaction_due()));
        instants.extend(self.searches.next_look());
        let now = engine.now();
        Ok(instants.into_iter().filter(|at| *at > now).min())
    }

    /// Plans every open boundary whose inputs count, in order; a later one waits for an earlier.
    async fn plan_new(&mut self, engine: &Engine) -> anyhow::Result<()> {
        let now = engine.now();
        self.planned.retain(|(t, ..), _| *t > now.0 - LOOK_BACK_MS);
        let mut open = draws::open_boundaries(engine.context.store.read()).await?;
        open.retain(|row| row.dropped_ms.is_none());
        let Some(last) = open.last() else { return Ok(()) };
        if open.iter().all(|row| self.planned.contains_key(&order_of(row))) {
            return Ok(());
        }
        self.plan_until(engine, last).await
    }

    /// Plans in order up to and including this boundary, as far as inputs count already, salts are
    /// decided and keys are there. What waits holds up all that comes after it: later plans see the
    /// capacity that earlier ones left. A boundary that was dropped is as if it had never been.
    async fn plan_until(
        &mut self,
        engine: &Engine,
        last: &draw_boundary::Model,
    ) -> anyhow::Result<()> {
        let db = engine.context.store.read();
        let now = engine.now();
        let from = UtcMillis(last.t_ms - LOOK_BACK_MS);
        for row in draws::boundaries_between(db, from, UtcMillis(last.t_ms + 1)).await? {
            if row.dropped_ms.is_some() || self.planned.contains_key(&order_of(&row)) {
                continue;
            }
            let is_due = now.0 >= row.plan_ms && row.salt != draws::salt::WAITING;
            if !is_due || !audit::is_covered(db, EntryId(row.entry_id)).await? {
                break;
            }
            let Some(planned) = self.compute(engine, row).await? else { break };
            self.planned.insert(order_of(&planned.row), planned);
            self.plans_made += 1;
        }
        Ok(())
    }

    /// Everything that follows from one boundary; nothing while a key is missing.
    async fn compute(
        &self,
        engine: &Engine,
        row: draw_boundary::Model,
    ) -> anyhow::Result<Option<Planned>> {
        let json = draws::boundary_inputs(&engine.context.store, engine.context.store.read(), &row)
            .await?;
        let inputs = BoundaryInputs::from_json(&json)?;
        let Some(key) = keys::boundary_key(engine, &row, inputs.boundary()).await? else {
            return Ok(None);
        };
        let order = order_of(&row);
        let taken = tokens::in_use(engine, self.taken_before(&order), &inputs).await?;
        let plan = match inputs.boundary().horizon {
            Horizon::Day => plan(&inputs, &key, &taken),
            Horizon::Block(_) => {
                let of_zone = self.planned.values().filter(|p| p.row.zone == row.zone);
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

    /// What boundaries earlier in the order of plans took from the verifiers.
    fn taken_before(&self, order: &PlanOrder) -> Taken {
        taken_by(self.planned.range(..order.clone()).map(|(_, planned)| planned))
    }

    /// What all boundaries planned so far took from the verifiers.
    fn taken(&self) -> Taken {
        taken_by(self.planned.values())
    }

    async fn announce_hits(&mut self, engine: &Engine) -> anyhow::Result<usize> {
        let now = engine.now();
        let mut announced = 0;
        for planned in self.planned.values_mut().filter(|p| p.row.closed_ms.is_none()) {
            let due: Vec<Selection> =
                planned.unsettled().filter(|s| s.transaction_due() <= now).cloned().collect();
            for selection in due {
                if announce_hit(engine, &planned.row, &selection).await? {
                    announced += 1;
                }
                planned.settled.insert(selection.token);
            }
        }
        Ok(announced)
    }
}

impl Planned {
    fn unsettled(&self) -> impl Iterator<Item = &Selection> {
        let is_open = self.row.closed_ms.is_none();
        self.plan.selections.iter().filter(move |s| is_open && !self.settled.contains(&s.token))
    }
}

fn order_of(row: &draw_boundary::Model) -> PlanOrder {
    (row.t_ms, row.zone.clone(), row.label.clone(), row.horizon.clone())
}

fn taken_by<'a>(planned: impl Iterator<Item = &'a Planned>) -> Taken {
    let sessions = planned.flat_map(|planned| {
        planned.plan.selections.iter().filter_map(|s| {
            let policy = planned.inputs.policy(s.policy)?;
            Some(TakenSession {
                verifier: s.verifier,
                label: s.verifier_label,
                start: s.slot,
                session_minutes: policy.session_minutes,
                turnaround_minutes: policy.turnaround_minutes,
            })
        })
    });
    Taken { sessions: sessions.collect() }
}

/// One hit: announced, or kept as excused (absent meanwhile) or void (we are too late).
async fn announce_hit(
    engine: &Engine,
    boundary: &draw_boundary::Model,
    selection: &Selection,
) -> anyhow::Result<bool> {
    let context = &engine.context;
    let tx = context.store.begin().await?;
    let Some(person) = people::by_token(&*tx, selection.token).await? else {
        tx.rollback().await?;
        return Ok(false);
    };
    let policy = policy::load(&*tx, selection.policy).await?;
    let verifier = people::by_token(&*tx, selection.verifier).await?;
    let clock = &policy.policy.clock;
    let occupied = i64::from(clock.session_minutes) + i64::from(clock.turnaround_minutes);
    let gone = stand_by::unavailable(&tx, verifier.as_ref(), selection.slot, occupied).await?;
    let announcement = Announcement {
        person: &person,
        policy_version: selection.policy,
        policy: &policy.policy,
        label: boundary.label.parse()?,
        attempt: 1,
        start: selection.slot,
        notice_minutes: selection.notice_minutes,
        verifier: verifier.as_ref().filter(|_| gone.is_none()),
        reason: Reason::Drawn,
        order: None,
        after: None,
    };
    let live = Live::load(&*tx).await?;
    let id = PersonId(person.id);
    let is_late = context.now() > selection.announce.plus_ms(LATE_MS);
    let kept = if person.state != "active" {
        Some((Outcome::Excused, "left"))
    } else if excuse::is_absent(&*tx, PersonId(person.id), &boundary.label).await? {
        Some((Outcome::Excused, "absence"))
    } else if live.mode == installation::mode::PAUSED {
        Some((Outcome::Excused, "paused"))
    } else if !live.is_for(id) || live.since(id).0 > boundary.committed_ms {
        // Drawn before the programme began for them, or after it ended: nobody was told of it.
        Some((Outcome::Excused, "outside_pilot"))
    } else if is_late {
        Some((Outcome::Void, "announced_too_late"))
    } else {
        None
    };
    let done = match kept {
        Some((outcome, cause)) => {
            announce::keep_unannounced(context, &tx, &announcement, outcome, cause).await?
        }
        None => {
            let announced = announce::announce(context, &tx, &announcement).await?;
            if let Some(row) = &announced {
                look_at_calendar(engine, &tx, row).await?;
            }
            if let (Some(row), Some(reason)) = (announced.clone(), gone) {
                fall_out(&tx, row, verifier.as_ref(), reason, None).await?;
            }
            announced.is_some()
        }
    };
    tx.commit().await?;
    Ok(done)
}

/// Only now, in the transaction that makes the check-in known, may anybody's own calendar be asked.
async fn look_at_calendar(
    engine: &Engine,
    tx: &muster_store::Tx,
    row: &check_in::Model,
) -> muster_store::StoreResult<()> {
    if engine.ports.busy.is_some() {
        let job = Job::ReadCalendar { check_in: row.check_in_id() };
        // Claimed before the invitation of the same instant, so that it is mostly read without it.
        job.plan(tx, engine.now().plus_ms(-1)).await?;
    }
    Ok(())
}

/// Policies by version, read once for one round.
pub(super) type Policies = HashMap<PolicyVersionId, Arc<PolicyInForce>>;
