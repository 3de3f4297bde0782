//! Check-ins owed beside the draw (re-checks, manual orders): placed by keys of their own purpose
//! on the same or the next working day, kept in memory, announced like hits.

use super::rows::{Roster, token_of};
use super::together::Together;
use super::{Engine, Keeper, LATE_MS, Planned, stand_by};
use crate::acts::announce::{self, Announcement};
use crate::acts::excuse;
use crate::acts::stand_by::fall_out;
use jiff::civil::Date;
use muster_domain::calendar::Eligibility;
use muster_domain::draw::{
    Horizon, PersonRow, Purpose, Selection, SingleQuestion, Taken, TakenSession, plan_single,
};
use muster_domain::id::{CaseId, CheckInId, PersonId};
use muster_domain::time::{MINUTE_MS, UtcMillis};
use muster_store::entities::check_in_order;
use muster_store::{check_ins, installation, orders, overlaps, people};
use std::collections::HashSet;

/// Local dates tried before an order is given up and its case goes on without it.
pub(super) const DATES_MAX: i32 = 14;
/// How long an order whose label is not planned yet is left alone.
const LOOK_AGAIN_MS: i64 = MINUTE_MS;

/// An order with its place, in memory only.
pub(super) struct Placed {
    pub(super) selection: Selection,
    pub(super) label: Date,
}

impl Keeper {
    /// Places what can be placed and announces what is due.
    pub(super) async fn announce_orders(&mut self, engine: &Engine) -> anyhow::Result<usize> {
        let db = engine.context.store.read();
        if installation::get(db).await?.mode == installation::mode::PAUSED {
            // They wait: nothing is given up by a pause, and afterwards they are placed from then on.
            self.forget_orders();
            return Ok(0);
        }
        let open = orders::open(db).await?;
        let ids: HashSet<uuid::Uuid> = open.iter().map(|order| order.id).collect();
        self.orders.retain(|id, _| ids.contains(id));
        self.waiting.retain(|id, _| ids.contains(id));
        self.later.retain(|id, _| ids.contains(id));
        let now = engine.now();
        let mut announced = 0;
        for order in open.clone() {
            if self.is_waiting(&order, now) || self.later.get(&order.id).is_some_and(|at| now < *at)
            {
                continue;
            }
            if !self.orders.contains_key(&order.id) {
                match self.place_each(engine, &order, &open).await? {
                    Place::Found(placed) => {
                        self.orders.insert(order.id, placed);
                    }
                    Place::At(at) => {
                        self.later.insert(order.id, at);
                        continue;
                    }
                    Place::NotYet => {
                        self.waiting.insert(order.id, (self.plans.made(), now));
                        continue;
                    }
                    Place::Never => {
                        give_up(engine, &order).await?;
                        announced += 1;
                        continue;
                    }
                }
            }
            let Some(placed) = self.orders.get(&order.id) else { continue };
            if placed.selection.transaction_due() > now {
                continue;
            }
            if now > placed.selection.announce.plus_ms(LATE_MS) {
                // We were away at its moment: it is placed again from now on, never dropped.
                let tx = engine.context.store.begin().await?;
                let mut later = order.clone();
                later.created_ms = now.0;
                muster_store::save(&tx, later).await?;
                tx.commit().await?;
                self.orders.remove(&order.id);
                announced += 1;
                continue;
            }
            // Absent meanwhile: it is owed on another day.
            let label = placed.label.to_string();
            let person = PersonId(order.person_id);
            if excuse::is_absent(engine.context.store.read(), person, &label).await? {
                self.orders.remove(&order.id);
                continue;
            }
            if announce_order(engine, &order, placed).await? {
                announced += 1;
            }
            self.orders.remove(&order.id);
        }
        Ok(announced)
    }

    /// Nothing is placed any more.
    pub(super) fn forget_orders(&mut self) {
        self.orders.clear();
        self.waiting.clear();
        self.later.clear();
    }

    /// Whether looking again would find the same: no new plan, and hardly any time since.
    fn is_waiting(&self, order: &check_in_order::Model, now: UtcMillis) -> bool {
        let looked = self.waiting.get(&order.id);
        looked
            .is_some_and(|(plan, at)| *plan == self.plans.made() && now.since(*at) < LOOK_AGAIN_MS)
    }

