//! Pause and resume of the whole programme, with a reason, in the log. A new installation is in
//! shadow; the first resume makes it live and starts everybody's gap anew.

use super::office::{self, Asker};
use super::{ActError, ActResult, Context};
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_store::audit::Record;
use muster_store::entities::draw_state;
use muster_store::{Tx, installation, people, policies};
use sea_orm::EntityTrait;
use sea_orm::sea_query::Expr;

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
    change(&tx, &asker, "programme-paused", PAUSED, &reason).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes the installation live, from shadow or from a pause. Out of shadow everybody's gap starts
/// at its first day: what was drawn in shadow was told to nobody. Answers what should be seen to.
///
/// # Errors
/// `Forbidden`; `Invalid` without a reason; `Conflict` where it is live, or no policy is in force.
pub async fn resume(
    context: &Context,
    actor: Option<PersonId>,
    reason: &str,
) -> ActResult<Vec<String>> {
    let reason = office::reason(reason)?;
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::PauseProgramme).await?;
    let before = installation::get(&*tx).await?.mode;
    if before == LIVE {
        return Err(ActError::conflict("The installation is live already."));
    }
    if policies::active(&*tx).await?.is_empty() {
        return Err(ActError::conflict(
            "No cadence policy is in force, so nobody would be drawn. Activate one first.",
        ));
    }
    if before == SHADOW {
        draw_state::Entity::update_many()
            .col_expr(draw_state::Column::K, Expr::value(1))
            .col_expr(draw_state::Column::IneligibleRun, Expr::value(0))
            .col_expr(draw_state::Column::ReturnedInCycle, Expr::value(false))
            .exec(&*tx)
            .await?;
    }
    change(&tx, &asker, "programme-resumed", LIVE, &reason).await?;
    let advice = advice(&tx).await?;
    tx.commit().await?;
    Ok(advice)
}

async fn change(
    tx: &Tx,
    asker: &Asker,
    kind: &'static str,
    mode: &str,
    reason: &str,
) -> ActResult<()> {
    let mut row = installation::get(&**tx).await?;
    let record = Record::new(kind).by(asker.pseudonym()).fact("via", asker.via());
    let record = record.fact("from", row.mode.as_str()).fact("to", mode);
    record.commit("reason", reason).write(tx).await?;
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
        let answer = resume(&office.context, None, REASON).await;
        assert!(matches!(answer, Err(ActError::Conflict(_))));
        let answer = resume(&office.context, None, "because").await;
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
        let advice = resume(&office.context, None, REASON).await.unwrap();
        assert!(advice.iter().any(|a| a.contains("verifier")), "{advice:?}");
        assert_eq!((mode(&office).await.as_str(), ks().await), ("live", [1].into()));

        all_at(5).await;
        pause(&office.context, None, "works council asks questions").await.unwrap();
        assert_eq!(mode(&office).await, "paused");
        resume(&office.context, None, "the questions are answered").await.unwrap();
        assert_eq!((mode(&office).await.as_str(), ks().await), ("live", [5].into()));
        assert_eq!(office.logged("programme-resumed").await, 2);
        assert_eq!(office.logged("programme-paused").await, 1);
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
