//! Who may close which case, and with what in hand (promise P10, DESIGN section 9).

use super::{CaseCause, CaseState, ResolutionCode};
use crate::msg;

/// A typed reason has at least this many words.
pub const REASON_WORDS_MIN: usize = 3;

words! {
    /// What the closer is to the person of the case.
    pub enum CloserRelation {
        /// The person himself.
        Themselves = "themselves",
        /// The manager, his delegate, or anybody above him in the person's line.
        Line = "line",
        /// The verifier of the check-in the case is about.
        Verifier = "verifier",
        /// Role HR, outside the line.
        Hr = "hr",
        /// Role security, outside the line.
        Security = "security",
        /// Anybody else.
        Other = "other",
    }
}

words! {
    /// The second, blind look that `different_person` needs.
    pub enum SecondLook {
        NotNeeded = "not_needed",
        Pending = "pending",
        Given = "given",
    }
}

/// What somebody wants to close, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResolutionRequest<'a> {
    pub cause: CaseCause,
    pub state: CaseState,
    pub code: ResolutionCode,
    pub reason: &'a str,
    pub closer: CloserRelation,
    /// Whether the closer has opened the evidence of this case.
    pub evidence_opened: bool,
    /// Other misses of the person in the ninety days before.
    pub misses_before: u32,
    pub second_look: SecondLook,
}

words! {
    /// Why a case may not be closed like that.
    pub enum ResolutionRefusal {
        AlreadyResolved = "already_resolved",
        OwnCase = "own_case",
        NotEntitled = "not_entitled",
        OwnSession = "own_session",
        OutsideTheLineOnly = "outside_the_line_only",
        CodeNotForLine = "code_not_for_line",
        CodeNotForCause = "code_not_for_cause",
        EvidenceNotOpened = "evidence_not_opened",
        ReasonTooShort = "reason_too_short",
        SecondLookPending = "second_look_pending",
        SecurityOnly = "security_only",
    }
}

impl ResolutionRefusal {
    /// What to tell the person at the page.
    pub const fn sentence(self) -> &'static str {
        match self {
            ResolutionRefusal::AlreadyResolved => msg!("This case is closed already."),
            ResolutionRefusal::OwnCase => msg!("Nobody closes a case about themselves."),
            ResolutionRefusal::NotEntitled => msg!("Your roles do not include closing cases."),
            ResolutionRefusal::OwnSession => {
                msg!("Whoever held the check-in does not close its case.")
            }
            ResolutionRefusal::OutsideTheLineOnly => {
                msg!("This case is closed outside the person's line. You can propose how.")
            }
            ResolutionRefusal::CodeNotForLine => {
                msg!(
                    "As the manager you can excuse the absence; other closings are for HR or security."
                )
            }
            ResolutionRefusal::CodeNotForCause => {
                msg!("An excused absence closes a missed check-in only.")
            }
            ResolutionRefusal::EvidenceNotOpened => msg!("Open the evidence of this case first."),
            ResolutionRefusal::ReasonTooShort => {
                msg!("Write the reason in a few words: at least three.")
            }
            ResolutionRefusal::SecondLookPending => {
                msg!("A second verifier has not looked yet, independently of the first.")
            }
            ResolutionRefusal::SecurityOnly => msg!("An escalated case is closed by security."),
        }
    }
}

/// Whether a manager may close it with an excuse, alone: a first plain miss.
pub const fn may_excuse_alone(cause: CaseCause, misses_before: u32) -> bool {
    matches!(cause, CaseCause::Missed) && misses_before == 0
}

