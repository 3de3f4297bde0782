//! Whole judgements: the stories of a check-in, the promise of fairness, and replay.

use super::*;
use crate::case::CaseCause;
use crate::challenge::{ChallengeAnswer, ChallengeClass};
use crate::check_in::{Assurance, Channel, Fault, Presence};
use crate::judging::attendance::{AttendanceKind, AttendanceSource, Party};
use crate::judging::evidence::{ChallengeReport, ClaimStatus, Point};
use crate::judging::exception::{Covered, Only};
use crate::judging::fault::{Delivery, Probe, ProbeTarget};
use crate::judging::finding::Severity;
use crate::judging::outcome::NextAct;
use crate::judging::region::Region;
use crate::judging::replay::changes;

const START: UtcMillis = UtcMillis(1_800_000_000_000);

fn sighting(who: Party, kind: AttendanceKind, minute: i64) -> AttendanceEvent {
    AttendanceEvent {
        source: AttendanceSource::RoomPresence,
        kind,
        who,
        at: START.plus_minutes(minute),
        external_id: format!("{who}-{kind}-{minute}"),
    }
}

fn verified_session() -> JudgingInput {
    let announce = START.plus_minutes(-20);
    let challenge = |template: &str, class| ChallengeReport {
        template: template.into(),
        class,
        answer: ChallengeAnswer::Done,
        artefacts: vec![],
        revealed_at: START.plus_minutes(2),
    };
    let home = Point { latitude_e6: 52_000_000, longitude_e6: 4_000_000 };
    JudgingInput {
        judged_at: START.plus_minutes(16),
        kind: CheckInKind::Drawn,
        attempt: 1,
        clocks: Clocks {
            announce,
            start: START,
            window_minutes: 10,
            grace_minutes: 5,
            session_minutes: 5,
        },
        sightings: vec![
            sighting(Party::Verifier, AttendanceKind::Joined, 0),
            sighting(Party::Employee, AttendanceKind::Joined, 1),
            sighting(Party::Employee, AttendanceKind::Left, 6),
            sighting(Party::Verifier, AttendanceKind::Left, 6),
        ],
        attendance_settings: AttendanceSettings::default(),
        circumstances: Circumstances::default(),
        fault_evidence: FaultEvidence {
            probes: ProbeTarget::ALL
                .iter()
                .map(|target| Probe { target: *target, at: START.plus_minutes(5), ok: true })
                .collect(),
            channels: vec![Channel::Mail],
            deliveries: vec![Delivery {
                channel: Channel::Mail,
                accepted_at: Some(announce.plus_ms(500)),
                bounced: false,
            }],
            acceptance_allowance_seconds: 60,
            ..FaultEvidence::default()
        },
        claim: Some(Claim {
            status: ClaimStatus::Ok,
            point: Some(home),
            accuracy_metres: Some(40),
            country: None,
            region: Region::default(),
            browser_time_zone: None,
            network: None,
            gathered: Default::default(),
            signature_good: true,
            observed_at: START,
        }),
        declared: vec![DeclaredPlace {
            point: Some(home),
            radius_metres: 50_000,
            country: None,
            region: Region::default(),
            valid_from: None,
            valid_until: None,
        }],
        surroundings: Surroundings::default(),
        form: Some(VerifierForm {
            presence: Some(Presence::Confirmed),
            challenges: vec![
                challenge("hand-across-face", ChallengeClass::Face),
                challenge("window-view", ChallengeClass::Scene),
                challenge("code-on-paper", ChallengeClass::Binding),
            ],
            observations: vec![],
            assistance_agreed: false,
            given_at: START.plus_minutes(7),
            first_opinion: None,
        }),
        required: vec![RequiredEvidence::Location, RequiredEvidence::Challenges],
        history: vec![],
        exceptions: vec![],
        joined_at: None,
        settings: RuleSettings::default(),
    }
}

#[test]
fn what_was_kept_before_surroundings_were_gathered_still_reads_and_judges_the_same() {
    let input = verified_session();
    let mut kept = serde_json::to_value(&input).unwrap();
    kept.as_object_mut().unwrap().remove("surroundings").unwrap();
    for field in ["region", "browser_time_zone"] {
        kept["claim"].as_object_mut().unwrap().remove(field).unwrap();
    }
    kept["declared"][0].as_object_mut().unwrap().remove("region").unwrap();
    let thresholds = kept["settings"].as_object_mut().unwrap();
    thresholds.retain(|name, _| !name.starts_with("travel_") && !name.starts_with("split_"));
    let read: JudgingInput = serde_json::from_value(kept).unwrap();
    assert_eq!(read, input);
    assert_eq!(judge(&read), judge(&input));
}

