//! Who stands in for a manager while they are away. The stand-in reads and does what the manager may,
//! for the manager's people and those days only; what asks for knowing a person (to vouch) stays with the
//! line. Nobody stands in through somebody who stands in, and nobody for those above them.

use super::cases::standing::Viewer;
use super::context::zone_of;
use super::notify::{self, About, Notice};
use super::office::Asker;
use super::{ActError, ActResult, Context};
use jiff::civil::Date;
use muster_domain::access::{Act, Denial};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::time::{UtcMillis, start_of_day};
use muster_messages::language::tr;
use muster_messages::mail::Delegated;
use muster_messages::mail::line::Line;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::delegations::{self, state};
use muster_store::entities::{delegation, person};
use muster_store::work::Lane;
use muster_store::{Tx, people};
use uuid::Uuid;

/// Days of one delegation at most.
pub const DAYS_MAX: i64 = 60;
/// Days ahead it may begin at most.
const AHEAD_MAX: i64 = 365;
/// Rows of the list of everybody's.
const SHOWN_MAX: u64 = 200;

/// A delegation as it was typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typed<'a> {
    /// An e-mail address or an employee id.
    pub delegate: &'a str,
    /// `YYYY-MM-DD`, in the manager's zone.
    pub first: &'a str,
    pub last: &'a str,
}

/// One delegation with its two people; `None` where one of them was erased.
pub struct Listed {
    pub row: delegation::Model,
    pub manager: Option<person::Model>,
    pub delegate: Option<person::Model>,
    /// Whether the reader may end it.
    pub may_end: bool,
}

/// Names a stand-in for one's own people.
///
/// # Errors
/// `Forbidden` for whoever has no people of their own; `Invalid` with the field and a sentence.
pub async fn name(context: &Context, me: PersonId, typed: &Typed<'_>) -> ActResult<Listed> {
    let tx = context.store.begin().await?;
    // Two forms sent at once are judged one after another.
    let row = people::lock(&tx, me).await?;
    let asker = Asker::load(&tx, Some(me), Act::Delegate).await?;
    if people::reports(&*tx, me).await?.is_empty() {
        return Err(ActError::forbidden(t!(
            "Nobody reports to you on the roster. What was handed to you for a time cannot be handed on."
        )));
    }
    let delegate = delegate(&tx, me, typed.delegate).await?;
    let (first, last) = days(context, &row, typed)?;
    let zone = zone_of(&row);
    let (begins, ends) = (start_of_day(first, &zone), start_of_day(next(last), &zone));
    let open = delegations::of_manager(&*tx, me).await?;
    if open.iter().any(|d| d.begins_ms < ends.0 && begins.0 < d.ends_ms) {
        return Err(ActError::invalid(
            "first",
            t!(
                "Somebody stands in on one of these days already. End that first, or choose other days."
            ),
        ));
    }
    let mut made = delegation::Model {
        id: Uuid::from_bytes(context.store.entropy().bytes()),
        manager_id: me.0,
        delegate_id: delegate.id,
        first_day: first.to_string(),
        last_day: last.to_string(),
        begins_ms: begins.0,
        ends_ms: ends.0,
        state: state::AHEAD.to_owned(),
        entered_ms: context.now().0,
        ended_by: None,
        ended_ms: None,
    };
    if begins <= context.now() {
        made.state = state::RUNNING.to_owned();
    }
    muster_store::insert(&tx, made.clone()).await?;
    record(&made, "delegation-named", &row, &delegate)
        .by(asker.pseudonym())
        .fact("first_day", made.first_day.clone())
        .fact("last_day", made.last_day.clone())
        .write(&tx)
        .await?;
    tell(context, &tx, &made, &row, &delegate).await?;
    tx.commit().await?;
    Ok(Listed { row: made, manager: Some(row), delegate: Some(delegate), may_end: true })
}

