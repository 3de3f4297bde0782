//! Closed codes of cases in the words people read. Codes are stored; these words may change.

use muster_domain::case::{CaseCause, ResolutionCode};
use muster_domain::check_in::Presence;
use muster_messages::mail::CaseCause as MailCause;

/// Why a first plain miss is excused: code, words.
pub const EXCUSES: [(&str, &str); 4] = [
    ("absence", "Leave or sickness that was not entered"),
    ("power_or_line", "A power cut or a broken line"),
    ("work", "Work that could not be left"),
    ("other", "Something else"),
];

/// What somebody proposes: code, words. It is decided outside the line.
pub const PROPOSALS: [(&str, &str); 4] = [
    ("close_explained", "Close it: it is explained"),
    ("new_check_in", "Meet again soon"),
    ("hand_to_hr", "HR should take it on"),
    (TO_SECURITY, "Security should take it on"),
];
/// The proposal that security hears of, and not HR.
pub const TO_SECURITY: &str = "hand_to_security";

/// What the second, blind look may say.
pub const SECOND_LOOKS: [(Presence, &str); 3] = [
    (Presence::Confirmed, "It is the person of the reference"),
    (Presence::DifferentPerson, "It is somebody else"),
    (Presence::CouldNotTell, "I could not tell"),
];

/// The words of a code of one of the lists above.
pub fn words_of(list: &[(&'static str, &'static str)], code: &str) -> Option<&'static str> {
    list.iter().find(|(c, _)| *c == code).map(|(_, words)| *words)
}

/// How a case was closed.
pub const fn resolution(code: ResolutionCode) -> &'static str {
    match code {
        ResolutionCode::ExcusedAbsence => "excused",
        ResolutionCode::ExplainedTechnical => "explained: it was technical",
        ResolutionCode::ExplainedTravel => "explained: travel",
        ResolutionCode::ExplainedOtherwise => "explained in another way",
        ResolutionCode::IdentityConfirmedLater => "confirmed later",
        ResolutionCode::DataError => "our data was wrong",
        ResolutionCode::Duplicate => "the same as another case",
        ResolutionCode::PersonLeft => "the person has left",
        ResolutionCode::ConcernConfirmedHandedOver => "the concern stands and was handed over",
    }
}

/// One line that says what a case is about.
pub fn headline(cause: CaseCause, name: &str) -> String {
    match cause {
        CaseCause::Missed => format!("{name} missed a check-in"),
        CaseCause::Refused => format!("{name} declined a check-in"),
        CaseCause::NeedsReview => format!("A check-in with {name} needs a look"),
        CaseCause::Escalated => format!("Findings that do not fit in one check-in with {name}"),
        CaseCause::InconclusiveRepeated => {
            format!("{name}: the third inconclusive check-in running")
        }
    }
}

/// The cause as mails and their advice name it. An escalated case is advised like a review.
pub const fn advised_as(cause: CaseCause) -> MailCause {
    match cause {
        CaseCause::Missed => MailCause::Missed,
        CaseCause::Refused => MailCause::Refused,
        CaseCause::InconclusiveRepeated => MailCause::Inconclusive,
        CaseCause::NeedsReview | CaseCause::Escalated => MailCause::NeedsReview,
    }
}
