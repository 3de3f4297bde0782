//! Booking. A booking says that somebody will be met; the time is found by the engine.

use super::standing::{Gates, Standing, of, overview, waiting};
use crate::acts::announce::{self, Reason};
use crate::acts::notify::{self, About, Notice};
use crate::acts::office::{self, Asker};
use crate::acts::{ActError, ActResult, Context, check_in as employee};
use muster_domain::access::Act;
use muster_domain::id::{PersonId, PolicyVersionId};
use muster_domain::person::Role;
use muster_domain::time::DAY_MS;
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{check_in, reference_still};
use muster_store::installation::{self, mode};
use muster_store::orders::{self, NewOrder, kind};
use muster_store::people::baseline;
use muster_store::work::Lane;
use muster_store::{Tx, baselines, check_ins, people};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// Sessions that are booked by themselves for one newcomer; then a person has to look.
const BY_ITSELF_MAX: usize = 5;
/// First sessions that may wait for their time before the sweep books more: ten for each verifier,
/// which is what they meet in a few days, and never fewer than these.
const WAITING_MIN: usize = 200;
const WAITING_A_VERIFIER: usize = 10;
/// Days until a session that came to nothing is booked again by itself.
const AGAIN_MS: i64 = DAY_MS;
/// Times a person may move one.
const MOVES_MAX: usize = 3;
/// Days between two wishes for another picture.
const ASK_AGAIN_DAYS: i64 = 30;

/// HR books one. Another picture in place of one that is kept needs a reason, which the person reads;
/// it then begins anew, without the old picture beside it.
///
/// # Errors
/// `Forbidden`; `Invalid` without a reason; `Conflict` where one is arranged or cannot be held.
pub async fn book(context: &Context, actor: PersonId, who: PersonId, why: &str) -> ActResult<Uuid> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::ArrangeBaseline).await?;
    if actor == who {
        return Err(ActError::forbidden(tr(muster_domain::access::Denial::OwnMatter.sentence())));
    }
    office::active(&*tx, who).await?;
    let standing = standing(&tx, who).await?;
    let reason = match standing.kept_ms.is_some() || !why.trim().is_empty() {
        true => Some(office::reason(why)?),
        false => None,
    };
    let id = add(&tx, &standing, asker.pseudonym(), Some(actor), reason).await?;
    tx.commit().await?;
    Ok(id)
}

/// What booking for everybody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BookedAll {
    pub booked: usize,
    pub blocked: usize,
}

/// At roll-out: books one for everybody of whom no picture is kept and who was never met.
pub async fn book_all(context: &Context, actor: PersonId) -> ActResult<BookedAll> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::ArrangeBaseline).await?;
    let mut done = BookedAll::default();
    for one in overview(&*tx).await? {
        let is_wanted = one.kept_ms.is_none() && !one.is_arranged() && !one.has_met();
        if !is_wanted || one.person.id == actor.0 {
            continue;
        }
        match one.blocked {
            Some(_) => done.blocked += 1,
            None => {
                add(&tx, &one, asker.pseudonym(), Some(actor), None).await?;
                done.booked += 1;
            }
        }
    }
    tx.commit().await?;
    Ok(done)
}

/// The person asks for a new picture. It takes the old one's place only where the verifier says that
/// the person matches the old one.
pub async fn ask_again(context: &Context, me: PersonId) -> ActResult<Uuid> {
    let tx = context.store.begin().await?;
    let standing = standing(&tx, me).await?;
    let since = context.now().plus_ms(-ASK_AGAIN_DAYS * DAY_MS);
    if orders::count_since(&*tx, me, kind::BASELINE, since).await? >= 2 {
        let sentence = t!("You have had two of these in thirty days. Another one has to wait.");
        return Err(ActError::TooMany(sentence.to_owned()));
    }
    let id = add(&tx, &standing, Some(standing.person.pseudonym), Some(me), None).await?;
    tx.commit().await?;
    Ok(id)
}

/// Newcomers whose first session is due and not arranged, who joined first comes first. Found by
/// the sweep. No more wait for their time than verifiers can meet in some days; at roll-out the
/// rest follows as these have been met.
pub async fn book_due(context: &Context) -> ActResult<usize> {
    let db = context.store.read();
    let installation = installation::get(db).await?;
    if installation.mode != mode::LIVE || installation.is_demo {
        return Ok(0);
    }
    let verifiers = people::with_role(db, Role::Verifier).await?.len();
    book_newcomers(context, waiting_max(verifiers)).await
}

/// How many first sessions may wait for their time.
fn waiting_max(verifiers: usize) -> usize {
    WAITING_MIN.max(WAITING_A_VERIFIER * verifiers)
}