/// Everything that stands against closing the case like that; empty if nothing does.
pub fn may_resolve(request: &ResolutionRequest) -> Result<(), Vec<ResolutionRefusal>> {
    use ResolutionRefusal as Refusal;
    let mut against = Vec::new();
    let mut refuse_if = |stands: bool, refusal| {
        if stands {
            against.push(refusal);
        }
    };
    let closer = request.closer;
    let excuse = request.code == ResolutionCode::ExcusedAbsence;
    let alone = may_excuse_alone(request.cause, request.misses_before);
    let in_line = closer == CloserRelation::Line;
    let words = request.reason.split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric));
    refuse_if(request.state == CaseState::Resolved, Refusal::AlreadyResolved);
    refuse_if(closer == CloserRelation::Themselves, Refusal::OwnCase);
    refuse_if(closer == CloserRelation::Other, Refusal::NotEntitled);
    refuse_if(closer == CloserRelation::Verifier, Refusal::OwnSession);
    refuse_if(in_line && !alone, Refusal::OutsideTheLineOnly);
    refuse_if(in_line && alone && !excuse, Refusal::CodeNotForLine);
    refuse_if(excuse && request.cause != CaseCause::Missed, Refusal::CodeNotForCause);
    let escalated = request.cause == CaseCause::Escalated;
    refuse_if(escalated && closer == CloserRelation::Hr, Refusal::SecurityOnly);
    refuse_if(!request.evidence_opened, Refusal::EvidenceNotOpened);
    refuse_if(words.count() < REASON_WORDS_MIN, Refusal::ReasonTooShort);
    refuse_if(request.second_look == SecondLook::Pending, Refusal::SecondLookPending);
    if against.is_empty() { Ok(()) } else { Err(against) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_miss() -> ResolutionRequest<'static> {
        ResolutionRequest {
            cause: CaseCause::Missed,
            state: CaseState::Acknowledged,
            code: ResolutionCode::ExcusedAbsence,
            reason: "Was at the dentist.",
            closer: CloserRelation::Line,
            evidence_opened: true,
            misses_before: 0,
            second_look: SecondLook::NotNeeded,
        }
    }

    fn refused(request: ResolutionRequest) -> Vec<ResolutionRefusal> {
        may_resolve(&request).unwrap_err()
    }

    #[test]
    fn a_manager_excuses_a_first_plain_miss_and_nothing_else() {
        assert_eq!(may_resolve(&first_miss()), Ok(()));
        let second = ResolutionRequest { misses_before: 1, ..first_miss() };
        assert_eq!(refused(second), [ResolutionRefusal::OutsideTheLineOnly]);
        for cause in CaseCause::ALL.iter().filter(|c| **c != CaseCause::Missed) {
            let code = ResolutionCode::ExplainedTechnical;
            let request = ResolutionRequest { cause: *cause, code, ..first_miss() };
            assert_eq!(refused(request), [ResolutionRefusal::OutsideTheLineOnly], "{cause}");
        }
        let handed =
            ResolutionRequest { code: ResolutionCode::ConcernConfirmedHandedOver, ..first_miss() };
        assert_eq!(refused(handed), [ResolutionRefusal::CodeNotForLine]);
    }

    #[test]
    fn hr_closes_a_second_miss_and_security_an_escalated_case() {
        let hr = ResolutionRequest { closer: CloserRelation::Hr, misses_before: 4, ..first_miss() };
        assert_eq!(may_resolve(&hr), Ok(()));
        let grave = ResolutionRequest {
            cause: CaseCause::Escalated,
            code: ResolutionCode::DataError,
            ..hr
        };
        assert_eq!(refused(grave), [ResolutionRefusal::SecurityOnly]);
        let security = ResolutionRequest { closer: CloserRelation::Security, ..grave };
        assert_eq!(may_resolve(&security), Ok(()));
    }

    #[test]
    fn nothing_is_closed_without_opened_evidence_and_a_reason_in_words() {
        let closed_eyes = ResolutionRequest { evidence_opened: false, ..first_miss() };
        assert_eq!(refused(closed_eyes), [ResolutionRefusal::EvidenceNotOpened]);
        for reason in ["", "ok", "fine then", "- . - . -"] {
            let request = ResolutionRequest { reason, ..first_miss() };
            assert_eq!(refused(request), [ResolutionRefusal::ReasonTooShort], "{reason}");
        }
    }

    #[test]
    fn a_different_person_waits_for_the_second_look() {
        let pending = ResolutionRequest {
            cause: CaseCause::Escalated,
            code: ResolutionCode::DataError,
            closer: CloserRelation::Security,
            second_look: SecondLook::Pending,
            ..first_miss()
        };
        assert_eq!(refused(pending), [ResolutionRefusal::SecondLookPending]);
        let given = ResolutionRequest { second_look: SecondLook::Given, ..pending };
        assert_eq!(may_resolve(&given), Ok(()));
    }

    #[test]
    fn every_reason_against_is_named_at_once() {
        let all_wrong = ResolutionRequest {
            state: CaseState::Resolved,
            closer: CloserRelation::Themselves,
            evidence_opened: false,
            reason: "",
            ..first_miss()
        };
        assert_eq!(refused(all_wrong).len(), 4);
    }
}
