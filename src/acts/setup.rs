//! The first act of all: the installation with its key, its log and its first draw chain; and the
//! next chain, a month before the last one ends.

use super::{ActError, ActResult, Context};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use muster_domain::draw::holder::OPERATOR;
use muster_domain::draw::{Anchor, Chain, ChainKey};
use muster_store::audit::Record;
use muster_store::chains::{self, state, tip};
use muster_store::entities::draw_chain;
use muster_store::keys::Key;
use muster_store::{StoreError, Tx, installation};
use uuid::Uuid;

/// Length of a draw chain: about four years.
pub const CHAIN_DAYS: u32 = 1_460;
/// The first chain begins this many days ago, so that no zone's local date lies before it.
const FIRST_DATE_DAYS_AGO: i64 = 2;

/// Sets the installation up. `mode` is one of `installation::mode`.
///
/// # Errors
/// There is one already; nothing is changed then.
pub async fn create_installation(
    context: &Context,
    name: &str,
    mode: &str,
    is_demo: bool,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    if installation::find(&*tx).await?.is_some() {
        return Err(ActError::conflict("This database already holds an installation."));
    }
    installation::create(&tx, name, mode, is_demo).await?;
    let organisation = installation::get(&*tx).await?.organisation;
    Record::new("installation-created")
        .fact("organisation", organisation.to_string())
        .fact("mode", mode)
        .fact("is_demo", is_demo)
        .fact("version", env!("CARGO_PKG_VERSION"))
        .write(&tx)
        .await?;
    let today = context.now().date_in(&TimeZone::UTC);
    add_chain(context, &tx, reaching_back(today)).await?;
    tx.commit().await?;
    Ok(())
}

/// The first date of a chain that must cover what is still to be committed today in any zone.
pub(super) fn reaching_back(today: Date) -> Date {
    today.saturating_sub(jiff::Span::new().days(FIRST_DATE_DAYS_AGO))
}

/// Logs the anchor of the operator's next chain, beginning on the day after the last one ends, once
/// that day is at most thirty days away. Answers whether there is a new one. Other holders renew
/// theirs themselves.
pub async fn renew_anchor_if_due(context: &Context) -> ActResult<bool> {
    let tx = context.store.begin().await?;
    let mut last: Option<Anchor> = None;
    for row in chains::anchored(&*tx).await? {
        if row.tip != tip::SERVICE || !state::counts(&row.state) {
            continue;
        }
        let anchor = anchor_of(&row)?;
        if last.as_ref().is_none_or(|l| anchor.last_date() > l.last_date()) {
            last = Some(anchor);
        }
    }
    let Some(last) = last else { return Ok(false) };
    let today = context.now().date_in(&TimeZone::UTC);
    if today < last.next_anchor_due() {
        return Ok(false);
    }
    let follows = last.last_date().saturating_add(jiff::Span::new().days(1));
    // A service that slept past the end begins at once; no date is covered twice.
    add_chain(context, &tx, follows.max(reaching_back(today))).await?;
    tx.commit().await?;
    Ok(true)
}

/// The public part of a stored chain.
pub fn anchor_of(row: &draw_chain::Model) -> ActResult<Anchor> {
    let unreadable = |detail: String| StoreError::Unreadable { what: "draw chain", detail };
    let mut k0 = [0; 32];
    hex::decode_to_slice(&row.anchor, &mut k0).map_err(|e| unreadable(e.to_string()))?;
    let first_date = row.first_date.parse().map_err(|e: jiff::Error| unreadable(e.to_string()))?;
    let length_days = u32::try_from(row.length).map_err(|e| unreadable(e.to_string()))?;
    Ok(Anchor { chain: row.id.to_string(), first_date, length_days, k0: ChainKey::from_bytes(k0) })
}

