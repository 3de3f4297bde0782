//! The auditor: a separate task with queries of its own that asks every minute whether anything
//! was forgotten. A clean pass beats an external heartbeat; silence there means trouble here. What is
//! found becomes an alarm to operators (`acts::alarms`); `muster doctor` prints the same list.

use super::Engine;
use crate::acts::alarms::{self, Complaint, DEAD_WORK};
use muster_domain::audit::Frontier;
use muster_domain::draw::BEACON_WAIT_MS;
use muster_domain::id::{CaseId, CheckInId};
use muster_domain::msg;
use muster_domain::time::{MINUTE_MS, UtcMillis};
use muster_store::entities::{cases, check_in, draw_boundary, work};
use muster_store::jobs::Job;
use muster_store::{Store, StoreResult, audit, chains, draws, leases, people};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeSet;

/// A timer this late is a fault of ours.
const LATE_MS: i64 = MINUTE_MS;
/// Lines of one kind of work in one pass, oldest first: more of them say nothing new.
const LISTED_MAX: u64 = 20;
/// An instance silent for this long is gone.
const SILENT_MS: i64 = 45_000;

/// One pass.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Audit {
    pub complaints: Vec<Complaint>,
    pub entries_derived: u64,
}

impl Audit {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.complaints.is_empty()
    }

    fn add(&mut self, code: &'static str, subject: impl Into<String>, detail: impl Into<String>) {
        self.complaints.push(Complaint { code, subject: subject.into(), detail: detail.into() });
    }
}

/// Looks at everything once.
pub async fn pass(store: &Store, derived: &mut Frontier) -> StoreResult<Audit> {
    let now = store.clock().now();
    let mut found = Audit::default();
    untimed_check_ins(store, &mut found).await?;
    untimed_cases(store, &mut found).await?;
    untimed_labels(store, &mut found).await?;
    waiting_boundaries(store, now, &mut found).await?;
    late_work(store, now, &mut found).await?;
    let lease_now = store.lease_ms(store.read()).await?;
    for instance in leases::silent(store.read(), lease_now, SILENT_MS).await? {
        found.add("instance-silent", format!("instance {}", instance.id), "");
    }
    match audit::derive(store, derived).await? {
        audit::Derived::Same { size } => found.entries_derived = size,
        audit::Derived::Different { detail } => found.add("log-differs", msg!("the log"), detail),
    }
    Ok(found)
}

/// Obligations without a timer: every open check-in has its window, form or judging ahead.
async fn untimed_check_ins(store: &Store, found: &mut Audit) -> StoreResult<()> {
    let open: Vec<_> = check_in::Entity::find()
        .filter(check_in::Column::ClosedMs.is_null())
        .select_only()
        .column(check_in::Column::Id)
        .into_tuple::<uuid::Uuid>()
        .all(store.read())
        .await?;
    for id in open {
        let check_in = CheckInId(id);
        let keys = [
            Job::CloseWindow { check_in }.key(),
            Job::CloseForm { check_in }.key(),
            Job::Judge { check_in }.key(),
        ];
        if waiting(store, work::Column::WorkKey.is_in(keys)).await? == 0 {
            found.add("check-in-without-timer", format!("check-in {id}"), "");
        }
    }
    Ok(())
}

/// Open cases without a next step.
async fn untimed_cases(store: &Store, found: &mut Audit) -> StoreResult<()> {
    let open =
        cases::Entity::find().filter(muster_store::cases::is_open()).all(store.read()).await?;
    for case in open {
        let prefix = format!("advance-case/{}/", CaseId(case.id));
        if waiting(store, work::Column::WorkKey.starts_with(prefix)).await? == 0 {
            found.add("case-without-timer", format!("case {}", case.no), "");
        }
    }
    Ok(())
}

/// Zones with people and no label ahead.
async fn untimed_labels(store: &Store, found: &mut Audit) -> StoreResult<()> {
    let any = draw_boundary::Entity::find().one(store.read()).await?;
    if any.is_none() {
        return Ok(());
    }
    for zone in people::zones(store.read()).await? {
        let prefix = format!("open-label/{zone}/");
        if waiting(store, work::Column::WorkKey.starts_with(prefix)).await? == 0 {
            found.add("zone-without-label", format!("zone {zone}"), "");
        }
    }
    Ok(())
}

