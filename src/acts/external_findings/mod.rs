//! Reports of other systems: endpoint protection, the identity provider, HR. Signed, taken once, and
//! judged with the person's next session by the same fold as everything else (decision 0048).

pub mod waiting;

use super::{ActError, ActResult, Context};
use muster_domain::external::{Delivered, ExternalKind, ExternalReport, FieldFault, Signature};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::judging::Severity;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{api_token, external_report};
use muster_store::external_reports::{self as rows, detail_column};
use muster_store::{Owner, StoreResult, Tx, people, tokens};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Days for which a report waits for a session. A maximum gap of a cadence is shorter as a rule.
const WAITS_DAYS: i64 = 180;

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    New(Uuid),
    /// The same report was taken before.
    Known(Uuid),
    /// Nothing was taken: every field that is wrong.
    Faulty(Vec<FieldFault>),
}

/// Takes one report. The signature is checked over the bytes as they came, before they are read.
///
/// # Errors
/// `Forbidden`: the signature does not fit or is of another time; `Conflict`: it was seen before, or
/// the sender's id stands for another report.
pub async fn take(
    context: &Context,
    token: &api_token::Model,
    signature: &str,
    body: &[u8],
) -> ActResult<Taken> {
    let now = context.now();
    let signature = checked(context, token, signature, body, now).await?;
    let delivered = match Delivered::parse(body, now) {
        Ok(delivered) => delivered,
        Err(faults) => return Ok(Taken::Faulty(faults)),
    };
    let tx = context.store.begin().await?;
    let known = people::active(&*tx).await?;
    let Some(person) = known.into_iter().find(|p| p.employee_id == delivered.employee_id) else {
        return Ok(Taken::Faulty(vec![FieldFault {
            field: "employee_id",
            problem: "nobody on the roster has it".to_owned(),
            accepted: "the employee_id of somebody who is on the roster".to_owned(),
        }]));
    };
    let body_digest = hex::encode(Sha256::digest(body));
    if let Some(row) = rows::lock_of_sender(&tx, token.id, &delivered.id).await? {
        if signature.signed_s <= row.signed_s {
            let sentence = "This request was sent before. Sign a retry with a new time.";
            return Err(ActError::conflict(sentence));
        }
        if row.body_digest != body_digest {
            let sentence =
                "This id stands for another report. A correction takes an id of its own.";
            return Err(ActError::conflict(sentence));
        }
        let id = row.id;
        let row = external_report::Model { signed_s: signature.signed_s, ..row };
        muster_store::save(&tx, row).await?;
        tx.commit().await?;
        return Ok(Taken::Known(id));
    }
    let id = Uuid::from_bytes(context.store.entropy().bytes());
    let owner = Owner::Person(PersonId(person.id));
    let detail = match &delivered.detail {
        None => None,
        Some(text) => Some(tx.seal(owner, detail_column(id), text).await?),
    };
    let row = external_report::Model {
        id,
        token_id: token.id,
        sender_id: delivered.id,
        person_id: person.id,
        kind: delivered.kind.code().to_owned(),
        severity: delivered.severity.code().to_owned(),
        detail,
        body_digest: body_digest.clone(),
        signed_s: signature.signed_s,
        at_ms: delivered.at.0,
        received_ms: now.0,
        judged_in: None,
        asked_by: None,
        asked_ms: None,
        withdrawal_reason: None,
        withdrawn_by: None,
        withdrawn_ms: None,
    };
    muster_store::insert(&tx, row).await?;
    Record::new("external-report-taken")
        .about(&person)
        .fact("token", token.id.to_string())
        .fact("report", id.to_string())
        .commit("kind", delivered.kind.code())
        .commit("severity", delivered.severity.code())
        .commit("body", body_digest)
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(Taken::New(id))
}

/// The names under which senders are known here.
struct Senders(Vec<api_token::Model>);

impl Senders {
    async fn load(tx: &Tx) -> StoreResult<Senders> {
        Ok(Senders(tokens::list(&**tx).await?))
    }

    fn name(&self, id: Uuid) -> String {
        let found = self.0.iter().find(|token| token.id == id);
        found.map_or_else(|| t!("a system that is gone").to_owned(), |token| token.name.clone())
    }
}

async fn checked(
    context: &Context,
    token: &api_token::Model,
    signature: &str,
    body: &[u8],
    now: UtcMillis,
) -> ActResult<Signature> {
    let refused = |sentence: &str| ActError::forbidden(sentence);
    let Some(signature) = Signature::parse(signature) else {
        return Err(refused("A header `Muster-Signature: t=SECONDS,v1=HEX` is needed."));
    };
    let Some(sealed) = &token.signing_key else {
        return Err(refused("This token has no signing key."));
    };
    let (store, place) = (&context.store, crate::acts::tokens::signing_column(token.id));
    let key: String = store.unseal(store.read(), Owner::Organisation, place, sealed).await?;
    if !signature.fits(&key, body) {
        return Err(refused("The signature does not fit the body that came."));
    }
    match signature.is_fresh(now) {
        true => Ok(signature),
        false => Err(refused("The signature is of another time; five minutes are allowed.")),
    }
}

/// What is judged with a session of somebody now.
pub async fn open_of(
    context: &Context,
    tx: &Tx,
    person: PersonId,
) -> ActResult<Vec<ExternalReport>> {
    let senders = Senders::load(tx).await?;
    let mut reports = Vec::new();
    for row in rows::open_of(&**tx, person, since(context)).await? {
        // Rows that today's words do not know are left out.
        let kind = ExternalKind::from_code(&row.kind);
        let severity = Severity::from_code(&row.severity);
        let (Some(kind), Some(severity)) = (kind, severity) else { continue };
        reports.push(ExternalReport {
            kind,
            severity,
            at: UtcMillis(row.at_ms),
            sender: senders.name(row.token_id),
            detail: rows::detail(tx, &row).await?,
        });
    }
    Ok(reports)
}

/// They have been judged with this check-in, and do not count in a later one.
pub async fn are_judged(
    context: &Context,
    tx: &Tx,
    person: PersonId,
    check_in: CheckInId,
) -> StoreResult<()> {
    let open = rows::open_of(&**tx, person, since(context)).await?;
    rows::judged_in(tx, open, check_in).await
}

fn since(context: &Context) -> UtcMillis {
    context.now().plus_ms(-WAITS_DAYS * DAY_MS)
}
