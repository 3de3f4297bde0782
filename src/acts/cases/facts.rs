//! What we know of a case, as measured facts with their times: for the mail and for the page. No
//! place, address or linkage: a manager reads this.

use crate::acts::ActResult;
use muster_domain::check_in::Outcome;
use muster_domain::id::CheckInId;
use muster_domain::time::UtcMillis;
use muster_messages::mail::times::{Reader, SubjectZone};
use muster_messages::t;
use muster_store::entities::{cases as row, check_in};
use muster_store::{check_ins, evidence, notifications, probes};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// Sentences in the order of time.
pub async fn known(
    db: &impl ConnectionTrait,
    case: &row::Model,
    reader: &Reader,
    subject: &SubjectZone,
) -> ActResult<Vec<String>> {
    let first = check_ins::get(db, CheckInId(case.check_in_id)).await?;
    let mut known = of_check_in(db, &first, reader, subject).await?;
    let later = check_in::Entity::find()
        .filter(check_in::Column::CaseId.eq(case.id))
        .filter(check_in::Column::Outcome.is_not_null())
        .order_by_asc(check_in::Column::StartMs)
        .all(db)
        .await?;
    for recheck in later {
        let at = reader.beside(UtcMillis(recheck.start_ms), Some(subject)).short;
        let outcome = recheck.outcome.as_deref().and_then(Outcome::from_code);
        known.push(match outcome {
            Some(Outcome::Missed) => t!("The re-check ({at}) was missed too.", at),
            Some(Outcome::Verified) => t!("The re-check ({at}) was verified.", at),
            Some(Outcome::Void) => {
                t!("The re-check ({at}) could not be held; that was on our side.", at)
            }
            _ => t!("The re-check ({at}) did not settle it.", at),
        });
    }
    Ok(known)
}

async fn of_check_in(
    db: &impl ConnectionTrait,
    check_in: &check_in::Model,
    reader: &Reader,
    subject: &SubjectZone,
) -> ActResult<Vec<String>> {
    let mut known = Vec::new();
    let at = |ms: i64| reader.beside(UtcMillis(ms), Some(subject)).short;
    for sent in notifications::about(db, "check-in", check_in.id).await? {
        if sent.step == "invitation"
            && let Some(ms) = sent.accepted_ms
        {
            known.push(t!("The invitation was accepted by the mail server: {at}.", at = at(ms)));
        }
    }
    let sightings = evidence::attendance(db, CheckInId(check_in.id)).await?;
    let arrived = sightings.iter().find(|s| s.who == "employee");
    known.push(match arrived {
        Some(seen) => t!("Their page was opened: {at}.", at = at(seen.at_ms)),
        None => t!("Their page was not opened before the join window ended.").to_owned(),
    });
    let clocks = check_in.clocks();
    let probes = probes::between(db, clocks.announce, clocks.grace_end()).await?;
    if !probes.is_empty() && probes.iter().all(|p| p.ok) {
        known.push(t!("Our room and our mail were up at that time.").to_owned());
    }
    Ok(known)
}
