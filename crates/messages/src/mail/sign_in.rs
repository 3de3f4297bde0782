//! Mails about access: the sign-in code, and the notice that comes before anything is drawn.

use super::frame::Frame;
use super::line::{Line, Link};
use super::times::Moment;
use super::{List, Message, sample};
use serde::Serialize;

/// Six digits, mailed on request. The only mail without a link: the code is typed where it was
/// asked for, so a forged page reached by a click gains nothing.
#[derive(Debug, Clone, Serialize)]
pub struct SignInCode {
    pub frame: Frame,
    /// `482 913`.
    digits: String,
    /// Minutes the code is valid.
    pub valid_minutes: u16,
    pub requested: Moment,
    /// What asked for it: "Firefox on Linux".
    pub browser: Line,
}

impl SignInCode {
    /// `code` is a number below one million; it is written with leading zeros.
    pub fn new(
        frame: Frame,
        code: u32,
        valid_minutes: u16,
        requested: Moment,
        browser: Line,
    ) -> Self {
        let code = code % 1_000_000;
        let digits = format!("{:03} {:03}", code / 1000, code % 1000);
        SignInCode { frame, digits, valid_minutes, requested, browser }
    }
}

impl Message for SignInCode {
    const NAME: &'static str = "sign_in_code";
    const LIST: List = List::SignIn;

    fn samples() -> Vec<SignInCode> {
        let browser = Line::new("Firefox on Linux");
        vec![
            SignInCode::new(
                sample::frame("Jo Park"),
                482_913,
                10,
                sample::moment(0),
                browser.clone(),
            ),
            SignInCode::new(sample::frame("Q"), 7, 10, sample::moment(0), browser),
            SignInCode::new(
                sample::hostile_frame(),
                999_999,
                10,
                sample::moment(0),
                sample::hostile_line(),
            ),
        ]
    }
}

/// The first mail to everybody in a pool: what will happen, before anything can.
#[derive(Debug, Clone, Serialize)]
pub struct Notice {
    pub frame: Frame,
    pub page: Link,
    /// Version of the notice the page shows.
    pub version: Line,
    /// First day on which a check-in can be drawn.
    pub not_before: Moment,
    /// How often, in the words of the policy: "about once a month".
    pub how_often: Line,
    /// Least minutes between announcement and start.
    pub notice_minutes_min: u16,
    pub session_minutes: u16,
}

impl Message for Notice {
    const NAME: &'static str = "notice";
    const LIST: List = List::CheckIns;

    fn samples() -> Vec<Notice> {
        let usual = Notice {
            frame: sample::frame("Jo Park"),
            page: sample::link("/notice"),
            version: Line::new("3"),
            not_before: sample::moment(10 * 24 * 60),
            how_often: Line::new("about once a month"),
            notice_minutes_min: 15,
            session_minutes: 5,
        };
        vec![
            Notice {
                frame: sample::hostile_frame(),
                version: sample::hostile_line(),
                how_often: sample::hostile_line(),
                ..usual.clone()
            },
            usual,
        ]
    }
}
