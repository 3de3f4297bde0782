//! Stories and the law of promise P6 for `fault`.

use super::*;
use crate::judging::attendance::Stay;
use proptest::prelude::*;

const START: UtcMillis = UtcMillis(1_800_000_000_000);

fn clocks() -> Clocks {
    Clocks {
        announce: START.plus_minutes(-20),
        start: START,
        window_minutes: 10,
        grace_minutes: 5,
        session_minutes: 5,
    }
}

fn nobody_came() -> AttendanceFold {
    AttendanceFold {
        arrival: Arrival::None,
        arrived_at: None,
        employee: vec![],
        verifier: vec![Stay { from: START, until: START.plus_minutes(15) }],
        verifier_at: Some(START),
        together_ms: 0,
        met: false,
    }
}

fn came_and_waited() -> AttendanceFold {
    AttendanceFold { arrival: Arrival::InTime, arrived_at: Some(START), ..nobody_came() }
}

fn all_well() -> FaultEvidence {
    let probe = |target| Probe { target, at: START.plus_minutes(3), ok: true };
    let accepted = |channel| Delivery {
        channel,
        accepted_at: Some(START.plus_minutes(-20).plus_ms(900)),
        bounced: false,
    };
    FaultEvidence {
        probes: ProbeTarget::ALL.iter().copied().map(probe).collect(),
        channels: vec![Channel::Mail, Channel::Calendar],
        deliveries: vec![accepted(Channel::Mail), accepted(Channel::Calendar)],
        acceptance_allowance_seconds: 60,
        ..FaultEvidence::default()
    }
}

fn cause_of(evidence: &FaultEvidence, attendance: &AttendanceFold) -> FaultCause {
    decide_fault(evidence, attendance, &clocks(), 0).cause
}

#[test]
fn nobody_came_and_all_was_well_is_the_only_way_to_a_miss_of_the_employee() {
    let decision = decide_fault(&all_well(), &nobody_came(), &clocks(), 0);
    assert_eq!((decision.fault, decision.cause), (Fault::Employee, FaultCause::NobodyCame));
}

#[test]
fn a_room_that_was_down_is_the_providers_fault() {
    let mut evidence = all_well();
    evidence.probes.push(Probe { target: ProbeTarget::Room, at: START.plus_minutes(9), ok: false });
    assert_eq!(cause_of(&evidence, &nobody_came()), FaultCause::RoomDown);
}

#[test]
fn an_outage_that_touches_the_window_counts_and_one_that_ended_before_does_not() {
    let mut evidence = all_well();
    let announce = clocks().announce;
    evidence.outages.push(Outage {
        target: ProbeTarget::Service,
        from: announce.plus_minutes(-60),
        until: Some(announce.plus_ms(-1)),
    });
    assert_eq!(cause_of(&evidence, &nobody_came()), FaultCause::NobodyCame);
    evidence.outages[0].until = None;
    assert_eq!(cause_of(&evidence, &nobody_came()), FaultCause::ServiceDown);
}

#[test]
fn without_a_probe_of_those_minutes_we_do_not_claim_to_have_been_up() {
    let mut evidence = all_well();
    evidence.probes.retain(|p| p.target != ProbeTarget::Room);
    assert_eq!(cause_of(&evidence, &nobody_came()), FaultCause::NotProbed);
}

#[test]
fn one_channel_of_two_is_not_enough() {
    let mut evidence = all_well();
    evidence.deliveries.pop();
    assert_eq!(cause_of(&evidence, &nobody_came()), FaultCause::NotAccepted);
}

#[test]
fn an_announcement_accepted_late_is_our_fault() {
    let mut evidence = all_well();
    evidence.deliveries[1].accepted_at = Some(START.plus_minutes(-18));
    assert_eq!(cause_of(&evidence, &nobody_came()), FaultCause::AcceptedTooLate);
}

#[test]
fn the_first_bounce_voids_and_the_second_is_technical_on_the_persons_side() {
    let mut evidence = all_well();
    evidence.deliveries[0].bounced = true;
    assert_eq!(cause_of(&evidence, &nobody_came()), FaultCause::Bounced);
    let again = decide_fault(&evidence, &nobody_came(), &clocks(), 1).cause;
    assert_eq!(again, FaultCause::BouncesRepeatedly);
    assert!(again.is_person_side_technical());
}

#[test]
fn a_receipt_proves_an_attempt_and_not_a_fault_of_ours() {
    let mut evidence = all_well();
    evidence.attempts.push(AttemptReceipt {
        at: START,
        step: PageStep::CameraAndSound,
        error: Some("provider_down".into()),
    });
    let cause = cause_of(&evidence, &nobody_came());
    assert_eq!(cause, FaultCause::AttemptFailed);
    assert!(cause.is_person_side_technical());
}

#[test]
fn opening_the_page_an_hour_later_is_no_attempt() {
    let mut evidence = all_well();
    evidence.attempts.push(AttemptReceipt {
        at: START.plus_minutes(60),
        step: PageStep::Waiting,
        error: None,
    });
    assert_eq!(cause_of(&evidence, &nobody_came()), FaultCause::NobodyCame);
}

#[test]
fn an_absent_verifier_is_never_the_employees_fault() {
    let alone = |attendance: AttendanceFold| AttendanceFold {
        verifier: vec![],
        verifier_at: None,
        ..attendance
    };
    assert_eq!(cause_of(&all_well(), &alone(came_and_waited())), FaultCause::VerifierAbsent);
    assert_eq!(cause_of(&all_well(), &alone(nobody_came())), FaultCause::VerifierAbsent);
}

