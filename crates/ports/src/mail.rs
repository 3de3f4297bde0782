//! Sending mail. A mail is complete before it reaches the port: the port only carries it.

use crate::PortResult;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A name and an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    pub name: String,
    pub address: String,
}

/// The calendar part of a mail (RFC 6047).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarPart {
    /// `REQUEST` or `CANCEL`.
    pub method: String,
    pub ics: String,
}

/// One mail to one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub from: Mailbox,
    pub to: Mailbox,
    pub reply_to: Option<Mailbox>,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub calendar: Option<CalendarPart>,
    /// Without angle brackets; the same for every attempt of one notification.
    pub message_id: String,
    /// Message-ID of the first mail of the thread, if this is not it.
    pub in_reply_to: Option<String>,
    /// `List-Id` value, e.g. `check-ins.muster.example`.
    pub list_id: String,
    /// Wall time at which the message was made, for the `Date` header (UTC ms).
    pub date_ms: i64,
}

/// What the next server said when it took the mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailReceipt {
    pub response: String,
}

/// Carries mail to the next server.
#[async_trait]
pub trait MailPort: Send + Sync + 'static {
    /// Hands the mail over. `Ok` means the next server has taken responsibility for it.
    async fn send(&self, mail: &Mail) -> PortResult<MailReceipt>;

    /// A cheap question whether sending would work now, for probes and `doctor`.
    async fn check(&self) -> PortResult<()>;
}
