//! Who stands in for whom. Managers name somebody here; whoever stands in can say no; HR, security and
//! the auditor see everybody's.

use crate::acts::ActError;
use crate::acts::context::zone_of;
use crate::acts::delegations::{self, Listed, Typed};
use crate::web::guard::see;
use crate::web::session::{Id, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, with_flash};
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use muster_domain::access::Act;
use muster_messages::language::dates;
use muster_messages::pages::delegation::{
    DelegationForm, DelegationLine, Delegations, EverybodysDelegations, OwnDelegations,
};
use muster_messages::pages::{FlashTone, StateWord, Tone};
use muster_messages::t;
use muster_store::delegations::state;
use muster_store::people;

const PATH: &str = "/delegations";
const FIELDS: [&str; 3] = ["delegate", "first", "last"];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(PATH, Access::Act(Act::ViewDelegations), list),
        Route::post(PATH, Access::Act(Act::Delegate), name),
        Route::post("/delegations/{id}/end", Access::SignedIn, end),
    ]
}

async fn list(State(web): State<Web>, me: SignedIn) -> Answer {
    let today = web.context.now().date_in(&zone_of(&me.person)).to_string();
    web.page(&page(&web, &me, ["", &today, ""], None).await?)
}

async fn name(State(web): State<Web>, me: SignedIn, form: Posted) -> Answer {
    let typed = FIELDS.map(|field| form.text_within(field, 254));
    let [delegate, first, last] = typed.each_ref().map(String::as_str);
    match delegations::name(&web.context, me.id(), &Typed { delegate, first, last }).await {
        Ok(made) => {
            let (name, days) = (name_of(made.delegate.as_ref()), days(&made));
            let told = t!("{name} stands in, {days}.", name, days);
            Ok(with_flash(&web, see(PATH), FlashTone::Done, &told))
        }
        Err(ActError::Invalid(faults)) => {
            let fault = faults.first().map(|(field, says)| (*field, says.as_str()));
            let page = page(&web, &me, [delegate, first, last], fault).await?;
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn end(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    delegations::end(&web.context, me.id(), id).await?;
    // Whoever stood in may not be a manager any more.
    let back =
        if me.may(Act::WatchDelegations) || has_people(&web, &me).await? { PATH } else { "/" };
    let told = t!("Ended. The next person in the line is asked.");
    Ok(with_flash(&web, see(back), FlashTone::Done, told))
}

async fn has_people(web: &Web, me: &SignedIn) -> Result<bool, Fail> {
    Ok(!people::reports(web.context.store.read(), me.id()).await?.is_empty())
}

async fn page(
    web: &Web,
    me: &SignedIn,
    typed: [&str; 3],
    fault: Option<(&str, &str)>,
) -> Result<Delegations, Fail> {
    let (named, standing_in) = delegations::mine(&web.context, me.id()).await?;
    let mut frame = web.frame(&me.visitor, t!("While a manager is away"), "/people").await;
    if let Some((field, says)) = fault {
        frame = frame.with_problem(field, says);
    }
    let own = OwnDelegations {
        lines: named.iter().map(|d| line(d, t!("End it now"))).collect(),
        form: DelegationForm::typed(typed, fault),
    };
    let everybody = match me.may(Act::WatchDelegations) {
        true => Some(delegations::all(&web.context, me.id()).await?),
        false => None,
    };
    Ok(Delegations {
        frame,
        own: has_people(web, me).await?.then_some(own),
        standing_in: standing_in.iter().map(|d| line(d, t!("I cannot"))).collect(),
        everybody: everybody.map(|all| EverybodysDelegations {
            lines: all.iter().map(|d| line(d, t!("End it now"))).collect(),
        }),
    })
}

fn name_of(person: Option<&muster_store::entities::person::Model>) -> &str {
    person.map_or(t!("somebody who has left"), |p| p.name.as_str())
}

fn line(listed: &Listed, end: &str) -> DelegationLine {
    let (word, tone) = match listed.row.state.as_str() {
        state::AHEAD => (t!("ahead"), Tone::Quiet),
        state::RUNNING => (t!("running"), Tone::Waiting),
        _ => (t!("over"), Tone::Quiet),
    };
    DelegationLine {
        id: listed.row.id.to_string(),
        who: t!(
            "{delegate} for {manager}",
            delegate = name_of(listed.delegate.as_ref()),
            manager = name_of(listed.manager.as_ref())
        ),
        days: days(listed),
        state: StateWord::new(word, tone),
        end: listed.may_end.then(|| end.to_owned()),
    }
}

/// E.g. `3 December to 14 December 2026`.
fn days(listed: &Listed) -> String {
    let date = |text: &str, form: fn(Date) -> String| {
        let date: Option<Date> = text.parse().ok();
        date.map_or_else(|| text.to_owned(), form)
    };
    let (first, last) = (&listed.row.first_day, &listed.row.last_day);
    match first == last {
        true => date(first, dates::long),
        false => t!(
            "{first} to {last}",
            first = date(first, dates::long_without_year),
            last = date(last, dates::long)
        ),
    }
}