    /// Places one order; one that belongs to others is placed with them.
    async fn place_each(
        &mut self,
        engine: &Engine,
        order: &check_in_order::Model,
        open: &[check_in_order::Model],
    ) -> anyhow::Result<Place> {
        let db = engine.context.store.read();
        let Some(part) = overlaps::of_order(db, order.id).await? else {
            return self.place(engine, order).await;
        };
        Ok(match self.place_together(engine, part.overlap_id, open).await? {
            Together::Found(placed) => {
                self.orders.extend(placed);
                match self.orders.remove(&order.id) {
                    Some(own) => Place::Found(own),
                    None => Place::Never,
                }
            }
            Together::NotYet => Place::NotYet,
            Together::Never => Place::Never,
        })
    }

    async fn place(&self, engine: &Engine, order: &check_in_order::Model) -> anyhow::Result<Place> {
        let db = engine.context.store.read();
        let Some(person) = people::find(db, PersonId(order.person_id)).await? else {
            return Ok(Place::Never);
        };
        if order.kind == orders::kind::BASELINE && person.state == "active" {
            return self.place_baseline(engine, order, &person).await;
        }
        if person.state != "active" {
            return Ok(Place::Never);
        }
        let asked = UtcMillis(order.created_ms);
        let zone = crate::acts::context::zone_of(&person);
        let first = asked.date_in(&zone);
        let roster = Roster::of(engine, first, &[&person]).await?;
        let Some(policy) = roster.policy_of(person.id).cloned() else { return Ok(Place::Never) };
        let (mut label, mut tried) = (first, 0);
        while tried < DATES_MAX {
            let day = roster.day(
                engine,
                person.id,
                &policy,
                label,
                asked.max(muster_domain::time::start_of_day(label, &zone)),
            );
            if let Some((Eligibility::Eligible { slots }, _)) = day
                && !slots.is_empty()
            {
                let Some(planned) = self.planned_of(&person.zone, label) else {
                    return Ok(if self.may_come(engine, &person.zone, label) {
                        Place::NotYet
                    } else {
                        Place::Never
                    });
                };
                let row = PersonRow {
                    block: None,
                    class: None,
                    excluded: sorted(roster.excluded(person.id)),
                    k: 1,
                    languages: super::rows::languages(&person.languages, &policy),
                    last_verifier: roster.last_verifier(roster.state_of(person.id)),
                    policy: policy.id,
                    slots,
                    token: token_of(&person),
                };
                if let Some(selection) =
                    self.place_on(engine, order, planned, &row, &policy.row(), asked).await?
                {
                    return Ok(Place::Found(Placed { selection, label }));
                }
            }
            label = label.tomorrow()?;
            tried += 1;
        }
        Ok(Place::Never)
    }

    async fn place_on(
        &self,
        engine: &Engine,
        order: &check_in_order::Model,
        planned: &Planned,
        person: &PersonRow,
        policy: &muster_domain::draw::PolicyRow,
        asked: UtcMillis,
    ) -> anyhow::Result<Option<Selection>> {
        let taken = self.taken_beside(engine, policy, None).await?;
        let key = planned.key.for_purpose(purpose(order), &person.token);
        let question = SingleQuestion {
            person,
            policy,
            verifiers: planned.inputs.verifiers(),
            taken: &taken,
            refused: &[],
            announce_earliest: asked.plus_ms(muster_domain::calendar::ANNOUNCE_MARGIN_MS),
        };
        Ok(plan_single(&question, &key))
    }

    /// What is taken from the verifiers by plans and by open check-ins, but for those of the check-in
    /// that is placed anew.
    pub(super) async fn taken_beside(
        &self,
        engine: &Engine,
        policy: &muster_domain::draw::PolicyRow,
        anew: Option<CheckInId>,
    ) -> anyhow::Result<Taken> {
        let db = engine.context.store.read();
        let mut taken = self.plans.taken();
        for check_in in check_ins::open(db).await? {
            let Some(verifier) = check_in.verifier_id else { continue };
            let Some(verifier) = people::find(db, PersonId(verifier)).await? else { continue };
            let start = UtcMillis(check_in.start_ms);
            let verifier_token = token_of(&verifier);
            let met = token_of(&people::get(db, check_in.person()).await?);
            if anew == Some(check_in.check_in_id()) {
                let is_it = |s: &TakenSession| [verifier_token, met].contains(&s.verifier);
                taken.sessions.retain(|s| s.start != start || !is_it(s));
                continue;
            }
            let label = start.date_in(&crate::acts::context::zone_of(&verifier));
            for (verifier, label) in [(verifier_token, Some(label)), (met, None)] {
                taken.sessions.push(TakenSession {
                    verifier,
                    label,
                    start,
                    session_minutes: policy.session_minutes,
                    turnaround_minutes: policy.turnaround_minutes,
                });
            }
        }
        Ok(taken)
    }

