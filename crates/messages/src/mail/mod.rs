//! Every mail Muster sends: one type per message, which fills
//! `templates/messages/<NAME>/{subject.txt,preheader.txt,body.txt,body.html}.hbs`.
//!
//! A context is told everything and decides nothing. Subject and preheader never hold a name, a
//! place or a finding, because they are shown on locked screens. Sending is not done here.

pub mod line;
pub mod times;

mod frame;
mod identity;

mod cases;
mod check_ins;
mod duty;
mod exceptions;
mod invitation;
mod sign_in;

mod plain;
mod sample;
mod styles;

pub use cases::{
    CaseCause, CaseHrSecurity, CaseManager, CaseProposed, CaseReminder, CaseResolved, Reason,
    SeriousReader,
};
pub use check_ins::{
    NotStartedYet, ObjectionNote, ObjectionWhy, Receipt, Recorded, WordFromEmployee, WordKind,
};
pub use duty::{
    Alarm, Block, Delegated, DisruptionNotice, LinkGroupNotice, LinkGroupWhy, OperatorAlarm,
    OperatorAlarmKind, PolicyPending, RolePending, StandBy, StandByOver, StandByOverWhy, StandDown,
};
pub use exceptions::ExceptionWord;
pub use frame::{Checkpoint, CheckpointError, Frame, NextStep};
pub use identity::{
    List, MailDomain, MailDomainError, MailIdentity, Thread, calendar_uid, message_id,
};
pub use invitation::{
    CheckInTimes, Invitation, InvitationCancelled, InvitationUpdate, Invite, Occasion,
};
pub use sign_in::{Notice, SignInCode};

use crate::calendar_object::{CalendarError, CalendarObject, Method};
use crate::render::{RenderError, Renderer};
use serde::Serialize;
use std::sync::Arc;

/// A mail's context.
pub trait Message: Serialize + Sized {
    /// Folder below `templates/messages/`.
    const NAME: &'static str;
    /// Which kind of mail it is, for the List-Id.
    const LIST: List;

    /// The calendar object it carries, if any.
    fn calendar(&self) -> Option<CalendarObject> {
        None
    }

    /// Contexts worth looking at: the usual one, the least one, the hostile one.
    fn samples() -> Vec<Self>;
}

/// The calendar part of a rendered mail (RFC 6047).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedCalendar {
    pub method: Method,
    pub ics: String,
}

/// One mail, ready to be addressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedMail {
    /// One clean line.
    pub subject: String,
    /// What mail programs show behind the subject; it also stands hidden at the top of `html`.
    pub preheader: String,
    pub text: String,
    pub html: String,
    pub calendar: Option<RenderedCalendar>,
    pub list: List,
}

/// A mail that could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("message {name}: {detail}")]
    Context { name: &'static str, detail: String },
    #[error("message {name}: class `{class}` has no style in mail/styles.rs")]
    Style { name: &'static str, class: String },
    #[error("message {name}: calendar object: {source}")]
    Calendar { name: &'static str, source: CalendarError },
}

/// Renders messages with the templates of the tree.
#[derive(Clone)]
pub struct Messages {
    renderer: Arc<Renderer>,
}

impl Messages {
    pub fn new(renderer: Arc<Renderer>) -> Messages {
        Messages { renderer }
    }

    /// What fills the templates, for pages as well: they are parsed once.
    pub fn renderer(&self) -> Arc<Renderer> {
        self.renderer.clone()
    }

    /// Renders all parts of one message.
    pub fn render<M: Message>(&self, message: &M) -> Result<RenderedMail, MailError> {
        let name = M::NAME;
        let context = |detail: String| MailError::Context { name, detail };
        let mut value = serde_json::to_value(message).map_err(|e| context(e.to_string()))?;
        let fields = value.as_object_mut().ok_or_else(|| context("is not a struct".to_owned()))?;
        let subject = self.line(name, "subject.txt", fields)?;
        let preheader = self.line(name, "preheader.txt", fields)?;
        fields.insert("lang".to_owned(), crate::language::current().code().into());
        fields.insert("subject".to_owned(), subject.clone().into());
        fields.insert("preheader".to_owned(), preheader.clone().into());
        let text = self.renderer.fill(&format!("messages/{name}/body.txt"), fields)?;
        let html = self.renderer.fill(&format!("messages/{name}/body.html"), fields)?;
        let html = styles::inline(&html).map_err(|class| MailError::Style { name, class })?;
        let calendar = message
            .calendar()
            .map(|object| {
                object.to_ics().map(|ics| RenderedCalendar { method: object.method, ics })
            })
            .transpose()
            .map_err(|source| MailError::Calendar { name, source })?;
        let text = plain::wrap(&text);
        Ok(RenderedMail { subject, preheader, text, html, calendar, list: M::LIST })
    }

    fn line(
        &self,
        name: &str,
        part: &str,
        fields: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<String, RenderError> {
        let text = self.renderer.fill(&format!("messages/{name}/{part}"), fields)?;
        Ok(line::clean(&text, line::SUBJECT_CHARS_MAX))
    }
}
