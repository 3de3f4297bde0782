//! When something cannot be shown or done: what happened, what it means for the reader, what to do
//! now. No blame, no code names; a number to quote where we must look ourselves.

use super::{PageFrame, Row, samples};
use crate::render::Template;
use serde::Serialize;

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
    /// What the person had typed, so that nothing is lost.
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
        let go_on = Some(("/".to_owned(), "To my first page".to_owned()));
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

    /// 400: the request could not be read. `detail` is a whole sentence; `kept` what was typed.
    pub fn bad_request(frame: PageFrame, detail: &str, kept: Vec<Row>) -> ErrorPage {
        let means = if kept.is_empty() {
            "Nothing was changed."
        } else {
            "Nothing was changed, and what you wrote stands below."
        };
        let words = [
            "We could not read that",
            detail,
            means,
            "Go back in your browser, load the page again, and send it once more.",
        ];
        ErrorPage { kept, ..ErrorPage::new(frame, 400, words) }
    }

    /// 403: signed in, but this is not for this person (or the form is too old).
    pub fn forbidden(frame: PageFrame, detail: &str) -> ErrorPage {
        let words = [
            "This page is not for you",
            detail,
            "That is about your role, not about you. Nothing was changed.",
            "If you need it for your work, ask HR for the role.",
        ];
        ErrorPage::new(frame, 403, words)
    }

    /// 404: no such page, or none this person may know of.
    pub fn not_found(frame: PageFrame) -> ErrorPage {
        let words = [
            "There is no such page",
            "The address leads nowhere, or to something that is not yours.",
            "If a message brought you here, it may be old, or not from us.",
            "Go to your first page. A check-in that waits for you stands there.",
        ];
        ErrorPage::new(frame, 404, words)
    }

    /// 409: somebody else was faster, or it was done already. `detail` is a whole sentence.
    pub fn conflict(
        frame: PageFrame,
        detail: &str,
        kept: Vec<Row>,
        back: (&str, &str),
    ) -> ErrorPage {
        let words = [
            "That has changed meanwhile",
            detail,
            "Your act was not done, so that nothing is done twice.",
            "Look at how it stands now, then decide again.",
        ];
        let go_on = Some((back.0.to_owned(), back.1.to_owned()));
        ErrorPage { kept, go_on, ..ErrorPage::new(frame, 409, words) }
    }

    /// 429: too many tries. `detail` says of what, and how long to wait.
    pub fn too_many(frame: PageFrame, detail: &str) -> ErrorPage {
        let words = [
            "That was too often",
            detail,
            "Nothing was done, and you are not locked out for good.",
            "Try once more when the time is over. If a check-in is about to begin, call HR; it is not counted against you.",
        ];
        ErrorPage { go_on: None, ..ErrorPage::new(frame, 429, words) }
    }

    /// 500: our fault.
    pub fn our_fault(frame: PageFrame, request_id: &str) -> ErrorPage {
        let words = [
            "Something broke on our side",
            "We could not finish what you asked for.",
            "It is our fault and is never counted as yours. Nothing was done by half.",
            "Try again in a minute. If it stays, tell your administrator the number below.",
        ];
        ErrorPage { request_id: Some(request_id.to_owned()), ..ErrorPage::new(frame, 500, words) }
    }

    /// 503: closed for a while. `until` is a time in words.
    pub fn maintenance(frame: PageFrame, until: &str) -> ErrorPage {
        let now = format!("Come back {until}.");
        let words = [
            "We are closed for a short while",
            "The service is being updated.",
            "Check-ins in this time do not count, neither for you nor against you.",
            &now,
        ];
        ErrorPage { go_on: None, ..ErrorPage::new(frame, 503, words) }
    }
}

impl Template for ErrorPage {
    const NAME: &'static str = "pages/error";

    fn samples() -> Vec<ErrorPage> {
        let frame = || samples::employee("Error");
        let kept =
            || vec![Row::new("What you learned", "Maria called back.\nThe street has no power.")];
        vec![
            ErrorPage::bad_request(
                frame(),
                "The form came without its token, as happens after a long pause.",
                kept(),
            ),
            ErrorPage::forbidden(frame(), "Only HR reads the roster."),
            ErrorPage::not_found(samples::stranger("Error")),
            ErrorPage::conflict(
                frame(),
                "Ravi Rao took this case on a minute ago.",
                kept(),
                ("/cases", "To the cases"),
            ),
            ErrorPage::too_many(
                samples::stranger("Error"),
                "Too many codes were typed. Wait 15 minutes.",
            ),
            ErrorPage::our_fault(frame(), "req-7c41f09e"),
            ErrorPage::maintenance(samples::stranger("Error"), "at 03:20"),
            ErrorPage::conflict(
                samples::hostile("Error", &[], ""),
                samples::HOSTILE,
                vec![Row::new(samples::HOSTILE, samples::HOSTILE)],
                ("/", samples::HOSTILE),
            ),
        ]
    }
}
