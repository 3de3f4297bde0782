//! Queues messages: one row per (about, step, channel, recipient), sealed, in the transaction
//! that makes the message necessary, with its work. Sending is the engine's.

use super::{ActResult, Context, language};
use muster_domain::id::NotificationId;
use muster_messages::language::{speaking, within};
use muster_messages::mail::{Message, Thread};
use muster_messages::t;
use muster_ports::{CalendarPart, Mail, Mailbox};
use muster_store::entities::{notification, person};
use muster_store::jobs::Job;
use muster_store::notifications::{channel, seal_mail, state};
use muster_store::work::Lane;
use muster_store::{Owner, Tx, installation};
use uuid::Uuid;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    CheckIn(Uuid),
    Case(Uuid),
    /// Signing in, roles, policies, alarms: `Uuid` of the row concerned.
    Office(Uuid),
}

impl About {
    /// `notification.about`
    pub const fn code(self) -> &'static str {
        match self {
            About::CheckIn(_) => "check-in",
            About::Case(_) => "case",
            About::Office(_) => "office",
        }
    }

    const fn id(self) -> Uuid {
        match self {
            About::CheckIn(id) | About::Case(id) | About::Office(id) => id,
        }
    }
}

/// One message to one person.
pub struct Notice<'a> {
    pub about: About,
    /// Which message of its thread: `invitation`, `step-2`; the first of a thread is its root.
    pub step: &'a str,
    pub is_first: bool,
    pub recipient: &'a person::Model,
    /// On every channel the person has, or the first only.
    pub every_channel: bool,
    pub lane: Lane,
    /// Sent even while the installation is in shadow (sign-in and administrator mail).
    pub even_in_shadow: bool,
}

/// Makes what `reader` will read, in the reader's language and not in that of whoever caused it.
pub fn worded<T>(context: &Context, reader: &person::Model, make: impl FnOnce() -> T) -> T {
    within(language::of_person(context, reader), make)
}

/// The same where making it waits for the store.
pub async fn wording<F: Future>(context: &Context, reader: &person::Model, make: F) -> F::Output {
    speaking(language::of_person(context, reader), make).await
}

/// Renders in the recipient's language and queues. Asking again for the same step changes nothing.
/// The message itself is made by [`worded`] or [`wording`].
pub async fn queue<M: Message>(
    context: &Context,
    tx: &Tx,
    notice: &Notice<'_>,
    message: &M,
) -> ActResult<Vec<NotificationId>> {
    let settings = &context.settings;
    let (rendered, sender) = worded(context, notice.recipient, || {
        let sender = t!("{organisation} check-ins", organisation = settings.organisation);
        (context.messages.render(message), sender)
    });
    let rendered = rendered?;
    let now = context.now();
    let is_shadow = !notice.even_in_shadow
        && installation::get(&**tx).await?.mode == installation::mode::SHADOW;
    let mut queued = Vec::new();
    for (channel, address) in channels(notice) {
        let recipient = format!("{}/{channel}", notice.recipient.id);
        let about_id = notice.about.id().to_string();
        let thread = Thread { kind: notice.about.code(), id: &about_id, recipient: &recipient };
        let identity = match notice.is_first {
            true => thread.first(&context.id_key(), &settings.mail_domain),
            false => thread.later(&context.id_key(), &[notice.step], &settings.mail_domain),
        };
        let from = Mailbox { name: sender.clone(), address: settings.mail_from.clone() };
        let mail = Mail {
            reply_to: None,
            from,
            to: Mailbox { name: notice.recipient.name.clone(), address: address.to_owned() },
            subject: rendered.subject.clone(),
            text: rendered.text.clone(),
            html: rendered.html.clone(),
            calendar: rendered
                .calendar
                .as_ref()
                .map(|c| CalendarPart { method: c.method.code().to_owned(), ics: c.ics.clone() }),
            message_id: identity.message_id.clone(),
            in_reply_to: identity.in_reply_to.clone(),
            list_id: rendered.list.list_id(&settings.mail_domain),
            date_ms: now.0,
        };
        let id = NotificationId::from_random(context.store.entropy().bytes());
        let owner = Owner::Person(muster_domain::id::PersonId(notice.recipient.id));
        let row = notification::Model {
            id: id.0,
            about: notice.about.code().to_owned(),
            about_id: notice.about.id(),
            step: notice.step.to_owned(),
            channel: channel.to_owned(),
            recipient: notice.recipient.id,
            owner: owner.id(),
            message: seal_mail(tx, owner, id.0, &mail).await?,
            message_id: identity.message_id,
            in_reply_to: identity.in_reply_to,
            state: if is_shadow { state::SHADOW } else { state::QUEUED }.to_owned(),
            response: String::new(),
            attempts: 0,
            created_ms: now.0,
            first_attempt_ms: None,
            accepted_ms: None,
            bounced_ms: None,
        };
        if !muster_store::insert_new(tx, row).await? {
            continue;
        }
        if !is_shadow {
            Job::SendNotification { notification: id }.plan_in(tx, notice.lane, now).await?;
        }
        queued.push(id);
    }
    Ok(queued)
}

fn channels<'a>(notice: &Notice<'a>) -> Vec<(&'static str, &'a str)> {
    let mut channels = vec![(channel::MAIL, notice.recipient.email.as_str())];
    if notice.every_channel
        && let Some(second) = notice.recipient.second_email.as_deref()
    {
        channels.push((channel::SECOND_MAIL, second));
    }
    channels
}

/// The row id under which messages about signing in and the like are kept: each is its own thread.
pub fn fresh_subject(context: &Context) -> About {
    About::Office(Uuid::from_bytes(context.store.entropy().bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::test_support::Office;
    use muster_messages::language::Language;

    #[tokio::test]
    async fn a_message_speaks_the_language_of_its_reader_whoever_caused_it() {
        let office = Office::acme().await;
        let context = &office.context;
        let english = office.person("e1001").await;
        let german = person::Model { chosen_language: Some("de".into()), ..english.clone() };
        let words = |reader| worded(context, reader, || t!("Sign out"));
        assert_eq!(words(&german), "Abmelden");
        assert_eq!(within(Language::German, || words(&english)), "Sign out");
        let waiting = wording(context, &german, async { t!("Sign out") });
        assert_eq!(waiting.await, "Abmelden");
    }
}
