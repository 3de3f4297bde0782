//! Exceptions to rules: the list, the form to ask for one, the acts of the second person.

use crate::acts::ActError;
use crate::acts::exceptions::{self, Asked, Listed, covered_words};
use crate::web::guard::see;
use crate::web::session::{Form, Id, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, Zoned, person_name, with_flash};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use muster_domain::access::Act;
use muster_domain::judging::exception::{EXCEPTION_REMINDER_DAYS, Only};
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::pages::exceptions::{
    ExceptionForm, ExceptionLine, ExceptionTyped, Exceptions,
};
use muster_messages::pages::{FlashTone, StateWord, Tone};
use muster_messages::t;
use muster_store::entities::rule_exception;
use muster_store::rule_exceptions::{Detail, state};
use serde::Deserialize;

const PATH: &str = "/exceptions";

pub(super) fn routes() -> Vec<Route> {
    let confirm = Access::Act(Act::ConfirmException);
    vec![
        Route::get(PATH, Access::Act(Act::ViewExceptions), list),
        Route::post(PATH, Access::Act(Act::ProposeException), ask),
        Route::post("/exceptions/{id}/confirm", confirm, accept),
        Route::post("/exceptions/{id}/refuse", confirm, refuse),
        Route::post("/exceptions/{id}/end", Access::Act(Act::EndException), end),
    ]
}

/// What a link from a finding fills in.
#[derive(Debug, Default, Deserialize)]
struct Prefilled {
    #[serde(default)]
    person: String,
    #[serde(default)]
    covers: String,
}

async fn list(State(web): State<Web>, me: SignedIn, Query(from): Query<Prefilled>) -> Answer {
    let typed =
        ExceptionTyped { person: &from.person, covers: &from.covers, ..ExceptionTyped::default() };
    web.page(&page(&web, &me, typed, &[]).await?)
}

