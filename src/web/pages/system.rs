//! The running service for its operator, from what the database says: backlog by lane, instances,
//! dead work and what is decided about it. Ids only; nothing personal.

use crate::acts::alarms::{DEAD_WORK, words};
use crate::acts::{ActError, Context, dead_work, policy};
use crate::web::guard::see;
use crate::web::session::{Admin, Id, Posted};
use crate::web::{Access, Answer, Fail, Route, Web, Zoned, with_flash};
use axum::extract::State;
use axum::http::StatusCode;
use muster_domain::access::Act;
use muster_domain::id::WorkId;
use muster_domain::time::{MINUTE_MS, UtcMillis};
use muster_messages::language::tr_text;
use muster_messages::pages::system::{AuditorPass, Check, DeadWork, LaneLine, System, WorkPage};
use muster_messages::pages::{FlashTone, Row, StateWord, TextArea, Tone, span_text};
use muster_messages::t;
use muster_store::entities::{cases, instance, work as row};
use muster_store::work::{self, Lane, state};
use muster_store::{alarms, audit, installation};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

/// Work later than this is late (promise P2).
const LATE_MS: i64 = MINUTE_MS;
/// An instance silent for this long is gone.
const SILENT_MS: i64 = 45_000;
/// Alarms of the auditor that the page finds out by itself, to the second.
const ASKED_HERE: [&str; 4] = ["work-late", DEAD_WORK, "case-without-timer", "instance-silent"];

pub(super) fn routes() -> Vec<Route> {
    let view = Access::Act(Act::ViewSystem);
    vec![
        Route::get("/system", view, system),
        Route::get("/system/work/{id}", view, work_page),
        Route::post("/system/work/{id}/retry", view, retry),
        Route::post("/system/work/{id}/resolve", view, resolve),
    ]
}

async fn system(State(web): State<Web>, me: Admin) -> Answer {
    let db = web.context.store.read();
    let zoned = web.zoned(&me);
    let lanes = lanes(&web).await?;
    let findings = findings(&web, &zoned).await?;
    let dead: Vec<DeadWork> = work::dead(db)
        .await?
        .into_iter()
        .map(|row| DeadWork {
            id: row.id.to_string(),
            kind: row.kind,
            since: zoned.moment(UtcMillis(row.due_ms)),
            attempts: row.attempt as u32,
            last_error: row.last_error,
        })
        .collect();
    let checks = checks(&web, &zoned).await?;
    let (summary, state) = match (dead.len(), findings.len()) {
        (0, 0) => {
            (t!("Everything that is due is being done."), StateWord::new(t!("well"), Tone::Good))
        }
        (0, _) => {
            (t!("Something is late or silent."), StateWord::new(t!("look at it"), Tone::Review))
        }
        _ => (t!("Work waits for your decision."), StateWord::new(t!("needs you"), Tone::Urgent)),
    };
    web.page(&System {
        frame: web.frame(&me.visitor, t!("System"), "/system").await,
        summary: summary.to_owned(),
        state,
        checks,
        lanes,
        auditor: AuditorPass { at: Some(zoned.moment(zoned.now)), findings },
        dead,
    })
}

async fn lanes(web: &Web) -> Result<Vec<LaneLine>, Fail> {
    let db = web.context.store.read();
    let mut lanes = Vec::new();
    for backlog in work::backlog(db, web.context.now()).await? {
        let leased = row::Entity::find()
            .filter(work::is(state::LEASED))
            .filter(row::Column::Lane.eq(backlog.lane as i64))
            .count(db)
            .await?;
        lanes.push(LaneLine {
            lane: backlog.lane.code().to_owned(),
            ready: backlog.due,
            leased,
            oldest: match backlog.due {
                0 => t!("nothing due").to_owned(),
                _ => span_text(backlog.oldest_ms),
            },
        });
    }
    Ok(lanes)
}

