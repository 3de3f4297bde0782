//! Holiday calendars: which there are, who has them, and the holidays of a year.

use crate::web::listing::{Listing, searched};
use crate::web::session::Hr;
use crate::web::{Access, Answer, Fail, Route, Web};
use axum::extract::{Query, State};
use muster_domain::access::Act;
use muster_domain::calendar::SHIPPED_YEARS;
use muster_messages::language::dates;
use muster_messages::pages::person_edit::{CalendarLine, HolidayLine, HolidayList, Holidays};
use muster_messages::t;
use muster_store::{holidays, people};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

pub(super) fn routes() -> Vec<Route> {
    let view = Access::Act(Act::ViewRoster);
    vec![Route::get("/holidays", view, list), Route::get("/holidays/days", view, one)]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    page: String,
    calendar: String,
    year: String,
}

/// How many on the roster have each calendar.
async fn holders(web: &Web) -> Result<HashMap<String, usize>, Fail> {
    let mut holders: HashMap<String, usize> = HashMap::new();
    for person in people::active(web.context.store.read()).await? {
        if let Some(code) = person.holidays {
            *holders.entry(code).or_default() += 1;
        }
    }
    Ok(holders)
}

async fn list(State(web): State<Web>, me: Hr, Query(asked): Query<Asked>) -> Answer {
    let db = web.context.store.read();
    let holders = holders(&web).await?;
    let own: BTreeSet<String> = holidays::own(db).await?.into_iter().map(|row| row.code).collect();
    let all = holidays::all(db).await?;
    let (query, wanted) = searched(&asked.q);
    let found = all.codes().filter(|code| code.to_lowercase().contains(&wanted));
    let mut lines: Vec<CalendarLine> = found
        .map(|code| CalendarLine {
            code: code.to_owned(),
            people: holders.get(code).copied().unwrap_or(0),
            is_own: own.contains(code),
        })
        .collect();
    lines.sort_by(|a, b| (b.people, &a.code).cmp(&(a.people, &b.code)));
    let listing = Listing::new("/holidays", &["people"], ["", "", &asked.page], &[("q", &query)]);
    let (here, pager) = listing.paged(&lines);
    let (calendars, frame) =
        (here.to_vec(), web.frame(&me.visitor, t!("Holidays"), "/roster").await);
    web.page(&Holidays { frame, query, calendars, pager })
}

async fn one(State(web): State<Web>, me: Hr, Query(asked): Query<Asked>) -> Answer {
    let code = asked.calendar;
    let all = holidays::all(web.context.store.read()).await?;
    let calendar = all.get(&code).ok_or(Fail::NotFound)?;
    let this_year = web.zoned(&me).now.date_in(&web.zoned(&me).zone).year();
    let year = asked.year.parse::<i16>().unwrap_or(this_year);
    let days = calendar.days().filter(|(date, _)| date.year() == year);
    let days = days.map(|(date, name)| HolidayLine {
        day: dates::long_with_weekday(date),
        name: name.to_owned(),
    });
    let days: Vec<HolidayLine> = days.collect();
    let url = |year: i16| {
        let is_known = (SHIPPED_YEARS.0..=SHIPPED_YEARS.1).contains(&year);
        is_known.then(|| format!("/holidays/days?calendar={code}&year={year}"))
    };
    let (earlier_url, later_url) = (url(year.saturating_sub(1)), url(year.saturating_add(1)));
    let people = holders(&web).await?.get(&code).copied().unwrap_or(0);
    let title = t!("Holidays {code}, {year}", code, year);
    let frame = web.frame(&me.visitor, &title, "/roster").await;
    web.page(&HolidayList { frame, code: code.clone(), year, people, earlier_url, later_url, days })
}
