//! Pause and resume of the whole programme, with a reason, in the log. A new installation is in
//! shadow; a resume makes it live, for everybody or for a pilot group first.

use super::office::{self, Asker};
use super::policy::{self, Scope, Scoped};
use super::{ActError, ActResult, Context};
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_store::audit::Record;
use muster_store::{Tx, installation, orders, people, policies};

use installation::mode::{LIVE, PAUSED, SHADOW};

/// Draws nobody from now on; what has been announced goes on.
///
/// # Errors
/// `Forbidden`; `Invalid` without a reason; `Conflict` unless the installation is live.
pub async fn pause(context: &Context, actor: Option<PersonId>, reason: &str) -> ActResult<()> {
    let reason = office::reason(reason)?;
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::PauseProgramme).await?;
    match installation::get(&*tx).await?.mode.as_str() {
        SHADOW => Err(ActError::conflict(
            "The installation is in shadow: it tells nobody anything, so there is nothing to pause.",
        )),
        PAUSED => Err(ActError::conflict("The installation is paused already.")),
        _ => Ok(()),
    }?;
    change(&tx, &asker, "programme-paused", PAUSED, &reason, |record| record).await?;
    tx.commit().await?;
    Ok(())
}

/// What a resume did.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Resumed {
    #[serde(flatten)]
    pub scoped: Scoped,
    /// The filter of the pilot group, if it is for one.
    pub pilot: Option<String>,
    /// What should be seen to.
    pub advice: Vec<String>,
}

/// Makes the programme live, from shadow or from a pause, for everybody or for a pilot group; or
/// changes whom it is for. On the day it begins for a person their gap starts at one: what was
/// drawn in shadow was told to nobody.
///
/// # Errors
/// `Forbidden`; `Invalid` without a reason or for a filter that matches nobody; `Conflict` where
/// nothing would change, or no policy is in force.
pub async fn resume(
    context: &Context,
    actor: Option<PersonId>,
    reason: &str,
    scope: &Scope,
) -> ActResult<Resumed> {
    let reason = office::reason(reason)?;
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::PauseProgramme).await?;
    let before = installation::get(&*tx).await?;
    let pilot = pilot_after(&before.mode, before.pilot.as_deref(), scope)?;
    if policies::active(&*tx).await?.is_empty() {
        return Err(ActError::conflict(
            "No cadence policy is in force, so nobody would be drawn. Activate one first.",
        ));
    }
    let scoped = policy::set_scope(&tx, pilot.as_deref()).await?;
    if before.mode == PAUSED {
        orders::begin_anew(&tx).await?;
    }
    let record = |record: Record| {
        let record = record.fact("live", scoped.live).fact("began", scoped.began);
        let record = record.fact("ended", scoped.ended);
        match &pilot {
            // The filter may name people.
            Some(filter) => record.fact("pilot", true).commit("filter", filter.as_str()),
            None if before.pilot.is_some() => record.fact("pilot", false),
            None => record,
        }
    };
    change(&tx, &asker, "programme-resumed", LIVE, &reason, record).await?;
    let advice = advice(&tx).await?;
    tx.commit().await?;
    Ok(Resumed { scoped, pilot, advice })
}

/// The pilot filter after a resume, or why nothing would change.
fn pilot_after(mode: &str, before: Option<&str>, scope: &Scope) -> ActResult<Option<String>> {
    let is_live = mode == LIVE;
    let before = before.map(str::to_owned);
    match scope {
        Scope::AsBefore if is_live && before.is_some() => Err(ActError::conflict(
            "The pilot runs already. Say --everybody, or --pilot with a wider filter.",
        )),
        Scope::AsBefore | Scope::Everybody if is_live && before.is_none() => {
            Err(ActError::conflict("The installation is live already."))
        }
        Scope::Pilot(filter) if is_live && before.as_deref() == Some(filter) => {
            Err(ActError::conflict("The pilot runs for these people already."))
        }
        Scope::AsBefore => Ok(before),
        Scope::Everybody => Ok(None),
        Scope::Pilot(filter) => Ok(Some(filter.clone())),
    }
}

