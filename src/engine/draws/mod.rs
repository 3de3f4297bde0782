//! The keeper of the draw: plans of today, in memory only, of the instance that holds the lease.
//!
//! A plan is recomputed from committed inputs and key after a restart. What is due is announced
//! by one transaction at slot - notice - 2 minutes; nothing derived from a hit is written before.

mod baseline;
mod blocks;
mod close;
mod commit;
mod conflicts;
mod keys;
mod orders;
mod plans;
mod rows;
mod stand_by;
mod together;
mod tokens;

pub(super) use close::Closed;
pub(super) use commit::commit;
pub(super) use keys::chain_keys;
pub(super) use rows::{Named, Roster, inputs};

use super::Engine;
use crate::acts::announce::{self, Announcement, Reason};
use crate::acts::excuse;
use crate::acts::policy::{self, Live, PolicyInForce};
use crate::acts::stand_by::fall_out;
use muster_domain::check_in::Outcome;
use muster_domain::draw::Selection;
use muster_domain::id::{PersonId, PolicyVersionId};
use muster_domain::time::{MINUTE_MS, UtcMillis};
use muster_store::agenda::Agenda;
use muster_store::entities::{check_in, draw_boundary};
use muster_store::jobs::Job;
use muster_store::{Whose, installation, leases, people};
use plans::{Planned, Plans};
use std::collections::HashMap;
use std::sync::Arc;

/// A first message later than this after its planned instant would cut the notice (promise P6).
const LATE_MS: i64 = MINUTE_MS;
/// The lease on the hit list; renewed at every round that plans or announces.
const LEASE_MS: i64 = 15_000;

/// Plans in memory.
#[derive(Default)]
pub(super) struct Keeper {
    plans: Plans,
    orders: HashMap<uuid::Uuid, orders::Placed>,
    /// Orders whose label is not planned yet: at which plan and when they were looked at.
    waiting: HashMap<uuid::Uuid, (u64, UtcMillis)>,
    /// First sessions whose people are not at work now, and when to look again.
    later: HashMap<uuid::Uuid, UtcMillis>,
    searches: stand_by::Searches,
}

impl Engine {
    /// Plans what can be planned and announces what is due. Answers how many were announced.
    pub(super) async fn announce_due(&self, agenda: Agenda) -> anyhow::Result<usize> {
        let mut keeper = self.draws.lock().await;
        if !self.hold_draw_lease().await? {
            keeper.plans.clear();
            keeper.forget_orders();
            keeper.searches.clear();
            return Ok(0);
        }
        keeper.plans.plan_new(self).await?;
        let mut announced = keeper.announce_hits(self).await?;
        match agenda.has_orders {
            true => announced += keeper.announce_orders(self).await?,
            false => keeper.forget_orders(),
        }
        match agenda.has_calls {
            true => announced += keeper.hand_over(self).await?,
            false => keeper.searches.clear(),
        }
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
        let ahead = self.plans.ahead(engine).await?;
        let unplanned = ahead.iter().filter(|row| !self.plans.has(row.entry_id));
        instants.extend(unplanned.map(|row| UtcMillis(row.plan_ms)));
        for planned in self.plans.all() {
            instants.extend(planned.unsettled().map(Selection::transaction_due));
        }
        instants.extend(self.orders.values().map(|placed| placed.selection.transaction_due()));
        instants.extend(self.later.values().copied());
        instants.extend(self.searches.next_look());
        let now = engine.now();
        Ok(instants.into_iter().filter(|at| *at > now).min())
    }

    async fn announce_hits(&mut self, engine: &Engine) -> anyhow::Result<usize> {
        let now = engine.now();
        let mut announced = 0;
        for planned in self.plans.all_mut().filter(|p| p.row.closed_ms.is_none()) {
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
    let id = PersonId(person.id);
    let live = Live::load_of(&*tx, Whose::Of(&[id.0])).await?;
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

/// Policies by version.
pub(super) type Policies = HashMap<PolicyVersionId, Arc<PolicyInForce>>;
