//! Named sites: offices, co-working rooms, the employer's egress. What is seen there joins nobody, so a
//! site could hide a farm: a list counts once a second person, of security, has confirmed it.

use super::office::{Asker, second_person};
use super::{ActError, ActResult, Context};
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::linking::Site;
use muster_store::audit::Record;
use muster_store::entities::site_list;
use muster_store::sites::{self, sites_column, state};
use muster_store::{Owner, Tx};
use uuid::Uuid;

/// Asks for this list instead of the one in force. One that waited is withdrawn. Answers its version.
///
/// # Errors
/// `Forbidden`; `Invalid`: a network that is too wide to be compared.
pub async fn propose(context: &Context, actor: Option<PersonId>, list: &[Site]) -> ActResult<i64> {
    let wide = list.iter().find(|s| s.networks.iter().any(|network| network.is_too_wide()));
    if let Some(site) = wide {
        let sentence = format!(
            "Site `{}` has a network that is too wide: at least 8 bits (IPv4) or 32 bits (IPv6) must be fixed.",
            site.site_id
        );
        return Err(ActError::Invalid(vec![("ip", sentence)]));
    }
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::ProposeSites).await?;
    retire(&tx, state::PENDING).await?;
    let id = Uuid::from_bytes(context.store.entropy().bytes());
    let version = sites::next_version(&tx).await?;
    let row = site_list::Model {
        id,
        version,
        state: state::PENDING.to_owned(),
        sites: tx.seal(Owner::Organisation, sites_column(id), &list.to_vec()).await?,
        proposed_by: asker.id().map(|id| id.0),
        proposed_ms: context.now().0,
        confirmed_by: None,
        confirmed_ms: None,
        retired_ms: None,
    };
    muster_store::insert(&tx, row).await?;
    Record::new("sites-proposed")
        .by(asker.pseudonym())
        .fact("via", asker.via())
        .fact("version", version)
        .fact("sites", list.len() as u64)
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(version)
}

/// Brings the list that waits into force, as a second person. The next night counts by it.
///
/// # Errors
/// `Forbidden`; `Conflict`: another version waits, or none.
pub async fn confirm(context: &Context, actor: PersonId, version: i64) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let Some(row) = waiting(&tx, version).await? else {
        return Err(ActError::conflict("No list of sites of this version waits."));
    };
    let second = second_person(&tx, actor, Act::ConfirmSites, row.proposed_by, None).await?;
    retire(&tx, state::ACTIVE).await?;
    let row = site_list::Model {
        state: state::ACTIVE.to_owned(),
        confirmed_by: Some(actor.0),
        confirmed_ms: Some(context.now().0),
        ..row
    };
    muster_store::save(&tx, row).await?;
    Record::new("sites-confirmed")
        .by(Some(second.pseudonym))
        .fact("version", version)
        .write(&tx)
        .await?;
    Ok(tx.commit().await?)
}

async fn waiting(tx: &Tx, version: i64) -> ActResult<Option<site_list::Model>> {
    let found = sites::in_state(&**tx, state::PENDING).await?;
    Ok(found.filter(|row| row.version == version))
}

async fn retire(tx: &Tx, in_state: &str) -> ActResult<()> {
    if let Some(row) = sites::in_state(&**tx, in_state).await? {
        let now = Some(tx.store().clock().now().0);
        let row = site_list::Model { state: state::RETIRED.to_owned(), retired_ms: now, ..row };
        muster_store::save(tx, row).await?;
    }
    Ok(())
}
