//! The announcement transaction: the first moment at which anything derived from a hit exists in
//! the database. It inserts the check-in, its messages, its work and its audit entry at once;
//! only then is any provider asked.

use super::notify::{self, About, Notice};
use super::{ActResult, Context, check_in, short_code, stand_by};
use jiff::civil::Date;
use muster_domain::check_in::{CheckInKind, CheckInState};
use muster_domain::id::{CaseId, CheckInId, PersonId, PolicyVersionId};
use muster_domain::msg;
use muster_domain::policy::CadencePolicy;
use muster_domain::time::{DAY_MS, MINUTE_MS, UtcMillis};
use muster_messages::calendar_object::CalendarUser;
use muster_messages::language::tr;
use muster_messages::mail::line::Line;
use muster_messages::mail::{CheckInTimes, Invitation, Invite, Occasion, calendar_uid};
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{check_in as row, check_in_order, person};
use muster_store::jobs::Job;
use muster_store::work::{self, Lane};
use muster_store::{Owner, Place, Tx, check_ins, installation, orders, people};

/// Hours after the start within which the verifier's form must come.
pub const FORM_MS: i64 = DAY_MS;
/// Minutes after the start at which whoever is missing gets a friendly word.
const REMINDERS: [u16; 2] = [0, 5];

/// `notification.step` of the first word; those of a changed time begin with it.
pub const INVITATION: &str = "invitation";
/// What stands for the reason of sessions at one time. Why, they read afterwards.
pub const SECURITY_ASKED: &str = msg!("security asked for it; you can read why afterwards");

/// Why somebody is met.
#[derive(Debug, Clone)]
pub enum Reason {
    Drawn,
    Recheck {
        case: Option<CaseId>,
        of: UtcMillis,
    },
    Manual {
        ordered_by: PersonId,
        ordered_by_name: String,
        reason: String,
    },
    /// The first, supervised session, or one for another picture.
    Baseline {
        case: Option<CaseId>,
        ordered_by: Option<PersonId>,
        reason: Option<String>,
    },
}

impl Reason {
    pub const fn kind(&self) -> CheckInKind {
        match self {
            Reason::Drawn => CheckInKind::Drawn,
            Reason::Recheck { .. } => CheckInKind::Recheck,
            Reason::Manual { .. } => CheckInKind::Manual,
            Reason::Baseline { .. } => CheckInKind::Baseline,
        }
    }
}

/// Everything the announcement fixes.
pub struct Announcement<'a> {
    pub person: &'a person::Model,
    pub policy_version: PolicyVersionId,
    pub policy: &'a CadencePolicy,
    pub label: Date,
    /// Counts from 1.
    pub attempt: u16,
    pub start: UtcMillis,
    pub notice_minutes: u16,
    pub verifier: Option<&'a person::Model>,
    pub reason: Reason,
    /// The order this is placed for.
    pub order: Option<uuid::Uuid>,
    /// The check-in it follows.
    pub after: Option<uuid::Uuid>,
}

/// Announces. `None` if this person, label, kind and attempt already has its check-in.
pub async fn announce(
    context: &Context,
    tx: &Tx,
    what: &Announcement<'_>,
) -> ActResult<Option<row::Model>> {
    let check_in = blank(context, tx, what).await?;
    if !muster_store::insert_new(tx, check_in.clone()).await? {
        return Ok(None);
    }
    invite(context, tx, what, &check_in).await?;
    tell_verifier(context, tx, what.verifier, &check_in).await?;
    plan(tx, &check_in, context.now()).await?;
    record(tx, "check-in-announced", what, &check_in, None).await?;
    Ok(Some(check_in))
}

/// Keeps a hit that could not be announced in time as a void check-in with fault `service`, or
/// one whose person turned out to be absent as an excused one. Nobody is bothered.
pub async fn keep_unannounced(
    context: &Context,
    tx: &Tx,
    what: &Announcement<'_>,
    outcome: muster_domain::check_in::Outcome,
    cause: &str,
) -> ActResult<bool> {
    use muster_domain::check_in::{Attendance, Fault, Outcome};
    let now = context.now().0;
    let mut check_in = blank(context, tx, what).await?;
    check_in.state = CheckInState::Closed.code().to_owned();
    check_in.attendance = Some(Attendance::Cancelled.code().to_owned());
    check_in.fault = (outcome == Outcome::Void).then(|| Fault::Service.code().to_owned());
    check_in.cause = Some(cause.to_owned());
    check_in.outcome = Some(outcome.code().to_owned());
    check_in.judged_ms = Some(now);
    check_in.closed_ms = Some(now);
    if !muster_store::insert_new(tx, check_in.clone()).await? {
        return Ok(false);
    }
    super::coverage::is_judged(tx, &check_in).await?;
    record(tx, "check-in-not-announced", what, &check_in, Some(cause)).await?;
    Ok(true)
}

