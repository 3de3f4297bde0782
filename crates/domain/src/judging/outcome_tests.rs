//! Examples of every row of the outcome table, and of what follows.

use super::*;
use crate::judging::fault::FaultCause;

fn fault(cause: FaultCause) -> FaultDecision {
    FaultDecision { fault: cause.fault(), cause, sentence: cause.sentence().into() }
}

fn met() -> OutcomeInput<'static> {
    OutcomeInput {
        kind: CheckInKind::Drawn,
        attempt: 1,
        assurance: Assurance::Clear,
        presence: Some(Presence::Confirmed),
        fault: None,
        cancelled_by_us: false,
        form_missing: false,
        known_reason: false,
        said_no: false,
        inconclusive_running: 0,
        misses_before: 0,
    }
}

fn not_met(fault: &FaultDecision) -> OutcomeInput<'_> {
    OutcomeInput { presence: None, fault: Some(fault), ..met() }
}

#[test]
fn every_row_has_its_example() {
    let nobody = fault(FaultCause::NobodyCame);
    let room = fault(FaultCause::RoomDown);
    let tried = fault(FaultCause::AttemptFailed);
    let examples = [
        (
            OutcomeInput { assurance: Assurance::Escalate, ..not_met(&room) },
            OutcomeRow::AssuranceEscalate,
        ),
        (OutcomeInput { cancelled_by_us: true, ..not_met(&nobody) }, OutcomeRow::CancelledByUs),
        (OutcomeInput { form_missing: true, presence: None, ..met() }, OutcomeRow::FormMissing),
        (OutcomeInput { known_reason: true, ..not_met(&room) }, OutcomeRow::FaultNotTheirs),
        (
            OutcomeInput { known_reason: true, said_no: true, ..not_met(&nobody) },
            OutcomeRow::KnownReason,
        ),
        (OutcomeInput { said_no: true, ..not_met(&nobody) }, OutcomeRow::SaidNo),
        (OutcomeInput { assurance: Assurance::Review, ..not_met(&nobody) }, OutcomeRow::NobodyCame),
        (
            OutcomeInput { assurance: Assurance::Review, ..not_met(&tried) },
            OutcomeRow::AssuranceReview,
        ),
        (not_met(&tried), OutcomeRow::TechnicalOnTheirSide),
        (
            OutcomeInput { assurance: Assurance::Inconclusive, ..met() },
            OutcomeRow::AssuranceInconclusive,
        ),
        (OutcomeInput { assurance: Assurance::Notes, ..met() }, OutcomeRow::Verified),
    ];
    let rows: Vec<OutcomeRow> = examples.iter().map(|e| e.1).collect();
    assert_eq!(rows, OutcomeRow::ALL);
    for (input, row) in examples {
        assert_eq!(decide_outcome(&input).row, row);
    }
}

#[test]
fn every_fault_but_the_employees_and_technical_ones_is_void() {
    for cause in FaultCause::ALL {
        let fault = fault(*cause);
        let outcome = decide_outcome(&not_met(&fault)).outcome;
        let expected = match cause {
            FaultCause::CameTooLate | FaultCause::NobodyCame => Outcome::Missed,
            cause if cause.is_person_side_technical() => Outcome::Inconclusive,
            _ => Outcome::Void,
        };
        assert_eq!(outcome, expected, "{cause}");
    }
}

#[test]
fn the_grade_is_kept_for_a_verified_session_only() {
    let seen = OutcomeInput { presence: Some(Presence::LivePersonSeen), ..met() };
    assert_eq!(decide_outcome(&seen).grade, Some(Presence::LivePersonSeen));
    let unsure = OutcomeInput { assurance: Assurance::Review, ..seen };
    assert_eq!(decide_outcome(&unsure).grade, None);
}

#[test]
fn cases_open_on_the_five_causes_and_on_nothing_else() {
    let nobody = fault(FaultCause::NobodyCame);
    let case = |input: OutcomeInput| decide_outcome(&input).opens_case;
    assert_eq!(case(not_met(&nobody)), Some(CaseCause::Missed));
    assert_eq!(case(OutcomeInput { said_no: true, ..not_met(&nobody) }), Some(CaseCause::Refused));
    assert_eq!(
        case(OutcomeInput { assurance: Assurance::Review, ..met() }),
        Some(CaseCause::NeedsReview)
    );
    assert_eq!(
        case(OutcomeInput { assurance: Assurance::Escalate, ..met() }),
        Some(CaseCause::Escalated)
    );
    let poor = OutcomeInput { assurance: Assurance::Inconclusive, ..met() };
    assert_eq!(case(OutcomeInput { inconclusive_running: 1, ..poor.clone() }), None);
    assert_eq!(
        case(OutcomeInput { inconclusive_running: 2, ..poor }),
        Some(CaseCause::InconclusiveRepeated)
    );
    assert_eq!(case(met()), None);
}

#[test]
fn one_recheck_and_then_another_way() {
    let nobody = fault(FaultCause::NobodyCame);
    let next = |input: OutcomeInput| decide_outcome(&input).next;
    assert_eq!(next(not_met(&nobody)), NextAct::Recheck);
    assert_eq!(
        next(OutcomeInput { kind: CheckInKind::Recheck, ..not_met(&nobody) }),
        NextAct::Alternative
    );
    assert_eq!(next(OutcomeInput { misses_before: 1, ..not_met(&nobody) }), NextAct::Alternative);
    let poor = OutcomeInput { assurance: Assurance::Inconclusive, ..met() };
    assert_eq!(next(poor.clone()), NextAct::Recheck);
    assert_eq!(next(OutcomeInput { inconclusive_running: 2, ..poor }), NextAct::Alternative);
}

#[test]
fn a_recheck_that_we_failed_to_hold_is_still_owed_but_not_for_ever() {
    let room = fault(FaultCause::RoomDown);
    let recheck = |attempt| OutcomeInput { kind: CheckInKind::Recheck, attempt, ..not_met(&room) };
    assert_eq!(decide_outcome(&recheck(1)).next, NextAct::Recheck);
    assert_eq!(decide_outcome(&recheck(3)).next, NextAct::Alternative);
    assert_eq!(decide_outcome(&not_met(&room)).next, NextAct::None);
}
