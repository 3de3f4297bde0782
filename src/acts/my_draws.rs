//! What the draw knows of one person, with everything that proves it: tokens, rows of the last
//! weeks, keys that are public, and the way from each to the signed checkpoint. A label's row, and
//! with it `k`, is shown once the label has closed.

use super::{ActResult, Context};
use muster_domain::audit::{Hash, leaf_hash, proof, root_of};
use muster_domain::calendar::IneligibleClass;
use muster_domain::draw::{BoundaryInputs, DayResult, PersonRow};
use muster_domain::id::PersonId;
use muster_domain::person::DrawToken;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_store::audit::{self, Kept};
use muster_store::entities::{audit_entry, draw_boundary, person};
use muster_store::{audit_proofs, draw_tokens, draws, installation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Name and version of the download.
pub const FORMAT: &str = "muster/my-draws/v1";
/// Days that are shown.
pub const DAYS: i64 = 35;

/// An entry of the log with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proved {
    /// Its number in the log.
    pub seq: u64,
    /// The bytes whose hash is the leaf.
    pub leaf: String,
    /// Hashes from the leaf to the root, hexadecimal.
    pub path: Vec<String>,
}

/// An entry that binds a token, with what opens its commitments.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Binding {
    pub entry: Proved,
    /// Field to salt and value.
    pub opened: BTreeMap<String, Kept>,
}

/// A key that is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicKey {
    pub chain: String,
    pub key: String,
    /// The label it was revealed for: this one or a later one.
    pub label: String,
}

/// A leaf of a boundary's rows with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvedRow {
    /// The bytes whose hash is the leaf.
    pub leaf: String,
    pub index: u64,
    pub path: Vec<String>,
}

/// How far a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Openness {
    /// The label has not closed: nothing about it is shown.
    Open,
    /// Closed, and the key is still secret.
    NotYetPublic,
    /// Everything is here.
    Public,
}

/// One local date.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MyDate {
    pub label: String,
    pub horizon: String,
    pub openness: Openness,
    pub inputs: Proved,
    /// The entry that settled the salt, where the boundary has one.
    pub salt: Option<Proved>,
    /// Leaves of the boundary's tree.
    pub rows: u64,
    pub row: Option<ProvedRow>,
    pub policy: Option<ProvedRow>,
    pub keys: Vec<PublicKey>,
    /// What the service says came of it.
    pub result: Option<DayResult>,
    #[serde(skip)]
    pub opened: Option<PersonRow>,
    /// Chance of this date, 0 to 1; only for showing.
    #[serde(skip)]
    pub chance: Option<f64>,
}

/// The whole record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MyDraws {
    pub format: &'static str,
    pub org: String,
    pub origin: String,
    /// Public half of the key that signs the log.
    pub log_key: String,
    /// The signed note.
    pub checkpoint: String,
    /// Pseudonym of the person in the log.
    pub subject: String,
    pub bindings: Vec<Binding>,
    pub anchors: Vec<Proved>,
    /// Newest first.
    pub dates: Vec<MyDate>,
    #[serde(skip)]
    pub has_own_nonce: bool,
    /// A token with the own nonce waits for the next boundary.
    #[serde(skip)]
    pub is_waiting: bool,
}

impl MyDate {
    /// Why the date was not eligible.
    pub fn class(&self) -> Option<IneligibleClass> {
        self.opened.as_ref().and_then(|row| row.class)
    }
}

