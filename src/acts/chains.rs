//! The operator's own chain: a new one at once (after a suspected leak, for instance), the tip on
//! paper, and back from paper. Each leaves an entry in the log; none shows a draw.

use super::office::{self, Asker};
use super::setup::{add_chain, anchor_of, reaching_back};
use super::{ActError, ActResult, Context};
use jiff::tz::TimeZone;
use muster_domain::access::Act;
use muster_domain::draw::escrow::Escrowed;
use muster_domain::draw::{Chain, ChainKey, escrow};
use muster_domain::id::PersonId;
use muster_store::audit::Record;
use muster_store::chains::{self, state, tip};
use muster_store::entities::draw_chain;
use muster_store::keys::Key;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Ends the operator's chains and begins a new one, for every boundary that is not committed yet.
/// Those already committed are drawn and revealed with the old one, whose tip must be kept.
///
/// # Errors
/// `Forbidden`; `Invalid` without a reason; the new tip cannot be written.
pub async fn rotate(
    context: &Context,
    actor: Option<PersonId>,
    reason: &str,
) -> ActResult<draw_chain::Model> {
    let reason = office::reason(reason)?;
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::ChangeChains).await?;
    let today = context.now().date_in(&TimeZone::UTC);
    let next = add_chain(context, &tx, reaching_back(today)).await?;
    for row in chains::anchored(&*tx).await? {
        let ends = row.tip == tip::SERVICE && state::counts(&row.state) && row.id != next.id;
        if !ends {
            continue;
        }
        Record::new("draw-chain-rotated")
            .by(asker.pseudonym())
            .fact("chain", row.id.to_string())
            .fact("next", next.id.to_string())
            .fact("holder", row.holder.as_str())
            .fact("via", asker.via())
            .commit("reason", reason.as_str())
            .write(&tx)
            .await?;
        let ended = draw_chain::Model {
            state: state::RETIRED.to_owned(),
            ended_ms: Some(context.now().0),
            ..row
        };
        muster_store::save(&tx, ended).await?;
    }
    tx.commit().await?;
    Ok(next)
}

/// The escrow sheet of a chain of ours; without an id, of the one that draws now. That it was
/// printed is in the log.
///
/// # Errors
/// `Conflict` where there is no such chain of ours; its tip cannot be read or is another one.
pub async fn escrow_sheet(context: &Context, id: Option<Uuid>) -> ActResult<Zeroizing<String>> {
    let tx = context.store.begin().await?;
    let own = chains::anchored(&*tx).await?.into_iter().filter(|c| c.tip == tip::SERVICE);
    let row = match id {
        Some(id) => own.into_iter().find(|c| c.id == id),
        None => own.into_iter().rfind(|c| state::counts(&c.state)),
    };
    let row = row.ok_or_else(no_such_chain)?;
    let tip = ChainKey::from_bytes(*context.store.keys().tip(row.id)?);
    let chain = Chain::open(anchor_of(&row)?, tip.clone()).map_err(not_its_tip)?;
    Record::new("draw-tip-escrowed").fact("chain", row.id.to_string()).write(&tx).await?;
    tx.commit().await?;
    Ok(escrow::sheet(&row.holder, chain.anchor(), &tip))
}

/// Writes the tip of a sheet into its file. Answers false where the right one is there already.
///
/// # Errors
/// `Invalid` where the sheet cannot be read or does not belong to its chain; `Conflict` where there
/// is no such chain of ours, or its file holds another tip.
pub async fn restore_tip(context: &Context, sheet: &str) -> ActResult<bool> {
    let Escrowed { chain: name, tip: read } =
        escrow::read(sheet).map_err(|fault| ActError::invalid("sheet", &fault.to_string()))?;
    let tx = context.store.begin().await?;
    let id = name.parse().map_err(|_| no_such_chain())?;
    let row = chains::find(&*tx, id).await?.filter(|c| c.tip == tip::SERVICE);
    let row = row.ok_or_else(no_such_chain)?;
    Chain::open(anchor_of(&row)?, read.clone()).map_err(not_its_tip)?;
    let keys = context.store.keys();
    match keys.tip(id) {
        Ok(there) if *there == *read.as_bytes() => return Ok(false),
        Ok(_) => {
            return Err(ActError::conflict(
                "The file of this tip holds another one. Move it aside, then try again.",
            ));
        }
        Err(_) => keys.keep_tip(id, &Key::new(*read.as_bytes()))?,
    }
    Record::new("draw-tip-restored").fact("chain", name).write(&tx).await?;
    tx.commit().await?;
    Ok(true)
}

