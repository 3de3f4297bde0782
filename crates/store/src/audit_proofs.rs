//! Inclusion proofs of log entries under a checkpoint. Roots of complete runs of 256 entries are
//! remembered by the process, so that a proof reads some hundred hashes and not the whole log.

use crate::entities::audit_entry;
use crate::{Store, StoreError, StoreResult};
use muster_domain::audit::proof::{Span, spans};
use muster_domain::audit::{Hash, root_of};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Entries of one run.
const TILE: u64 = 256;

/// The proof of the entry with this number under the first `size` entries.
pub async fn path(store: &Store, seq: u64, size: u64) -> StoreResult<Vec<Hash>> {
    learn(store, size).await?;
    let mut path = Vec::new();
    for span in spans(seq, size) {
        path.push(root(store, span).await?);
    }
    Ok(path)
}

/// Remembers the roots of all complete runs below `size`.
async fn learn(store: &Store, size: u64) -> StoreResult<()> {
    let known = |store: &Store| store.log_tiles.lock().expect("no panic while held").len() as u64;
    let mut next = known(store);
    while (next + 1) * TILE <= size {
        let root = root_of(leaves(store, Span { first: next * TILE, count: TILE }).await?);
        let mut tiles = store.log_tiles.lock().expect("no panic while held");
        if tiles.len() as u64 == next {
            tiles.push(root);
        }
        next = tiles.len() as u64;
    }
    Ok(())
}

/// The root over a run of a proof: as whole tiles where it has any, and the rest leaf by leaf.
async fn root(store: &Store, span: Span) -> StoreResult<Hash> {
    let Span { first, count } = span;
    if count < TILE || first % TILE != 0 {
        return Ok(root_of(leaves(store, span).await?));
    }
    // Both parts begin at a multiple of the largest complete subtree before them.
    let (mut right, mut at, mut rest) = (Vec::new(), first, count);
    while rest >= TILE {
        let part =
            (rest.next_power_of_two() / if rest.is_power_of_two() { 1 } else { 2 }).max(TILE);
        let tiles = store.log_tiles.lock().expect("no panic while held");
        let run = tiles.get((at / TILE) as usize..((at + part) / TILE) as usize);
        let run = run.ok_or_else(|| StoreError::unreadable("log", "it became shorter"))?;
        right.push(root_of(run.iter().copied()));
        (at, rest) = (at + part, rest - part);
    }
    if rest > 0 {
        right.push(root_of(leaves(store, Span { first: at, count: rest }).await?));
    }
    let mut parts = right.into_iter().rev();
    let last = parts.next().ok_or_else(|| StoreError::unreadable("log", "an empty run"))?;
    Ok(parts.fold(last, |right, left| muster_domain::audit::tree::node_hash(&left, &right)))
}

async fn leaves(store: &Store, span: Span) -> StoreResult<Vec<Hash>> {
    let rows: Vec<String> = audit_entry::Entity::find()
        .select_only()
        .column(audit_entry::Column::LeafHash)
        .filter(audit_entry::Column::Seq.gte(span.first as i64))
        .filter(audit_entry::Column::Seq.lt((span.first + span.count) as i64))
        .order_by_asc(audit_entry::Column::Seq)
        .into_tuple()
        .all(store.read())
        .await?;
    if rows.len() as u64 != span.count {
        return Err(StoreError::unreadable("log", "entries are missing"));
    }
    let hash = |text: &String| {
        let mut hash = [0; 32];
        hex::decode_to_slice(text, &mut hash)
            .map_err(|e| StoreError::unreadable("leaf hash", e))?;
        Ok(hash)
    };
    rows.iter().map(hash).collect()
}
