//! A manager's people: whether and when each was met, and the case that waits. No draw that is to
//! come, no place, no network.

use crate::acts::baseline;
use crate::acts::cases::standing::{Viewer, facts_of, may_know_outcome};
use crate::acts::context::zone_of;
use crate::web::pages::cases::needing;
use crate::web::session::SignedIn;
use crate::web::{Access, Answer, Fail, Route, Web, Zoned};
use axum::extract::State;
use jiff::tz::TimeZone;
use muster_domain::access::Act;
use muster_domain::check_in::{CheckInState, Outcome};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::time::UtcMillis;
use muster_messages::language::dates;
use muster_messages::mail::times::city_of;
use muster_messages::pages::people::{MyPeople, PersonLine};
use muster_messages::pages::{Bounds, StateWord, Tone};
use muster_messages::t;
use muster_store::entities::{check_in, delegation, person};
use muster_store::{cases, check_ins, delegations, people};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Check-ins looked back for the last meeting.
const LOOK_BACK: u64 = 60;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/people", Access::Act(Act::ViewCase), my_people)]
}

async fn my_people(State(web): State<Web>, me: SignedIn) -> Answer {
    let db = web.context.store.read();
    let mut reports = people::reports(db, me.id()).await?;
    let standing_in = delegations::running_for(db, me.id()).await?;
    for delegation in &standing_in {
        reports.extend(people::reports(db, delegation.manager()).await?);
    }
    let about = reports.iter().map(|person| PersonId(person.id));
    let mut viewer = Viewer::load(db, me.id(), about).await?;
    let cases = open_cases(&web, &viewer, &reports).await?;
    let zoned = web.zoned(&me);
    let mut lines = Vec::with_capacity(reports.len());
    for person in &reports {
        let mut line = line(&web, &viewer, &zoned, person, cases.get(&person.id)).await?;
        if let Some(row) = baseline::to_vouch(db, PersonId(person.id)).await?
            && baseline::may_vouch(db, me.id(), &me.roles, &row).await.is_ok()
        {
            line.vouch_id = Some(person.id.to_string());
        }
        lines.push(line);
    }
    let needing = needing(&web, &mut viewer).await?;
    let asks = match needing {
        0 => String::new(),
        1 => format!(" {}", t!("1 case needs you.")),
        n => format!(" {}", t!("{n} cases need you.", n)),
    };
    let people = match lines.len() {
        1 => t!("1 person").to_owned(),
        n => t!("{n} people", n),
    };
    let summary = match (lines.len(), cases.len()) {
        (0, _) => t!("You have no people here.").to_owned(),
        (_, 0) => t!("{people}; no case is open.", people) + &asks,
        (_, 1) => t!("{people}; 1 case is open.", people) + &asks,
        (_, n) => t!("{people}; {n} cases are open.", people, n) + &asks,
    };
    let frame = web.frame(&me.visitor, t!("My people"), "/people").await;
    let stands_in = stands_in(&web, &standing_in).await?;
    web.page(&MyPeople { frame, summary, stands_in, people: lines, bounds: Bounds::of_manager() })
}

/// E.g. `You stand in for Dana Weiss until 14 March.`
async fn stands_in(web: &Web, running: &[delegation::Model]) -> Result<Option<String>, Fail> {
    let mut told = Vec::new();
    for delegation in running {
        let manager = people::find(web.context.store.read(), delegation.manager()).await?;
        let last: Option<jiff::civil::Date> = delegation.last_day.parse().ok();
        if let (Some(manager), Some(last)) = (manager, last) {
            let (name, date) = (manager.name, dates::long_without_year(last));
            told.push(t!("{name} until {date}", name, date));
        }
    }
    let who = told.join(t!(" and "));
    Ok((!told.is_empty()).then(|| t!("You stand in for {who}.", who)))
}

/// The newest open case of each person that the viewer may know of.
async fn open_cases(
    web: &Web,
    viewer: &Viewer,
    reports: &[person::Model],
) -> Result<BTreeMap<Uuid, Uuid>, Fail> {
    let db = web.context.store.read();
    let mut open = BTreeMap::new();
    for case in cases::about(db, reports.iter().map(|p| p.id)).await? {
        if case.state == "resolved" || open.contains_key(&case.person_id) {
            continue;
        }
        let check_in = check_ins::get(db, CheckInId(case.check_in_id)).await?;
        if viewer.may_view(&facts_of(db, &case, &check_in).await?) {
            open.insert(case.person_id, case.id);
        }
    }
    Ok(open)
}

async fn line(
    web: &Web,
    viewer: &Viewer,
    zoned: &Zoned,
    person: &person::Model,
    case: Option<&Uuid>,
) -> Result<PersonLine, Fail> {
    let db = web.context.store.read();
    let rows = check_ins::of_person(db, PersonId(person.id), LOOK_BACK).await?;
    let mut known: Vec<&check_in::Model> = Vec::new();
    for row in &rows {
        if row.life() != CheckInState::Booking && may_know_outcome(db, viewer, row).await? {
            known.push(row);
        }
    }
    let is_met = |c: &&&check_in::Model| c.outcome.as_deref() == Some(Outcome::Verified.code());
    let zone = zone_of(person);
    let clock = zoned.now.in_zone(&zone).strftime("%H:%M").to_string();
    let local_time = t!("{clock} in {place}", clock, place = city_of(&zone));
    Ok(PersonLine {
        name: person.name.clone(),
        local_time,
        last_met: known.iter().find(is_met).map(|c| zoned.beside(UtcMillis(c.start_ms), person)),
        state: known.first().map_or_else(not_yet, |c| check_in_word(c)),
        note: note(web, person, &zone).await?,
        case_id: case.map(Uuid::to_string),
        vouch_id: None,
    })
}

/// What a manager should know before calling: that they are away, or were never met. What kind of
/// absence it is, is not told.
async fn note(web: &Web, person: &person::Model, zone: &TimeZone) -> Result<Option<String>, Fail> {
    let db = web.context.store.read();
    let id = PersonId(person.id);
    let today = web.context.now().date_in(zone).to_string();
    let absences = people::absences(db, id).await?;
    let running = absences.iter().find(|a| a.first_day <= today && today <= a.last_day);
    if let Some(absence) = running {
        let last: Option<jiff::civil::Date> = absence.last_day.parse().ok();
        return Ok(Some(match last {
            Some(last) => t!("Away until {date}.", date = dates::long_without_year(last)),
            None => t!("Away.").to_owned(),
        }));
    }
    Ok(match person.baseline == people::baseline::DUE {
        true => Some(t!("Their first session is to come.").to_owned()),
        false => None,
    })
}

fn not_yet() -> StateWord {
    StateWord::new(t!("none yet"), Tone::Quiet)
}

/// A check-in's outcome, or how far it is.
pub(super) fn check_in_word(row: &check_in::Model) -> StateWord {
    let outcome = row.outcome.as_deref().and_then(Outcome::from_code);
    outcome.map_or_else(|| StateWord::check_in(row.life()), StateWord::outcome)
}