/// Boundaries that cannot be drawn: a holder's key has not come, or no salt was decided.
async fn waiting_boundaries(store: &Store, now: UtcMillis, found: &mut Audit) -> StoreResult<()> {
    let mut missing: BTreeSet<(uuid::Uuid, String)> = BTreeSet::new();
    for row in draws::open_boundaries(store.read()).await? {
        let waited_ms = now.0 - row.plan_ms;
        if row.dropped_ms.is_some() || waited_ms < LATE_MS {
            continue;
        }
        if row.salt == draws::salt::WAITING && waited_ms > 2 * BEACON_WAIT_MS {
            let place = format!("{} {} {}", row.zone, row.label, row.horizon);
            found.add("draw-salt-undecided", place, "");
        }
        for id in row.chain.split('+').filter_map(|id| id.parse().ok()) {
            missing.insert((id, row.label.clone()));
        }
    }
    for (id, label) in missing {
        let chain = chains::find(store.read(), id).await?;
        let Some(chain) = chain.filter(|c| c.tip == chains::tip::HOLDER) else { continue };
        if !chains::has_held_key(store.read(), id, &label).await? {
            let holder = &chain.holder;
            let subject = format!("the key of {holder} for {label}");
            found.add("draw-key-missing", subject, msg!("not delivered"));
        }
    }
    Ok(())
}

async fn waiting(store: &Store, which: impl sea_orm::sea_query::IntoCondition) -> StoreResult<u64> {
    Ok(work::Entity::find()
        .filter(which)
        .filter(muster_store::work::is_open())
        .count(store.read())
        .await?)
}

/// Timers that should have run, and work that gave up.
async fn late_work(store: &Store, now: UtcMillis, found: &mut Audit) -> StoreResult<()> {
    let late = work::Entity::find()
        .filter(muster_store::work::is("ready"))
        .filter(work::Column::DueMs.lt(now.0 - LATE_MS))
        .order_by_asc(work::Column::DueMs)
        .limit(LISTED_MAX)
        .all(store.read())
        .await?;
    for row in late {
        let seconds = (now.0 - row.due_ms) / 1_000;
        let subject = format!("work {} ({})", row.id, row.kind);
        found.add("work-late", subject, format!("{seconds} s late"));
    }
    let dead = work::Entity::find()
        .filter(muster_store::work::is("dead"))
        .order_by_asc(work::Column::DueMs)
        .limit(LISTED_MAX)
        .all(store.read())
        .await?;
    for row in dead {
        let subject = format!("work {} ({})", row.id, row.kind);
        found.add(DEAD_WORK, subject, format!("gave up after {} attempts", row.attempt));
    }
    let unsequenced = muster_store::entities::audit_entry::Entity::find()
        .filter(muster_store::entities::audit_entry::Column::Seq.is_null())
        .filter(muster_store::entities::audit_entry::Column::AtMs.lt(now.0 - LATE_MS))
        .count(store.read())
        .await?;
    if unsequenced > 0 {
        found.add("log-behind", msg!("the log"), format!("{unsequenced} entries are not numbered"));
    }
    Ok(())
}

impl Engine {
    /// One pass; beats the external heartbeat if it was clean, raises an alarm if not.
    pub async fn audit_and_beat(&self) -> anyhow::Result<Audit> {
        let audit = {
            let mut derived = self.derived.lock().await;
            pass(&self.context.store, &mut derived).await?
        };
        metrics::gauge!("muster_audit_complaints").set(audit.complaints.len() as f64);
        if audit.is_clean() {
            if let Some(heartbeat) = &self.ports.heartbeat
                && let Err(error) = heartbeat.beat().await
            {
                tracing::warn!(error = %error, "heartbeat not delivered");
            }
        } else {
            for complaint in &audit.complaints {
                let detail = alarms::words(&complaint.subject, &complaint.detail);
                tracing::error!(code = complaint.code, detail, "audit complaint");
            }
        }
        alarms::take(&self.context, &audit.complaints).await?;
        Ok(audit)
    }
}