/// Gathers the record of a person. `None` before the first checkpoint.
///
/// # Errors
/// The store fails.
pub async fn gather(context: &Context, me: &person::Model) -> ActResult<Option<MyDraws>> {
    let store = &context.store;
    let db = store.read();
    let Some(checkpoint) = audit::checkpoint(db).await? else { return Ok(None) };
    let size = checkpoint.size;
    let tokens = draw_tokens::of_person(db, PersonId(me.id)).await?;
    let mut bindings = Vec::new();
    for entry in entries(context, &tokens.iter().map(|t| t.entry_id).collect::<Vec<_>>()).await? {
        if let Some(proved) = proved(context, &entry, size).await? {
            let opened = audit::opened(store, db, entry.id).await?;
            bindings.push(Binding { entry: proved, opened });
        }
    }
    let from = context.now().plus_ms(-DAYS * DAY_MS);
    let mut boundaries: Vec<draw_boundary::Model> =
        draws::boundaries_between(db, from, context.now().plus_ms(1)).await?;
    boundaries.retain(|row| row.zone == me.zone);
    boundaries.reverse();
    let results: HashMap<String, String> =
        draws::days(db, PersonId(me.id)).await?.into_iter().map(|d| (d.label, d.result)).collect();
    let mine: Vec<DrawToken> = tokens
        .iter()
        .map(|t| t.token.clone())
        .chain([me.draw_token.clone()])
        .filter_map(|t| t.try_into().ok().map(DrawToken))
        .collect();
    let reveals = draws::reveals(db).await?;
    let settled = settled(context, &me.zone, from).await?;
    let mut dates = Vec::new();
    for boundary in boundaries {
        let Some(inputs) = entries(context, &[boundary.entry_id]).await?.pop() else { continue };
        let Some(inputs) = proved(context, &inputs, size).await? else { continue };
        let mut date = MyDate {
            label: boundary.label.clone(),
            horizon: horizon_of(&inputs.leaf),
            openness: Openness::Open,
            salt: None,
            inputs,
            rows: 0,
            row: None,
            policy: None,
            keys: Vec::new(),
            result: None,
            opened: None,
            chance: None,
        };
        if boundary.closed_ms.is_some() {
            close(context, &boundary, &mut date, &mine).await?;
            let said = results.get(&boundary.label).and_then(|r| DayResult::from_code(r));
            let unsaid = date.opened.as_ref().map(|row| match row.class {
                None => DayResult::NotHit,
                Some(_) => DayResult::Ineligible,
            });
            date.result = said.or(unsaid).filter(|_| date.opened.is_some());
            date.keys = keys_of(&date.inputs.leaf, &boundary.label, &reveals);
            if let Some(entry) = settled.get(&(boundary.label.clone(), date.horizon.clone())) {
                date.salt = proved(context, entry, size).await?;
            }
            date.openness = match date.keys.is_empty() {
                true => Openness::NotYetPublic,
                false => Openness::Public,
            };
        }
        dates.push(date);
    }
    let mut anchors = Vec::new();
    for entry in of_kind(context, &["draw-anchor"]).await? {
        anchors.extend(proved(context, &entry, size).await?);
    }
    Ok(Some(MyDraws {
        format: FORMAT,
        org: installation::get(db).await?.organisation.to_string(),
        origin: context.signing.origin().to_owned(),
        log_key: hex::encode(context.signing.public()),
        checkpoint: checkpoint.note,
        subject: me.pseudonym.to_string(),
        bindings,
        anchors,
        dates,
        has_own_nonce: tokens.iter().any(|t| t.has_employee_nonce),
        is_waiting: tokens.iter().any(|t| t.used_from.is_none()),
    }))
}