fn no_such_chain() -> ActError {
    ActError::conflict("There is no such chain of this service. `muster chain list` shows them.")
}

fn not_its_tip(fault: muster_domain::draw::ChainFault) -> ActError {
    ActError::invalid("tip", &format!("This is not the tip of its chain: {fault}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::test_support::Office;
    use muster_store::audit;

    const REASON: &str = "a laptop with the key folder was stolen";

    #[tokio::test]
    async fn a_rotation_begins_a_chain_at_once_and_says_so() {
        let office = Office::open().await;
        let old = chains::anchored(office.context.store.read()).await.unwrap().remove(0);
        let refused = rotate(&office.context, None, "just so").await;
        assert!(matches!(refused, Err(ActError::Invalid(_))));
        let next = rotate(&office.context, None, REASON).await.unwrap();
        let rows = chains::anchored(office.context.store.read()).await.unwrap();
        let states: Vec<_> = rows.iter().map(|c| (c.id, c.state.as_str())).collect();
        assert!(states.contains(&(old.id, "retired")) && states.contains(&(next.id, "active")));
        assert!(anchor_of(&next).unwrap().index("2026-11-29".parse().unwrap()).is_ok());
        assert!(office.context.store.keys().tip(old.id).is_ok(), "needed until the last reveal");
        let entries = audit::list(office.context.store.read(), 0, 50).await.unwrap();
        let entry = entries.iter().find(|e| e.kind == "draw-chain-rotated").unwrap();
        assert!(!entry.leaf.contains("stolen") && entry.leaf.contains(&next.id.to_string()));
    }

    #[tokio::test]
    async fn a_lost_tip_comes_back_from_its_sheet() {
        let office = Office::open().await;
        let keys = office.keys_dir();
        let sheet = escrow_sheet(&office.context, None).await.unwrap();
        let chain = chains::anchored(office.context.store.read()).await.unwrap().remove(0);
        let file = keys.join(format!("draw-tip-{}.key", chain.id));
        let before = std::fs::read_to_string(&file).unwrap();
        assert!(!restore_tip(&office.context, &sheet).await.unwrap(), "it is there");

        std::fs::remove_file(&file).unwrap();
        let mistyped = sheet.replacen("\n2  ", "\n2  f", 1);
        assert!(matches!(restore_tip(&office.context, &mistyped).await, Err(ActError::Invalid(_))));
        assert!(!file.exists());
        assert!(restore_tip(&office.context, &sheet).await.unwrap());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), before);

        std::fs::write(&file, "00".repeat(32)).unwrap();
        assert!(matches!(restore_tip(&office.context, &sheet).await, Err(ActError::Conflict(_))));
        assert_eq!(office.logged("draw-tip-escrowed").await, 1);
        assert_eq!(office.logged("draw-tip-restored").await, 1);
    }

    #[tokio::test]
    async fn a_tip_may_come_as_a_credential() {
        let office = Office::open().await;
        let chain = chains::anchored(office.context.store.read()).await.unwrap().remove(0);
        let (keys, credentials) = (office.keys_dir(), tempfile::tempdir().unwrap());
        let name = format!("draw-tip-{}.key", chain.id);
        std::fs::rename(keys.join(&name), credentials.path().join(&name)).unwrap();
        let ring = muster_store::KeyRing::open(&keys).unwrap();
        assert!(ring.tip(chain.id).is_err());
        let ring = ring.with_credentials(Some(credentials.path().to_owned()));
        let tip = ChainKey::from_bytes(*ring.tip(chain.id).unwrap());
        assert!(ring.is_tip_a_credential(chain.id));
        assert!(Chain::open(anchor_of(&chain).unwrap(), tip).is_ok());
    }
}
