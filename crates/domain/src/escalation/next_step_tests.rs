//! Stories of the ladder, and the law of promise P3 over random histories.

use super::super::default_escalation_policy;
use super::*;
use proptest::prelude::*;

const OPENED: UtcMillis = UtcMillis(1_800_000_000_000);

fn always(_: RecipientKind, from: UtcMillis, minutes: u32) -> UtcMillis {
    from.plus_minutes(i64::from(minutes))
}

fn missed() -> CaseFacts {
    CaseFacts {
        cause: CaseCause::Missed,
        state: CaseState::Open,
        opened_at: OPENED,
        recheck: Recheck::NotDue,
        awaits_second_look: false,
    }
}

fn done(no: u32, recipient: RecipientKind, minute: i64) -> StepDone {
    StepDone { no, recipient, at: OPENED.plus_minutes(minute), recipients: 1 }
}

fn ack(step_no: u32, by: u32, minute: i64) -> Acknowledgement {
    Acknowledgement { step_no, by, at: OPENED.plus_minutes(minute) }
}

fn next(facts: &CaseFacts, sent: &[StepDone], acks: &[Acknowledgement], minute: i64) -> NextStep {
    let now = OPENED.plus_minutes(minute);
    next_step(&default_escalation_policy(), facts, sent, acks, now, &always)
}

fn sends(step: &NextStep) -> (u32, RecipientKind, i64) {
    let (NextStep::Send { no, step, due, .. } | NextStep::Exhausted { no, step, due }) = step
    else {
        panic!("{step:?} sends nothing");
    };
    (*no, step.recipient, due.since(OPENED) / 60_000)
}

#[test]
fn the_ladder_waits_for_the_recheck_and_then_tells_the_manager() {
    let pending = Recheck::Pending { ends_at: OPENED.plus_minutes(45) };
    let facts = CaseFacts { recheck: pending, ..missed() };
    assert_eq!(next(&facts, &[], &[], 5), NextStep::Recheck { due: OPENED.plus_minutes(45) });
    let facts = CaseFacts { recheck: Recheck::Failed { at: OPENED.plus_minutes(50) }, ..missed() };
    assert_eq!(sends(&next(&facts, &[], &[], 50)), (1, RecipientKind::Manager, 50));
    let lost = CaseFacts { recheck: pending, ..missed() };
    assert_eq!(sends(&next(&lost, &[], &[], 60)), (1, RecipientKind::Manager, 60));
}

#[test]
fn if_nobody_acts_hr_hears_after_four_hours() {
    let sent = [done(1, RecipientKind::Manager, 0)];
    assert_eq!(sends(&next(&missed(), &sent, &[], 1)), (2, RecipientKind::Hr, 240));
}

#[test]
fn an_acknowledgement_holds_the_ladder_until_it_lapses_and_then_it_goes_on() {
    let sent = [done(1, RecipientKind::Manager, 0)];
    let facts = CaseFacts { state: CaseState::Acknowledged, ..missed() };
    let held = next(&facts, &sent, &[ack(1, 7, 10)], 20);
    assert_eq!(held, NextStep::AcknowledgementLapses { step_no: 1, due: OPENED.plus_minutes(490) });
    let lapsed = next(&facts, &sent, &[ack(1, 7, 10)], 490);
    assert_eq!(sends(&lapsed), (2, RecipientKind::Hr, 490 + 240));
}

#[test]
fn pressing_the_button_again_buys_no_time() {
    let sent = [done(1, RecipientKind::Manager, 0)];
    let facts = CaseFacts { state: CaseState::Acknowledged, ..missed() };
    let again = next(&facts, &sent, &[ack(1, 7, 10), ack(1, 7, 480), ack(1, 8, 481)], 490);
    assert_eq!(sends(&again).0, 2);
}

#[test]
fn where_all_must_acknowledge_one_of_two_does_not_hold_the_ladder() {
    let mut policy = default_escalation_policy();
    policy.steps[0].all_must_acknowledge = true;
    let sent = [StepDone { recipients: 2, ..done(1, RecipientKind::Manager, 0) }];
    let facts = CaseFacts { state: CaseState::Acknowledged, ..missed() };
    let at = |acks: &[Acknowledgement]| {
        next_step(&policy, &facts, &sent, acks, OPENED.plus_minutes(30), &always)
    };
    assert!(matches!(at(&[ack(1, 7, 10)]), NextStep::Send { no: 2, .. }));
    assert!(matches!(at(&[ack(1, 7, 10), ack(1, 7, 11)]), NextStep::Send { no: 2, .. }));
    let both = at(&[ack(1, 7, 10), ack(1, 8, 20)]);
    assert_eq!(both, NextStep::AcknowledgementLapses { step_no: 1, due: OPENED.plus_minutes(500) });
}

#[test]
fn an_escalated_case_reaches_security_at_once_even_while_a_recheck_is_pending() {
    let facts = CaseFacts {
        cause: CaseCause::Escalated,
        recheck: Recheck::Pending { ends_at: OPENED.plus_minutes(90) },
        ..missed()
    };
    assert_eq!(sends(&next(&facts, &[], &[], 0)), (1, RecipientKind::Security, 0));
    let sent = [done(1, RecipientKind::Security, 0)];
    assert_eq!(sends(&next(&facts, &sent, &[], 0)), (2, RecipientKind::Hr, 0));
}