/// Ends a delegation before its day, or takes back one that is ahead. Its manager, its delegate, HR and
/// security may: it only takes rights away.
///
/// # Errors
/// `Forbidden`; missing where there is none. One that is over is no fault.
pub async fn end(context: &Context, me: PersonId, id: Uuid) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let row = delegations::lock(&tx, id).await?;
    let viewer = Viewer::load(&*tx, me, []).await?;
    if !may_end(&viewer, &row) {
        return Err(ActError::forbidden(tr(Denial::RoleMissing.sentence())));
    }
    if row.state != state::ENDED {
        close(&tx, row, Some(&viewer.person)).await?;
    }
    Ok(tx.commit().await?)
}

/// Begins and ends what is due, and ends what belongs to somebody who has left.
///
/// # Errors
/// Those of the store.
pub async fn sweep(context: &Context) -> ActResult<usize> {
    let now = context.now();
    let due = delegations::due(context.store.read(), now).await?;
    for found in &due {
        let tx = context.store.begin().await?;
        let mut row = delegations::lock(&tx, found.id).await?;
        let parts = parts(&tx, &row).await?;
        let both_here = [&parts.0, &parts.1]
            .into_iter()
            .all(|person| person.as_ref().is_some_and(|p| p.state == "active"));
        if row.state == state::ENDED {
            continue;
        }
        if row.ends_ms <= now.0 || !both_here {
            close(&tx, row, None).await?;
        } else if row.begins_ms <= now.0 && row.state == state::AHEAD {
            row.state = state::RUNNING.to_owned();
            muster_store::save(&tx, row.clone()).await?;
            if let (Some(manager), Some(delegate)) = parts {
                record(&row, "delegation-began", &manager, &delegate).write(&tx).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(due.len())
}

/// One's own: those one has named and those in which one stands in now.
///
/// # Errors
/// Those of the store.
pub async fn mine(context: &Context, me: PersonId) -> ActResult<(Vec<Listed>, Vec<Listed>)> {
    let db = context.store.read();
    let viewer = Viewer::load(db, me, []).await?;
    let named = delegations::of_manager(db, me).await?;
    let standing_in = delegations::running_for(db, me).await?;
    Ok((listed(db, &viewer, named).await?, listed(db, &viewer, standing_in).await?))
}

/// Everybody's, for those who watch over the programme.
///
/// # Errors
/// `Forbidden`.
pub async fn all(context: &Context, me: PersonId) -> ActResult<Vec<Listed>> {
    let db = context.store.read();
    let viewer = Viewer::load(db, me, []).await?;
    if !viewer.may(Act::WatchDelegations) {
        return Err(ActError::forbidden(tr(Denial::RoleMissing.sentence())));
    }
    listed(db, &viewer, delegations::recent(db, SHOWN_MAX).await?).await
}

async fn listed(
    db: &impl sea_orm::ConnectionTrait,
    viewer: &Viewer,
    rows: Vec<delegation::Model>,
) -> ActResult<Vec<Listed>> {
    let mut listed = Vec::new();
    for row in rows {
        listed.push(Listed {
            manager: people::find(db, row.manager()).await?,
            delegate: people::find(db, row.delegate()).await?,
            may_end: row.state != state::ENDED && may_end(viewer, &row),
            row,
        });
    }
    Ok(listed)
}

fn may_end(viewer: &Viewer, row: &delegation::Model) -> bool {
    let is_theirs = [row.manager(), row.delegate()].contains(&viewer.id());
    is_theirs || viewer.may(Act::EndDelegation)
}

async fn close(tx: &Tx, mut row: delegation::Model, by: Option<&person::Model>) -> ActResult<()> {
    row.state = state::ENDED.to_owned();
    row.ended_by = by.map(|p| p.id);
    row.ended_ms = Some(tx.store().clock().now().0);
    muster_store::save(tx, row.clone()).await?;
    if let (Some(manager), Some(delegate)) = parts(tx, &row).await? {
        record(&row, "delegation-ended", &manager, &delegate)
            .by(by.map(|p| p.pseudonym))
            .write(tx)
            .await?;
    }
    Ok(())
}

type Parts = (Option<person::Model>, Option<person::Model>);

async fn parts(tx: &Tx, row: &delegation::Model) -> ActResult<Parts> {
    let manager = people::find(&**tx, row.manager()).await?;
    Ok((manager, people::find(&**tx, row.delegate()).await?))
}

fn record(
    row: &delegation::Model,
    kind: &'static str,
    manager: &person::Model,
    delegate: &person::Model,
) -> Record {
    Record::new(kind)
        .about(manager)
        .fact("delegation", row.id.to_string())
        .fact("delegate", delegate.pseudonym.to_string())
}

/// Who shall stand in: on the roster, not oneself, not among one's own people.
async fn delegate(tx: &Tx, me: PersonId, typed: &str) -> ActResult<person::Model> {
    let typed = typed.trim();
    let found = match typed.contains('@') {
        true => people::by_email(&**tx, typed).await?,
        false => people::by_employee_id(&**tx, typed).await?.filter(|p| p.state == "active"),
    };
    let Some(found) = found else {
        return Err(ActError::invalid(
            "delegate",
            t!(
                "Nobody on the roster has this e-mail address or employee id. Write one of them, such as jo.park@acme.example."
            ),
        ));
    };
    if found.id == me.0 {
        return Err(ActError::invalid("delegate", t!("This is you. Name somebody else.")));
    }
    // In the line somebody may neither open evidence nor close a case: a manager could lock out whoever
    // looks at their people from outside.
    let outside = [Role::Hr, Role::Security, Role::Auditor];
    if people::roles(&**tx, PersonId(found.id)).await?.iter().any(|role| outside.contains(role)) {
        return Err(ActError::invalid(
            "delegate",
            t!(
                "This person looks at cases from outside your line, for HR, security or audit, and could not do so any more. Name somebody else."
            ),
        ));
    }
    if Viewer::load(&**tx, me, [PersonId(found.id)]).await?.is_in_line_of(PersonId(found.id)) {
        return Err(ActError::invalid(
            "delegate",
            t!(
                "This person works in your own line. Name somebody beside or above you, so that nobody reads the cases of colleagues."
            ),
        ));
    }
    Ok(found)
}

fn days(context: &Context, me: &person::Model, typed: &Typed<'_>) -> ActResult<(Date, Date)> {
    let read = |field, text: &str| {
        let date: Result<Date, _> = text.trim().parse();
        date.map_err(|_| ActError::invalid(field, t!("Write the date as 2026-12-24.")))
    };
    let (first, last) = (read("first", typed.first)?, read("last", typed.last)?);
    let today = context.now().date_in(&zone_of(me));
    let until = |from: Date, to: Date| i64::from((to - from).get_days());
    if first < today {
        return Err(ActError::invalid("first", t!("This day is over. Begin today or later.")));
    }
    if until(today, first) > AHEAD_MAX {
        return Err(ActError::invalid("first", t!("Begin within a year.")));
    }
    if last < first {
        return Err(ActError::invalid("last", t!("The last day lies before the first.")));
    }
    if until(first, last) >= DAYS_MAX {
        return Err(ActError::invalid(
            "last",
            t!("At most 60 days. For longer, HR changes the manager on the roster."),
        ));
    }
    Ok((first, last))
}

fn next(date: Date) -> Date {
    date.tomorrow().unwrap_or(date)
}

async fn tell(
    context: &Context,
    tx: &Tx,
    row: &delegation::Model,
    manager: &person::Model,
    delegate: &person::Model,
) -> ActResult<()> {
    let reader = context.reader(delegate);
    let message = notify::worded(context, delegate, || Delegated {
        frame: context.frame(delegate),
        manager: Line::new(&manager.name),
        begins: reader.moment(UtcMillis(row.begins_ms)),
        ends: reader.moment(UtcMillis(row.ends_ms - 1)),
        page: context.page("/people"),
    });
    let notice = Notice {
        about: About::Office(row.id),
        step: "delegated",
        is_first: true,
        recipient: delegate,
        every_channel: false,
        lane: Lane::Digest,
        even_in_shadow: false,
    };
    notify::queue(context, tx, &notice, &message).await?;
    Ok(())
}