async fn book_newcomers(context: &Context, max: usize) -> ActResult<usize> {
    let db = context.store.read();
    let waiting = waiting(db).await?;
    if waiting.len() >= max {
        return Ok(0);
    }
    let due = people::with_baseline(db, baseline::DUE).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let gates = Gates::load(db).await?;
    let mut booked = 0;
    for id in due {
        if waiting.len() + booked == max {
            break;
        }
        if waiting.contains(&id.0) || gates.blocked(id).is_some() {
            continue;
        }
        let sessions = baselines::sessions_of(db, id).await?;
        let rested = sessions.first().and_then(|s| s.closed_ms).unwrap_or(i64::MIN / 2);
        let since = context.now().plus_ms(-AGAIN_MS);
        let asked = orders::count_since(db, id, kind::BASELINE, since).await?;
        if sessions.len() >= BY_ITSELF_MAX || rested > since.0 || asked > 0 {
            continue;
        }
        let tx = context.store.begin().await?;
        let fresh = standing(&tx, id).await?;
        if !fresh.is_arranged() {
            add(&tx, &fresh, None, None, None).await?;
            booked += 1;
        }
        tx.commit().await?;
    }
    Ok(booked)
}

async fn standing(tx: &Tx, who: PersonId) -> ActResult<Standing> {
    people::lock(tx, who).await?;
    let found = of(&**tx, who).await?;
    found.ok_or_else(|| ActError::conflict(t!("This person is not on the roster.")))
}

async fn add(
    tx: &Tx,
    one: &Standing,
    by: Option<Uuid>,
    ordered_by: Option<PersonId>,
    reason: Option<String>,
) -> ActResult<Uuid> {
    if let Some(why) = one.blocked {
        return Err(ActError::Conflict(t!(
            "A session cannot be booked now: {why}.",
            why = tr(why)
        )));
    }
    if one.is_arranged() {
        return Err(ActError::conflict(t!("A session of this person is arranged already.")));
    }
    let id = PersonId(one.person.id);
    let before =
        orders::count_since(&**tx, id, kind::BASELINE, muster_domain::time::UtcMillis(0)).await?;
    let new = NewOrder {
        person: one.person.id,
        kind: kind::BASELINE,
        no: 1 + before as i64,
        ordered_by,
        reason: reason.clone(),
        ..NewOrder::default()
    };
    let order = orders::add(tx, new).await?;
    Record::new("baseline-session-booked")
        .by(by)
        .about(&one.person)
        .fact("order", order.to_string())
        .commit("reason", reason.unwrap_or_default())
        .write(tx)
        .await?;
    Ok(order)
}

/// Whether the person may move a baseline session once more.
pub async fn may_move_again(db: &impl ConnectionTrait, who: PersonId) -> ActResult<()> {
    let sessions = baselines::sessions_of(db, who).await?;
    let is_moved = |s: &&check_in::Model| s.cancel_reason.as_deref() == Some(employee::NOT_NOW);
    match sessions.iter().filter(is_moved).count() < MOVES_MAX {
        true => Ok(()),
        false => Err(ActError::conflict(t!(
            "This session was moved three times. Please ask HR, or say in the form why it cannot be."
        ))),
    }
}

/// Sends the invitation of an arranged session once more.
pub async fn resend(context: &Context, actor: PersonId, who: PersonId) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::ArrangeBaseline).await?;
    let person = office::active(&*tx, who).await?;
    let ahead = baselines::sessions_of(&*tx, who).await?.into_iter().next();
    let now = context.now();
    let ahead = ahead.filter(|s| !employee::is_over(s) && now.0 < s.start_ms);
    let row = ahead.ok_or_else(|| ActError::conflict(t!("No session of this person is ahead.")))?;
    let row = check_ins::lock(&tx, row.check_in_id()).await?;
    let policy = crate::acts::policy::load(&*tx, PolicyVersionId(row.policy_version_id)).await?;
    let reason = Reason::Baseline { case: None, ordered_by: None, reason: None };
    let words = announce::invitation(context, &tx, &person, &policy.policy, &reason, &row);
    let message = notify::wording(context, &person, words).await?;
    // One an hour: a second click in a minute sends nothing new.
    let step = format!("once-more-{}", now.0 / (60 * 60_000));
    let notice = Notice {
        about: About::CheckIn(row.id),
        step: &step,
        is_first: false,
        recipient: &person,
        every_channel: true,
        lane: Lane::Announcement,
        even_in_shadow: false,
    };
    notify::queue(context, &tx, &notice, &message).await?;
    Record::new("baseline-invitation-repeated")
        .by(asker.pseudonym())
        .about(&person)
        .fact("check_in", row.id.to_string())
        .write(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// Whether a session was ordered with a reason, and so begins anew.
pub(super) fn begins_anew(row: &check_in::Model) -> bool {
    row.order_reason.is_some()
}

/// The still of a session that is shown beside the live picture.
pub(super) async fn shown_in(
    db: &impl ConnectionTrait,
    row: &check_in::Model,
) -> ActResult<Option<reference_still::Model>> {
    use muster_domain::check_in::CheckInKind;
    if row.why() == CheckInKind::Baseline && begins_anew(row) {
        return Ok(None);
    }
    let kept = baselines::kept(db, row.person()).await?;
    Ok(kept.filter(|still| still.check_in_id != row.id))
}

#[cfg(test)]
mod tests {
    use super::waiting_max;

    #[test]
    fn no_more_first_sessions_wait_than_verifiers_can_meet() {
        assert_eq!((waiting_max(3), waiting_max(50)), (200, 500));
    }
}
