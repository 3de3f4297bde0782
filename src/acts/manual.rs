//! A check-in that a person orders: labelled so, capped, with a reason the employee reads. It never
//! touches the draw.

use super::office::{self, Asker};
use super::{ActError, ActResult, Context};
use muster_domain::access::{Act, Denial, share_a_line};
use muster_domain::id::PersonId;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::orders::{self, NewOrder, kind};
use muster_store::{Whose, installation, policies};
use uuid::Uuid;

/// Manual orders of one person within thirty days, whoever orders them.
pub const ORDERS_MAX: u64 = 2;
pub(super) const DAYS: i64 = 30;

/// Orders a check-in on the same or the next working day. Nobody orders one of himself or in his
/// own line of management.
///
/// # Errors
/// `Forbidden`; `Invalid` without a reason; `TooMany`; `Conflict` where the installation is not
/// live, the person is in no policy, or an order waits already.
pub async fn order(
    context: &Context,
    actor: PersonId,
    person: PersonId,
    reason: &str,
) -> ActResult<Uuid> {
    let reason = office::reason(reason)?;
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::OrderManualCheckIn).await?;
    office::active(&*tx, person).await?;
    outside_the_line(&tx, actor, person).await?;
    if installation::get(&*tx).await?.mode != installation::mode::LIVE {
        return Err(ActError::conflict(t!("The installation is not live, so nobody can be met.")));
    }
    if !super::policy::Live::load_of(&*tx, Whose::Of(&[person.0])).await?.is_for(person) {
        return Err(ActError::conflict(t!(
            "The programme is live for a pilot group that this person is not in."
        )));
    }
    if policies::membership_of(&*tx, person).await?.is_none() {
        return Err(ActError::conflict(t!(
            "This person is in no cadence policy, which would say how they are met."
        )));
    }
    let open = orders::open(&*tx).await?;
    if open.iter().any(|o| o.person_id == person.0 && o.kind == kind::MANUAL) {
        return Err(ActError::conflict(t!("A manual check-in of this person is ordered already.")));
    }
    let since = context.now().plus_ms(-DAYS * DAY_MS);
    if orders::count_since(&*tx, person, kind::MANUAL, since).await? >= ORDERS_MAX {
        return Err(ActError::TooMany(t!(
            "This person has had {orders} manual check-ins in {days} days. Another one has to wait.",
            orders = ORDERS_MAX,
            days = DAYS
        )));
    }
    let before = orders::count_since(&*tx, person, kind::MANUAL, UtcMillis(0)).await?;
    let new = NewOrder {
        person: person.0,
        kind: kind::MANUAL,
        no: i64::try_from(before).unwrap_or(i64::MAX - 1) + 1,
        ordered_by: Some(actor),
        reason: Some(reason.clone()),
        ..NewOrder::default()
    };
    let id = orders::add(&tx, new).await?;
    // Without a subject: what is about a person they can read, and this they learn with the
    // announcement, whose entry names the order's kind.
    Record::new("manual-check-in-ordered")
        .by(asker.pseudonym())
        .fact("order", id.to_string())
        .commit("person", person.to_string())
        .commit("reason", reason)
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(id)
}

async fn outside_the_line(
    tx: &muster_store::Tx,
    actor: PersonId,
    person: PersonId,
) -> ActResult<()> {
    if actor == person {
        return Err(ActError::forbidden(tr(Denial::OwnMatter.sentence())));
    }
    let managers = office::managers(&**tx).await?;
    let manager_of = |id: PersonId| managers.get(&id).copied();
    if share_a_line(actor, person, &manager_of) {
        return Err(ActError::forbidden(tr(Denial::OwnLine.sentence())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::test_support::{Office, SENSITIVE, STANDARD};
    use crate::acts::{mode, policy};
    use muster_domain::person::Role;

    const REASON: &str = "the asset tag could not be read last time";

    async fn live() -> Office {
        let office = Office::acme().await;
        office.confirm("hr", Role::Hr).await;
        policy::activate_first(&office.context, None, &[STANDARD, SENSITIVE]).await.unwrap();
        mode::resume(
            &office.context,
            None,
            "the pilot begins today",
            &crate::acts::policy::Scope::AsBefore,
        )
        .await
        .unwrap();
        office
    }

    #[tokio::test]
    async fn hr_orders_two_in_thirty_days_and_no_third() {
        let office = live().await;
        let (hr, anna) = (office.id("hr").await, office.id("anna").await);
        let store = &office.context.store;
        for _ in 0..2 {
            let id = order(&office.context, hr, anna, REASON).await.unwrap();
            let again = order(&office.context, hr, anna, REASON).await;
            assert!(matches!(again, Err(ActError::Conflict(_))), "one waits already");
            let row = orders::open(store.read()).await.unwrap().remove(0);
            assert_eq!(orders::reason(store, store.read(), &row).await.unwrap().unwrap(), REASON);
            let tx = store.begin().await.unwrap();
            orders::settle(&tx, id, None, "announced").await.unwrap();
            tx.commit().await.unwrap();
        }
        let third = order(&office.context, hr, anna, REASON).await;
        assert!(matches!(third, Err(ActError::TooMany(_))));
        office.clock.advance_minutes(31 * 24 * 60);
        order(&office.context, hr, anna, REASON).await.unwrap();
        assert_eq!(office.logged("manual-check-in-ordered").await, 3);
    }

    #[tokio::test]
    async fn nobody_orders_one_of_himself_in_his_line_or_without_the_role() {
        let office = live().await;
        let (hr, anna) = (office.id("hr").await, office.id("anna").await);
        let boss = office.person("hr").await.manager_id.map(PersonId).unwrap();
        for (actor, person) in [(hr, hr), (hr, boss), (anna, hr)] {
            let answer = order(&office.context, actor, person, REASON).await;
            assert!(matches!(answer, Err(ActError::Forbidden(_))));
        }
        assert!(orders::open(office.context.store.read()).await.unwrap().is_empty());
    }
}