    pub(super) fn planned_of(&self, zone: &str, label: Date) -> Option<&Planned> {
        let label = label.to_string();
        // Every label has this boundary, whatever horizon its people are under.
        let is_day = |p: &&Planned| p.inputs.boundary().horizon == Horizon::Day;
        let of_label = |p: &&Planned| p.row.zone == zone && p.row.label == label;
        self.plans.all().filter(is_day).find(of_label)
    }

    /// Whether the label of this zone will still be planned.
    pub(super) fn may_come(&self, engine: &Engine, zone: &str, label: Date) -> bool {
        let Some(zone) = muster_domain::time::zone(zone) else { return false };
        label >= engine.now().date_in(&zone)
    }
}

pub(super) enum Place {
    Found(Placed),
    /// Not before this instant.
    At(UtcMillis),
    /// The label is not planned yet.
    NotYet,
    /// No slot on any date within reach.
    Never,
}

/// Of which key an order's place is drawn.
pub(super) fn purpose(order: &check_in_order::Model) -> Purpose {
    let no = u16::try_from(order.no).unwrap_or(u16::MAX);
    match order.kind.as_str() {
        orders::kind::MANUAL => Purpose::Manual(no),
        orders::kind::BASELINE => Purpose::Baseline(no),
        _ => Purpose::Recheck(no),
    }
}

pub(super) fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}

async fn announce_order(
    engine: &Engine,
    order: &check_in_order::Model,
    placed: &Placed,
) -> anyhow::Result<bool> {
    let context = &engine.context;
    let tx = context.store.begin().await?;
    // A pause that has just been committed counts.
    if installation::get(&*tx).await?.mode == installation::mode::PAUSED {
        tx.rollback().await?;
        return Ok(false);
    }
    let person = people::get(&*tx, PersonId(order.person_id)).await?;
    let policy = crate::acts::policy::load(&*tx, placed.selection.policy).await?;
    let verifier = people::by_token(&*tx, placed.selection.verifier).await?;
    let reason = announce::reason_of(context, &tx, order).await?;
    let clock = &policy.policy.clock;
    let occupied = i64::from(clock.session_minutes) + i64::from(clock.turnaround_minutes);
    let start = placed.selection.slot;
    let gone = stand_by::unavailable(&tx, verifier.as_ref(), start, occupied).await?;
    let kind = reason.kind();
    let label = placed.label.to_string();
    let earlier = check_ins::of_label(&*tx, PersonId(person.id), &label, kind).await?;
    let announcement = Announcement {
        person: &person,
        policy_version: placed.selection.policy,
        policy: &policy.policy,
        label: placed.label,
        attempt: 1 + earlier.last().map_or(0, |c| c.attempt as u16),
        start: placed.selection.slot,
        notice_minutes: placed.selection.notice_minutes,
        verifier: verifier.as_ref().filter(|_| gone.is_none()),
        reason,
        order: Some(order.id),
        after: order.after_id,
    };
    let check_in = announce::announce(context, &tx, &announcement).await?;
    if let Some(check_in) = &check_in {
        super::look_at_calendar(engine, &tx, check_in).await?;
    }
    if let (Some(row), Some(reason)) = (check_in.clone(), gone) {
        fall_out(&tx, row, verifier.as_ref(), reason, None).await?;
    }
    let id = check_in.map(|c| CheckInId(c.id));
    orders::settle(&tx, order.id, id, "announced").await?;
    tx.commit().await?;
    Ok(true)
}

/// No slot is to be had: the case, if there is one, goes on without the re-check.
async fn give_up(engine: &Engine, order: &check_in_order::Model) -> anyhow::Result<()> {
    let tx = engine.context.store.begin().await?;
    orders::settle(&tx, order.id, None, "no-slot").await?;
    if let Some(part) = overlaps::of_order(&*tx, order.id).await? {
        overlaps::disclose(&tx, part.overlap_id).await?;
    }
    if let Some(case) = order.case_id {
        crate::acts::cases::stop_waiting(
            &engine.context,
            &tx,
            CaseId(case),
            "no slot for a re-check",
        )
        .await?;
    }
    tx.commit().await?;
    Ok(())
}
