//! Signing in by a six-digit code. What is said never depends on whether an address is known.

use super::{Field, PageFrame, samples};
use crate::render::Template;
use crate::t;
use serde::Serialize;

/// `GET /sign-in`, and again after a `POST /sign-in` that could not be read.
#[derive(Debug, Clone, Serialize)]
pub struct AskAddress {
    pub frame: PageFrame,
    /// Sent as `address`.
    pub address: Field,
    /// Local path to go to afterwards; sent as `next`.
    pub next: String,
}

impl AskAddress {
    /// The field this page asks for.
    pub fn field() -> Field {
        Field::email("address", t!("Your work e-mail address"))
    }
}

/// `GET /sign-in/code`: the neutral answer to any address, known or not.
#[derive(Debug, Clone, Serialize)]
pub struct AskCode {
    pub frame: PageFrame,
    /// The address as it was typed.
    pub address: String,
    /// Sent as `code`.
    pub code: Field,
    /// How long a code is good for, minutes.
    pub valid_minutes: u16,
    pub next: String,
}

impl AskCode {
    /// The field this page asks for.
    pub fn field() -> Field {
        Field::code("code", t!("The six digits from the mail")).hint(t!("Spaces do not matter."))
    }
}

/// Shown after `POST /sign-out`, or when a session has ended.
#[derive(Debug, Clone, Serialize)]
pub struct SignedOut {
    pub frame: PageFrame,
    /// Whether the session ended by itself.
    pub timed_out: bool,
}

impl Template for AskAddress {
    const NAME: &'static str = "pages/sign_in/address";

    fn samples() -> Vec<AskAddress> {
        let wrong = "Write the whole address, for example anna@acme.example";
        vec![
            AskAddress {
                frame: samples::stranger("Sign in"),
                address: AskAddress::field(),
                next: "/".to_owned(),
            },
            AskAddress {
                frame: samples::stranger("Sign in").with_problem("address", wrong),
                address: AskAddress::field().typed("anna.lind", Some(wrong)),
                next: "/cases".to_owned(),
            },
            AskAddress {
                frame: samples::hostile("Sign in", &[], ""),
                address: AskAddress::field().typed(samples::HOSTILE, Some(samples::HOSTILE)),
                next: samples::HOSTILE.to_owned(),
            },
        ]
    }
}

impl Template for AskCode {
    const NAME: &'static str = "pages/sign_in/code";

    fn samples() -> Vec<AskCode> {
        let wrong = "That code does not fit or is too old. Look at the newest mail, or ask for a new code below.";
        let ask = |frame, code| AskCode {
            frame,
            address: "anna.lind@acme.example".to_owned(),
            code,
            valid_minutes: 10,
            next: "/".to_owned(),
        };
        vec![
            ask(samples::stranger("Enter the code"), AskCode::field()),
            ask(
                samples::stranger("Enter the code").with_problem("code", wrong),
                AskCode::field().typed("123 45", Some(wrong)),
            ),
            AskCode {
                address: samples::HOSTILE.to_owned(),
                ..ask(samples::hostile("Enter the code", &[], ""), AskCode::field())
            },
        ]
    }
}

impl Template for SignedOut {
    const NAME: &'static str = "pages/sign_in/signed_out";

    fn samples() -> Vec<SignedOut> {
        vec![
            SignedOut { frame: samples::stranger("You are signed out"), timed_out: false },
            SignedOut { frame: samples::stranger("You are signed out"), timed_out: true },
        ]
    }
}