#[test]
fn who_waited_out_the_window_for_a_late_verifier_is_free() {
    let late =
        AttendanceFold { verifier_at: Some(clocks().window_end().plus_ms(1)), ..came_and_waited() };
    assert_eq!(cause_of(&all_well(), &late), FaultCause::VerifierAbsent);
    assert_eq!(cause_of(&all_well(), &came_and_waited()), FaultCause::ConnectionFailed);
}

fn any_evidence() -> impl Strategy<Value = FaultEvidence> {
    let probe = (0..4_usize, -1_500_i64..1_200, any::<bool>()).prop_map(|(t, s, ok)| Probe {
        target: ProbeTarget::ALL[t],
        at: START.plus_ms(s * 1_000),
        ok: ok || s % 3 != 0,
    });
    let outage = (0..4_usize, -4_000_i64..2_000, proptest::option::of(0_i64..3_000)).prop_map(
        |(t, s, length)| Outage {
            target: ProbeTarget::ALL[t],
            from: START.plus_ms(s * 1_000),
            until: length.map(|l| START.plus_ms((s + l) * 1_000)),
        },
    );
    let delivery = (0..2_usize, proptest::option::weighted(0.9, -1_300_i64..-1_100), 0..10_u8)
        .prop_map(|(c, accepted, bounced)| Delivery {
            channel: Channel::ALL[c],
            accepted_at: accepted.map(|s| START.plus_ms(s * 1_000)),
            bounced: bounced == 0,
        });
    (
        proptest::collection::vec(probe, 0..3),
        proptest::collection::vec(outage, 0..2),
        proptest::collection::vec((0..2_usize).prop_map(|c| Channel::ALL[c]), 0..3),
        proptest::collection::vec(delivery, 0..5),
        proptest::bool::weighted(0.1),
        // Most of the time all is well to begin with, so that both sides of the law come up.
        proptest::bool::weighted(0.8),
    )
        .prop_map(
            |(mut probes, outages, channels, mut deliveries, shared_disruption, well)| {
                if well {
                    probes.extend(all_well().probes);
                    deliveries.extend(all_well().deliveries);
                }
                FaultEvidence {
                    probes,
                    outages,
                    channels,
                    deliveries,
                    shared_disruption,
                    ..FaultEvidence::default()
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn p6_nobody_is_blamed_unless_the_announcement_arrived_in_time_and_everything_was_up(
        evidence in any_evidence(), before in 0..3_usize,
    ) {
        let decision = decide_fault(&evidence, &nobody_came(), &clocks(), before);
        let (announce, end) = (clocks().announce, clocks().grace_end());
        let notice_kept = |channel: &Channel| evidence.deliveries.iter().any(|d| {
            d.channel == *channel && d.accepted_at.is_some_and(|at| at <= announce.plus_minutes(1))
        });
        let up = |target: ProbeTarget| {
            let of_then = |at: UtcMillis| announce <= at && at <= end;
            !evidence.probes.iter().any(|p| p.target == target && of_then(p.at) && !p.ok)
                && !evidence.outages.iter().any(|o| {
                    o.target == target && o.from <= end && o.until.unwrap_or(end) >= announce
                })
        };
        let shown_up = |target: ProbeTarget| evidence
            .probes
            .iter()
            .any(|p| p.target == target && p.ok && START <= p.at && p.at <= end);
        let fair = !evidence.channels.is_empty()
            && evidence.channels.iter().all(notice_kept)
            && evidence.deliveries.iter().all(|d| !d.bounced)
            && ProbeTarget::ALL.iter().copied().all(up)
            && shown_up(ProbeTarget::Service)
            && shown_up(ProbeTarget::Room)
            && !evidence.shared_disruption;
        prop_assert_eq!(decision.fault == Fault::Employee, fair, "{:?}", decision.cause);
    }
}

fn handed_over() -> FaultEvidence {
    FaultEvidence { handed_over: true, ..all_well() }
}

fn stays(spans: &[(i64, i64)]) -> Vec<Stay> {
    let at = |seconds: i64| START.plus_ms(seconds * 1_000);
    spans.iter().map(|&(from, until)| Stay { from: at(from), until: at(until) }).collect()
}

#[test]
fn a_verifier_who_only_opened_the_door_and_fell_out_has_not_come() {
    let door = AttendanceFold { verifier: vec![], ..nobody_came() };
    assert_eq!(cause_of(&all_well(), &door), FaultCause::NobodyCame);
    assert_eq!(cause_of(&handed_over(), &door), FaultCause::VerifierAbsent);
    // Nor one who was there before the start and went.
    let went = AttendanceFold { verifier: stays(&[(-240, -60)]), ..nobody_came() };
    assert_eq!(cause_of(&handed_over(), &went), FaultCause::VerifierAbsent);
    assert_eq!(cause_of(&handed_over(), &nobody_came()), FaultCause::NobodyCame);
}

#[test]
fn whoever_waited_for_a_stand_in_loses_nothing() {
    for (verifier, cause) in [
        (stays(&[]), FaultCause::VerifierAbsent),
        (stays(&[(-240, -60)]), FaultCause::VerifierAbsent),
        (stays(&[(0, 40)]), FaultCause::VerifierAbsent),
        // The stand-in came late and waited too short for anybody to lie at the person's end.
        (stays(&[(0, 40), (400, 500)]), FaultCause::VerifierAbsent),
        (stays(&[(400, 600)]), FaultCause::ConnectionFailed),
    ] {
        let waited = AttendanceFold { verifier, ..came_and_waited() };
        assert_eq!(cause_of(&handed_over(), &waited), cause, "{:?}", waited.verifier);
    }
}
