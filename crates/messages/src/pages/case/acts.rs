//! What a reader of a case may do, each with the form it is done by.

use crate::language::tr;
use crate::pages::{Choices, TextArea};
use crate::t;
use muster_domain::msg;
use serde::Serialize;

/// What the reader may do; what is `None` or false is not offered. Each posts to
/// `/cases/{id}/{act}`.
#[derive(Debug, Clone, Serialize)]
pub struct CaseActs {
    pub acknowledge: bool,
    /// Sent as `comment`.
    pub comment: Option<TextArea>,
    /// Sent as `excuse` (a code) and `excuse_reason`.
    pub excuse: Option<(Choices, TextArea)>,
    /// Sent as `proposal` (a code) and `proposal_reason`.
    pub propose: Option<(Choices, TextArea)>,
    /// The second, blind look at a `different_person`: sent to `second-look` as `second_look` (a
    /// code) and `second_look_how`.
    pub second_look: Option<(Choices, TextArea)>,
    pub resolve: Option<ResolveForm>,
}

/// Sent as `resolution` (a closed code) and `resolution_reason`.
#[derive(Debug, Clone, Serialize)]
pub struct ResolveForm {
    pub code: Choices,
    pub reason: TextArea,
    /// Why the form cannot be sent yet, e.g. evidence that was not opened.
    pub blocked_because: Option<String>,
}

impl ResolveForm {
    /// Every closed code with its label and hint.
    pub const CODES: [(&'static str, &'static str, &'static str); 9] = [
        ("excused_absence", msg!("Excused"), msg!("A first plain miss with a good reason.")),
        ("explained_technical", msg!("Explained: it was technical"), ""),
        ("explained_travel", msg!("Explained: travel"), msg!("The trip is declared now.")),
        (
            "explained_otherwise",
            msg!("Explained in another way"),
            msg!("There is a plain reason, and it is known."),
        ),
        (
            "identity_confirmed_later",
            msg!("Confirmed later"),
            msg!("In a later check-in, or in person."),
        ),
        ("data_error", msg!("Our data was wrong"), msg!("Ours or a provider's.")),
        ("duplicate", msg!("The same as another case"), ""),
        ("person_left", msg!("The person has left"), msg!("Nothing remains to be found out.")),
        (
            "concern_confirmed_handed_over",
            msg!("The concern stands and was handed over"),
            msg!("To those who decide about it, outside Muster."),
        ),
    ];

    /// The question, with the codes this reader may use for this case, in the order of [`Self::CODES`].
    pub fn code_field(allowed: &[&str]) -> Choices {
        let offered = Self::CODES.into_iter().filter(|(code, ..)| allowed.contains(code));
        let offered: Vec<_> =
            offered.map(|(code, label, hint)| (code, tr(label), tr(hint))).collect();
        Choices::one("resolution", t!("How did it end?"), &offered)
    }
}

pub(super) fn sample_excuse() -> (Choices, TextArea) {
    let codes = Choices::one(
        "excuse",
        "What excuses it?",
        &[
            ("absence", "Leave or sickness that was not entered", ""),
            ("power_or_line", "A power cut or a broken line", ""),
            ("work", "Work that could not be left", ""),
            ("other", "Something else", ""),
        ],
    );
    (
        codes,
        TextArea::new("excuse_reason", "How do you know?")
            .hint("One or two sentences. Maria Olsen can read them."),
    )
}

pub(super) fn sample_propose() -> (Choices, TextArea) {
    let codes = Choices::one(
        "proposal",
        "What should happen?",
        &[
            ("close_explained", "Close it: it is explained", ""),
            ("new_check_in", "Meet again soon", ""),
            ("hand_to_hr", "HR should take it on", ""),
            ("hand_to_security", "Security should take it on", ""),
        ],
    );
    (codes, TextArea::new("proposal_reason", "Why?"))
}

pub(super) fn sample_second_look() -> (Choices, TextArea) {
    let codes = Choices::one(
        "second_look",
        "What did you see?",
        &[
            ("confirmed", "It is the person of the reference", ""),
            ("different_person", "It is somebody else", ""),
            ("could_not_tell", "I could not tell", ""),
        ],
    );
    (codes, TextArea::new("second_look_how", "How did you look?"))
}

pub(super) fn sample_resolve(blocked: Option<&str>) -> ResolveForm {
    ResolveForm {
        code: ResolveForm::code_field(&[
            "explained_otherwise",
            "identity_confirmed_later",
            "data_error",
            "concern_confirmed_handed_over",
        ]),
        reason: TextArea::new("resolution_reason", "Why?")
            .hint("At least one sentence. It stays in the log for good."),
        blocked_because: blocked.map(str::to_owned),
    }
}
