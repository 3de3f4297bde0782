//! One person as HR sees them: roster, policy and why, work places without coordinates, absences,
//! first session, burden, check-ins, cases, and a check-in ordered by hand. Nothing of a draw to come.

use super::first_sessions;
use super::roster::department;
use crate::acts::cases::standing::{Viewer, cause, facts_of, may_know_outcome};
use crate::acts::cases::words::headline;
use crate::acts::context::zone_of;
use crate::acts::{
    ActError, accommodations, baseline, challenges, check_in as employee, manual, policy,
};
use crate::web::guard::see;
use crate::web::pages::cases::state_word;
use crate::web::pages::people_list::check_in_word;
use crate::web::session::{Hr, Id, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, Zoned, person_name, with_flash};
use axum::extract::State;
use axum::http::StatusCode;
use muster_domain::access::Act;
use muster_domain::challenge::Accommodation;
use muster_domain::check_in::{CheckInState, Outcome};
use muster_domain::id::{CheckInId, PersonId, PolicyVersionId};
use muster_domain::person::Role;
use muster_domain::time::{DAY_MS, UtcMillis, start_of_day};
use muster_messages::language::say;
use muster_messages::mail::times::city_of;
use muster_messages::pages::roster::{PersonCase, PersonCheckIn, PersonPage, WorkPlaceLine};
use muster_messages::pages::{FlashTone, Row, StateWord, Tone, kind_text};
use muster_messages::t;
use muster_store::entities::person;
use muster_store::{cases, check_ins, people, policies};

/// Check-ins shown.
const HISTORY_MAX: u64 = 60;
/// Check-ins of a year looked at; a policy cannot ask for as many.
const YEAR_MAX: u64 = 400;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/people/{id}", Access::Act(Act::ViewRoster), page),
        Route::post("/people/{id}/check-ins", Access::Act(Act::OrderManualCheckIn), order),
        Route::post("/people/{id}/accommodations", Access::Act(Act::EditAccommodations), adapt),
    ]
}

async fn page(State(web): State<Web>, me: Hr, Id(id): Id) -> Answer {
    web.page(&show(&web, &me, PersonId(id), "", None).await?)
}

