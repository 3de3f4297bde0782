//! The notice before anything: everybody in a pool is told what a check-in is, and nobody is drawn
//! before that has reached them. It has where the mail's next server took it and it has not come
//! back, or where the person says on the page that they have read it.

use super::check_in::NOTICE_VERSION;
use super::notify::{self, About, Notice};
use super::policy;
use super::{ActError, ActResult, Context};
use muster_domain::id::{PersonId, PolicyVersionId};
use muster_domain::time::{DAY_MS, UtcMillis, start_of_day};
use muster_messages::mail::Notice as Message;
use muster_messages::mail::line::Line;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{notice_acknowledgement, person};
use muster_store::notifications::{self, Sent, state};
use muster_store::people::baseline;
use muster_store::work::Lane;
use muster_store::{installation, people, policies};
use sea_orm::ConnectionTrait;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

use installation::mode::LIVE;

/// Notices begun in one round, one transaction each: a pool of thousands is told within two hours,
/// and whatever else the round looks for does not wait for long.
const ROUND_MAX: usize = 100;
/// Days until a notice that was refused is tried again; the address may be right by then.
const AGAIN_DAYS: i64 = 3;

/// `notification.step` of the n-th try, from 1.
fn step(n: usize) -> String {
    format!("{}{n}", steps())
}

fn steps() -> String {
    format!("notice-{NOTICE_VERSION}-")
}

/// Whom the notice in force has reached.
pub async fn delivered(db: &impl ConnectionTrait) -> ActResult<BTreeSet<PersonId>> {
    let sent = notifications::with_steps(db, "office", &steps(), None).await?;
    let arrived = sent.iter().filter(|one| one.is_delivered()).map(|one| PersonId(one.recipient));
    let read = people::acknowledgements(db, NOTICE_VERSION).await?;
    Ok(arrived.chain(read).collect())
}

/// Whether the notice in force has reached one person.
pub async fn has_reached(db: &impl ConnectionTrait, id: PersonId) -> ActResult<bool> {
    let sent = notifications::with_steps(db, "office", &steps(), Some(id)).await?;
    let has_arrived = sent.iter().any(Sent::is_delivered);
    Ok(has_arrived || people::acknowledged(db, id, NOTICE_VERSION).await?.is_some())
}

/// Whom a draw passes over because the notice has not reached them; and of these, those whose mail
/// was refused, whom only a person can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pending {
    pub people: usize,
    pub refused: usize,
}

/// Counts them.
pub async fn pending(db: &impl ConnectionTrait) -> ActResult<Pending> {
    if policy::gates_count_as_passed(db).await? {
        return Ok(Pending::default());
    }
    let due = due(db).await?;
    Ok(counted(&due, &tries(db).await?))
}

/// The count as the last round left it, for pages that must not look at everybody.
pub async fn waiting(db: &impl ConnectionTrait) -> ActResult<Pending> {
    if policy::gates_count_as_passed(db).await? {
        return Ok(Pending::default());
    }
    match notifications::waiting(db).await? {
        Some((people, refused)) => Ok(Pending { people, refused }),
        None => pending(db).await,
    }
}

fn counted(due: &[PersonId], tries: &Tries) -> Pending {
    let last = |id: &PersonId| tries.get(&id.0)?.iter().max_by_key(|n| n.created_ms);
    let is_refused = |id: &&PersonId| last(id).is_some_and(|n| n.state == state::REFUSED);
    Pending { people: due.len(), refused: due.iter().filter(is_refused).count() }
}

/// The mails of the notice in force, by whom they went to.
type Tries = HashMap<Uuid, Vec<Sent>>;

async fn tries(db: &impl ConnectionTrait) -> ActResult<Tries> {
    let mut tries = Tries::new();
    for sent in notifications::with_steps(db, "office", &steps(), None).await? {
        tries.entry(sent.recipient).or_default().push(sent);
    }
    Ok(tries)
}

/// Everybody whom the programme is for and whom the notice has not reached.
async fn due(db: &impl ConnectionTrait) -> ActResult<Vec<PersonId>> {
    let is_pilot = installation::get(db).await?.pilot.is_some();
    Ok(notifications::unreached(db, NOTICE_VERSION, &steps(), is_pilot).await?)
}

