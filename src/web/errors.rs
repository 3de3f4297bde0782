//! What a handler answers when it cannot do what was asked. The page around it is made by the
//! guard, which knows who asked and what was typed; programs get RFC 9457 JSON.

use crate::acts::ActError;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use muster_messages::RenderError;
use muster_messages::pages::PageFrame;
use muster_messages::pages::error::ErrorPage;
use muster_messages::t;
use muster_store::StoreError;
use serde_json::{Map, Value};
use std::sync::Arc;

/// What a handler gives back.
pub type Answer = Result<Response, Fail>;

/// Why not.
#[derive(Debug, thiserror::Error)]
pub enum Fail {
    /// Nobody is signed in: sign in and come back.
    #[error("sign in first")]
    SignInFirst,
    /// A form was sent by a session that has ended meanwhile.
    #[error("your session ended before this was sent")]
    SessionEnded,
    /// A form of another session, or without its token.
    #[error("this form does not belong to your sign-in")]
    OldForm,
    /// No such thing, or none this person may know of.
    #[error("there is no such page")]
    NotFound,
    #[error("{0}")]
    Forbidden(String),
    /// Malformed: a whole sentence.
    #[error("{0}")]
    BadRequest(String),
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    TooMany(String),
    /// A program came without a token that is good for this.
    #[error("a token for this is needed, as `Authorization: Bearer ...`")]
    NoToken,
    /// This address is not ours to answer for.
    #[error("this server does not answer for that host name")]
    WrongHost,
    /// Our fault. The detail goes to the log only.
    #[error("something broke on our side")]
    Broken(String),
}

impl Fail {
    /// A refusal for whoever asked.
    pub fn forbidden(sentence: &str) -> Fail {
        Fail::Forbidden(sentence.to_owned())
    }

    /// A request that cannot be read.
    pub fn bad(sentence: &str) -> Fail {
        Fail::BadRequest(sentence.to_owned())
    }

    /// Its HTTP status.
    pub const fn status(&self) -> StatusCode {
        match self {
            Fail::SignInFirst | Fail::NoToken => StatusCode::UNAUTHORIZED,
            Fail::NotFound => StatusCode::NOT_FOUND,
            Fail::Forbidden(_) | Fail::OldForm => StatusCode::FORBIDDEN,
            Fail::BadRequest(_) => StatusCode::BAD_REQUEST,
            Fail::Conflict(_) | Fail::SessionEnded => StatusCode::CONFLICT,
            Fail::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Fail::WrongHost => StatusCode::MISDIRECTED_REQUEST,
            Fail::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Stable, kebab-case, never reused.
    const fn code(&self) -> &'static str {
        match self {
            Fail::SignInFirst => "sign-in-first",
            Fail::SessionEnded => "session-ended",
            Fail::OldForm => "old-form",
            Fail::NotFound => "not-found",
            Fail::Forbidden(_) => "forbidden",
            Fail::BadRequest(_) => "bad-request",
            Fail::Conflict(_) => "conflict",
            Fail::TooMany(_) => "too-many",
            Fail::NoToken => "no-token",
            Fail::WrongHost => "wrong-host",
            Fail::Broken(_) => "our-fault",
        }
    }

    /// The page that says so.
    pub(super) fn page(&self, frame: PageFrame, request_id: &str) -> ErrorPage {
        match self {
            Fail::NotFound => ErrorPage::not_found(frame),
            Fail::Forbidden(detail) => ErrorPage::forbidden(frame, detail),
            Fail::BadRequest(detail) => ErrorPage::bad_request(frame, detail),
            Fail::Conflict(detail) => ErrorPage::conflict(frame, detail),
            Fail::SessionEnded | Fail::SignInFirst => ErrorPage::session_ended(frame),
            Fail::OldForm => ErrorPage::old_form(frame),
            Fail::NoToken => ErrorPage::forbidden(frame, t!("This is for programs.")),
            Fail::TooMany(detail) => ErrorPage::too_many(frame, detail),
            Fail::WrongHost => {
                let detail = t!("This server does not answer for that host name.");
                ErrorPage { status: 421, ..ErrorPage::bad_request(frame, detail) }
            }
            Fail::Broken(_) => ErrorPage::our_fault(frame, request_id),
        }
    }

    /// The same for programs: problem details, RFC 9457.
    pub(super) fn problem(&self, request_id: &str) -> Response {
        details(self.status(), self.code(), &self.to_string(), request_id, Map::new())
    }
}

/// Problem details with further members, where a program can mend what it sent by them.
pub(super) fn problem(
    status: StatusCode,
    code: &str,
    title: &str,
    visitor: &super::session::Visitor,
    more: Map<String, Value>,
) -> Response {
    details(status, code, title, visitor.request_id(), more)
}

fn details(
    status: StatusCode,
    code: &str,
    title: &str,
    request_id: &str,
    mut body: Map<String, Value>,
) -> Response {
    body.insert("type".to_owned(), format!("about:blank#{code}").into());
    body.insert("title".to_owned(), title.into());
    body.insert("status".to_owned(), status.as_u16().into());
    body.insert("instance".to_owned(), format!("urn:request:{request_id}").into());
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, Value::Object(body).to_string()).into_response()
}

/// Carried in the answer's extensions to the guard.
#[derive(Clone)]
pub(super) struct Failed(pub Arc<Fail>);

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        let mut answer = self.status().into_response();
        answer.extensions_mut().insert(Failed(Arc::new(self)));
        answer
    }
}

impl From<ActError> for Fail {
    fn from(error: ActError) -> Fail {
        match error {
            ActError::Forbidden(sentence) => Fail::Forbidden(sentence),
            ActError::Conflict(sentence) => Fail::Conflict(sentence),
            ActError::Invalid(fields) => {
                let sentences: Vec<String> = fields.into_iter().map(|(_, s)| s).collect();
                Fail::BadRequest(sentences.join(" "))
            }
            ActError::TooMany(sentence) => Fail::TooMany(sentence),
            ActError::Store(StoreError::Missing { .. }) => Fail::NotFound,
            other => Fail::Broken(other.to_string()),
        }
    }
}

impl From<StoreError> for Fail {
    fn from(error: StoreError) -> Fail {
        Fail::from(ActError::Store(error))
    }
}

impl From<sea_orm::DbErr> for Fail {
    fn from(error: sea_orm::DbErr) -> Fail {
        Fail::Broken(error.to_string())
    }
}

impl From<RenderError> for Fail {
    fn from(error: RenderError) -> Fail {
        Fail::Broken(error.to_string())
    }
}
