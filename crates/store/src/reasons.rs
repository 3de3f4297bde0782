//! Why the people of a boundary had the slots they had: one compressed, sealed blob a boundary, kept
//! beside the committed inputs and no part of them.

use crate::entities::draw_reason::{Entity, Model};
use crate::sealed::{Owner, Place};
use crate::{Store, StoreError, StoreResult, Tx};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use muster_domain::calendar::DayReasons;
use muster_domain::id::EntryId;
use muster_domain::person::DrawToken;
use sea_orm::{ConnectionTrait, EntityTrait};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use uuid::Uuid;

/// By token in hexadecimal.
pub type Reasons = BTreeMap<String, DayReasons>;

/// Keeps the reasons beside the entry that commits the inputs.
pub async fn keep(tx: &Tx, entry: EntryId, reasons: &Reasons) -> StoreResult<()> {
    let unreadable = |e: std::io::Error| StoreError::unreadable("draw reasons", e);
    let json = serde_json::to_vec(reasons).expect("reasons are plain data");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let packed = gzip.write_all(&json).and_then(|()| gzip.finish()).map_err(unreadable)?;
    let reasons = tx.seal_bytes(Owner::Organisation, column(entry.0), &packed).await?;
    crate::insert(tx, Model { entry_id: entry.0, reasons }).await
}

/// The reasons of one person at the boundary that this entry commits.
pub async fn of(
    store: &Store,
    db: &impl ConnectionTrait,
    entry: EntryId,
    token: &DrawToken,
) -> StoreResult<Option<DayReasons>> {
    let Some(row) = Entity::find_by_id(entry.0).one(db).await? else { return Ok(None) };
    let key = store.data_key(db, Owner::Organisation).await?;
    let packed = key.open_bytes(&row.reasons, column(entry.0))?;
    let mut json = Vec::new();
    GzDecoder::new(packed.as_slice())
        .read_to_end(&mut json)
        .map_err(|e| StoreError::unreadable("draw reasons", e))?;
    let mut reasons: Reasons =
        serde_json::from_slice(&json).map_err(|e| StoreError::unreadable("draw reasons", e))?;
    Ok(reasons.remove(&hex::encode(token.0)))
}

fn column(entry: Uuid) -> Place<'static> {
    Place { table: "draw_reason", column: "reasons", row: entry }
}