#[test]
fn an_exception_does_not_make_a_rule_that_could_not_look_count_as_granted() {
    let mut input = verified_session();
    let unknown = crate::judging::NetworkFacts::missing(crate::judging::NoFact::NoPack);
    input.surroundings.network = Some(unknown);
    input.exceptions = vec![ExceptionGrant {
        covers: Covered::Rule("ip-hosting".into()),
        only: Only::default(),
        reason: "cloud desktop".into(),
        expires_at: START.plus_minutes(600),
    }];
    let judgement = judge(&input);
    let hosting = judgement.findings.iter().find(|f| f.rule_id == "ip-hosting").unwrap();
    assert!(matches!(hosting.status, FindingStatus::NotMeasurable { .. }));
    assert_eq!(judgement.outcome.outcome, Outcome::Verified, "not measurable is no finding");
    input.surroundings.network.as_mut().unwrap().class =
        crate::judging::Fact::given(crate::judging::AccessClass::Hosting);
    let hosting = judge(&input).findings.remove(0);
    assert!(matches!(hosting.status, FindingStatus::Suppressed { .. }), "{hosting:?}");
}

fn nobody_came() -> JudgingInput {
    let mut input = verified_session();
    input.sightings.retain(|s| s.who == Party::Verifier);
    input.form = None;
    input.claim = None;
    input
}

#[test]
fn a_plain_good_session_is_verified_with_its_grade() {
    let judgement = judge(&verified_session());
    assert_eq!(judgement.findings, vec![]);
    assert_eq!(judgement.attendance, Attendance::Attended);
    assert_eq!(judgement.outcome.outcome, Outcome::Verified);
    assert_eq!(judgement.outcome.grade, Some(Presence::Confirmed));
    assert_eq!(judgement.fault, None);
}

#[test]
fn nobody_came_opens_a_case_and_arranges_a_recheck() {
    let judgement = judge(&nobody_came());
    assert_eq!(judgement.attendance, Attendance::Missed);
    assert_eq!(judgement.fault.as_ref().unwrap().fault, Fault::Employee);
    assert_eq!(judgement.outcome.outcome, Outcome::Missed);
    assert_eq!(judgement.outcome.opens_case, Some(CaseCause::Missed));
    assert_eq!(judgement.outcome.next, NextAct::Recheck);
    assert_eq!(judgement.findings[0].rule_id, "missed-without-notice");
    assert!(judgement.as_past(START).missed_without_notice);
}

#[test]
fn the_same_with_the_room_down_is_void_and_nobody_hears_of_it() {
    let mut input = nobody_came();
    input.fault_evidence.probes.push(Probe {
        target: ProbeTarget::Room,
        at: START.plus_minutes(8),
        ok: false,
    });
    let judgement = judge(&input);
    assert_eq!(judgement.outcome.outcome, Outcome::Void);
    assert_eq!(judgement.outcome.opens_case, None);
    assert_eq!(judgement.findings, vec![]);
}

#[test]
fn a_declined_place_is_inconclusive_where_the_policy_asks_for_it_and_fine_with_an_exception() {
    let mut input = verified_session();
    input.claim.as_mut().unwrap().status = ClaimStatus::Declined;
    let judgement = judge(&input);
    assert_eq!(judgement.outcome.outcome, Outcome::Inconclusive);
    assert_eq!(judgement.outcome.next, NextAct::Recheck);
    assert_eq!(judgement.assurance.evidence_missing, [RequiredEvidence::Location]);
    input.exceptions.push(ExceptionGrant {
        covers: Covered::Rule("claim-missing".into()),
        only: Only::default(),
        reason: "Agreed with HR.".into(),
        expires_at: START.plus_ms(DAY_MS),
    });
    let judgement = judge(&input);
    assert_eq!(judgement.outcome.outcome, Outcome::Verified);
    assert!(!judgement.findings[0].is_active(), "kept and shown");
    input.exceptions[0].expires_at = START;
    assert_eq!(judge(&input).outcome.outcome, Outcome::Inconclusive, "an exception ends");
}

