//! Somebody who knows the person says that it was them. They see no picture: they say what they know
//! from having met the person, and stand for it with their name in the log.

use super::standing::took_place;
use crate::acts::office::{self, Asker};
use crate::acts::{ActError, ActResult, Context};
use muster_domain::access::{self, Act, Actor};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{check_in, person};
use muster_store::{baselines, people};
use sea_orm::ConnectionTrait;
use std::collections::BTreeSet;

/// The newest session of a person that took place and that nobody has vouched after.
pub async fn to_vouch(
    db: &impl ConnectionTrait,
    who: PersonId,
) -> ActResult<Option<check_in::Model>> {
    let held = baselines::sessions_of(db, who).await?.into_iter().find(took_place);
    let Some(row) = held else { return Ok(None) };
    let word = baselines::vouched(db, row.check_in_id()).await?;
    Ok(word.is_none().then_some(row))
}

/// Whether this person may vouch after that session.
///
/// # Errors
/// `Forbidden`, with the reason.
pub async fn may_vouch(
    db: &impl ConnectionTrait,
    actor: PersonId,
    roles: &BTreeSet<Role>,
    row: &check_in::Model,
) -> ActResult<()> {
    let managers = office::managers(db).await?;
    let manager_of = |id: PersonId| managers.get(&id).copied();
    let asks = Actor { id: actor, roles };
    let ordered_by = row.ordered_by.map(PersonId);
    access::may_vouch(asks, row.person(), row.verifier(), ordered_by, &manager_of)
        .map_err(|denial| ActError::forbidden(tr(denial.sentence())))
}

/// Vouches.
///
/// # Errors
/// `Forbidden`; `Conflict` where there is nothing to vouch for, or somebody has.
pub async fn vouch(context: &Context, actor: PersonId, who: PersonId) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::VouchForPerson).await?;
    let person: person::Model = office::active(&*tx, who).await?;
    let Some(row) = to_vouch(&*tx, who).await? else {
        return Err(ActError::conflict(t!(
            "No first session waits for somebody's word: none has taken place, or somebody vouched."
        )));
    };
    let roles = people::roles(&*tx, actor).await?;
    may_vouch(&*tx, actor, &roles, &row).await?;
    if !baselines::vouch(&tx, row.check_in_id(), who, actor).await? {
        return Err(ActError::conflict(t!("Somebody vouched already.")));
    }
    Record::new("person-vouched-for")
        .by(asker.pseudonym())
        .about(&person)
        .fact("check_in", row.id.to_string())
        .write(&tx)
        .await?;
    Ok(tx.commit().await?)
}
