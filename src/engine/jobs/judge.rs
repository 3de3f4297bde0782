//! Fixes the outcome of one check-in, and in the same transaction everything that follows from
//! it: findings, the sealed judgement, the case, the re-check, the receipt (promises P1 and P3).

use super::gather;
use crate::acts::cases::{self, NewCase};
use crate::acts::coverage;
use crate::acts::disruptions;
use crate::acts::external_findings;
use crate::acts::notify::{self, About, Notice};
use crate::engine::Engine;
use crate::engine::job_error::JobError;
use muster_domain::case::{CaseCause, SECOND_MISS_WINDOW_DAYS, may_excuse_alone};
use muster_domain::check_in::{Attendance, CheckInKind, CheckInState, Outcome, Presence};
use muster_domain::id::{CaseId, CheckInId, FindingId, PersonId};
use muster_domain::judging::fault::FaultCause;
use muster_domain::judging::finding::Finding;
use muster_domain::judging::judge::{Judgement, judge};
use muster_domain::judging::outcome::NextAct;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::language::say;
use muster_messages::mail::line::Line;
use muster_messages::mail::{Receipt, Recorded};
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{check_in, draw_state, finding, person};
use muster_store::jobs::Job;
use muster_store::orders::{self, NewOrder};
use muster_store::work::{self, Claim, Lane};
use muster_store::{Owner, Place, Tx, check_ins, draws, overlaps, people};

pub(super) async fn run(engine: &Engine, claim: &Claim, id: CheckInId) -> Result<(), JobError> {
    let tx = engine.context.store.begin().await?;
    let row = check_ins::lock(&tx, id).await?;
    if row.outcome.is_none() {
        let input = gather::input(engine, &tx, &row).await?;
        let judgement = judge(&input);
        check_ins::keep_judgement(&tx, &row, &input, &judgement).await?;
        let presence = input.form.as_ref().and_then(|form| form.presence);
        let row = check_in::Model { presence: presence.map(|p| p.code().to_owned()), ..row };
        settle(engine, &tx, row, &judgement).await?;
    }
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}

async fn settle(
    engine: &Engine,
    tx: &Tx,
    mut row: check_in::Model,
    judgement: &Judgement,
) -> Result<(), JobError> {
    let now = engine.now();
    let person = people::get(&**tx, row.person()).await?;
    let outcome = &judgement.outcome;
    row.attendance = Some(judgement.attendance.code().to_owned());
    row.fault = judgement.fault.as_ref().map(|f| f.fault.code().to_owned());
    row.cause =
        Some(judgement.fault.as_ref().map_or(outcome.row.code(), |f| f.cause.code()).to_owned());
    row.assurance = Some(judgement.assurance.assurance.code().to_owned());
    row.outcome = Some(outcome.outcome.code().to_owned());
    row.judged_ms = Some(now.0);
    row.closed_ms = Some(now.0);
    row.state = CheckInState::Closed.code().to_owned();
    muster_store::save(tx, row.clone()).await?;
    coverage::is_judged(tx, &row).await?;
    keep_findings(tx, &row, &judgement.findings).await?;
    crate::acts::baseline::ended(tx, &row).await?;
    keep_last_verifier(tx, &row).await?;
    if let Some(part) = overlaps::of_check_in(&**tx, row.check_in_id()).await? {
        overlaps::disclose(tx, part.overlap_id).await?;
    }
    // What was void or excused has told nobody anything: reports wait for the next one.
    if !matches!(outcome.outcome, Outcome::Void | Outcome::Excused) {
        let person = row.person();
        external_findings::are_judged(&engine.context, tx, person, row.check_in_id()).await?;
    }
    withdraw_timers(tx, &row).await?;
    Record::new("check-in-judged")
        .about(&person)
        .fact("check_in", row.id.to_string())
        .fact("outcome", outcome.outcome.code())
        .fact("row", outcome.row.code())
        .fact("assurance", judgement.assurance.assurance.code())
        .commit(
            "findings",
            judgement.findings.iter().map(|f| f.rule_id.clone()).collect::<Vec<_>>(),
        )
        .write(tx)
        .await?;
    follow_up(engine, tx, &row, &person, judgement).await?;
    if judgement.fault.as_ref().is_some_and(|f| f.cause == FaultCause::SharedDisruption) {
        disruptions::note(&engine.context, tx, &row, &person).await?;
    }
    if judgement.fault.is_none() && !row.shadow {
        send_receipt(engine, tx, &row, &person, judgement).await?;
    }
    Ok(())
}