async fn blank(context: &Context, tx: &Tx, what: &Announcement<'_>) -> ActResult<row::Model> {
    let store = &context.store;
    let id = CheckInId::from_random(store.entropy().bytes());
    let clock = &what.policy.clock;
    let (case_id, ordered_by, order_reason) = match &what.reason {
        Reason::Drawn => (None, None, None),
        Reason::Recheck { case, .. } => (case.map(|c| c.0), None, None),
        Reason::Manual { ordered_by, reason, .. } => {
            let place = Place { table: "check_in", column: "order_reason", row: id.0 };
            let owner = Owner::Person(PersonId(what.person.id));
            (None, Some(ordered_by.0), Some(tx.seal(owner, place, reason).await?))
        }
        Reason::Baseline { case, ordered_by, reason } => {
            let place = Place { table: "check_in", column: "order_reason", row: id.0 };
            let owner = Owner::Person(PersonId(what.person.id));
            let sealed = match reason {
                Some(reason) => Some(tx.seal(owner, place, reason).await?),
                None => None,
            };
            (case.map(|c| c.0), ordered_by.map(|p| p.0), sealed)
        }
    };
    let is_shadow = installation::get(&**tx).await?.mode == installation::mode::SHADOW;
    Ok(row::Model {
        id: id.0,
        person_id: what.person.id,
        policy_version_id: what.policy_version.0,
        label: what.label.to_string(),
        kind: what.reason.kind().code().to_owned(),
        attempt: i64::from(what.attempt),
        state: CheckInState::Booking.code().to_owned(),
        sequence: 0,
        announce_ms: what.start.0 - i64::from(what.notice_minutes) * MINUTE_MS,
        start_ms: what.start.0,
        window_minutes: i64::from(clock.window_minutes),
        grace_minutes: i64::from(clock.grace_minutes),
        session_minutes: i64::from(clock.session_minutes),
        code: short_code::fresh(store.entropy()),
        verifier_id: what.verifier.map(|v| v.id),
        ordered_by,
        order_reason,
        case_id,
        room_provider: None,
        room_reference: None,
        room_url: None,
        shadow: is_shadow,
        refused_ms: None,
        excused_ms: None,
        cancelled_ms: None,
        cancel_reason: None,
        read_ms: None,
        devices_ms: None,
        attendance: None,
        fault: None,
        cause: None,
        presence: None,
        assurance: None,
        outcome: None,
        judged_ms: None,
        closed_ms: None,
        created_ms: context.now().0,
    })
}

/// Why an order's check-in takes place, as the person reads it.
pub async fn reason_of(
    context: &Context,
    tx: &Tx,
    order: &check_in_order::Model,
) -> ActResult<Reason> {
    let db = &**tx;
    if order.kind == orders::kind::MANUAL {
        let by = match order.ordered_by {
            Some(id) => people::find(db, PersonId(id)).await?,
            None => None,
        };
        let reason = orders::reason(&context.store, db, order).await?.unwrap_or_default();
        return Ok(Reason::Manual {
            ordered_by: PersonId(order.ordered_by.unwrap_or_default()),
            ordered_by_name: by.map_or_else(String::new, |p| p.name),
            reason,
        });
    }
    if order.kind == orders::kind::BASELINE {
        let reason = orders::reason(&context.store, db, order).await?;
        let ordered_by = order.ordered_by.map(PersonId);
        return Ok(Reason::Baseline { case: order.case_id.map(CaseId), ordered_by, reason });
    }
    let of = match order.after_id {
        Some(id) => check_ins::find(db, CheckInId(id)).await?.map(|c| UtcMillis(c.start_ms)),
        None => None,
    };
    let of = of.unwrap_or(UtcMillis(order.created_ms));
    Ok(Reason::Recheck { case: order.case_id.map(CaseId), of })
}

async fn invite(
    context: &Context,
    tx: &Tx,
    what: &Announcement<'_>,
    check_in: &row::Model,
) -> ActResult<()> {
    let words = invitation(context, tx, what.person, what.policy, &what.reason, check_in);
    let invitation = notify::wording(context, what.person, words).await?;
    let notice = Notice {
        about: About::CheckIn(check_in.id),
        step: INVITATION,
        is_first: true,
        recipient: what.person,
        every_channel: true,
        lane: Lane::Announcement,
        even_in_shadow: false,
    };
    notify::queue(context, tx, &notice, &invitation).await?;
    Ok(())
}

/// What the person is told, with the times that stand in the row now; see [`notify::wording`].
pub(super) async fn invitation(
    context: &Context,
    tx: &Tx,
    person: &person::Model,
    policy: &CadencePolicy,
    reason: &Reason,
    check_in: &row::Model,
) -> ActResult<Invitation> {
    let reader = context.reader(person);
    let occasion = match reason {
        Reason::Drawn => Occasion::Drawn,
        Reason::Recheck { of, .. } => Occasion::Recheck { of: reader.moment(*of) },
        Reason::Manual { ordered_by_name, reason, .. } => Occasion::Manual {
            ordered_by: Line::new(ordered_by_name),
            reason: Line::reason(reason_in_words(reason)),
        },
        Reason::Baseline { .. } => {
            let manager = match person.manager_id {
                Some(id) => people::find(&**tx, PersonId(id)).await?,
                None => None,
            };
            let who = manager.map_or_else(|| t!("somebody in HR").to_owned(), |m| m.name);
            Occasion::Baseline { vouched_by: Line::new(&who) }
        }
    };
    Ok(Invitation {
        frame: context.frame(person),
        occasion,
        code: Line::new(&check_in.code),
        page: context.page(&format!("/check-ins/{}", check_in.id)),
        times: CheckInTimes::new(&check_in.clocks(), &reader),
        room: Line::new(t!("in your browser, nothing to install")),
        not_now_left: check_in::not_now_left(context, &**tx, person, policy).await?,
        invite: Some(calendar_invite(context, person, check_in)),
    })
}

