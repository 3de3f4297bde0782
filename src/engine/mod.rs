//! What happens by itself: work that is due is claimed and run, labels are opened and drawn,
//! the log is sequenced, and an auditor with queries of its own checks that nothing was forgotten.
//!
//! `turn` does one round of everything; the service turns each second and at every nudge, the
//! demo and the tests turn at every due instant of a clock they move.

pub mod auditor;
mod breaker;
mod draws;
mod guard;
mod job_error;
mod jobs;
mod reading;
mod retry;
mod runner;
mod sequencer;
pub mod sweeps;
mod wake;

pub use auditor::Audit;

use crate::acts::{Context, policy};
use muster_domain::id::{InstanceId, PolicyVersionId};
use muster_domain::time::UtcMillis;
use muster_ports::{BeaconPort, FreeBusy, Heartbeat, MailPort, RoomPort};
use muster_store::agenda::{self, Agenda};
use muster_store::{StoreResult, work};
use reading::Reading;
use std::sync::Arc;

/// The outside, as wired by `app`.
#[derive(Clone)]
pub struct Ports {
    pub mail: Arc<dyn MailPort>,
    /// In no order: policies say which they prefer.
    pub rooms: Vec<Arc<dyn RoomPort>>,
    pub heartbeat: Option<Arc<dyn Heartbeat>>,
    /// Without one every boundary is a single lock.
    pub beacon: Option<Arc<dyn BeaconPort>>,
    /// Absent: nobody's calendar is read.
    pub busy: Option<BusySource>,
}

/// Where busy times come from, and for how many hours a reading that could not be renewed counts.
#[derive(Clone)]
pub struct BusySource {
    pub port: Arc<dyn FreeBusy>,
    pub max_age_hours: u16,
}

/// The engine of one running instance.
pub struct Engine {
    pub context: Context,
    ports: Ports,
    instance: InstanceId,
    breaker: breaker::Breaker,
    draws: tokio::sync::Mutex<draws::Keeper>,
    guard: tokio::sync::Mutex<guard::ClockGuard>,
    derived: tokio::sync::Mutex<muster_domain::audit::Frontier>,
    agenda: tokio::sync::Mutex<Reading<Agenda>>,
    /// Every version that was read: one never changes but for its state, which no draw asks for.
    policies: tokio::sync::Mutex<draws::Policies>,
}

impl Engine {
    /// Registers this instance and prepares what a restart leaves behind.
    pub async fn start(context: Context, ports: Ports) -> anyhow::Result<Arc<Engine>> {
        let instance = InstanceId::from_random(context.store.entropy().bytes());
        let engine = Engine {
            context,
            ports,
            instance,
            breaker: breaker::Breaker::default(),
            draws: tokio::sync::Mutex::default(),
            guard: tokio::sync::Mutex::default(),
            derived: tokio::sync::Mutex::default(),
            agenda: tokio::sync::Mutex::default(),
            policies: tokio::sync::Mutex::default(),
        };
        let store = &engine.context.store;
        let tx = store.begin().await?;
        if !store.is_shared() {
            muster_store::leases::forget_instances(&tx).await?;
            muster_store::leases::release_all(&tx).await?;
            work::release_all(&tx).await?;
        }
        tx.commit().await?;
        muster_store::leases::beat(store, instance, env!("CARGO_PKG_VERSION")).await?;
        Ok(Arc::new(engine))
    }

    /// This instance.
    pub fn instance(&self) -> InstanceId {
        self.instance
    }

    fn now(&self) -> UtcMillis {
        self.context.store.clock().now()
    }

    /// One round: guards the clock, announces what the draw says is due, runs due work lane by
    /// lane, numbers the log. Answers how much was done.
    pub async fn turn(&self) -> anyhow::Result<usize> {
        if !self.guard_clock().await? {
            return Ok(0);
        }
        let (agenda, entries) = (self.agenda().await?, self.context.store.entries());
        let mut done = self.announce_due(agenda).await?;
        // One look spares a claim in each empty lane; what ran may have planned work for later ones.
        let plannings = || self.context.store.plannings();
        let (mut seen, mut due) = (plannings(), self.due_lanes().await?);
        for lane in work::Lane::ALL {
            if seen != plannings() {
                (seen, due) = (plannings(), self.due_lanes().await?);
            }
            if due.contains(&lane) {
                done += self.run_lane(lane).await?;
            }
        }
        done += self.sequence_after(entries, agenda).await?;
        Ok(done)
    }

    /// These versions of policies.
    async fn policies(&self, ids: &[PolicyVersionId]) -> anyhow::Result<draws::Policies> {
        let mut read = self.policies.lock().await;
        for id in ids {
            if !read.contains_key(id) {
                let policy = policy::load(self.context.store.read(), *id).await?;
                read.insert(*id, Arc::new(policy));
            }
        }
        Ok(read.iter().filter(|(id, _)| ids.contains(id)).map(|(k, v)| (*k, v.clone())).collect())
    }

    async fn agenda(&self) -> StoreResult<Agenda> {
        let mut agenda = self.agenda.lock().await;
        agenda.of(self, agenda::now(self.context.store.read())).await
    }

    /// Numbers the log where entries waited for it at the beginning of the round, or where more than
    /// these were written since.
    async fn sequence_after(&self, entries: u64, agenda: Agenda) -> anyhow::Result<usize> {
        match agenda.has_entries || self.context.store.entries() != entries {
            true => self.sequence().await,
            false => Ok(0),
        }
    }

    async fn due_lanes(&self) -> anyhow::Result<Vec<work::Lane>> {
        let store = &self.context.store;
        let lease_now = store.lease_ms(store.read()).await?;
        Ok(work::due_lanes(store.read(), lease_now, self.now()).await?)
    }

    /// Turns until nothing more is due at the present instant.
    pub async fn drain(&self) -> anyhow::Result<usize> {
        let mut all = 0;
        loop {
            let done = self.turn().await?;
            if done == 0 {
                return Ok(all);
            }
            all += done;
        }
    }

    /// The next instant at which something is due, for clocks that are moved by hand.
    pub async fn next_instant(&self) -> anyhow::Result<Option<UtcMillis>> {
        let work = work::next_due(self.context.store.read()).await?;
        let draw = self.draws.lock().await.next_instant(self).await?;
        Ok(work.into_iter().chain(draw).min())
    }

    /// Gives leases back, so that another instance need not wait for them to lapse.
    pub async fn stop(&self) -> StoreResult<()> {
        let tx = self.context.store.begin().await?;
        muster_store::leases::release(&tx, self.instance).await?;
        muster_store::leases::stop(&tx, self.instance, self.now()).await?;
        tx.commit().await
    }
}