async fn keep_findings(
    tx: &Tx,
    row: &check_in::Model,
    findings: &[Finding],
) -> Result<(), JobError> {
    for found in findings {
        let id = FindingId::from_random(tx.store().entropy().bytes());
        let place = Place { table: "finding", column: "detail", row: id.0 };
        let kept = finding::Model {
            id: id.0,
            check_in_id: row.id,
            person_id: row.person_id,
            rule_id: found.rule_id.clone(),
            rule_version: i64::from(found.version),
            family: found.family.code().to_owned(),
            severity: found.severity.code().to_owned(),
            status: found.status.code().to_owned(),
            disposition: found.disposition.code().to_owned(),
            detail: tx.seal(Owner::Person(row.person()), place, found).await?,
            at_ms: tx.store().clock().now().0,
        };
        muster_store::insert(tx, kept).await?;
    }
    Ok(())
}

/// Not the same pair twice running.
async fn keep_last_verifier(tx: &Tx, row: &check_in::Model) -> Result<(), JobError> {
    let state = draws::state(&**tx, row.person()).await?;
    let state = state.unwrap_or(draw_state::Model {
        person_id: row.person_id,
        k: 1,
        last_label: None,
        ineligible_run: 0,
        returned_in_cycle: false,
        last_verifier: None,
    });
    let state =
        draw_state::Model { last_verifier: row.verifier_id.or(state.last_verifier), ..state };
    Ok(draws::keep_state(tx, state).await?)
}

async fn withdraw_timers(tx: &Tx, row: &check_in::Model) -> Result<(), JobError> {
    let check_in = row.check_in_id();
    for job in [
        Job::OpenCheckIn { check_in },
        Job::Remind { check_in, minute: 0 },
        Job::Remind { check_in, minute: 5 },
        Job::SeekVerifier { check_in, moment: "start".to_owned() },
        Job::CloseWindow { check_in },
        Job::CloseForm { check_in },
    ] {
        job.withdraw(tx, "judged").await?;
    }
    Job::CloseRoom { check_in }.plan(tx, tx.store().clock().now()).await?;
    Ok(())
}

/// The re-check that is owed, the case that opens, the case that waited for this re-check.
async fn follow_up(
    engine: &Engine,
    tx: &Tx,
    row: &check_in::Model,
    person: &person::Model,
    judgement: &Judgement,
) -> Result<(), JobError> {
    let outcome = &judgement.outcome;
    let is_moved = row.cancel_reason.as_deref() == Some(crate::acts::check_in::NOT_NOW);
    let owed = outcome.next == NextAct::Recheck || is_moved;
    let waiting_case = row.case_id.map(CaseId);
    let is_new_case = outcome.opens_case.is_some()
        && !(waiting_case.is_some() && outcome.outcome == Outcome::Missed);
    let order = match owed {
        true => Some(order(engine, tx, row, person).await?),
        false => None,
    };
    if let Some(case) = waiting_case {
        let again = order.filter(|_| outcome.outcome == Outcome::Void || is_moved);
        if let Some(order) = again {
            link(tx, order, case).await?;
        }
        cases::recheck_ended(&engine.context, tx, case, outcome.outcome, again).await?;
    }
    if let Some(cause) = outcome.opens_case.filter(|_| is_new_case) {
        let misses = misses_before(tx, row).await?;
        let first_plain_miss = may_excuse_alone(cause, misses);
        let new = NewCase {
            person,
            cause,
            check_in: row,
            waits_for: order.filter(|_| cause == CaseCause::Missed),
            first_plain_miss,
        };
        let case = cases::open(&engine.context, tx, &new).await?;
        if let Some(order) = order {
            link(tx, order, CaseId(case.id)).await?;
        }
    }
    Ok(())
}

async fn order(
    engine: &Engine,
    tx: &Tx,
    row: &check_in::Model,
    person: &person::Model,
) -> Result<uuid::Uuid, JobError> {
    // What follows a baseline session is one again: only there is a picture kept.
    let (kind, since) = match row.why() {
        CheckInKind::Baseline => (orders::kind::BASELINE, UtcMillis(0)),
        _ => (orders::kind::RECHECK, engine.now().plus_ms(-DAY_MS)),
    };
    let earlier = orders::count_since(&**tx, PersonId(person.id), kind, since).await?;
    let new = NewOrder {
        person: person.id,
        kind,
        no: 1 + earlier as i64,
        case_id: row.case_id,
        after: Some(row.check_in_id()),
        ..NewOrder::default()
    };
    Ok(orders::add(tx, new).await?)
}

