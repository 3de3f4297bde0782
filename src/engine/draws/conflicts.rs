//! Places a check-in again whose slot the person's calendar does not take. Same key, same committed
//! slots, the next in the keyed order; nobody else is moved.

use super::rows::{Roster, split, token_of};
use super::{Engine, Keeper, Planned, orders};
use anyhow::Context as _;
use muster_domain::calendar::Window;
use muster_domain::check_in::CheckInKind;
use muster_domain::draw::{BoundaryKey, Horizon, NextSlot, PersonRow, SingleQuestion, next_slot};
use muster_domain::id::{CheckInId, PolicyVersionId};
use muster_domain::person::DrawToken;
use muster_domain::time::UtcMillis;
use muster_store::entities::{check_in, person};
use muster_store::{draws, people};

impl Engine {
    /// The slot instead of this check-in's, which these busy times do not take.
    pub(in crate::engine) async fn next_slot(
        &self,
        row: &check_in::Model,
        busy: &[Window],
        talk_ms: i64,
    ) -> anyhow::Result<NextSlot> {
        let mut keeper = self.draws.lock().await;
        let person = people::get(self.context.store.read(), row.person()).await?;
        let token = token_of(&person);
        keeper.plan_label(self, &row.label, &token).await?;
        let with_row = match row.why() {
            CheckInKind::Drawn => keeper.hit_of(&row.label, &token),
            _ => keeper.row_of(&row.label, &token),
        };
        let with_row = with_row.context("the label is not planned")?;
        let planned = match row.why() {
            CheckInKind::Drawn => with_row,
            _ => keeper.day_beside(with_row).context("the label is not planned")?,
        };
        let committed = with_row.inputs.person(&token).context("no committed row")?;
        let policy = crate::acts::policy::load(
            self.context.store.read(),
            PolicyVersionId(row.policy_version_id),
        )
        .await?;
        let (key, committed) =
            keeper.as_placed(self, row, (planned, committed), &person, &policy).await?;
        let taken = keeper.taken_beside(self, &policy.row(), Some(row.check_in_id())).await?;
        let question = SingleQuestion {
            person: &committed,
            policy: &policy.row(),
            verifiers: planned.inputs.verifiers(),
            taken: &taken,
            refused: &[],
            announce_earliest: self.now(),
        };
        Ok(next_slot(&question, &key, UtcMillis(row.start_ms), busy, talk_ms))
    }
}

impl Keeper {
    /// Makes the plan of the label in which this person was drawn, where it is not in memory.
    async fn plan_label(
        &mut self,
        engine: &Engine,
        label: &str,
        token: &DrawToken,
    ) -> anyhow::Result<()> {
        for row in draws::boundaries_of(engine.context.store.read(), label).await? {
            if self.hit_of(label, token).is_some() {
                return Ok(());
            }
            self.plans.plan_until(engine, &row).await?;
        }
        Ok(())
    }

    /// The boundary that drew this person; in blocks they have a row in every one of them.
    fn hit_of(&self, label: &str, token: &DrawToken) -> Option<&Planned> {
        let is_hit = |p: &&Planned| p.plan.selections.iter().any(|s| s.token == *token);
        self.plans.all().filter(is_hit).find(|p| p.row.label == label)
    }

    fn row_of(&self, label: &str, token: &DrawToken) -> Option<&Planned> {
        let has_row = |p: &&Planned| p.inputs.person(token).is_some();
        self.plans.all().filter(has_row).find(|p| p.row.label == label)
    }

    /// The day of a boundary's zone and label, whose key orders are placed with.
    fn day_beside(&self, planned: &Planned) -> Option<&Planned> {
        let is_day = |p: &&Planned| p.inputs.boundary().horizon == Horizon::Day;
        let same =
            |p: &&Planned| p.row.zone == planned.row.zone && p.row.label == planned.row.label;
        self.plans.all().filter(is_day).find(same)
    }

    /// Key and row with which the check-in was placed: those of the boundary for a hit, those of its
    /// purpose for an order.
    async fn as_placed(
        &self,
        engine: &Engine,
        row: &check_in::Model,
        (planned, committed): (&Planned, &PersonRow),
        person: &person::Model,
        policy: &crate::acts::policy::PolicyInForce,
    ) -> anyhow::Result<(BoundaryKey, PersonRow)> {
        let token = token_of(person);
        let mut committed = committed.clone();
        if row.why() == CheckInKind::Drawn {
            return Ok((planned.key.clone(), committed));
        }
        let db = engine.context.store.read();
        let order = muster_store::orders::of_check_in(db, CheckInId(row.id)).await?;
        let order = order.context("no order has led to this check-in")?;
        let label = row.label.parse()?;
        let roster = Roster::of(engine, label, &[person]).await?;
        let day = roster.day(engine, person.id, policy, label, engine.now());
        if let Some((muster_domain::calendar::Eligibility::Eligible { slots }, _)) = day {
            committed.slots = slots;
        }
        committed.excluded = roster.excluded(person.id);
        committed.languages = split(&person.languages);
        Ok((planned.key.for_purpose(orders::purpose(&order), &token), committed))
    }
}
