//! Receipts: what the service saw of a person's steps, sealed in the database, and as a text
//! signed by us with the newest checkpoint of the log, for the person to keep as a witness.

use super::{ActError, ActResult, Context};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_domain::audit::canonical;
use muster_domain::check_in::PageStep;
use muster_store::entities::{check_in, receipt};
use muster_store::{Owner, Place, StoreError, Tx, audit, evidence};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use uuid::Uuid;

/// `receipt.kind`
pub mod kind {
    /// A step was done.
    pub const STEP: &str = "step";
    /// A step was tried and could not be done.
    pub const ATTEMPT: &str = "attempt";
}

/// Keeps that a step was done, or tried (`error` not empty: a stable word). `said` is what the
/// person added in words.
pub async fn keep(
    tx: &Tx,
    row: &check_in::Model,
    step: PageStep,
    error: &str,
    said: &str,
) -> ActResult<Uuid> {
    let store = tx.store();
    let id = Uuid::from_bytes(store.entropy().bytes());
    let sealed = tx.seal(Owner::Person(row.person()), text_column(id), &said.to_owned()).await?;
    let kept = receipt::Model {
        id,
        check_in_id: row.id,
        kind: if error.is_empty() { kind::STEP } else { kind::ATTEMPT }.to_owned(),
        step: step.code().to_owned(),
        error: error.to_owned(),
        // Sealed: the column is text, so in base64.
        text: STANDARD.encode(sealed),
        at_ms: store.clock().now().0,
    };
    muster_store::insert(tx, kept).await?;
    Ok(id)
}

/// What the person added in words.
pub async fn said(
    context: &Context,
    db: &impl ConnectionTrait,
    row: &check_in::Model,
    kept: &receipt::Model,
) -> ActResult<String> {
    let unreadable = |detail: String| StoreError::Unreadable { what: "receipt", detail };
    let sealed = STANDARD.decode(&kept.text).map_err(|e| unreadable(e.to_string()))?;
    let owner = Owner::Person(row.person());
    Ok(context.store.unseal(db, owner, text_column(kept.id), &sealed).await?)
}

/// The number people quote.
pub fn number(row: &check_in::Model) -> String {
    let hex = row.id.simple().to_string().to_uppercase();
    format!("R-{}-{}", &hex[..4], &hex[4..8])
}

/// The receipt as a signed note: a line that says what it is, one line of canonical JSON (RFC
/// 8785), and our signature (C2SP signed-note) under the key of the log.
pub async fn signed(
    context: &Context,
    db: &impl ConnectionTrait,
    row: &check_in::Model,
) -> ActResult<String> {
    let checkpoint = audit::checkpoint(db).await?;
    let attested = evidence::attestation(db, row.check_in_id()).await?;
    let mut steps = Vec::new();
    for kept in evidence::receipts(db, row.check_in_id()).await? {
        let said = said(context, db, row, &kept).await?;
        steps.push(json!({
            "step": kept.step, "error": kept.error, "at_ms": kept.at_ms, "said": said,
        }));
    }
    let seen: Vec<Value> = evidence::attendance(db, row.check_in_id())
        .await?
        .into_iter()
        .filter(|e| e.who == "employee")
        .map(|e| json!({ "source": e.source, "kind": e.kind, "at_ms": e.at_ms }))
        .collect();
    let body = json!({
        "v": 1,
        "number": number(row),
        "organisation": context.settings.organisation,
        "check_in": row.id.to_string(),
        "code": row.code,
        "kind": row.kind,
        "announce_ms": row.announce_ms,
        "start_ms": row.start_ms,
        "steps": steps,
        "seen": seen,
        "place": attested.map(|a| json!({ "status": a.status, "at_ms": a.at_ms })),
        "refused_ms": row.refused_ms,
        "cancelled_ms": row.cancelled_ms,
        "outcome": row.outcome,
        "made_ms": context.now().0,
        "checkpoint": checkpoint.map(|c| c.note),
    });
    let json = canonical::to_bytes(&body).map_err(|e| {
        ActError::Store(StoreError::Unreadable { what: "receipt", detail: e.to_string() })
    })?;
    let json = String::from_utf8(json).expect("canonical JSON is UTF-8");
    Ok(context.signing.sign_note(&format!("muster receipt v1\n{json}\n")))
}

fn text_column(row: Uuid) -> Place<'static> {
    Place { table: "receipt", column: "text", row }
}
