//! Who stands for a passkey: the verifier of a session who watched it being added, or HR, who asked the
//! person over a way they already knew.

use crate::acts::office::{self, Asker};
use crate::acts::{ActError, ActResult, Context};
use muster_domain::access::{self, Act, Actor};
use muster_domain::check_in::{CheckInKind, Presence};
use muster_domain::id::PersonId;
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{check_in, person};
use muster_store::{StoreError, Tx, passkeys, people};
use uuid::Uuid;

/// What HR says of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It is the person's.
    Approve,
    /// It is not, or nobody needs it.
    Remove,
}

/// HR's word on a passkey of somebody outside their own line.
///
/// # Errors
/// `Forbidden`; `Conflict` where it is gone or approved already.
pub async fn decide(
    context: &Context,
    actor: PersonId,
    who: PersonId,
    id: Uuid,
    word: Word,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::ApprovePasskey).await?;
    let person = office::active(&*tx, who).await?;
    let roles = people::roles(&*tx, actor).await?;
    let managers = office::managers(&*tx).await?;
    let manager_of = |id: PersonId| managers.get(&id).copied();
    access::may_approve_passkey(Actor { id: actor, roles: &roles }, who, &manager_of)
        .map_err(|denial| ActError::forbidden(tr(denial.sentence())))?;
    let found = passkeys::find(&*tx, id).await?.filter(|row| row.person_id == who.0);
    let row = found.ok_or_else(|| StoreError::missing("passkey", id))?;
    if !row.is_there() {
        return Err(ActError::conflict(t!("This passkey was removed meanwhile.")));
    }
    let was_approved = row.approved_ms.is_some();
    let kind = match word {
        Word::Approve if was_approved => {
            return Err(ActError::conflict(t!("Somebody approved it already.")));
        }
        Word::Approve => {
            passkeys::approve(&tx, row, actor).await?;
            "passkey-approved"
        }
        Word::Remove => {
            passkeys::remove(&tx, row).await?;
            "passkey-removed"
        }
    };
    let mut record =
        Record::new(kind).by(asker.pseudonym()).about(&person).fact("passkey", id.to_string());
    if word == Word::Remove {
        record = record.fact("was_approved", was_approved);
    }
    record.write(&tx).await?;
    Ok(tx.commit().await?)
}

/// The verifier has given the form and says that they watched a passkey being added. It counts where they
/// also knew whom they met: in a first session a live person, later one that matches the picture.
pub async fn seen_by_verifier(
    tx: &Tx,
    verifier: &person::Model,
    person: &person::Model,
    row: &check_in::Model,
    presence: Option<Presence>,
) -> ActResult<()> {
    let is_known = match presence {
        Some(Presence::Confirmed) => true,
        Some(Presence::LivePersonSeen) => row.why() == CheckInKind::Baseline,
        _ => false,
    };
    if !is_known {
        return Ok(());
    }
    for passkey in passkeys::of_person(&**tx, row.person()).await? {
        if passkey.added_in != Some(row.id) || passkey.approved_ms.is_some() {
            continue;
        }
        let id = passkey.id;
        passkeys::approve(tx, passkey, PersonId(verifier.id)).await?;
        Record::new("passkey-approved")
            .by(Some(verifier.pseudonym))
            .about(person)
            .fact("passkey", id.to_string())
            .fact("check_in", row.id.to_string())
            .write(tx)
            .await?;
    }
    Ok(())
}
