//! Keys of boundaries, from the chains' tips in their files.

use super::Engine;
use crate::acts::setup::anchor_of;
use anyhow::Context as _;
use muster_domain::draw::{Boundary, BoundaryKey, Chain, ChainKey, SINGLE_LOCK_SALT};
use muster_store::draws;
use muster_store::entities::draw_chain;

/// Chain ids in anchor order, as they stand in a boundary.
pub(super) fn chain_name(chains: &[draw_chain::Model]) -> String {
    chains.iter().map(|c| c.id.to_string()).collect::<Vec<_>>().join("+")
}

/// The chains whose keys make up the draw of a date: of every holder the one that covers it.
pub(super) async fn chains_of(
    engine: &Engine,
    label: jiff::civil::Date,
) -> anyhow::Result<Vec<draw_chain::Model>> {
    let all = draws::chains(engine.context.store.read()).await?;
    let covers = |c: &draw_chain::Model| anchor_of(c).is_ok_and(|a| a.index(label).is_ok());
    let chains: Vec<_> = all.into_iter().filter(covers).collect();
    anyhow::ensure!(!chains.is_empty(), "no draw chain covers {label}: a new anchor is needed");
    Ok(chains)
}

/// k_t of a boundary. Without a beacon the salt is zeros: a single lock.
pub(super) async fn boundary_key(
    engine: &Engine,
    boundary: &Boundary,
) -> anyhow::Result<BoundaryKey> {
    let mut keys = Vec::new();
    for chain in chains_of(engine, boundary.label).await? {
        keys.push(open(engine, &chain)?.key(boundary.label)?);
    }
    let holders: Vec<&ChainKey> = keys.iter().collect();
    Ok(BoundaryKey::derive(&holders, &SINGLE_LOCK_SALT, boundary))
}

/// The chain with its tip.
fn open(engine: &Engine, row: &draw_chain::Model) -> anyhow::Result<Chain> {
    let tip = engine.context.store.keys().tip(row.id)?;
    Chain::open(anchor_of(row)?, ChainKey::from_bytes(*tip))
        .with_context(|| format!("the tip file of draw chain {} is of another chain", row.id))
}

/// The keys of a date by chain, in hexadecimal, for the reveal.
pub(in crate::engine) async fn chain_keys(
    engine: &Engine,
    label: jiff::civil::Date,
) -> anyhow::Result<Vec<(uuid::Uuid, String)>> {
    let mut keys = Vec::new();
    for chain in chains_of(engine, label).await? {
        keys.push((chain.id, open(engine, &chain)?.key(label)?.to_hex()));
    }
    Ok(keys)
}