#[test]
fn a_place_elsewhere_is_reviewed_by_a_human_and_two_families_escalate() {
    let mut input = verified_session();
    input.claim.as_mut().unwrap().point =
        Some(Point { latitude_e6: 41_000_000, longitude_e6: -8_000_000 });
    let judgement = judge(&input);
    assert_eq!(judgement.outcome.outcome, Outcome::NeedsReview);
    assert_eq!(judgement.assurance.because, ["loc-outside-declared"]);
    input.form.as_mut().unwrap().presence = Some(Presence::NotConfirmed);
    assert_eq!(judge(&input).outcome.outcome, Outcome::Escalated);
}

#[test]
fn a_different_person_escalates_alone() {
    let mut input = verified_session();
    input.form.as_mut().unwrap().presence = Some(Presence::DifferentPerson);
    assert_eq!(judge(&input).outcome.opens_case, Some(CaseCause::Escalated));
}

#[test]
fn two_bounces_in_five_sessions_open_a_review() {
    let mut input = nobody_came();
    input.fault_evidence.deliveries[0].bounced = true;
    let first = judge(&input);
    assert_eq!(first.outcome.outcome, Outcome::Void);
    assert!(first.as_past(START).person_side_technical);
    input.history = vec![first.as_past(START.plus_ms(-30 * DAY_MS))];
    let second = judge(&input);
    assert_eq!(second.outcome.outcome, Outcome::NeedsReview);
    assert_eq!(second.assurance.because, ["technical-repeated"]);
    assert_eq!(second.attendance, Attendance::Technical);
}

#[test]
fn the_third_inconclusive_running_opens_a_case() {
    let mut input = verified_session();
    input.form.as_mut().unwrap().presence = Some(Presence::CouldNotTell);
    let mut last = judge(&input);
    assert_eq!(last.outcome.opens_case, None);
    for expected in [None, Some(CaseCause::InconclusiveRepeated)] {
        input.history.insert(0, last.as_past(START));
        last = judge(&input);
        assert_eq!(last.outcome.opens_case, expected);
    }
    assert_eq!(last.outcome.next, NextAct::Alternative);
}

#[test]
fn what_is_settled_before_the_start_blames_no_absent_verifier() {
    let mut input =
        JudgingInput { judged_at: START.plus_minutes(-10), sightings: vec![], ..nobody_came() };
    input.circumstances.said_no = true;
    let refused = judge(&input);
    assert_eq!((refused.outcome.outcome, refused.fault), (Outcome::Refused, None));
    assert_eq!(refused.attendance, Attendance::MissedWithNotice);
    input.circumstances =
        Circumstances { known_reason: true, notice_given: true, ..Circumstances::default() };
    assert_eq!(judge(&input).outcome.outcome, Outcome::Excused);
    input.circumstances = Circumstances { cancelled_by_us: true, ..Circumstances::default() };
    assert_eq!(judge(&input).outcome.outcome, Outcome::Void);
}

#[test]
fn leave_known_before_judging_excuses_and_a_meeting_without_a_form_is_void() {
    let mut away = nobody_came();
    away.circumstances.known_reason = true;
    let judgement = judge(&away);
    assert_eq!(judgement.outcome.outcome, Outcome::Excused);
    assert_eq!(judgement.attendance, Attendance::MissedWithNotice);
    assert_eq!(judgement.assurance.assurance, Assurance::Clear);
    let mut formless = verified_session();
    formless.form = None;
    assert_eq!(judge(&formless).outcome.outcome, Outcome::Void);
}

#[test]
fn the_form_is_waited_for_a_day_and_a_miss_is_judged_at_the_end_of_the_grace() {
    let clocks = verified_session().clocks;
    let grace_end = clocks.grace_end();
    assert_eq!(earliest_judging(&clocks, false, None, None), grace_end);
    assert_eq!(earliest_judging(&clocks, true, Some(START), None), START);
    assert_eq!(
        earliest_judging(&clocks, true, None, None),
        grace_end.plus_minutes(5).plus_ms(DAY_MS)
    );
    assert_eq!(earliest_judging(&clocks, false, None, Some(START)), START);
}

