//! The first page of everybody: what is next for me, what waits for me, what was.

use super::check_in::note;
use super::check_in::standing::is_known;
use crate::acts::{check_in as acts, policy};
use crate::web::session::SignedIn;
use crate::web::{Access, Answer, Fail, Route, Web, Zoned, person_name};
use axum::extract::State;
use muster_domain::access::{Act, CaseFacts, may_view_case};
use muster_domain::check_in::{CheckInState, Outcome};
use muster_domain::id::{PersonId, PolicyVersionId};
use muster_domain::person::Role;
use muster_domain::policy::{CadencePolicy, LocationDemand};
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::language::say;
use muster_messages::pages::home::{Home, MyPolicy, NextCheckIn, PastCheckIn, Task};
use muster_messages::pages::{StateWord, Tone, kind_text};
use muster_messages::t;
use muster_store::entities::check_in;
use muster_store::{cases, check_ins, people, policies};
use std::collections::HashMap;

/// How many past check-ins stand on the page.
const HISTORY_MAX: usize = 20;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/", Access::SignedIn, home)]
}

async fn home(State(web): State<Web>, me: SignedIn) -> Answer {
    let (db, zoned) = (web.context.store.read(), web.zoned(&me));
    let rows = check_ins::of_person(db, me.id(), HISTORY_MAX as u64 + 5).await?;
    let now = web.context.now();
    let is_ahead = |row: &&check_in::Model| {
        !acts::is_over(row) && (now <= row.clocks().grace_end() || row.life() == CheckInState::Live)
    };
    let next = match rows.iter().rev().find(is_ahead) {
        Some(row) => Some(next(&web, &zoned, row).await?),
        None => None,
    };
    let history = rows.iter().filter(|row| !is_ahead(row)).take(HISTORY_MAX);
    let page = Home {
        frame: web.frame(&me.visitor, t!("My check-ins"), "/").await,
        next,
        tasks: tasks(&web, &me, &zoned).await?,
        history: history.map(|row| past(&zoned, row)).collect(),
        policy: my_policy(&web, &me).await?,
    };
    web.page(&page)
}

async fn next(web: &Web, zoned: &Zoned, row: &check_in::Model) -> Result<NextCheckIn, Fail> {
    let db = web.context.store.read();
    let may_tell = acts::opens(row) <= zoned.now && is_known(db, row).await?;
    Ok(NextCheckIn {
        id: row.id.to_string(),
        with: match may_tell {
            true => Some(person_name(db, row.verifier_id).await?),
            false => None,
        },
        start: zoned.moment(UtcMillis(row.start_ms)),
        start_ms: row.start_ms,
        join_until: zoned.moment(row.clocks().window_end()),
        code: row.code.clone(),
        minutes: row.session_minutes as u16,
        state: StateWord::check_in(row.life()),
        note: note(web, row).await?,
    })
}

fn past(zoned: &Zoned, row: &check_in::Model) -> PastCheckIn {
    let outcome = row.outcome.as_deref().and_then(Outcome::from_code);
    let state = match outcome {
        // Security and HR look first; the person hears of it from them.
        Some(Outcome::Escalated) | None => StateWord::new(t!("being worked out"), Tone::Waiting),
        Some(outcome) => StateWord::outcome(outcome),
    };
    let is_moved = row.cancel_reason.as_deref() == Some(acts::NOT_NOW);
    PastCheckIn {
        id: row.id.to_string(),
        at: zoned.moment(UtcMillis(row.start_ms)),
        kind: kind_text(row.why()).to_owned(),
        state,
        note: is_moved.then(|| t!("You asked for another time.").to_owned()),
    }
}

async fn tasks(web: &Web, me: &SignedIn, zoned: &Zoned) -> Result<Vec<Task>, Fail> {
    let db = web.context.store.read();
    let now = zoned.now;
    let mut tasks = Vec::new();
    if me.is(Role::Verifier) {
        let from = now.plus_ms(-DAY_MS);
        for row in check_ins::of_verifier(db, me.id(), from, now.plus_ms(DAY_MS)).await? {
            let is_due = now <= row.clocks().grace_end() || row.life() == CheckInState::Live;
            if !acts::is_over(&row) && is_due {
                let start = UtcMillis(row.start_ms);
                tasks.push(Task {
                    url: "/verifier".to_owned(),
                    text: t!("You meet somebody").to_owned(),
                    note: zoned.moment(start).text,
                });
            }
        }
    }
    if me.may(Act::AcknowledgeCase) {
        let waiting = waiting_cases(web, me).await?;
        if waiting > 0 {
            let text = match waiting {
                1 => t!("One case waits for somebody to take it on").to_owned(),
                n => t!("{n} cases wait for somebody to take them on", n),
            };
            let note = t!("The next step comes by itself if nobody does.").to_owned();
            tasks.push(Task { url: "/cases".to_owned(), text, note });
        }
    }
    Ok(tasks)
}

/// Open cases this person may see and nobody has taken on.
async fn waiting_cases(web: &Web, me: &SignedIn) -> Result<usize, Fail> {
    let db = web.context.store.read();
    let open: Vec<_> =
        cases::open(db).await?.into_iter().filter(|c| c.acknowledged_by.is_none()).collect();
    if open.is_empty() {
        return Ok(0);
    }
    let managers: HashMap<PersonId, Option<PersonId>> = people::all(db)
        .await?
        .into_iter()
        .map(|p| (PersonId(p.id), p.manager_id.map(PersonId)))
        .collect();
    let manager_of = |id: PersonId| managers.get(&id).copied().flatten();
    let may_see = |case: &&muster_store::entities::cases::Model| {
        let facts = CaseFacts {
            person: PersonId(case.person_id),
            cause: Outcome::from_code(&case.cause).unwrap_or(Outcome::Escalated),
            is_first_plain_miss: case.first_plain_miss,
            // The careful reading: what the list of cases shows in addition is its own matter.
            shared_with_line: false,
            blind_look_pending: false,
        };
        may_view_case(me.actor(), &facts, &manager_of).is_ok()
    };
    Ok(open.iter().filter(may_see).count())
}

pub(super) async fn my_policy(web: &Web, me: &SignedIn) -> Result<Option<MyPolicy>, Fail> {
    let db = web.context.store.read();
    let Some(member) = policies::membership_of(db, me.id()).await? else { return Ok(None) };
    let in_force = policy::load(db, PolicyVersionId(member.policy_version_id)).await?;
    let left = acts::not_now_left(&web.context, db, &me.person, &in_force.policy).await?;
    let all = in_force.policy.allowance.not_now_per_quarter;
    Ok(Some(MyPolicy {
        name: in_force.policy.name.clone(),
        why: vec![say(&policy::reason_of(db, &member).await?)],
        asks: asks(&in_force.policy),
        not_now: t!("{left} of {all} left in this quarter", left, all),
    }))
}

fn asks(policy: &CadencePolicy) -> Vec<String> {
    let clock = &policy.clock;
    let mut asks = vec![
        t!("A check-in now and then, on a working day drawn at random.").to_owned(),
        t!(
            "In your working hours, with {notice_minutes_min} to {notice_minutes_max} minutes of notice.",
            notice_minutes_min = clock.notice_minutes_min,
            notice_minutes_max = clock.notice_minutes_max
        ),
        t!(
            "A video talk of about {session_minutes} minutes.",
            session_minutes = clock.session_minutes
        ),
    ];
    match policy.evidence.location {
        LocationDemand::Off => {}
        _ => asks.push(t!("Where you work from, asked once in it. You may say no.").to_owned()),
    }
    asks
}