/// What is not as it must be, asked of the database when the page is opened.
async fn findings(web: &Web, zoned: &Zoned) -> Result<Vec<String>, Fail> {
    let db = web.context.store.read();
    let mut findings = Vec::new();
    for backlog in work::backlog(db, zoned.now).await? {
        if backlog.due > 0 && backlog.oldest_ms > LATE_MS {
            let late = span_text(backlog.oldest_ms);
            findings.push(t!(
                "The oldest work of lane {code} is {late} late.",
                late,
                code = backlog.lane.code()
            ));
        }
    }
    let untimed = cases::Entity::find()
        .filter(muster_store::cases::is_open())
        .filter(cases::Column::NextStepMs.is_null())
        .count(db)
        .await?;
    if untimed > 0 {
        findings.push(t!("{untimed} open cases have no next step.", untimed));
    }
    for silent in silent(web).await? {
        findings.push(t!("Instance {silent} is silent.", silent));
    }
    for alarm in alarms::standing(db).await?.iter().filter(|a| !ASKED_HERE.contains(&&*a.code)) {
        let what = words(&tr_text(&alarm.subject), &tr_text(&alarm.detail));
        let since = zoned.moment(UtcMillis(alarm.since_ms)).text;
        findings.push(t!("{code}: {what}, since {since}.", what, since, code = alarm.code));
    }
    Ok(findings)
}

async fn silent(web: &Web) -> Result<Vec<uuid::Uuid>, Fail> {
    let db = web.context.store.read();
    let since = web.context.store.lease_ms(db).await? - SILENT_MS;
    let rows = running(web).await?;
    Ok(rows.into_iter().filter(|i| i.heartbeat_ms < since).map(|i| i.id).collect())
}

async fn running(web: &Web) -> Result<Vec<instance::Model>, Fail> {
    Ok(instance::Entity::find()
        .filter(instance::Column::StoppedMs.is_null())
        .order_by_asc(instance::Column::StartedMs)
        .all(web.context.store.read())
        .await?)
}

async fn checks(web: &Web, zoned: &Zoned) -> Result<Vec<Check>, Fail> {
    let db = web.context.store.read();
    let good = || StateWord::new(t!("well"), Tone::Good);
    let look = || StateWord::new(t!("look at it"), Tone::Review);
    let check = |name: &str, state: StateWord, detail: String| Check {
        name: name.to_owned(),
        state,
        detail,
    };
    let mode = installation::find(db).await?.map_or_else(String::new, |row| row.mode);
    let is_live = mode == installation::mode::LIVE;
    let programme = if is_live { good() } else { StateWord::new(mode_word(&mode), Tone::Waiting) };
    let waiting = audit::unsequenced(db).await?;
    let mut checks = vec![
        check(t!("Programme"), programme, programme_detail(&web.context, &mode).await?),
        check(
            t!("Audit log"),
            good(),
            t!("{waiting} entries wait for the next checkpoint.", waiting),
        ),
    ];
    let silent = silent(web).await?;
    for one in running(web).await? {
        let state = if silent.contains(&one.id) { look() } else { good() };
        let since = zoned.moment(UtcMillis(one.started_ms)).text;
        let name = t!("Instance {id}", id = one.id);
        checks.push(check(
            &name,
            state,
            t!("Version {version}, since {since}.", since, version = one.version),
        ));
    }
    Ok(checks)
}

async fn programme_detail(context: &Context, mode: &str) -> Result<String, Fail> {
    let db = context.store.read();
    let pilot = installation::find(db).await?.and_then(|row| row.pilot);
    if pilot.is_none() {
        return Ok(t!("It is {mode}.", mode = mode_word(mode)));
    }
    let (live, members) = policy::reach(db).await?;
    Ok(t!(
        "It is {mode}, for a pilot group: {live} of {members} people in a policy.",
        mode = mode_word(mode),
        live,
        members
    ))
}

