//! What the fate of an invitation means for its check-in.

use crate::acts::announce::INVITATION;
use muster_domain::check_in::CheckInState;
use muster_domain::id::CheckInId;
use muster_store::audit::Record;
use muster_store::entities::notification;
use muster_store::{StoreResult, Tx, check_ins, people};

/// The first accepted invitation makes a check-in announced.
pub(super) async fn accepted(tx: &Tx, sent: &notification::Model) -> StoreResult<()> {
    if sent.about != "check-in" || !sent.step.starts_with(INVITATION) {
        return Ok(());
    }
    let mut check_in = check_ins::lock(tx, CheckInId(sent.about_id)).await?;
    if check_in.life() != CheckInState::Booking {
        return Ok(());
    }
    check_in.state = CheckInState::Announced.code().to_owned();
    let person = people::get(&**tx, check_in.person()).await?;
    Record::new("invitation-accepted")
        .about(&person)
        .fact("check_in", check_in.id.to_string())
        .fact("channel", sent.channel.as_str())
        .write(tx)
        .await?;
    muster_store::save(tx, check_in).await
}
