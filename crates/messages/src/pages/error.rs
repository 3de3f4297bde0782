//! When something cannot be shown or done: what happened, what it means for the reader, what to do
//! now. No blame, no code names; a number to quote where we must look ourselves.

use super::{PageFrame, Row, samples};
use crate::render::Template;
use crate::t;
use serde::Serialize;

/// Fields of forms that nobody types: what a page or a script puts in, and secrets that count once.
/// Everything else of a form that was not taken is shown again.
pub const NOT_TYPED: &[&str] = &[
    "accuracy_m",
    "camera",
    "captured_ms",
    "check_in",
    "code",
    "credential",
    "csrf",
    "k",
    "language",
    "lat",
    "lon",
    "next",
    "nonce",
    "notice_version",
    "passkey",
    "passkey_without",
    "phone_code",
    "record",
    "renderer",
    "status",
    "time_zone",
    "unsigned",
    "version",
];

/// Any error page.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorPage {
    pub frame: PageFrame,
    /// HTTP status, shown small.
    pub status: u16,
    pub heading: String,
    pub what_happened: String,
    pub what_it_means: String,
    pub what_now: String,
    /// What the person had typed, so that nothing is lost: the field's name, the text.
    pub kept: Vec<Row>,
    /// Where to go on; local path and label.
    pub go_on: Option<(String, String)>,
    /// The request's id, to quote.
    pub request_id: Option<String>,
}

impl ErrorPage {
    fn new(mut frame: PageFrame, status: u16, words: [&str; 4]) -> ErrorPage {
        let [heading, what_happened, what_it_means, what_now] = words.map(str::to_owned);
        frame.title = heading.clone();
        let go_on = Some(("/".to_owned(), t!("To my first page").to_owned()));
        ErrorPage {
            frame,
            status,
            heading,
            what_happened,
            what_it_means,
            what_now,
            kept: Vec::new(),
            go_on,
            request_id: None,
        }
    }

    /// 400: the request could not be read. `detail` is a whole sentence.
    pub fn bad_request(frame: PageFrame, detail: &str) -> ErrorPage {
        let words = [
            t!("We could not read that"),
            detail,
            t!("Nothing was changed."),
            t!("Open the page again and send it once more."),
        ];
        ErrorPage::new(frame, 400, words)
    }

    /// 403: a form of another session. Somebody signed out or in since the page was opened.
    pub fn old_form(frame: PageFrame) -> ErrorPage {
        let words = [
            t!("This page is older than your sign-in"),
            t!(
                "Somebody signed out or in here after you had opened it, so it was not sent as you."
            ),
            t!("Nothing was changed."),
            t!("Open the page again and send it from there."),
        ];
        ErrorPage::new(frame, 403, words)
    }

    /// 409: a form of a session that was not used for too long.
    pub fn session_ended(frame: PageFrame) -> ErrorPage {
        let words = [
            t!("You were signed out meanwhile"),
            t!("Your session ended before this was sent."),
            t!("Nothing was changed."),
            t!("Sign in again, then send it once more."),
        ];
        ErrorPage::new(frame, 409, words)
    }

    /// 403: signed in, but this is not for this person.
    pub fn forbidden(frame: PageFrame, detail: &str) -> ErrorPage {
        let words = [
            t!("This page is not for you"),
            detail,
            t!("That is about your role, not about you. Nothing was changed."),
            t!("If you need it for your work, ask HR for the role."),
        ];
        ErrorPage::new(frame, 403, words)
    }

    /// 404: no such page, or none this person may know of.
    pub fn not_found(frame: PageFrame) -> ErrorPage {
        let words = [
            t!("There is no such page"),
            t!("The address leads nowhere, or to something that is not yours."),
            t!("If a message brought you here, it may be old, or not from us."),
            t!("Go to your first page. A check-in that waits for you stands there."),
        ];
        ErrorPage::new(frame, 404, words)
    }

    /// 409: somebody else was faster, or it was done already. `detail` is a whole sentence.
    pub fn conflict(frame: PageFrame, detail: &str) -> ErrorPage {
        let words = [
            t!("That has changed meanwhile"),
            detail,
            t!("Your act was not done, so that nothing is done twice."),
            t!("Look at how it stands now, then decide again."),
        ];
        ErrorPage::new(frame, 409, words)
    }

    /// 429: too many tries. `detail` says of what, and how long to wait.
    pub fn too_many(frame: PageFrame, detail: &str) -> ErrorPage {
        let words = [
            t!("That was too often"),
            detail,
            t!("Nothing was done, and you are not locked out for good."),
            t!(
                "Try once more when the time is over. If a check-in is about to begin, call HR; it is not counted against you."
            ),
        ];
        ErrorPage { go_on: None, ..ErrorPage::new(frame, 429, words) }
    }

    /// 500: our fault.
    pub fn our_fault(frame: PageFrame, request_id: &str) -> ErrorPage {
        let words = [
            t!("Something broke on our side"),
            t!("We could not finish what you asked for."),
            t!("It is our fault and is never counted as yours. Nothing was done by half."),
            t!("Try again in a minute. If it stays, tell your administrator the number below."),
        ];
        ErrorPage { request_id: Some(request_id.to_owned()), ..ErrorPage::new(frame, 500, words) }
    }

    /// 503: closed for a while. `until` is a time in words.
    pub fn maintenance(frame: PageFrame, until: &str) -> ErrorPage {
        let now = t!("Come back {until}.", until);
        let words = [
            t!("We are closed for a short while"),
            t!("The service is being updated."),
            t!("Check-ins in this time do not count, neither for you nor against you."),
            &now,
        ];
        ErrorPage { go_on: None, ..ErrorPage::new(frame, 503, words) }
    }
}

impl Template for ErrorPage {
    const NAME: &'static str = "pages/error";

    fn samples() -> Vec<ErrorPage> {
        let frame = || samples::employee("Error");
        let kept = || vec![Row::new("comment", "Maria called back.\nThe street has no power.")];
        let go_on = |url: &str, label: &str| Some((url.to_owned(), label.to_owned()));
        vec![
            ErrorPage::bad_request(frame(), "What you sent is too long."),
            ErrorPage { kept: kept(), ..ErrorPage::old_form(frame()) },
            ErrorPage {
                kept: kept(),
                go_on: go_on("/sign-in", "Sign in again"),
                ..ErrorPage::session_ended(samples::stranger("Error"))
            },
            ErrorPage::forbidden(frame(), "Only HR reads the roster."),
            ErrorPage::not_found(samples::stranger("Error")),
            ErrorPage {
                kept: kept(),
                go_on: go_on("/cases", "See how it stands now"),
                ..ErrorPage::conflict(frame(), "Ravi Rao took this case on a minute ago.")
            },
            ErrorPage::too_many(
                samples::stranger("Error"),
                "Too many codes were typed. Wait 15 minutes.",
            ),
            ErrorPage::our_fault(frame(), "req-7c41f09e"),
            ErrorPage::maintenance(samples::stranger("Error"), "at 03:20"),
            ErrorPage {
                kept: vec![Row::new(samples::HOSTILE, samples::HOSTILE)],
                go_on: go_on("/", samples::HOSTILE),
                ..ErrorPage::conflict(samples::hostile("Error", &[], ""), samples::HOSTILE)
            },
        ]
    }
}
