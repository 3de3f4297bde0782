//! Keys of boundaries: of every chain a boundary names the key of its label, mixed with its salt.
//! Keys live in memory while a plan is computed and are never written.

use super::Engine;
use crate::acts::setup::anchor_of;
use anyhow::Context as _;
use jiff::civil::Date;
use muster_domain::draw::{
    BeaconKind, BeaconRound, Boundary, BoundaryKey, Chain, ChainKey, SINGLE_LOCK_SALT,
};
use muster_store::entities::{draw_boundary, draw_chain};
use muster_store::{chains, draws};
use std::collections::BTreeSet;

/// Ids in anchor order, as a boundary that is committed now names its chains: of every holder the
/// one anchored last that covers the label.
pub(super) async fn chain_names(engine: &Engine, label: Date) -> anyhow::Result<String> {
    let mut named: Vec<draw_chain::Model> = Vec::new();
    for row in chains::anchored(engine.context.store.read()).await? {
        if chains::state::counts(&row.state) && anchor_of(&row)?.index(label).is_ok() {
            named.retain(|earlier| earlier.holder != row.holder);
            named.push(row);
        }
    }
    let has_own = named.iter().any(|c| c.tip == chains::tip::SERVICE);
    anyhow::ensure!(has_own, "no draw chain of ours covers {label}: a new anchor is needed");
    Ok(named.iter().map(|c| c.id.to_string()).collect::<Vec<_>>().join("+"))
}

/// k_t of a boundary; nothing where its salt is not decided or a holder's key has not arrived.
pub(super) async fn boundary_key(
    engine: &Engine,
    row: &draw_boundary::Model,
    boundary: &Boundary,
) -> anyhow::Result<Option<BoundaryKey>> {
    let Some(salt) = salt_of(row)? else { return Ok(None) };
    let mut keys = Vec::new();
    for chain in named_chains(engine, &boundary.chain).await? {
        match chain_key(engine, &chain, boundary.label).await? {
            Some(key) => keys.push(key),
            None => return Ok(None),
        }
    }
    let holders: Vec<&ChainKey> = keys.iter().collect();
    Ok(Some(BoundaryKey::derive(&holders, &salt, boundary)))
}

/// The salt, if it is decided. A stored round is verified again: the database is not believed.
fn salt_of(row: &draw_boundary::Model) -> anyhow::Result<Option<[u8; 32]>> {
    match row.salt.as_str() {
        draws::salt::ZEROS => Ok(Some(SINGLE_LOCK_SALT)),
        draws::salt::BEACON => {
            let kind: BeaconKind = row.beacon.parse().map_err(anyhow::Error::msg)?;
            let round = row.round.context("a boundary with a beacon names its round")? as u64;
            let signature = row.signature.clone().context("a decided salt has its signature")?;
            Ok(Some(kind.verify(round, &BeaconRound { round, signature })?))
        }
        _ => Ok(None),
    }
}

/// The chains a boundary names, in the order in which it names them.
async fn named_chains(engine: &Engine, names: &str) -> anyhow::Result<Vec<draw_chain::Model>> {
    let db = engine.context.store.read();
    let mut named = Vec::new();
    for name in names.split('+') {
        let id = name.parse().with_context(|| format!("`{name}` is no chain"))?;
        let row = chains::find(db, id).await?;
        named.push(row.with_context(|| format!("draw chain {name} is not there"))?);
    }
    Ok(named)
}

/// K_d of one chain: walked to from our tip, or delivered by its holder.
async fn chain_key(
    engine: &Engine,
    row: &draw_chain::Model,
    label: Date,
) -> anyhow::Result<Option<ChainKey>> {
    let store = &engine.context.store;
    let anchor = anchor_of(row)?;
    if row.tip == chains::tip::SERVICE {
        let tip = ChainKey::from_bytes(*store.keys().tip(row.id)?);
        let chain = Chain::open(anchor, tip);
        let what = || format!("the tip file of draw chain {} is of another chain", row.id);
        return Ok(Some(chain.with_context(what)?.key(label)?));
    }
    let held = chains::held_key(store, store.read(), row.id, &label.to_string()).await?;
    let Some((of, key)) = held else { return Ok(None) };
    let of: Date = of.parse()?;
    anchor.verify(of, &key)?;
    Ok(Some(key.earlier(anchor.index(of)? - anchor.index(label)?)))
}

/// The keys of a label by chain, in hexadecimal, for the reveal: of every chain that a boundary of
/// the label names. A key that was never delivered was never used.
pub(in crate::engine) async fn chain_keys(
    engine: &Engine,
    label: Date,
) -> anyhow::Result<Vec<(uuid::Uuid, String)>> {
    let store = &engine.context.store;
    let mut names = BTreeSet::new();
    for row in draws::boundaries_of(store.read(), &label.to_string()).await? {
        names.insert(draws::chain_names(store, &row).await?);
    }
    let mut keys = std::collections::BTreeMap::new();
    for name in names {
        for chain in named_chains(engine, &name).await? {
            if let Some(key) = chain_key(engine, &chain, label).await? {
                keys.insert(chain.id, key.to_hex());
            }
        }
    }
    Ok(keys.into_iter().collect())
}