/// Sends the notice to whom it is due, some at a time. Answers how many were begun.
pub async fn send_due(context: &Context) -> ActResult<usize> {
    let db = context.store.read();
    let installation = installation::get(db).await?;
    if installation.mode != LIVE || installation.is_demo {
        return Ok(0);
    }
    let due = due(db).await?;
    let tries = if due.is_empty() { Tries::new() } else { tries(db).await? };
    keep(context, counted(&due, &tries)).await?;
    let now = context.now().0;
    let mut begun = 0;
    for id in due {
        let earlier = tries.get(&id.0).map(Vec::as_slice).unwrap_or_default();
        let is_waiting = earlier
            .iter()
            .any(|n| n.state == state::QUEUED || now < n.created_ms + AGAIN_DAYS * DAY_MS);
        if is_waiting {
            continue;
        }
        begun += usize::from(send(context, id, &step(earlier.len() + 1)).await?);
        if begun == ROUND_MAX {
            break;
        }
    }
    Ok(begun)
}

async fn keep(context: &Context, counted: Pending) -> ActResult<()> {
    let now = (counted.people, counted.refused);
    if notifications::waiting(context.store.read()).await? != Some(now) {
        let tx = context.store.begin().await?;
        notifications::keep_waiting(&tx, counted.people, counted.refused).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn send(context: &Context, id: PersonId, step: &str) -> ActResult<bool> {
    let tx = context.store.begin().await?;
    let person = people::get(&*tx, id).await?;
    let Some(member) = policies::membership_of(&*tx, id).await? else { return Ok(false) };
    let policy = policy::load(&*tx, PolicyVersionId(member.policy_version_id)).await?;
    let clock = &policy.policy.clock;
    let message = notify::worded(context, &person, || Message {
        frame: context.frame(&person),
        page: context.page("/notice"),
        version: Line::new(NOTICE_VERSION),
        not_before: context.reader(&person).moment(not_before(context, &person)),
        how_often: Line::new(t!("at moments nobody can foresee")),
        notice_minutes_min: clock.notice_minutes_min,
        session_minutes: clock.session_minutes,
    });
    let notice = Notice {
        about: About::Office(person.id),
        step,
        is_first: true,
        recipient: &person,
        every_channel: false,
        lane: Lane::Digest,
        even_in_shadow: false,
    };
    let queued = notify::queue(context, &tx, &notice, &message).await?;
    tx.commit().await?;
    Ok(!queued.is_empty())
}

/// The first instant at which a check-in can be drawn: the next local date, and not before the
/// time for the first session has passed.
fn not_before(context: &Context, person: &person::Model) -> UtcMillis {
    let zone = super::context::zone_of(person);
    let today = context.now().date_in(&zone);
    let tomorrow = start_of_day(today.tomorrow().unwrap_or(today), &zone);
    match person.baseline == baseline::PASSED {
        true => tomorrow,
        false => tomorrow.max(baseline_deadline(context, UtcMillis(person.joined_ms))),
    }
}

/// When the time for the first, supervised session has passed.
pub fn baseline_deadline(context: &Context, joined: UtcMillis) -> UtcMillis {
    joined.plus_ms(context.settings.baseline_deadline_days * DAY_MS)
}

/// The person says that they have read the notice.
///
/// # Errors
/// `Conflict` where the page showed an older one.
pub async fn acknowledge(context: &Context, me: &person::Model, version: &str) -> ActResult<()> {
    if version != NOTICE_VERSION {
        return Err(ActError::conflict(t!("The notice has changed since this page was opened.")));
    }
    let tx = context.store.begin().await?;
    let row = notice_acknowledgement::Model {
        person_id: me.id,
        version: version.to_owned(),
        at_ms: context.now().0,
    };
    if muster_store::insert_new(&tx, row).await? {
        Record::new("notice-acknowledged")
            .by(Some(me.pseudonym))
            .about(me)
            .fact("version", version)
            .write(&tx)
            .await?;
    }
    Ok(tx.commit().await?)
}
