//! Operator alarms: what the auditor complains of is kept for as long as it stands, and whoever
//! operates the installation is told by mail: at once of work that gave up, after a moment of what
//! may pass by itself, and again every day. However much goes wrong, mails keep a distance.

use super::notify::{self, About, Notice};
use super::office::holders_of;
use super::{ActResult, Context};
use muster_domain::access::Act;
use muster_domain::time::{DAY_MS, MINUTE_MS, UtcMillis};
use muster_messages::mail::line::Line;
use muster_messages::mail::{Alarm, OperatorAlarm, OperatorAlarmKind};
use muster_store::entities::alarm;
use muster_store::work::Lane;
use muster_store::{Tx, alarms};
use std::collections::HashSet;

/// What stands this long does not pass by itself: the auditor saw it twice.
const SETTLED_MS: i64 = 90_000;
/// Two mails are at least this far apart.
const DISTANCE_MS: i64 = 15 * MINUTE_MS;
/// What still stands is told again.
const REMIND_MS: i64 = DAY_MS;
/// Lines of one mail; the rest is counted.
const LINES_MAX: usize = 10;
/// Work that used up its attempts never passes by itself.
pub const DEAD_WORK: &str = "work-dead";

/// One thing that is not as it must be. Ids only.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Complaint {
    /// Kebab-case, never reused.
    pub code: &'static str,
    /// What it is about, the same words for as long as it stands.
    pub subject: String,
    /// More for people; may differ from pass to pass.
    pub detail: String,
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, words(&self.subject, &self.detail))
    }
}

/// Subject and detail as one phrase.
pub fn words(subject: &str, detail: &str) -> String {
    if detail.is_empty() { subject.to_owned() } else { format!("{subject}, {detail}") }
}

/// Takes what one pass of the auditor found: raises, ends, and tells operators where it is time.
///
/// # Errors
/// Those of the store and of rendering.
pub async fn take(context: &Context, found: &[Complaint]) -> ActResult<()> {
    let now = context.now();
    let is_same =
        |row: &alarm::Model, c: &Complaint| row.code == c.code && row.subject == c.subject;
    let standing = alarms::standing(context.store.read()).await?;
    let is_news = found.iter().any(|c| !standing.iter().any(|row| is_same(row, c)));
    if standing.is_empty() && !is_news {
        return Ok(()); // the usual minute writes nothing
    }
    let tx = context.store.begin().await?;
    for complaint in found {
        let Complaint { code, subject, detail } = complaint;
        alarms::raise(&tx, code, subject, detail, now).await?;
    }
    let (stands, over): (Vec<_>, Vec<_>) = alarms::standing(&*tx)
        .await?
        .into_iter()
        .partition(|row| found.iter().any(|c| is_same(row, c)));
    for row in over {
        muster_store::save(&tx, alarm::Model { ended_ms: Some(now.0), ..row }).await?;
    }
    tell(context, &tx, stands, now).await?;
    Ok(tx.commit().await?)
}

/// Whether somebody should hear of it (again).
fn is_due(row: &alarm::Model, now: UtcMillis) -> bool {
    match row.told_ms {
        Some(told_ms) => now.0 - told_ms >= REMIND_MS,
        None => row.code == DEAD_WORK || now.0 - row.since_ms >= SETTLED_MS,
    }
}

/// One mail to each operator, of everything that stands.
async fn tell(
    context: &Context,
    tx: &Tx,
    stands: Vec<alarm::Model>,
    now: UtcMillis,
) -> ActResult<()> {
    let Some(due) = stands.iter().find(|row| is_due(row, now)) else { return Ok(()) };
    let is_soon = |told: UtcMillis| now.since(told) < DISTANCE_MS;
    if alarms::last_told(&**tx).await?.is_some_and(is_soon) {
        return Ok(());
    }
    // Another instance that sees the same at the same moment names the same step: one mail.
    let (about, step) = (About::Office(due.id), format!("alarm-{}", due.told_times + 1));
    // What is new comes first, lest a mail's last line hides it.
    let (new, known): (Vec<_>, Vec<_>) = stands.iter().partition(|row| row.told_ms.is_none());
    let lines: Vec<_> = new.into_iter().chain(known).collect();
    let is_dead_work = lines.iter().all(|row| row.code == DEAD_WORK);
    let since = lines.iter().map(|row| row.since_ms).min().unwrap_or(now.0);
    for recipient in holders_of(tx, Act::ViewSystem, &[]).await? {
        let line = |row: &&alarm::Model| Alarm {
            code: Line::new(&row.code),
            detail: Line::reason(&words(&row.subject, &row.detail)),
        };
        let message = notify::worded(context, &recipient, || OperatorAlarm {
            frame: context.frame(&recipient),
            kind: match is_dead_work {
                true => OperatorAlarmKind::DeadWork,
                false => OperatorAlarmKind::FailedAudit,
            },
            since: context.reader(&recipient).moment(UtcMillis(since)),
            alarms: lines.iter().take(LINES_MAX).map(line).collect(),
            more: lines.len().saturating_sub(LINES_MAX) as u32,
            page: context.page("/system"),
        });
        let notice = Notice {
            about,
            step: &step,
            is_first: due.told_times == 0,
            recipient: &recipient,
            every_channel: true,
            lane: Lane::Escalation,
            even_in_shadow: true,
        };
        notify::queue(context, tx, &notice, &message).await?;
    }
    let told: HashSet<_> = stands
        .iter()
        .filter(|row| row.told_ms.is_none() || is_due(row, now))
        .map(|r| r.id)
        .collect();
    for row in stands.into_iter().filter(|row| told.contains(&row.id)) {
        let told_times = row.told_times + 1;
        muster_store::save(tx, alarm::Model { told_ms: Some(now.0), told_times, ..row }).await?;
    }
    Ok(())
}
