//! Places a check-in again whose slot the person's calendar does not take. Same key, same committed
//! slots, next smallest priority; nobody else is moved.

use super::rows::{Roster, split, token_of};
use super::{Engine, Keeper, Planned, orders};
use anyhow::Context as _;
use muster_domain::calendar::Window;
use muster_domain::check_in::CheckInKind;
use muster_domain::draw::{BoundaryKey, NextSlot, PersonRow, SingleQuestion, next_slot};
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
        let planned = keeper.of_label(&row.label, &token).context("the label is not planned")?;
        let policy = crate::acts::policy::load(
            self.context.store.read(),
            PolicyVersionId(row.policy_version_id),
        )
        .await?;
        let (key, committed) = keeper.as_placed(self, row, planned, &person, &policy).await?;
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
            if self.of_label(label, token).is_some() {
                return Ok(());
            }
            self.plan_until(engine, &row).await?;
        }
        Ok(())
    }

    fn of_label(&self, label: &str, token: &DrawToken) -> Option<&Planned> {
        let mut planned = self.planned.values();
        planned.find(|p| p.row.label == label && p.inputs.person(token).is_some())
    }

    /// Key and row with which the check-in was placed: those of the boundary for a hit, those of its
    /// purpose for an order.
    async fn as_placed(
        &self,
        engine: &Engine,
        row: &check_in::Model,
        planned: &Planned,
        person: &person::Model,
        policy: &crate::acts::policy::PolicyInForce,
    ) -> anyhow::Result<(BoundaryKey, PersonRow)> {
        let token = token_of(person);
        let mut committed = planned.inputs.person(&token).cloned().context("no committed row")?;
        if row.why() == CheckInKind::Drawn {
            return Ok((planned.key.clone(), committed));
        }
        let db = engine.context.store.read();
        let order = muster_store::orders::of_check_in(db, CheckInId(row.id)).await?;
        let order = order.context("no order has led to this check-in")?;
        let label = row.label.parse()?;
        let roster = Roster::load(engine, label).await?;
        let day = roster.day(engine, person, policy, label, engine.now());
        if let Some((muster_domain::calendar::Eligibility::Eligible { slots }, _)) = day {
            committed.slots = slots;
        }
        committed.excluded = roster.excluded(person);
        committed.languages = split(&person.languages);
        Ok((planned.key.for_purpose(orders::purpose(&order), &token), committed))
    }
}