/// Begins a chain of the operator: tip into its file, anchor into the log.
pub(super) async fn add_chain(
    context: &Context,
    tx: &Tx,
    first: Date,
) -> ActResult<draw_chain::Model> {
    let store = &context.store;
    let id = uuid::Builder::from_random_bytes(store.entropy().bytes()).into_uuid();
    let tip = Key::new(store.entropy().bytes());
    let chain = begin(id, first, &tip)?;
    // The file first: a committed anchor without its tip could never be drawn from. A file whose
    // transaction failed is never read.
    store.keys().keep_tip(id, &tip)?;
    let row = draw_chain::Model {
        id,
        holder: OPERATOR.to_owned(),
        first_date: first.to_string(),
        length: i64::from(CHAIN_DAYS),
        anchor: chain.anchor().k0.to_hex(),
        created_ms: context.now().0,
        tip: tip::SERVICE.to_owned(),
        state: state::ACTIVE.to_owned(),
        asked_by: None,
        ended_ms: None,
    };
    muster_store::insert(tx, row.clone()).await?;
    anchor_record("draw-anchor", &row).fact("tip", row.tip.as_str()).write(tx).await?;
    Ok(row)
}

/// A record with the public part of a chain.
pub(super) fn anchor_record(kind: &'static str, row: &draw_chain::Model) -> Record {
    Record::new(kind)
        .fact("chain", row.id.to_string())
        .fact("holder", row.holder.as_str())
        .fact("first_date", row.first_date.as_str())
        .fact("length_days", row.length)
        .fact("k_0", row.anchor.as_str())
}

fn begin(id: Uuid, first: Date, tip: &Key) -> ActResult<Chain> {
    let tip = ChainKey::from_bytes(**tip);
    Chain::begin(&id.to_string(), first, CHAIN_DAYS, tip).map_err(|e| {
        ActError::Store(StoreError::Unreadable { what: "draw chain", detail: e.to_string() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::test_support::Office;
    use muster_store::{audit, draws};

    #[tokio::test]
    async fn a_second_set_up_is_refused_and_changes_nothing() {
        let office = Office::open().await;
        let before = draws::chains(office.context.store.read()).await.unwrap();
        let again = create_installation(&office.context, "Other", "live", false).await;
        assert!(matches!(again, Err(ActError::Conflict(_))));
        assert_eq!(draws::chains(office.context.store.read()).await.unwrap(), before);
        let row = installation::get(office.context.store.read()).await.unwrap();
        assert_eq!((row.organisation_name.as_str(), row.mode.as_str()), ("Acme", "shadow"));
    }

    #[tokio::test]
    async fn the_first_anchor_stands_in_the_log_and_its_tip_beside_the_database() {
        let office = Office::open().await;
        let store = &office.context.store;
        let [chain] = &draws::chains(store.read()).await.unwrap()[..] else { panic!("one chain") };
        let anchor = anchor_of(chain).unwrap();
        assert_eq!(anchor.first_date.to_string(), "2026-11-29");
        let tip = ChainKey::from_bytes(*store.keys().tip(chain.id).unwrap());
        assert!(Chain::open(anchor, tip).is_ok());
        let entries = audit::list(store.read(), 0, 10).await.unwrap();
        let logged = entries.iter().find(|e| e.kind == "draw-anchor").unwrap();
        assert!(logged.leaf.contains(&chain.anchor) && logged.leaf.contains(&chain.id.to_string()));
    }

    #[tokio::test]
    async fn the_next_anchor_comes_thirty_days_before_the_end_and_once() {
        let office = Office::open().await;
        assert!(!renew_anchor_if_due(&office.context).await.unwrap());
        office.clock.advance_minutes((1_460 - 2 - 31) * 24 * 60);
        assert!(!renew_anchor_if_due(&office.context).await.unwrap(), "a day too early");
        office.clock.advance_minutes(24 * 60);
        assert!(renew_anchor_if_due(&office.context).await.unwrap());
        assert!(!renew_anchor_if_due(&office.context).await.unwrap());
        let chains = draws::chains(office.context.store.read()).await.unwrap();
        let anchors: Vec<Anchor> = chains.iter().map(|c| anchor_of(c).unwrap()).collect();
        assert_eq!(anchors[0].last_date().tomorrow().unwrap(), anchors[1].first_date);
    }
}
