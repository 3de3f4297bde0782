//! What a person cannot or need not do in a talk. Functional words only, no diagnosis and no reason;
//! HR sets them, the cards they exclude are never drawn, and nobody is told why.

use super::office::{self, Asker};
use super::{ActError, ActResult, Context};
use muster_domain::access::{Act, Denial};
use muster_domain::challenge::Accommodation;
use muster_domain::id::PersonId;
use muster_messages::language::tr;
use muster_store::audit::Record;

/// Sets the whole list.
///
/// # Errors
/// `Forbidden`: the role, or it is about oneself; `Conflict`: they are not on the roster.
pub async fn set(
    context: &Context,
    actor: PersonId,
    person: PersonId,
    flags: &[Accommodation],
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::EditAccommodations).await?;
    if actor == person {
        return Err(ActError::forbidden(tr(Denial::OwnMatter.sentence())));
    }
    let mut row = office::active(&*tx, person).await?;
    let mut codes: Vec<&str> = flags.iter().map(|flag| flag.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    let list = serde_json::to_string(&codes).expect("a list of words");
    if list == row.accommodations || (codes.is_empty() && row.accommodations.is_empty()) {
        return Ok(());
    }
    row.accommodations = list.clone();
    muster_store::save(&tx, row.clone()).await?;
    Record::new("accommodations-changed")
        .by(asker.pseudonym())
        .about(&row)
        .commit("accommodations", list)
        .write(&tx)
        .await?;
    Ok(tx.commit().await?)
}
