//! How a session stands, for the pages of the three people concerned. Reads only.

use super::entering::is_late;
use super::second_opinion::is_second;
use super::{is_there, may_still_come};
use crate::acts::ActResult;
use muster_domain::draw::HandOverReason;
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use muster_store::entities::check_in;
use muster_store::evidence;
use muster_store::stand_by as calls;
use sea_orm::ConnectionTrait;

/// Who comes, as far as the employee is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Whoever was to come.
    AsPlanned,
    /// Somebody else is looked for.
    Looking { since: UtcMillis },
    /// Somebody else has been asked and comes.
    StoodIn,
}

/// Who comes.
pub async fn standing(db: &impl ConnectionTrait, row: &check_in::Model) -> ActResult<Standing> {
    let calls = calls::of_check_in(db, row.check_in_id()).await?;
    let open = calls.iter().find(|c| c.is_open());
    // The first call of an unbroken search: since then somebody may be waiting.
    if let Some(open) = open {
        let seen = evidence::attendance(db, row.check_in_id()).await?;
        return Ok(match is_there(row, &seen) {
            true => Standing::AsPlanned,
            false => Standing::Looking { since: UtcMillis(open.asked_ms) },
        });
    }
    let is_called =
        calls.iter().any(|c| c.to_verifier.is_some() && c.to_verifier == row.verifier_id);
    Ok(if is_called { Standing::StoodIn } else { Standing::AsPlanned })
}

/// What a session is to one verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Theirs; `in_place`: they stand in for somebody.
    Assigned { in_place: bool },
    /// They give a second opinion: on the way, or in the seat already.
    SecondOpinion,
    /// They were late and somebody else was asked; whoever is first in the room keeps it.
    MayStillCome { since: UtcMillis },
    /// Somebody else's now.
    HandedOver { since: UtcMillis, why: WhyHandedOver },
}

/// Why a session is somebody else's now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyHandedOver {
    /// They were not in the room.
    WasNotThere,
    /// They said that they cannot hold it.
    SaidSo,
    /// They asked for a second opinion, and whoever gives it has come.
    SecondOpinion,
}

/// What a session is to `me`; nothing where it never was theirs.
pub async fn part_of(
    db: &impl ConnectionTrait,
    row: &check_in::Model,
    me: PersonId,
) -> ActResult<Option<Part>> {
    let calls = calls::of_check_in(db, row.check_in_id()).await?;
    if let Some(call) = calls.iter().find(|c| is_second(c) && c.to_verifier == Some(me.0))
        && [Some(me.0), call.from_verifier].contains(&row.verifier_id)
    {
        return Ok(Some(Part::SecondOpinion));
    }
    if row.verifier() == Some(me) {
        let in_place = calls.iter().any(|c| c.to_verifier == Some(me.0));
        return Ok(Some(Part::Assigned { in_place }));
    }
    let mine = calls.iter().rev().find(|c| c.from_verifier == Some(me.0));
    // Called, and then the one who had been late came after all.
    let was_called = calls.iter().rev().find(|c| c.to_verifier == Some(me.0));
    let Some(call) = mine.or(was_called) else { return Ok(None) };
    let since = UtcMillis(call.asked_ms);
    if mine.is_some() && is_late(db, row, me).await? {
        let seen = evidence::attendance(db, row.check_in_id()).await?;
        if !is_there(row, &seen) {
            return Ok(Some(Part::MayStillCome { since }));
        }
    }
    let reason = HandOverReason::from_code(&call.reason).filter(|_| mine.is_some());
    let why = match reason {
        Some(HandOverReason::SecondOpinion) => WhyHandedOver::SecondOpinion,
        Some(reason) if !may_still_come(reason) => WhyHandedOver::SaidSo,
        _ => WhyHandedOver::WasNotThere,
    };
    Ok(Some(Part::HandedOver { since, why }))
}