async fn order(State(web): State<Web>, me: SignedIn, Id(id): Id, form: Posted) -> Answer {
    let (person, typed) = (PersonId(id), form.text("reason"));
    match manual::order(&web.context, me.id(), person, typed).await {
        Ok(_) => {
            let told = t!("It is ordered. The person reads your reason in the invitation.");
            let back = match me.may(Act::ViewRoster) {
                true => format!("/people/{id}"),
                false => "/cases".to_owned(),
            };
            Ok(with_flash(&web, see(&back), FlashTone::Done, told))
        }
        Err(ActError::Invalid(faults)) if me.may(Act::ViewRoster) => {
            let fault = faults.first().map_or("", |(_, sentence)| sentence.as_str());
            let page = show(&web, &me, person, typed, Some(fault)).await?;
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn adapt(State(web): State<Web>, me: SignedIn, Id(id): Id, form: Posted) -> Answer {
    let flags: Vec<Accommodation> =
        form.all("accommodation").filter_map(Accommodation::from_code).collect();
    accommodations::set(&web.context, me.id(), PersonId(id), &flags).await?;
    let told = t!("It counts from the next session on.");
    Ok(with_flash(&web, see(&format!("/people/{id}")), FlashTone::Done, told))
}

async fn show(
    web: &Web,
    me: &SignedIn,
    id: PersonId,
    typed: &str,
    fault: Option<&str>,
) -> Result<PersonPage, Fail> {
    let db = web.context.store.read();
    let person = Fail::unless_found(people::find(db, id).await?)?;
    let viewer = Viewer::load(db, me.id(), [id]).await?;
    let zoned = web.zoned(me);
    let mut frame = web.frame(&me.visitor, &person.name, "/roster").await;
    if let Some(fault) = fault {
        frame = frame.with_problem("reason", fault);
    }
    let is_active = person.state == "active";
    let state = match is_active {
        true => StateWord::new(t!("active"), Tone::Good),
        false => StateWord::new(t!("has left"), Tone::Quiet),
    };
    let (policy, policy_why) = policy(web, id).await?;
    let may_order = is_active && !viewer.shares_a_line_with(id);
    Ok(PersonPage {
        frame,
        id: person.id.to_string(),
        name: person.name.clone(),
        state,
        may_edit: is_active && person.id != me.person.id,
        facts: facts(web, &person).await?,
        counts_from: counts_from(&zoned, &person),
        first_session: first_session(web, id).await?,
        passkeys: crate::web::pages::passkeys::of_person(web, &zoned, id, may_order).await?,
        burden: burden(web, &viewer, &person).await?,
        policy,
        policy_why,
        work_places: work_places(web, id).await?,
        absences: absences(web, id).await?,
        history: history(web, &viewer, &zoned, &person).await?,
        cases: about(web, &viewer, &person).await?,
        order: may_order.then(|| PersonPage::reason_field().typed(typed, fault)),
        accommodations: (is_active && me.id() != id).then(|| {
            let held = challenges::accommodations(&person);
            let held: Vec<&str> = held.iter().map(|flag| flag.code()).collect();
            PersonPage::accommodations_field().chosen(&held, None)
        }),
    })
}

async fn facts(web: &Web, person: &person::Model) -> Result<Vec<Row>, Fail> {
    let db = web.context.store.read();
    let manager = match person.manager_id {
        Some(id) => person_name(db, Some(id)).await?,
        None => t!("none").to_owned(),
    };
    let roles = people::roles(db, PersonId(person.id)).await?;
    let roles: Vec<&str> = roles.into_iter().map(Role::code).collect();
    Ok(vec![
        Row::new(t!("Employee id"), &person.employee_id),
        Row::new(t!("E-mail"), &person.email),
        Row::new(t!("Manager"), &manager),
        Row::new(t!("Department"), &department(person)),
        Row::new(t!("Zone"), &person.zone),
        Row::new(t!("Hours"), &person.hours),
        Row::new(t!("Languages"), &person.languages),
        Row::new(t!("Roles"), &roles.join(", ")),
    ])
}

/// When a change of the entry counts: the date that runs was committed as it is.
fn counts_from(zoned: &Zoned, person: &person::Model) -> String {
    let zone = zone_of(person);
    let city = city_of(&zone);
    let moving = match &person.next_zone {
        Some(next) => t!(" From then on the zone is {next}.", next),
        None => String::new(),
    };
    let next = zoned.now.date_in(&zone).tomorrow().map(|date| start_of_day(date, &zone));
    match next {
        Ok(at) => t!(
            "A change counts from the next date on, which begins in {city} {text}.{moving}",
            city,
            moving,
            text = zoned.moment(at).text
        ),
        Err(_) => t!("A change counts from the next date on.").to_owned(),
    }
}

async fn first_session(web: &Web, id: PersonId) -> Result<Option<StateWord>, Fail> {
    let found = baseline::of(web.context.store.read(), id).await?;
    Ok(found.as_ref().map(first_sessions::word_of))
}

/// What the programme asked of this person in twelve months, as far as the reader may know of it.
async fn burden(web: &Web, viewer: &Viewer, person: &person::Model) -> Result<Vec<Row>, Fail> {
    let db = web.context.store.read();
    let since = web.context.now().plus_ms(-365 * DAY_MS).0;
    let mut known = Vec::new();
    for row in check_ins::of_person(db, PersonId(person.id), YEAR_MAX).await? {
        let is_told = row.life() != CheckInState::Booking && !row.shadow && row.outcome.is_some();
        if row.start_ms >= since && is_told && may_know_outcome(db, viewer, &row).await? {
            known.push(row);
        }
    }
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let times = |n: usize| if n == 1 { t!("once").to_owned() } else { t!("{n} times", n) };
    let with = |outcome: Outcome| {
        known.iter().filter(|c| c.outcome.as_deref() == Some(outcome.code())).count()
    };
    let moved = known.iter().filter(|c| c.cancel_reason.as_deref() == Some(employee::NOT_NOW));
    let minutes: i64 = known
        .iter()
        .filter(|c| c.outcome.as_deref() == Some(Outcome::Verified.code()))
        .map(|c| c.session_minutes)
        .sum();
    Ok(vec![
        Row::new(t!("Asked to come"), &times(known.len())),
        Row::new(t!("Met"), &times(with(Outcome::Verified))),
        Row::new(t!("Asked for another time"), &times(moved.count())),
        Row::new(t!("In vain, on our side"), &times(with(Outcome::Void))),
        Row::new(t!("Minutes in sessions"), &t!("about {minutes}", minutes)),
    ])
}

async fn policy(web: &Web, id: PersonId) -> Result<(Option<String>, Vec<String>), Fail> {
    let db = web.context.store.read();
    let Some(member) = policies::membership_of(db, id).await? else {
        return Ok((None, Vec::new()));
    };
    let row = policies::get(db, PolicyVersionId(member.policy_version_id)).await?;
    let why = say(&policy::reason_of(db, &member).await?);
    Ok((Some(t!("{name}, version {version}", name = row.name, version = row.version)), vec![why]))
}

async fn work_places(web: &Web, id: PersonId) -> Result<Vec<WorkPlaceLine>, Fail> {
    let store = &web.context.store;
    let places = people::places(store, store.read(), id).await?;
    let line = |place: people::OpenPlace| {
        let valid = valid(&place);
        let name = match place.row.is_travel {
            true => t!("{label} (travel)", label = place.detail.label),
            false => place.detail.label,
        };
        WorkPlaceLine {
            name,
            country: place.detail.country,
            radius: t!("{radius_km} km", radius_km = place.detail.radius_km),
            valid,
        }
    };
    Ok(places.into_iter().map(line).collect())
}

/// The dates between which a place counts.
pub(super) fn valid(place: &people::OpenPlace) -> String {
    match (&place.row.valid_from, &place.row.valid_to) {
        (Some(from), Some(to)) => t!("{from} to {to}", from, to),
        (Some(from), None) => t!("since {from}", from),
        (None, Some(to)) => t!("until {to}", to),
        (None, None) => t!("always").to_owned(),
    }
}

/// Days only; what kind of absence it is stays sealed.
async fn absences(web: &Web, id: PersonId) -> Result<Vec<Row>, Fail> {
    let rows = people::absences(web.context.store.read(), id).await?;
    let row = |a: muster_store::entities::absence::Model| match a.first_day == a.last_day {
        true => Row::new(&a.first_day, t!("not eligible")),
        false => Row::new(
            &t!("{first_day} to {last_day}", first_day = a.first_day, last_day = a.last_day),
            t!("not eligible"),
        ),
    };
    Ok(rows.into_iter().map(row).collect())
}

async fn history(
    web: &Web,
    viewer: &Viewer,
    zoned: &Zoned,
    person: &person::Model,
) -> Result<Vec<PersonCheckIn>, Fail> {
    let db = web.context.store.read();
    let mut history = Vec::new();
    for row in check_ins::of_person(db, PersonId(person.id), HISTORY_MAX).await? {
        if row.life() == CheckInState::Booking || !may_know_outcome(db, viewer, &row).await? {
            continue;
        }
        history.push(PersonCheckIn {
            at: zoned.beside(UtcMillis(row.start_ms), person),
            kind: kind_text(row.why()).to_owned(),
            state: check_in_word(&row),
        });
    }
    Ok(history)
}

async fn about(
    web: &Web,
    viewer: &Viewer,
    person: &person::Model,
) -> Result<Vec<PersonCase>, Fail> {
    let db = web.context.store.read();
    let mut seen = Vec::new();
    for case in cases::about(db, [person.id]).await? {
        let check_in = check_ins::get(db, CheckInId(case.check_in_id)).await?;
        if viewer.may_view(&facts_of(db, &case, &check_in).await?) {
            seen.push(PersonCase {
                id: case.id.to_string(),
                number: case.no as u64,
                headline: headline(cause(&case), &person.name),
                state: state_word(&case),
            });
        }
    }
    Ok(seen)
}