#[test]
fn a_replay_from_stored_input_gives_the_same_bytes_whatever_the_order_of_sightings() {
    let mut escalated = verified_session();
    escalated.form.as_mut().unwrap().presence = Some(Presence::DifferentPerson);
    for input in [verified_session(), nobody_came(), escalated] {
        let bytes = serde_json::to_vec(&judge(&input)).unwrap();
        let stored = serde_json::to_string(&input).unwrap();
        let mut read: JudgingInput = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, input);
        assert_eq!(serde_json::to_vec(&judge(&read)).unwrap(), bytes);
        read.sightings.reverse();
        assert_eq!(serde_json::to_vec(&judge(&read)).unwrap(), bytes);
        let judgement: Judgement = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(serde_json::to_vec(&judgement).unwrap(), bytes);
    }
}

#[test]
fn a_replay_by_the_same_rules_differs_in_nothing_and_another_rule_is_named_with_what_follows() {
    let mut input = verified_session();
    let was = judge(&input);
    assert_eq!(changes(&was, &judge(&input)), None);

    // The place was judged without its polygons and is now judged with them.
    let claim = input.claim.as_mut().unwrap();
    claim.region = Region { time_zone: Some("Asia/Tokyo".into()), ..Region::default() };
    claim.browser_time_zone = Some("Europe/Amsterdam".into());
    let found = changes(&was, &judge(&input)).expect("a clock that does not fit");
    let [rule] = &found.rules[..] else { panic!("{found:?}") };
    assert_eq!((rule.rule_id.as_str(), rule.was.len()), ("tz-mismatch", 0));
    assert_eq!((rule.would_be[0].severity, rule.would_be[0].status), (Severity::High, "active"));
    let assurance = found.assurance.expect("one high finding");
    assert_eq!((assurance.was, assurance.would_be), (Assurance::Clear, Assurance::Review));
    let outcome = found.outcome.expect("what follows from it");
    assert_eq!((outcome.was, outcome.would_be), (Outcome::Verified, Outcome::NeedsReview));
}

#[test]
fn a_rule_that_people_gave_a_lower_level_speaks_one_level_lower_and_says_so() {
    let mut input = nobody_came();
    let before = judge(&input).findings.remove(0);
    input.settings.demoted = vec![before.rule_id.clone()];
    let after = judge(&input).findings.remove(0);
    assert_eq!(after.severity, before.severity.lowered());
    assert!(after.thresholds.iter().any(|t| t.name == "levels_lowered"));
    assert!(!before.thresholds.iter().any(|t| t.name == "levels_lowered"));
}

#[test]
fn an_exception_for_a_family_silences_and_shows_and_taking_it_away_restores_the_outcome() {
    let mut input = verified_session();
    input.claim.as_mut().unwrap().point =
        Some(Point { latitude_e6: 41_000_000, longitude_e6: -8_000_000 });
    let before = judge(&input);
    input.exceptions.push(ExceptionGrant {
        covers: Covered::Family(before.findings[0].family),
        only: Only::default(),
        reason: "Works at a client's until May.".into(),
        expires_at: START.plus_ms(DAY_MS),
    });
    let excepted = judge(&input);
    assert_eq!(excepted.findings.len(), before.findings.len(), "nothing vanishes");
    assert!(excepted.assurance.assurance < before.assurance.assurance);
    assert_eq!(excepted.findings[0].status.code(), "suppressed");
    input.exceptions.clear();
    assert_eq!(judge(&input), before);
}

#[test]
fn what_compares_with_the_own_past_only_learns_while_somebody_is_new() {
    use crate::judging::gathered::KeyStanding;
    let mut input = verified_session();
    let standing = KeyStanding { is_new: true, earlier_keys: 1, other_people: 0 };
    input.surroundings.device.standing = Some(standing);
    let status = |input: &JudgingInput| {
        let judgement = judge(input);
        let found = judgement.findings.iter().find(|f| f.rule_id == "device-key-new");
        found.expect("it always speaks").status.code()
    };
    assert_eq!(status(&input), "active", "unknown is not new");
    input.joined_at = Some(START.plus_ms(-10 * DAY_MS));
    assert_eq!(status(&input), "learning");
    input.joined_at = Some(START.plus_ms(-15 * DAY_MS));
    assert_eq!(status(&input), "active");
    input.joined_at = Some(START.plus_ms(-10 * DAY_MS));
    input.history = (1..=10).map(crate::judging::rules::fixtures::past).collect();
    assert_eq!(status(&input), "active", "ten check-ins are enough");
}