async fn ask(State(web): State<Web>, me: SignedIn, form: Posted) -> Answer {
    let typed = typed(&form.0);
    let asked = Asked {
        person: typed.person,
        covers: typed.covers,
        reason: typed.reason,
        ends: typed.ends,
        asn: typed.asn,
        country: typed.country,
        at_work_places: typed.at_work_places,
    };
    match exceptions::propose(&web.context, me.id(), &asked).await {
        Ok(_) => {
            let told = t!("It waits for a second person. Until then the rule counts as before.");
            Ok(with_flash(&web, see(PATH), FlashTone::Done, told))
        }
        Err(ActError::Invalid(faults)) => {
            let page = page(&web, &me, typed, &faults).await?;
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

fn typed(form: &Form) -> ExceptionTyped<'_> {
    ExceptionTyped {
        person: form.text("person"),
        covers: form.text("covers"),
        reason: form.text("reason"),
        ends: form.text("ends"),
        asn: form.text("asn"),
        country: form.text("country"),
        at_work_places: form.text("at_work_places") == "yes",
    }
}

async fn accept(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    exceptions::confirm(&web.context, me.id(), id).await?;
    let told = t!("It is in force. What was judged before stays as it is.");
    Ok(with_flash(&web, see(PATH), FlashTone::Done, told))
}

async fn refuse(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    exceptions::refuse(&web.context, me.id(), id).await?;
    Ok(with_flash(&web, see(PATH), FlashTone::Done, t!("It is turned down.")))
}

async fn end(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    exceptions::end(&web.context, me.id(), id).await?;
    Ok(with_flash(&web, see(PATH), FlashTone::Done, t!("It has ended: the rule counts again.")))
}

async fn page(
    web: &Web,
    me: &SignedIn,
    typed: ExceptionTyped<'_>,
    faults: &[(&'static str, String)],
) -> Result<Exceptions, Fail> {
    let zoned = web.zoned(me);
    let mut frame = web.frame(&me.visitor, t!("Exceptions"), PATH).await;
    for (field, says) in faults {
        let at = if *field == "at_work_places" { "at_work_places-1" } else { field };
        frame = frame.with_problem(at, says);
    }
    let mut listed = exceptions::list(&web.context, me.id()).await?;
    listed.sort_by_key(|l| l.row.ends_ms);
    let (mut standing, mut over) = (Vec::new(), Vec::new());
    for one in &listed {
        let line = line(web, &zoned, me.person.id, one).await?;
        match is_standing(&one.row, zoned.now) {
            true => standing.push(line),
            false => over.insert(0, line),
        }
    }
    let soon = zoned.now.plus_ms(EXCEPTION_REMINDER_DAYS * DAY_MS);
    let ends_soon = |l: &&Listed| {
        l.row.state == state::ACTIVE && is_standing(&l.row, zoned.now) && l.row.ends_ms <= soon.0
    };
    let ending = match listed.iter().filter(ends_soon).count() {
        0 => None,
        1 => Some(
            t!("One ends within two weeks. It ends by itself; ask anew if it is still needed.")
                .to_owned(),
        ),
        n => Some(t!(
            "{n} end within two weeks. They end by themselves; ask anew for those still needed.",
            n
        )),
    };
    let may_ask = me.may(Act::ProposeException);
    Ok(Exceptions {
        frame,
        standing,
        over,
        ending,
        form: may_ask.then(|| ExceptionForm::typed(typed, faults)),
    })
}

fn is_standing(row: &rule_exception::Model, now: UtcMillis) -> bool {
    [state::PENDING, state::ACTIVE].contains(&row.state.as_str()) && row.ends_ms > now.0
}

async fn line(
    web: &Web,
    zoned: &Zoned,
    me: uuid::Uuid,
    listed: &Listed,
) -> Result<ExceptionLine, Fail> {
    let db = web.context.store.read();
    let row = &listed.row;
    let standing = is_standing(row, zoned.now);
    let waits = standing && row.state == state::PENDING;
    let confirmed_by = match row.confirmed_by {
        None => None,
        Some(by) => Some(person_name(db, Some(by)).await?),
    };
    let ends = match row.ended_ms {
        Some(ended) => t!("Over since {date}.", date = zoned.date(UtcMillis(ended))),
        // It ends with the day.
        None => t!("Last day {date}.", date = zoned.date(UtcMillis(row.ends_ms - 1))),
    };
    Ok(ExceptionLine {
        id: row.id.to_string(),
        person: listed.person.name.clone(),
        covers: covered_words(&row.covers),
        reason: listed.detail.as_ref().map(|d| d.reason.clone()).unwrap_or_default(),
        only: listed.detail.as_ref().map(only_words).unwrap_or_default(),
        owner: person_name(db, Some(row.owner)).await?,
        confirmed_by,
        state: match row.state.as_str() {
            state::PENDING if standing => {
                StateWord::new(t!("waits for a second person"), Tone::Waiting)
            }
            state::ACTIVE if standing => StateWord::new(t!("in force"), Tone::Good),
            state::REFUSED => StateWord::new(t!("turned down"), Tone::Quiet),
            _ => StateWord::new(t!("ended"), Tone::Quiet),
        },
        ends,
        is_mine: row.owner == me,
        may_confirm: waits && listed.may_confirm,
        may_refuse: waits && listed.may_end,
        may_end: standing && !waits && listed.may_end,
    })
}

/// Where it holds, without coordinates.
fn only_words(detail: &Detail) -> String {
    let Some(first) = detail.only.first() else { return t!("It holds everywhere.").to_owned() };
    let Only { asn, country, place } = first;
    let mut parts = Vec::new();
    parts.extend(asn.map(|asn| t!("over network {asn}", asn)));
    parts.extend(country.as_ref().map(|country| t!("in {country}", country)));
    if place.is_some() {
        parts.push(match detail.only.len() {
            1 => t!("at 1 declared work place").to_owned(),
            n => t!("at {n} declared work places", n),
        });
    }
    t!("It holds only {places}.", places = parts.join(", "))
}
