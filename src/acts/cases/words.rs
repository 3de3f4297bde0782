//! Closed codes of cases in the words people read. Codes are stored; these words may change.

use muster_domain::case::{CaseCause, ResolutionCode};
use muster_domain::check_in::Presence;
use muster_domain::msg;
use muster_messages::mail::CaseCause as MailCause;
use muster_messages::t;

/// Why a first plain miss is excused: code, words.
pub const EXCUSES: [(&str, &str); 4] = [
    ("absence", msg!("Leave or sickness that was not entered")),
    ("power_or_line", msg!("A power cut or a broken line")),
    ("work", msg!("Work that could not be left")),
    ("other", msg!("Something else")),
];

/// What somebody proposes: code, words. It is decided outside the line.
pub const PROPOSALS: [(&str, &str); 4] = [
    ("close_explained", msg!("Close it: it is explained")),
    ("new_check_in", msg!("Meet again soon")),
    ("hand_to_hr", msg!("HR should take it on")),
    (TO_SECURITY, msg!("Security should take it on")),
];
/// The proposal that security hears of, and not HR.
pub const TO_SECURITY: &str = "hand_to_security";

/// What the second, blind look may say.
pub const SECOND_LOOKS: [(Presence, &str); 3] = [
    (Presence::Confirmed, msg!("It is the person of the reference")),
    (Presence::DifferentPerson, msg!("It is somebody else")),
    (Presence::CouldNotTell, msg!("I could not tell")),
];

/// The English words of a code of one of the lists above.
pub fn words_of(list: &[(&'static str, &'static str)], code: &str) -> Option<&'static str> {
    list.iter().find(|(c, _)| *c == code).map(|(_, words)| *words)
}

/// How a case was closed.
pub fn resolution(code: ResolutionCode) -> &'static str {
    match code {
        ResolutionCode::ExcusedAbsence => t!("excused"),
        ResolutionCode::ExplainedTechnical => t!("explained: it was technical"),
        ResolutionCode::ExplainedTravel => t!("explained: travel"),
        ResolutionCode::ExplainedOtherwise => t!("explained in another way"),
        ResolutionCode::IdentityConfirmedLater => t!("confirmed later"),
        ResolutionCode::DataError => t!("our data was wrong"),
        ResolutionCode::Duplicate => t!("the same as another case"),
        ResolutionCode::PersonLeft => t!("the person has left"),
        ResolutionCode::ConcernConfirmedHandedOver => t!("the concern stands and was handed over"),
    }
}

/// One line that says what a case is about.
pub fn headline(cause: CaseCause, name: &str) -> String {
    match cause {
        CaseCause::Missed => t!("{name} missed a check-in", name),
        CaseCause::Refused => t!("{name} declined a check-in", name),
        CaseCause::NeedsReview => t!("A check-in with {name} needs a look", name),
        CaseCause::Escalated => t!("Findings that do not fit in one check-in with {name}", name),
        CaseCause::InconclusiveRepeated => {
            t!("{name}: the third inconclusive check-in running", name)
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