async fn change(
    tx: &Tx,
    asker: &Asker,
    kind: &'static str,
    mode: &str,
    reason: &str,
    more: impl FnOnce(Record) -> Record,
) -> ActResult<()> {
    let mut row = installation::get(&**tx).await?;
    let record = Record::new(kind).by(asker.pseudonym()).fact("via", asker.via());
    let record = record.fact("from", row.mode.as_str()).fact("to", mode);
    more(record).commit("reason", reason).write(tx).await?;
    row.mode = mode.to_owned();
    row.mode_reason = reason.to_owned();
    muster_store::save(tx, row).await?;
    Ok(())
}

async fn advice(tx: &Tx) -> ActResult<Vec<String>> {
    let mut advice = Vec::new();
    for (role, sentence) in [
        (Role::Verifier, "Nobody is a verifier yet: every hit will be uncovered."),
        (Role::Hr, "Nobody holds the role hr yet: escalations will reach others in its place."),
        (Role::Security, "Nobody holds the role security yet: escalations will reach others."),
    ] {
        if people::with_role(&**tx, role).await?.is_empty() {
            advice.push(sentence.to_owned());
        }
    }
    Ok(advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::policy;
    use crate::acts::test_support::{Office, SENSITIVE, STANDARD};
    use muster_store::draws;

    const REASON: &str = "the pilot has been agreed";

    async fn mode(office: &Office) -> String {
        installation::get(office.context.store.read()).await.unwrap().mode
    }

    #[tokio::test]
    async fn nothing_becomes_live_without_a_policy_or_a_reason() {
        let office = Office::acme().await;
        let answer = resume(&office.context, None, REASON, &Scope::AsBefore).await;
        assert!(matches!(answer, Err(ActError::Conflict(_))));
        let answer = resume(&office.context, None, "because", &Scope::AsBefore).await;
        assert!(matches!(answer, Err(ActError::Invalid(_))));
        assert_eq!(mode(&office).await, "shadow");
    }

    #[tokio::test]
    async fn out_of_shadow_everybody_starts_at_one_and_a_pause_keeps_where_they_are() {
        let office = Office::acme().await;
        policy::activate_first(&office.context, None, &[STANDARD, SENSITIVE]).await.unwrap();
        let store = &office.context.store;
        let all_at = async |k: i64| {
            let tx = store.begin().await.unwrap();
            for mut state in draws::states(store.read()).await.unwrap().into_values() {
                state.k = k;
                draws::keep_state(&tx, state).await.unwrap();
            }
            tx.commit().await.unwrap();
        };
        let ks = async || {
            let states = draws::states(store.read()).await.unwrap();
            states.values().map(|s| s.k).collect::<std::collections::BTreeSet<_>>()
        };
        all_at(7).await;
        let advice = resume(&office.context, None, REASON, &Scope::AsBefore).await.unwrap().advice;
        assert!(advice.iter().any(|a| a.contains("verifier")), "{advice:?}");
        assert_eq!((mode(&office).await.as_str(), ks().await), ("live", [1].into()));

        all_at(5).await;
        pause(&office.context, None, "works council asks questions").await.unwrap();
        assert_eq!(mode(&office).await, "paused");
        resume(&office.context, None, "the questions are answered", &Scope::AsBefore)
            .await
            .unwrap();
        assert_eq!((mode(&office).await.as_str(), ks().await), ("live", [5].into()));
        assert_eq!(office.logged("programme-resumed").await, 2);
        assert_eq!(office.logged("programme-paused").await, 1);
    }

    /// Everybody's `k`, by employee id.
    async fn gaps(office: &Office) -> std::collections::BTreeMap<String, i64> {
        let db = office.context.store.read();
        let states = draws::states(db).await.unwrap();
        let mut gaps = std::collections::BTreeMap::new();
        for person in people::active(db).await.unwrap() {
            if let Some(state) = states.get(&PersonId(person.id)) {
                gaps.insert(person.employee_id, state.k);
            }
        }
        gaps
    }

    async fn all_at(office: &Office, k: i64) {
        let store = &office.context.store;
        let tx = store.begin().await.unwrap();
        for mut state in draws::states(store.read()).await.unwrap().into_values() {
            state.k = k;
            draws::keep_state(&tx, state).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_pilot_begins_for_whom_it_names_and_each_starts_at_one_once() {
        let office = Office::acme().await;
        policy::activate_first(&office.context, None, &[STANDARD, SENSITIVE]).await.unwrap();
        all_at(&office, 7).await;
        let db = office.context.store.read();
        let anna = Scope::Pilot("employee_id eq \"anna\"".into());
        let began = resume(&office.context, None, REASON, &anna).await.unwrap();
        assert_eq!((began.scoped.live, began.scoped.began), (1, 1));
        let live = policy::Live::load(db).await.unwrap();
        assert!(live.is_for(office.id("anna").await) && !live.is_for(office.id("jo").await));
        let one_is =
            |gaps: std::collections::BTreeMap<String, i64>, id: &str, k: i64| gaps[id] == k;
        assert!(one_is(gaps(&office).await, "anna", 1) && one_is(gaps(&office).await, "jo", 7));

        // Wider: Anna's gap goes on, the others' begin.
        all_at(&office, 4).await;
        let wider = Scope::Pilot("employee_id eq \"anna\" or employee_id eq \"jo\"".into());
        assert_eq!(resume(&office.context, None, REASON, &wider).await.unwrap().scoped.began, 1);
        assert!(one_is(gaps(&office).await, "anna", 4) && one_is(gaps(&office).await, "jo", 1));

        // A pause and a resume keep the group; everybody is said in so many words.
        pause(&office.context, None, "works council asks questions").await.unwrap();
        let again = resume(&office.context, None, REASON, &Scope::AsBefore).await.unwrap();
        assert_eq!((again.scoped.live, again.scoped.began), (2, 0));
        let twice = resume(&office.context, None, REASON, &Scope::AsBefore).await;
        assert!(matches!(twice, Err(ActError::Conflict(_))));
        all_at(&office, 3).await;
        let all = resume(&office.context, None, REASON, &Scope::Everybody).await.unwrap();
        assert_eq!(
            (all.scoped.live, all.scoped.began),
            (all.scoped.in_a_policy, all.scoped.in_a_policy - 2)
        );
        let gaps = gaps(&office).await;
        let kept: Vec<&str> =
            gaps.iter().filter(|(_, k)| **k == 3).map(|(id, _)| id.as_str()).collect();
        assert_eq!(kept, ["anna", "jo"]);
        assert_eq!(office.logged("programme-resumed").await, 4);
    }

    #[tokio::test]
    async fn a_filter_that_cannot_be_meant_is_refused_with_what_would_be_accepted() {
        let office = Office::acme().await;
        policy::activate_first(&office.context, None, &[STANDARD, SENSITIVE]).await.unwrap();
        for (filter, said) in [
            ("departement eq \"Engineering\"", "department"),
            ("employee_id eq", "character"),
            ("employee_id eq \"nobody-at-all\"", "matches nobody"),
        ] {
            let scope = Scope::Pilot(filter.into());
            let Err(ActError::Invalid(faults)) =
                resume(&office.context, None, REASON, &scope).await
            else {
                panic!("{filter} was taken")
            };
            assert!(faults[0].1.contains(said), "{faults:?}");
        }
        assert_eq!(mode(&office).await, "shadow");
    }

    #[tokio::test]
    async fn somebody_without_the_role_cannot_pause() {
        let office = Office::acme().await;
        let anna = office.id("anna").await;
        let answer = pause(&office.context, Some(anna), "I would rather not be asked").await;
        assert!(matches!(answer, Err(ActError::Forbidden(_))));
        assert_eq!(office.logged("programme-paused").await, 0);
    }
}