/// Adds row, policy and their proofs.
async fn close(
    context: &Context,
    boundary: &draw_boundary::Model,
    date: &mut MyDate,
    mine: &[DrawToken],
) -> ActResult<()> {
    let json = draws::boundary_inputs(&context.store, context.store.read(), boundary).await?;
    let Ok(inputs) = BoundaryInputs::from_json(&json) else { return Ok(()) };
    let Some(row) = inputs.people().find(|row| mine.contains(&row.token)).cloned() else {
        return Ok(());
    };
    let leaves: Vec<Vec<u8>> = inputs.leaves().collect();
    let hashes: Vec<Hash> = leaves.iter().map(|bytes| leaf_hash(bytes)).collect();
    date.rows = hashes.len() as u64;
    let prove = |starts: String| {
        let index = leaves.iter().position(|bytes| {
            std::str::from_utf8(bytes).is_ok_and(|text| text.contains(&starts))
        })?;
        let span = |s: &proof::Span| {
            let run = hashes.iter().skip(s.first as usize).take(s.count as usize);
            hex::encode(root_of(run.copied()))
        };
        let path = proof::spans(index as u64, hashes.len() as u64).iter().map(span).collect();
        let leaf = String::from_utf8(leaves[index].clone()).ok()?;
        Some(ProvedRow { leaf, index: index as u64, path })
    };
    date.row = prove(format!("\"token\":\"{}\"", row.token.to_hex()));
    date.policy = prove(format!("\"policy\":\"{}\",\"session_minutes\"", row.policy));
    date.chance = inputs.policy(row.policy).map(|p| row.threshold(&p.hazards).hazard());
    date.opened = Some(row);
    Ok(())
}

async fn proved(
    context: &Context,
    entry: &audit_entry::Model,
    size: u64,
) -> ActResult<Option<Proved>> {
    let Some(seq) = entry.seq.map(|seq| seq as u64).filter(|seq| *seq < size) else {
        return Ok(None);
    };
    let path = audit_proofs::path(&context.store, seq, size).await?;
    let path = path.iter().map(hex::encode).collect();
    Ok(Some(Proved { seq, leaf: entry.leaf.clone(), path }))
}

async fn entries(context: &Context, ids: &[uuid::Uuid]) -> ActResult<Vec<audit_entry::Model>> {
    let ids = audit_entry::Column::Id.is_in(ids.iter().copied());
    let mut rows = audit_entry::Entity::find().filter(ids).all(context.store.read()).await?;
    rows.sort_by_key(|row| row.seq);
    Ok(rows)
}

async fn of_kind(context: &Context, kinds: &[&str]) -> ActResult<Vec<audit_entry::Model>> {
    let kinds = audit_entry::Column::Kind.is_in(kinds.iter().copied());
    let mut rows = audit_entry::Entity::find().filter(kinds).all(context.store.read()).await?;
    rows.sort_by_key(|row| row.seq);
    Ok(rows)
}

/// Entries that settled salts since then, by label and horizon.
async fn settled(
    context: &Context,
    zone: &str,
    from: UtcMillis,
) -> ActResult<HashMap<(String, String), audit_entry::Model>> {
    let mut found = HashMap::new();
    for entry in of_kind(context, &["draw-beacon", "draw-single-lock"]).await? {
        let fact = |name: &str| fact(&entry.leaf, name);
        let is_here = entry.at_ms >= from.0 && fact("zone").as_deref() == Some(zone);
        if is_here && let (Some(label), Some(horizon)) = (fact("label"), fact("horizon")) {
            found.entry((label, horizon)).or_insert(entry);
        }
    }
    Ok(found)
}

fn fact(leaf: &str, name: &str) -> Option<String> {
    let leaf: serde_json::Value = serde_json::from_str(leaf).ok()?;
    leaf.get("facts")?.get(name)?.as_str().map(str::to_owned)
}

fn horizon_of(leaf: &str) -> String {
    fact(leaf, "horizon").unwrap_or_else(|| "day".to_owned())
}

/// One key of every chain that the boundary names, or none while one is secret.
fn keys_of(
    inputs: &str,
    label: &str,
    reveals: &[muster_store::entities::draw_reveal::Model],
) -> Vec<PublicKey> {
    let chains = fact(inputs, "chain").unwrap_or_default();
    let key = |chain: &str| {
        let of_chain = reveals.iter().filter(|r| r.chain_id.to_string() == chain);
        let first =
            of_chain.filter(|r| r.label.as_str() >= label).min_by_key(|r| r.label.clone())?;
        Some(PublicKey {
            chain: chain.to_owned(),
            key: first.chain_key.clone(),
            label: first.label.clone(),
        })
    };
    chains.split('+').map(key).collect::<Option<Vec<_>>>().unwrap_or_default()
}