/// The reason of an ordered check-in as its person reads it: ours in the language spoken, one that
/// somebody typed as it was typed.
pub fn reason_in_words(reason: &str) -> &str {
    if reason == SECURITY_ASKED { tr(SECURITY_ASKED) } else { reason }
}

/// The calendar side of an invitation, update or cancellation.
pub fn calendar_invite(context: &Context, person: &person::Model, check_in: &row::Model) -> Invite {
    let id = check_in.id.to_string();
    Invite {
        uid: calendar_uid(&context.id_key(), &["check-in", &id], &context.settings.mail_domain),
        sequence: check_in.sequence as u32,
        stamp: context.now(),
        organizer: CalendarUser {
            name: t!("{organisation} check-ins", organisation = context.settings.organisation),
            address: context.settings.mail_from.clone(),
        },
        attendee: CalendarUser { name: person.name.clone(), address: person.email.clone() },
    }
}

/// The verifier learns a time and no name.
pub(super) async fn tell_verifier(
    context: &Context,
    tx: &Tx,
    verifier: Option<&person::Model>,
    check_in: &row::Model,
) -> ActResult<()> {
    let Some(verifier) = verifier else { return Ok(()) };
    let step = match check_in.sequence {
        0 => "stand-by".to_owned(),
        n => format!("stand-by-{n}"),
    };
    stand_by::call_verifier(context, tx, check_in, verifier, &step, false).await
}

/// Every timer of the check-in's life, written with it.
async fn plan(tx: &Tx, row: &row::Model, now: UtcMillis) -> ActResult<()> {
    let check_in = CheckInId(row.id);
    Job::OpenRoom { check_in }.plan(tx, now).await?;
    Job::Probe { check_in, moment: "announced".to_owned() }.plan(tx, now).await?;
    for (job, due) in timers(row) {
        job.plan(tx, due).await?;
    }
    Ok(())
}

/// Moves every timer to the times that stand in the row now.
pub(super) async fn replan(tx: &Tx, row: &row::Model) -> ActResult<()> {
    for (job, due) in timers(row) {
        work::reschedule(tx, &job.key(), due).await?;
    }
    Ok(())
}

/// What happens when, by the row's clocks.
fn timers(row: &row::Model) -> Vec<(Job, UtcMillis)> {
    let (check_in, clocks) = (CheckInId(row.id), row.clocks());
    let probe = |moment: &str| Job::Probe { check_in, moment: moment.to_owned() };
    let mut timers = vec![
        (probe("start"), clocks.start),
        (probe("end"), clocks.grace_end()),
        (Job::OpenCheckIn { check_in }, clocks.start),
        (
            Job::SeekVerifier { check_in, moment: "start".to_owned() },
            clocks.start.plus_ms(stand_by::LATE_MS),
        ),
        // After the last probe of the same instant, so that fault can be told from a miss.
        (Job::CloseWindow { check_in }, clocks.grace_end().plus_ms(1)),
        (Job::CloseForm { check_in }, clocks.start.plus_ms(FORM_MS)),
    ];
    timers.extend(REMINDERS.map(|minute| {
        (Job::Remind { check_in, minute }, clocks.start.plus_minutes(i64::from(minute)))
    }));
    timers
}

/// Slot, verifier and notice as committed values, so that the audit of draws can compare them with
/// the plan; what an order or re-check follows from as facts.
async fn record(
    tx: &Tx,
    kind: &'static str,
    what: &Announcement<'_>,
    check_in: &row::Model,
    cause: Option<&str>,
) -> ActResult<()> {
    let verifier = what.verifier.map(|v| hex::encode(&v.draw_token));
    let mut record = Record::new(kind)
        .about(what.person)
        .fact("check_in", check_in.id.to_string())
        .fact("kind", check_in.kind.as_str())
        .fact("label", check_in.label.as_str())
        .fact("attempt", check_in.attempt)
        .fact("policy", what.policy_version.to_string())
        .commit_to_open("start_ms", check_in.start_ms)
        .commit_to_open("verifier", verifier)
        .commit_to_open("notice_minutes", what.notice_minutes);
    if let Some(order) = what.order {
        record = record.fact("order", order.to_string());
    }
    if let Some(after) = what.after {
        record = record.fact("after", after.to_string());
    }
    if let Some(cause) = cause {
        record = record.commit_to_open("cause", cause);
    }
    record.write(tx).await?;
    Ok(())
}
