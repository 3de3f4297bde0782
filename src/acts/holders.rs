//! Chains of independent holders: added and ended by two persons, keys taken in date by date. A key
//! proves itself against its anchor, so whoever delivers it needs no right; it is sealed until the
//! reveal, and only that it came is in the log.

use super::office::{self, Asker};
use super::setup::{anchor_of, anchor_record};
use super::{ActError, ActResult, Context};
use muster_domain::access::Act;
use muster_domain::draw::{AnchorFile, Release};
use muster_domain::id::PersonId;
use muster_store::audit::Record;
use muster_store::chains::{self, state, tip};
use muster_store::entities::{draw_boundary, draw_chain};
use muster_store::{Tx, draws};
use uuid::Uuid;

/// What a second person's word brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmed {
    /// The holder takes part in every boundary committed from now on.
    Begun(draw_chain::Model),
    /// No further boundary waits for this holder; so many that waited are never drawn.
    Ended { chain: draw_chain::Model, dropped: usize },
}

/// What became of a key that was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    Kept,
    /// It, or that of a later date, was there already.
    Known,
}

/// Asks for a holder's chain. It counts for nothing before a second person has confirmed it.
///
/// # Errors
/// `Forbidden`; `Invalid` without a reason or where the chain's id is none; `Conflict` where it is
/// known already or another one of this holder waits.
pub async fn add(
    context: &Context,
    actor: PersonId,
    file: &AnchorFile,
    reason: &str,
) -> ActResult<draw_chain::Model> {
    let reason = office::reason(reason)?;
    let id: Uuid = file.anchor.chain.parse().map_err(|_| {
        ActError::invalid(
            "anchor",
            "The anchor's chain must be an id as `muster holder init` makes it.",
        )
    })?;
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::ChangeChains).await?;
    let all = chains::all(&*tx).await?;
    if all.iter().any(|c| c.id == id) {
        return Err(ActError::conflict("This chain was added before."));
    }
    if all.iter().any(|c| c.holder == file.holder && c.state == state::PENDING) {
        return Err(ActError::conflict(
            "A chain of this holder waits already. Confirm or refuse it first.",
        ));
    }
    let row = draw_chain::Model {
        id,
        holder: file.holder.clone(),
        first_date: file.anchor.first_date.to_string(),
        length: i64::from(file.anchor.length_days),
        anchor: file.anchor.k0.to_hex(),
        created_ms: context.now().0,
        tip: tip::HOLDER.to_owned(),
        state: state::PENDING.to_owned(),
        asked_by: Some(actor.0),
        ended_ms: None,
    };
    muster_store::insert(&tx, row.clone()).await?;
    anchor_record("draw-chain-proposed", &row)
        .by(asker.pseudonym())
        .commit("reason", reason)
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(row)
}

/// Asks for a holder's end. Boundaries go on naming the chain until a second person has confirmed.
///
/// # Errors
/// `Forbidden`; `Invalid` without a reason; `Conflict` where it is no active chain of another holder.
pub async fn retire(
    context: &Context,
    actor: PersonId,
    id: Uuid,
    reason: &str,
) -> ActResult<draw_chain::Model> {
    let reason = office::reason(reason)?;
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::ChangeChains).await?;
    let mut row = chains::find(&*tx, id).await?.ok_or_else(no_such_chain)?;
    if row.tip == tip::SERVICE {
        return Err(ActError::conflict(
            "This is the operator's own chain, without which nothing is drawn. `muster chain rotate` \
             replaces it.",
        ));
    }
    if row.state != state::ACTIVE {
        return Err(ActError::conflict(&format!("This chain is {}, so it cannot end.", row.state)));
    }
    row.state = state::RETIRING.to_owned();
    row.asked_by = Some(actor.0);
    muster_store::save(&tx, row.clone()).await?;
    Record::new("draw-chain-retirement-proposed")
        .by(asker.pseudonym())
        .fact("chain", id.to_string())
        .fact("holder", row.holder.as_str())
        .commit("reason", reason)
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(row)
}

