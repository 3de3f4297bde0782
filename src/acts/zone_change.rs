//! Somebody's new zone counts from the next boundary of the old one. A date that they skip on the way
//! is over for them; one that comes a second time is not drawn again.

use super::{ActResult, Context};
use jiff::civil::Date;
use muster_domain::id::PersonId;
use muster_domain::time::{start_of_day, zone};
use muster_store::audit::Record;
use muster_store::entities::person;
use muster_store::jobs::Job;
use muster_store::{Tx, draws, people};

/// Moves everybody who waits for it out of a zone whose date `label` begins. Call it when the dates
/// before are closed and before the rows of this one are made. Answers how many moved.
pub async fn take_effect(context: &Context, zone_name: &str, label: Date) -> ActResult<usize> {
    let waiting = people::moving_from(context.store.read(), zone_name).await?;
    for person in &waiting {
        let tx = context.store.begin().await?;
        let person = people::lock(&tx, PersonId(person.id)).await?;
        if person.zone == zone_name && person.next_zone.is_some() {
            move_one(&tx, person, label).await?;
        }
        tx.commit().await?;
    }
    Ok(waiting.len())
}

async fn move_one(tx: &Tx, mut person: person::Model, label: Date) -> ActResult<()> {
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
    // `k` stays: it follows from committed rows alone, and a skipped date has none.
    let skipped = next.map_or(0, |next| i64::from((next - label).get_days()).max(0));
    if let Some(next) = next {
        let job = Job::OpenLabel { zone: new.clone(), label: next.to_string() };
        job.plan(tx, start_of_day(next, &new_zone)).await?;
    }
    Record::new("zone-changed")
        .about(&person)
        .fact("label", label.to_string())
        .fact("skipped", skipped)
        .commit("zone", new)
        .write(tx)
        .await?;
    Ok(())
}
