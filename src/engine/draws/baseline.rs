//! A time for a baseline session. It is no draw and no secret: the person is told in their working
//! hours, for the next working day that has a slot. Slot and verifier still come from a key, so that
//! neither the person nor anybody in the office chooses who meets whom.

use super::orders::{Place, Placed, purpose};
use super::rows::{Roster, languages, token_of};
use super::{Engine, Keeper};
use muster_domain::calendar::{ANNOUNCE_MARGIN_MS, Eligibility, WeeklyHours, windows_on};
use muster_domain::draw::{PersonRow, SingleQuestion, plan_single};
use muster_domain::time::{MINUTE_MS, UtcMillis, start_of_day};
use muster_store::entities::{check_in_order, person};

/// How long one is left alone whose zone has no plan today.
const LOOK_AGAIN_MS: i64 = 30 * MINUTE_MS;
/// Dates looked through for a slot.
const DATES_MAX: i32 = 14;

impl Keeper {
    pub(super) async fn place_baseline(
        &self,
        engine: &Engine,
        order: &check_in_order::Model,
        person: &person::Model,
    ) -> anyhow::Result<Place> {
        let now = engine.now();
        let zone = crate::acts::context::zone_of(person);
        let today = now.date_in(&zone);
        // Told while they work, and under a key that exists.
        let hours: Option<WeeklyHours> = person.hours.parse().ok();
        let windows = hours.map(|h| windows_on(&h, &zone, today)).unwrap_or_default();
        let latest = now.plus_ms(ANNOUNCE_MARGIN_MS);
        if !windows.iter().any(|w| w.start <= now && latest < w.end) {
            let next = windows.iter().map(|w| w.start).find(|start| *start > now);
            return Ok(Place::At(next.unwrap_or(start_of_day(today.tomorrow()?, &zone))));
        }
        let Some(planned) = self.planned_of(&person.zone, today) else {
            return Ok(Place::At(now.plus_ms(LOOK_AGAIN_MS)));
        };
        let token = token_of(person);
        let key = planned.key.for_purpose(purpose(order), &token);
        let mut label = today;
        for _ in 0..DATES_MAX {
            label = label.tomorrow()?;
            let (first, end) = (start_of_day(label, &zone), start_of_day(label.tomorrow()?, &zone));
            let roster = Roster::of(engine, label, &[person]).await?;
            let Some(policy) = roster.policy_of(person.id).cloned() else {
                return Ok(Place::Never);
            };
            let day = roster.day_behind(engine, person.id, &policy, label, first, true);
            let Some((Eligibility::Eligible { slots }, _)) = day else { continue };
            let row = PersonRow {
                block: None,
                class: None,
                excluded: roster.excluded(person.id),
                k: 1,
                languages: languages(&person.languages, &policy),
                last_verifier: roster.last_verifier(roster.state_of(person.id)),
                policy: policy.id,
                slots,
                token,
            };
            let mut verifiers = roster.verifier_rows(engine, first, end).await?;
            // Roll-out must leave room for the draw of that day.
            verifiers.iter_mut().for_each(|v| v.sessions_max = (v.sessions_max / 2).max(1));
            let terms = policy.row();
            let taken = self.taken_beside(engine, &terms, None).await?;
            let question = SingleQuestion {
                person: &row,
                policy: &terms,
                verifiers: &verifiers,
                taken: &taken,
                refused: &[],
                announce_earliest: latest,
            };
            let Some(mut selection) = plan_single(&question, &key) else { continue };
            let notice = selection.slot.since(latest) / MINUTE_MS;
            selection.notice_minutes = u16::try_from(notice).unwrap_or(u16::MAX);
            selection.announce =
                UtcMillis(selection.slot.0 - i64::from(selection.notice_minutes) * MINUTE_MS);
            return Ok(Place::Found(Placed { selection, label }));
        }
        Ok(Place::Never)
    }
}