/// A second person confirms what waits for this chain: its beginning or its end.
///
/// # Errors
/// `Forbidden` also to whoever asked; `Conflict` where nothing waits.
pub async fn confirm(context: &Context, actor: PersonId, id: Uuid) -> ActResult<Confirmed> {
    let tx = context.store.begin().await?;
    let mut row = chains::find(&*tx, id).await?.ok_or_else(no_such_chain)?;
    let second = office::second_person(&tx, actor, Act::ChangeChains, row.asked_by, None).await?;
    let by = Some(second.pseudonym);
    let now = context.now().0;
    let confirmed = match row.state.as_str() {
        state::PENDING => {
            row.state = state::ACTIVE.to_owned();
            row.created_ms = now;
            let record = anchor_record("draw-anchor", &row).by(by);
            record.fact("tip", row.tip.as_str()).write(&tx).await?;
            Confirmed::Begun(row.clone())
        }
        state::RETIRING => {
            row.state = state::RETIRED.to_owned();
            row.ended_ms = Some(now);
            let record = Record::new("draw-chain-retired").by(by);
            let record = record.fact("chain", id.to_string());
            record.fact("holder", row.holder.as_str()).write(&tx).await?;
            let dropped = drop_waiting(context, &tx, &row).await?;
            Confirmed::Ended { chain: row.clone(), dropped }
        }
        _ => return Err(ActError::conflict("Nothing waits for a second person here.")),
    };
    muster_store::save(&tx, row).await?;
    tx.commit().await?;
    Ok(confirmed)
}

/// Refuses what waits for this chain, as anybody who may ask for it.
///
/// # Errors
/// `Forbidden`; `Conflict` where nothing waits.
pub async fn refuse(context: &Context, actor: PersonId, id: Uuid) -> ActResult<draw_chain::Model> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::ChangeChains).await?;
    let mut row = chains::find(&*tx, id).await?.ok_or_else(no_such_chain)?;
    let (next, kind) = match row.state.as_str() {
        state::PENDING => (state::REFUSED, "draw-chain-refused"),
        state::RETIRING => (state::ACTIVE, "draw-chain-retirement-refused"),
        _ => return Err(ActError::conflict("Nothing waits for a second person here.")),
    };
    row.state = next.to_owned();
    muster_store::save(&tx, row.clone()).await?;
    let record = Record::new(kind).by(asker.pseudonym()).fact("chain", id.to_string());
    record.fact("holder", row.holder.as_str()).write(&tx).await?;
    tx.commit().await?;
    Ok(row)
}

/// Boundaries that wait for a key this holder has not delivered are never drawn. That is said, and
/// nobody's gap moves by it.
async fn drop_waiting(context: &Context, tx: &Tx, chain: &draw_chain::Model) -> ActResult<usize> {
    let name = chain.id.to_string();
    let mut dropped = 0;
    for row in draws::open_boundaries(&**tx).await? {
        let names_it = row.chain.split('+').any(|named| named == name);
        let is_waiting = row.dropped_ms.is_none()
            && names_it
            && !chains::has_held_key(&**tx, chain.id, &row.label).await?;
        if !is_waiting {
            continue;
        }
        Record::new("draw-boundary-dropped")
            .fact("zone", row.zone.as_str())
            .fact("label", row.label.as_str())
            .fact("horizon", row.horizon.as_str())
            .fact("chain", name.as_str())
            .write(tx)
            .await?;
        let gone = draw_boundary::Model { dropped_ms: Some(context.now().0), ..row };
        muster_store::save(tx, gone).await?;
        dropped += 1;
    }
    Ok(dropped)
}

/// Takes in a key of a date that has begun somewhere. Whoever brings it: it proves itself.
///
/// # Errors
/// `Conflict` where there is no such chain, the date lies outside it or has not begun anywhere, or
/// the key is not the committed one; nothing is kept then.
pub async fn deliver(context: &Context, release: &Release) -> ActResult<Delivered> {
    let refused = |sentence: String| ActError::Conflict(sentence);
    let id: Uuid = release.chain.parse().map_err(|_| no_such_chain())?;
    let tx = context.store.begin().await?;
    let row = chains::find(&*tx, id).await?.filter(|c| c.tip == tip::HOLDER);
    let row = row.filter(|c| !matches!(c.state.as_str(), state::PENDING | state::REFUSED));
    let row = row.ok_or_else(no_such_chain)?;
    release
        .check(&anchor_of(&row)?, context.now())
        .map_err(|fault| refused(format!("This key is not taken: {fault}.")))?;
    let label = release.label.to_string();
    if chains::has_held_key(&*tx, id, &label).await? {
        return Ok(Delivered::Known);
    }
    if !chains::keep_held_key(&tx, id, &label, &release.key).await? {
        return Ok(Delivered::Known);
    }
    Record::new("draw-key-delivered")
        .fact("chain", id.to_string())
        .fact("label", label)
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(Delivered::Kept)
}

fn no_such_chain() -> ActError {
    ActError::conflict("There is no such chain. `muster chain list` shows them.")
}

#[cfg(test)]
#[path = "holders_tests.rs"]
mod tests;
