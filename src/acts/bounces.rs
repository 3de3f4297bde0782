//! Mail that a server took and gave back later. A first bounce voids a check-in that nobody came to, and a second one
//! is a technical matter that a human looks at; so whoever forges one gains a new check-in, not an excuse.

use super::announce::INVITATION;
use super::{ActResult, Context};
use muster_domain::case::StoryEvent;
use muster_domain::id::{CheckInId, PersonId};
use muster_store::audit::Record;
use muster_store::entities::notification;
use muster_store::notifications::{self, state};
use muster_store::{Tx, cases, check_ins, people};

/// A report of a mail server, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report<'a> {
    /// Left parts of Message-IDs, one of which should be ours.
    pub mails: Vec<&'a str>,
    /// Enhanced status code.
    pub status: &'a str,
    /// What the last server said.
    pub said: &'a str,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Noted,
    /// It was noted before.
    Known,
    /// No mail of ours is meant.
    Unknown,
    /// The mail is being sent at this moment, and what is noted now would be written over.
    OnItsWay,
}

/// Notes that a mail came back.
pub async fn take(context: &Context, report: &Report<'_>) -> ActResult<Taken> {
    let tx = context.store.begin().await?;
    let Some(mut row) = meant(context, &tx, report).await? else {
        return Ok(Taken::Unknown);
    };
    if row.bounced_ms.is_some() {
        return Ok(Taken::Known);
    }
    if row.state == state::QUEUED {
        return Ok(Taken::OnItsWay);
    }
    row.bounced_ms = Some(context.now().0);
    row.response = format!("{} {}", report.status, report.said);
    muster_store::save(&tx, row.clone()).await?;
    Record::new("mail-came-back")
        .about(&people::get(&*tx, PersonId(row.recipient)).await?)
        .fact("about", row.about.as_str())
        .fact("about_id", row.about_id.to_string())
        .fact("step", row.step.as_str())
        .fact("channel", row.channel.as_str())
        .fact("status", report.status)
        .write(&tx)
        .await?;
    if row.about == "check-in" && row.step.starts_with(INVITATION) {
        tell_cases(&tx, &row).await?;
    }
    tx.commit().await?;
    Ok(Taken::Noted)
}

/// Whoever decides about an open case of the person should know.
async fn tell_cases(tx: &Tx, row: &notification::Model) -> ActResult<()> {
    let Some(check_in) = check_ins::find(&**tx, CheckInId(row.about_id)).await? else {
        return Ok(());
    };
    for case in cases::about(&**tx, [check_in.person_id]).await? {
        if case.state != "resolved" {
            let kind = StoryEvent::InvitationCameBack.code();
            cases::tell(tx, &case, kind, None, None, &row.channel).await?;
        }
    }
    Ok(())
}

async fn meant(
    context: &Context,
    tx: &Tx,
    report: &Report<'_>,
) -> ActResult<Option<notification::Model>> {
    let domain = context.settings.mail_domain.as_str();
    for left in &report.mails {
        let id = format!("{left}@{domain}");
        let found = notifications::by_message_id(&**tx, &id).await?;
        let is_sent =
            |row: &notification::Model| row.state != state::SHADOW && row.state != state::WITHDRAWN;
        if let Some(row) = found.filter(is_sent) {
            return Ok(Some(row));
        }
    }
    Ok(None)
}