async fn link(tx: &Tx, order: uuid::Uuid, case: CaseId) -> Result<(), JobError> {
    Ok(orders::set_case(tx, order, case.0).await?)
}

async fn misses_before(tx: &Tx, row: &check_in::Model) -> Result<u32, JobError> {
    let since = row.start_ms - SECOND_MISS_WINDOW_DAYS * DAY_MS;
    let earlier =
        check_ins::judged_of_person(&**tx, row.person(), UtcMillis(row.start_ms), 200).await?;
    let is_miss = |c: &&check_in::Model| {
        c.start_ms >= since
            && c.outcome.as_deref() == Some(Outcome::Missed.code())
            && c.why() != CheckInKind::Recheck
    };
    Ok(earlier.iter().filter(is_miss).count() as u32)
}

/// What was recorded, in five lines, with the newest checkpoint: the person is a witness too.
async fn send_receipt(
    engine: &Engine,
    tx: &Tx,
    row: &check_in::Model,
    person: &person::Model,
    judgement: &Judgement,
) -> Result<(), JobError> {
    let context = &engine.context;
    let reader = context.reader(person);
    let challenges = muster_store::evidence::challenges(&**tx, row.check_in_id()).await?;
    let answered = challenges.iter().filter(|c| c.answer.is_some()).count();
    let exact_days = i64::from(context.settings.retention.exact_place);
    let checkpoint = cases::checkpoint(context, tx).await?;
    let receipt = notify::worded(context, person, || Receipt {
        frame: context.frame(person),
        code: Line::new(&row.code),
        page: context.page(&format!("/check-ins/{}", row.id)),
        held: reader.moment(UtcMillis(row.start_ms)),
        recorded: [
            line(t!("You came"), attendance_words(judgement.attendance)),
            line(t!("The other person's answer"), presence_words(row)),
            line(t!("Your place"), &place_words(judgement)),
            line(t!("Tasks"), &t!("{answered} of {all} done", answered, all = challenges.len())),
            line(t!("Result"), outcome_words(judgement.outcome.outcome)),
        ],
        receipt_id: Line::new(&row.id.to_string()),
        checkpoint,
        exact_data_until: reader.moment(engine.now().plus_ms(exact_days * DAY_MS)),
        still_needed: (judgement.outcome.next == NextAct::Recheck).then(|| {
            Line::new(t!("One more short check-in will follow, today or on your next working day."))
        }),
    });
    let notice = Notice {
        about: About::CheckIn(row.id),
        step: "receipt",
        is_first: false,
        recipient: person,
        every_channel: false,
        lane: Lane::Digest,
        even_in_shadow: false,
    };
    notify::queue(context, tx, &notice, &receipt).await?;
    Ok(())
}

fn line(what: &str, value: &str) -> Recorded {
    Recorded { what: Line::new(what), value: Line::new(value) }
}

fn place_words(judgement: &Judgement) -> String {
    let is_of_place =
        |f: &&Finding| f.rule_id.starts_with("loc-") || f.rule_id.starts_with("claim-");
    match judgement.findings.iter().find(is_of_place) {
        Some(found) => say(&found.sentence_employee),
        None => t!("within the agreed area, or not asked").to_owned(),
    }
}

fn attendance_words(attendance: Attendance) -> &'static str {
    match attendance {
        Attendance::Attended => t!("attended"),
        Attendance::Late => t!("late"),
        Attendance::Missed => t!("missed"),
        Attendance::MissedWithNotice => t!("missed with notice"),
        Attendance::Cancelled => t!("cancelled"),
        Attendance::Technical => t!("technical"),
    }
}

fn presence_words(row: &check_in::Model) -> &'static str {
    match row.presence.as_deref().and_then(Presence::from_code) {
        Some(Presence::Confirmed) => t!("confirmed"),
        Some(Presence::LivePersonSeen) => t!("live person seen"),
        Some(Presence::NotConfirmed) => t!("not confirmed"),
        Some(Presence::DifferentPerson) => t!("different person"),
        Some(Presence::CouldNotTell) => t!("could not tell"),
        None => "",
    }
}

fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Verified => t!("verified"),
        Outcome::Inconclusive => t!("inconclusive"),
        Outcome::Missed => t!("missed"),
        Outcome::Refused => t!("refused"),
        Outcome::NeedsReview => t!("needs review"),
        Outcome::Escalated => t!("escalated"),
        Outcome::Excused => t!("excused"),
        Outcome::Void => t!("void"),
    }
}