/// How the programme's mode is called.
fn mode_word(mode: &str) -> &str {
    match mode {
        installation::mode::SHADOW => t!("shadow"),
        installation::mode::LIVE => t!("in operation"),
        installation::mode::PAUSED => t!("paused"),
        other => other,
    }
}

/// How the state of work is called.
fn work_word(state: &str) -> &str {
    match state {
        state::READY => t!("ready"),
        state::LEASED => t!("leased"),
        state::DONE => t!("done"),
        state::DEAD => t!("dead"),
        other => other,
    }
}

async fn work_page(State(web): State<Web>, me: Admin, Id(id): Id) -> Answer {
    show(&web, &me, WorkId(id), WorkPage::reason_field(), None, StatusCode::OK).await
}

async fn show(
    web: &Web,
    me: &Admin,
    id: WorkId,
    reason: TextArea,
    problem: Option<&str>,
    status: StatusCode,
) -> Answer {
    let found = row::Entity::find_by_id(id.0).one(web.context.store.read()).await?;
    let row = Fail::unless_found(found)?;
    let zoned = web.zoned(me);
    let lane =
        Lane::ALL.into_iter().find(|l| *l as i64 == row.lane).map_or(t!("unknown"), Lane::code);
    let tone = match row.state.as_str() {
        state::DEAD => Tone::Urgent,
        state::DONE => Tone::Quiet,
        _ => Tone::Waiting,
    };
    let owner = row.owner.map_or_else(|| t!("none").to_owned(), |o| o.to_string());
    let mut frame = web.frame(&me.visitor, &t!("Work {kind}", kind = row.kind), "/system").await;
    if let Some(problem) = problem {
        frame = frame.with_problem("reason", problem);
    }
    let page = WorkPage {
        frame,
        id: row.id.to_string(),
        state: StateWord::new(work_word(&row.state), tone),
        facts: vec![
            Row::new(t!("Key"), &row.work_key),
            Row::new(t!("Lane"), lane),
            Row::new(t!("Due"), &zoned.moment(UtcMillis(row.due_ms)).text),
            Row::new(t!("Attempts"), &row.attempt.to_string()),
            Row::new(t!("Instance"), &owner),
        ],
        consequence: consequence(&row.kind).to_owned(),
        kind: row.kind,
        last_error: row.last_error,
        reason,
    };
    web.page_as(status, &page)
}

/// What it means that work of this kind was not done.
fn consequence(kind: &str) -> &'static str {
    match kind {
        "send-notification" => {
            t!("Somebody did not get a message. A check-in then counts for nobody.")
        }
        "open-room" | "close-room" => t!("A room was not opened or given back at its provider."),
        "probe" => t!("A fault may not be told from a miss, so the check-in becomes void."),
        "reveal-key" => t!("A draw cannot be recomputed by others until its key is published."),
        "remind" => t!("Somebody was not reminded. Nothing else depends on it."),
        _ => t!("A step of a check-in, a case or a draw has not been taken."),
    }
}

async fn retry(State(web): State<Web>, me: Admin, Id(id): Id) -> Answer {
    dead_work::retry(&web.context, me.id(), WorkId(id)).await?;
    Ok(with_flash(&web, see("/system"), FlashTone::Done, t!("It is tried again now.")))
}

async fn resolve(State(web): State<Web>, me: Admin, Id(id): Id, form: Posted) -> Answer {
    let typed = form.text("reason");
    match dead_work::resolve(&web.context, me.id(), WorkId(id), typed).await {
        Ok(()) => {
            let told = t!("It is left undone, and your reason is kept.");
            Ok(with_flash(&web, see("/system"), FlashTone::Done, told))
        }
        Err(ActError::Invalid(faults)) => {
            let fault = faults.first().map_or("", |(_, sentence)| sentence.as_str());
            let reason = WorkPage::reason_field().typed(typed, Some(fault));
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            show(&web, &me, WorkId(id), reason, Some(fault), status).await
        }
        Err(error) => Err(error.into()),
    }
}
