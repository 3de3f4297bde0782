//! Somebody's new zone counts from the next boundary of the old one. A date that they skip on the way
//! counts as a day; one that comes a second time is not drawn again.

use super::{ActResult, Context, explain};
use jiff::civil::Date;
use muster_domain::draw::{CadenceState, DayResult};
use muster_domain::id::{PersonId, PolicyVersionId};
use muster_domain::time::{start_of_day, zone};
use muster_store::audit::Record;
use muster_store::entities::person;
use muster_store::jobs::Job;
use muster_store::{Tx, draws, people, policies};

/// Moves everybody who waits for it out of a zone whose date `label` begins. Call it when the dates
/// before are closed and before the rows of this one are made. Answers how many moved.
pub async fn take_effect(context: &Context, zone_name: &str, label: Date) -> ActResult<usize> {
    let waiting = people::moving_from(context.store.read(), zone_name).await?;
    for person in &waiting {
        let tx = context.store.begin().await?;
        let person = people::lock(&tx, PersonId(person.id)).await?;
        if person.zone == zone_name && person.next_zone.is_some() {
            move_one(context, &tx, person, label).await?;
        }
        tx.commit().await?;
    }
    Ok(waiting.len())
}

async fn move_one(
    context: &Context,
    tx: &Tx,
    mut person: person::Model,
    label: Date,
) -> ActResult<()> {
    let Some(new) = person.next_zone.take() else { return Ok(()) };
    let (Some(old_zone), Some(new_zone)) = (zone(&person.zone), zone(&new)) else { return Ok(()) };
    let t = start_of_day(label, &old_zone);
    let there = t.date_in(&new_zone);
    let begins_now = start_of_day(there, &new_zone) == t
        && draws::boundaries_of(&**tx, &there.to_string()).await?.iter().all(|b| b.zone != new);
    let next = match begins_now {
        true => Some(there),
        false => there.tomorrow().ok(),
    };
    person.zone = new.clone();
    muster_store::save(tx, person.clone()).await?;
    let (skipped, counted) = match next {
        Some(next) => skip(context, tx, &person, label, next).await?,
        None => (0, 0),
    };
    if let Some(next) = next {
        let job = Job::OpenLabel { zone: new.clone(), label: next.to_string() };
        job.plan(tx, start_of_day(next, &new_zone)).await?;
    }
    Record::new("zone-changed")
        .about(&person)
        .fact("label", label.to_string())
        .fact("skipped", skipped)
        .fact("counted", counted)
        .commit("zone", new)
        .write(tx)
        .await?;
    Ok(())
}

/// Counts the dates between the last one drawn and the next: those on which the person could have been
/// drawn, by hours, holidays and absences, count as days without a hit.
async fn skip(
    context: &Context,
    tx: &Tx,
    person: &person::Model,
    label: Date,
    next: Date,
) -> ActResult<(i64, i64)> {
    let id = PersonId(person.id);
    let Some(mut state) = draws::state(&**tx, id).await? else { return Ok((0, 0)) };
    let last = state.last_label.as_deref().and_then(|label| label.parse::<Date>().ok());
    let Some(member) = policies::membership_of(&**tx, id).await? else { return Ok((0, 0)) };
    let policy = super::policy::load(&**tx, PolicyVersionId(member.policy_version_id)).await?;
    let max_gap_days = policy.table.max_gap_days();
    let mut cadence = CadenceState {
        k: state.k as u32,
        ineligible_days: state.ineligible_run as u32,
        is_eased: state.returned_in_cycle,
    };
    let (mut skipped, mut counted) = (0, 0);
    let mut date = match last.map(Date::tomorrow) {
        // Dates before this one were skipped for another reason, such as being in no policy.
        Some(Ok(date)) => date.max(label),
        _ => return Ok((0, 0)),
    };
    while date < next {
        let day = explain::as_things_stand(context, person, date).await?;
        let is_eligible = day.is_some_and(|day| day.class.is_none());
        let result = if is_eligible { DayResult::NotHit } else { DayResult::Ineligible };
        cadence = cadence.close(result, max_gap_days);
        skipped += 1;
        counted += i64::from(is_eligible);
        state.last_label = Some(date.to_string());
        let Ok(tomorrow) = date.tomorrow() else { break };
        date = tomorrow;
    }
    state.k = i64::from(cadence.k);
    state.ineligible_run = i64::from(cadence.ineligible_days);
    state.returned_in_cycle = cadence.is_eased;
    muster_store::save(tx, state).await?;
    Ok((skipped, counted))
}