#[test]
fn after_the_second_look_hr_is_not_forgotten() {
    let facts = CaseFacts { cause: CaseCause::Escalated, awaits_second_look: true, ..missed() };
    let sent = [done(1, RecipientKind::Security, 0), done(2, RecipientKind::Security, 0)];
    assert_eq!(sends(&next(&facts, &sent[..1], &[], 1)).1, RecipientKind::Security);
    let known = CaseFacts { awaits_second_look: false, ..facts };
    assert_eq!(sends(&next(&known, &sent, &[], 500)).1, RecipientKind::Hr);
}

#[test]
fn a_used_up_ladder_repeats_its_last_step_outside_the_line() {
    use RecipientKind::*;
    let sent = [
        done(1, Manager, 0),
        done(2, Hr, 240),
        done(3, ManagersManager, 720),
        done(4, Security, 1_200),
        done(5, Security, 1_680),
    ];
    let over = next(&missed(), &sent, &[], 1_681);
    assert!(matches!(over, NextStep::Exhausted { .. }));
    assert_eq!(sends(&over), (6, Security, 2_160));
}

#[test]
fn a_step_that_falls_into_the_night_waits_for_the_recipients_morning() {
    let morning = OPENED.plus_minutes(900);
    let closed_until_morning = |_: RecipientKind, from: UtcMillis, minutes: u32| {
        from.max(morning).plus_minutes(minutes.into())
    };
    let step =
        next_step(&default_escalation_policy(), &missed(), &[], &[], OPENED, &closed_until_morning);
    assert_eq!(sends(&step), (1, RecipientKind::Manager, 900));
}

#[test]
fn a_broken_calendar_cannot_put_a_step_off_for_ever() {
    let never = |_: RecipientKind, _: UtcMillis, _: u32| UtcMillis(i64::MAX);
    let step = next_step(&default_escalation_policy(), &missed(), &[], &[], OPENED, &never);
    assert_eq!(step.due(), Some(OPENED.plus_ms(LONGEST_WAIT_MS)));
}

#[test]
fn a_resolved_case_has_no_timer() {
    let facts = CaseFacts { state: CaseState::Resolved, ..missed() };
    assert_eq!(next(&facts, &[], &[], 0), NextStep::Closed);
}

fn any_policy() -> impl Strategy<Value = EscalationPolicy> {
    let step = (0..RecipientKind::ALL.len(), 0_u32..600, 0_u8..3, any::<bool>(), any::<bool>())
        .prop_map(|(kind, delay_minutes, repeat, business_hours, all)| Step {
            delay_minutes,
            recipient: RecipientKind::ALL[kind],
            named: vec![],
            business_hours,
            repeat,
            acknowledge_timeout_minutes: delay_minutes + 1,
            all_must_acknowledge: all,
        });
    proptest::collection::vec(step, 0..5).prop_map(|steps| EscalationPolicy { steps })
}

/// One thing that may happen while a case lives.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Wait until the timer fires, and so many minutes more (an outage).
    Fire(i64),
    Acknowledge(u32),
    Reopen,
    SecondLook,
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0_i64..2).prop_map(|late| Act::Fire(late * 700)),
        2 => (0_u32..3).prop_map(Act::Acknowledge),
        1 => Just(Act::Reopen),
        1 => Just(Act::SecondLook),
    ]
}

proptest! {
    #[test]
    fn p3_an_open_case_always_has_a_live_timer_and_no_number_comes_twice(
        policy in any_policy(),
        cause in 0..CaseCause::ALL.len(),
        recheck in proptest::option::of(0_i64..300),
        look in any::<bool>(),
        acts in proptest::collection::vec(any_act(), 1..30),
    ) {
        let mut facts = CaseFacts {
            cause: CaseCause::ALL[cause],
            recheck: recheck.map_or(Recheck::NotDue, |m| Recheck::Pending {
                ends_at: OPENED.plus_minutes(m),
            }),
            awaits_second_look: look,
            ..missed()
        };
        let by_hour = |_: RecipientKind, from: UtcMillis, minutes: u32| {
            let hour = 3_600_000;
            UtcMillis((from.plus_minutes(minutes.into()).0 + hour - 1) / hour * hour)
        };
        let (mut sent, mut acks, mut now): (Vec<StepDone>, Vec<Acknowledgement>, _) =
            (vec![], vec![], OPENED);
        for act in acts {
            let next = next_step(&policy, &facts, &sent, &acks, now, &by_hour);
            let due = next.due().expect("an open case has a timer");
            prop_assert!(due >= now, "{next:?} lies in the past");
            prop_assert!(due <= now.plus_ms(15 * DAY_MS), "{next:?} is out of reach");
            match act {
                Act::Acknowledge(by) if !sent.is_empty() => {
                    acks.push(Acknowledgement { step_no: sent.len() as u32, by, at: now });
                    facts.state = CaseState::Acknowledged;
                }
                Act::Reopen => facts.state = CaseState::Open,
                Act::SecondLook => facts.awaits_second_look = false,
                Act::Acknowledge(_) => {}
                Act::Fire(late) => {
                    now = due.plus_minutes(late);
                    match next {
                        NextStep::Send { no, step, .. } | NextStep::Exhausted { no, step, .. } => {
                            prop_assert!(sent.iter().all(|s| s.no < no), "{no} came before");
                            if facts.cause == CaseCause::Escalated {
                                prop_assert!(step.recipient.is_outside_the_line());
                            }
                            let recipient = step.recipient;
                            sent.push(StepDone { no, recipient, at: now, recipients: 2 });
                        }
                        NextStep::AcknowledgementLapses { .. } => facts.state = CaseState::Open,
                        NextStep::Recheck { .. } | NextStep::Closed => {}
                    }
                }
            }
        }
    }
}
