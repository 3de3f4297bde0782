//! The cards and how each has done: for those who take worn ones out, and bring them back.

use crate::acts::office::{self, Asker};
use crate::acts::{ActError, ActResult, Context};
use muster_domain::access::Act;
use muster_domain::challenge::statistics::{CardStatistics, CardUse, may_retire, of_uses};
use muster_domain::challenge::{ChallengeAnswer, Template};
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use muster_messages::language::say;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::challenges::{self, reason_column};
use muster_store::entities::retired_challenge;
use muster_store::{Owner, Tx};
use std::collections::BTreeSet;
use uuid::Uuid;

/// One card as it is listed.
#[derive(Debug, Clone)]
pub struct Card {
    pub template: Template,
    pub statistics: CardStatistics,
    pub retired: Option<Retired>,
    /// Why it cannot be taken out.
    pub stays: Option<String>,
}

/// Who took a card out, and why.
#[derive(Debug, Clone)]
pub struct Retired {
    pub by: Option<Uuid>,
    pub at: UtcMillis,
    pub reason: String,
}

/// Every card, in order of the catalogue.
///
/// # Errors
/// `Forbidden`.
pub async fn list(context: &Context, actor: PersonId) -> ActResult<Vec<Card>> {
    let tx = context.store.begin().await?;
    Asker::load(&tx, Some(actor), Act::ViewChallenges).await?;
    let uses: Vec<CardUse> = challenges::uses(&*tx).await?.iter().map(card_use).collect();
    let mut statistics = of_uses(&uses);
    let rows = challenges::retired(&*tx).await?;
    let out = templates(&rows);
    let catalogue = &context.settings.challenges;
    let mut cards = Vec::new();
    for template in &catalogue.templates {
        let retired = match rows.iter().find(|row| row.template == template.id) {
            None => None,
            Some(row) => Some(Retired {
                by: row.retired_by,
                at: UtcMillis(row.retired_ms),
                reason: challenges::reason(&context.store, &*tx, row).await?,
            }),
        };
        cards.push(Card {
            statistics: statistics.remove(&template.id).unwrap_or_default(),
            stays: may_retire(catalogue, &out, &template.id).err().map(|why| say(&why)),
            template: template.clone(),
            retired,
        });
    }
    tx.rollback().await?;
    Ok(cards)
}

fn card_use(used: &challenges::Used) -> CardUse {
    let seconds = used.revealed_ms.zip(used.answered_ms).map(|(from, to)| (to - from) / 1_000);
    // Shown with the form itself: nobody knows how long it took.
    let seconds = seconds.filter(|seconds| *seconds > 0);
    CardUse {
        template: used.template.clone(),
        is_shown: used.revealed_ms.is_some(),
        answer: used.answer.as_deref().and_then(ChallengeAnswer::from_code),
        seconds,
    }
}

fn templates(rows: &[retired_challenge::Model]) -> BTreeSet<String> {
    rows.iter().map(|row| row.template.clone()).collect()
}

/// Takes a card out: from the next draw on it is asked of nobody.
///
/// # Errors
/// `Forbidden`; `Invalid`: the reason; `Conflict`: it is out already, or too few would stay.
pub async fn retire(
    context: &Context,
    actor: PersonId,
    template: &str,
    reason: &str,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::RetireChallenges).await?;
    let reason = office::reason(reason)?;
    let rows = challenges::retired(&*tx).await?;
    let out = templates(&rows);
    if out.contains(template) {
        return Err(ActError::conflict(t!("This card was taken out already.")));
    }
    may_retire(&context.settings.challenges, &out, template)
        .map_err(|why| ActError::Conflict(say(&why)))?;
    let id = Uuid::from_bytes(context.store.entropy().bytes());
    let row = retired_challenge::Model {
        id,
        template: template.to_owned(),
        reason: tx.seal(Owner::Organisation, reason_column(id), &reason).await?,
        retired_by: Some(actor.0),
        retired_ms: context.now().0,
        restored_by: None,
        restored_ms: None,
    };
    muster_store::insert(&tx, row).await?;
    record(&tx, "challenge-retired", &asker, template, &reason).await?;
    Ok(tx.commit().await?)
}

/// Brings a card back.
///
/// # Errors
/// `Forbidden`; `Invalid`: the reason; `Conflict`: it is not out.
pub async fn restore(
    context: &Context,
    actor: PersonId,
    template: &str,
    reason: &str,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::RetireChallenges).await?;
    let reason = office::reason(reason)?;
    let found = challenges::retired(&*tx).await?.into_iter().find(|row| row.template == template);
    let Some(row) = found else { return Err(ActError::conflict(t!("This card is not out."))) };
    let row = retired_challenge::Model {
        restored_by: Some(actor.0),
        restored_ms: Some(context.now().0),
        ..row
    };
    muster_store::save(&tx, row).await?;
    record(&tx, "challenge-restored", &asker, template, &reason).await?;
    Ok(tx.commit().await?)
}

async fn record(
    tx: &Tx,
    kind: &'static str,
    asker: &Asker,
    template: &str,
    reason: &str,
) -> ActResult<()> {
    Record::new(kind)
        .by(asker.pseudonym())
        .fact("template", template)
        .commit("reason", reason)
        .write(tx)
        .await?;
    Ok(())
}
