//! The employee's own draws: the page, the download that proves them, and the employee's part of
//! the token.

use crate::acts::my_draws::{DAYS, MyDate, Openness, gather};
use crate::acts::{ActError, draw_token};
use crate::web::guard::see;
use crate::web::session::{Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, with_flash};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use muster_domain::calendar::IneligibleClass;
use muster_domain::draw::DayResult;
use muster_domain::msg;
use muster_domain::person::TokenNonce;
use muster_messages::language::dates::decimal;
use muster_messages::language::tr;
use muster_messages::pages::FlashTone;
use muster_messages::pages::my_draws::{DrawnDate, MyDraws};
use muster_messages::t;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/me/draws", Access::SignedIn, page),
        Route::get("/me/draws.json", Access::SignedIn, download),
        Route::post("/me/draws/nonce", Access::SignedIn, nonce),
    ]
}

async fn page(State(web): State<Web>, me: SignedIn) -> Answer {
    let record = gather(&web.context, &me.person).await?;
    let frame = web.frame(&me.visitor, t!("My draws"), "/").await;
    let token = hex::encode(&me.person.draw_token);
    let page = match record {
        None => MyDraws {
            frame,
            ready: false,
            token,
            own_part: false,
            waiting: false,
            days: DAYS,
            dates: Vec::new(),
        },
        Some(record) => MyDraws {
            frame,
            ready: true,
            token,
            own_part: record.has_own_nonce,
            waiting: record.is_waiting,
            days: DAYS,
            dates: record.dates.iter().map(words).collect(),
        },
    };
    web.page(&page)
}

async fn download(State(web): State<Web>, me: SignedIn) -> Answer {
    let record = Fail::unless_found(gather(&web.context, &me.person).await?)?;
    let name = (header::CONTENT_DISPOSITION, "attachment; filename=\"my-draws.json\"");
    Ok(([name], Json(record)).into_response())
}

async fn nonce(State(web): State<Web>, me: SignedIn, form: Posted) -> Answer {
    let nonce = TokenNonce::try_from(form.text("nonce").to_owned());
    let nonce =
        nonce.map_err(|_| Fail::bad(t!("Your browser's part is 64 hexadecimal digits.")))?;
    let (tone, text) = match draw_token::give_nonce(&web.context, me.id(), nonce).await {
        Ok(()) => (FlashTone::Done, t!("Your own part is in your token from the next date on.")),
        Err(ActError::Conflict(_)) => {
            (FlashTone::Attention, t!("Your own part is in your token already."))
        }
        Err(error) => return Err(error.into()),
    };
    Ok(with_flash(&web, see("/me/draws"), tone, text))
}

/// A date as words. Nothing about one that has not closed.
fn words(date: &MyDate) -> DrawnDate {
    let block = date.horizon.strip_prefix("block/").and_then(|n| n.parse::<u8>().ok());
    let mut words = DrawnDate {
        label: date.label.clone(),
        horizon: date.horizon.clone(),
        block: block.map(|n| t!("part {n} of the day", n = n + 1)),
        eligible: t!("not closed yet").to_owned(),
        k: String::new(),
        chance: String::new(),
        result: String::new(),
    };
    if date.openness == Openness::Open {
        return words;
    }
    let Some(row) = &date.opened else {
        words.eligible = t!("no: you were not in this draw").to_owned();
        return words;
    };
    words.eligible = match row.class {
        None => t!("yes").to_owned(),
        Some(class) => t!("no: {class}", class = tr(because(class))),
    };
    if row.class.is_none() {
        words.k = row.k.to_string();
        words.chance = date.chance.map(percent).unwrap_or_default();
    }
    words.result = match date.result {
        Some(DayResult::Hit) => t!("drawn"),
        Some(DayResult::Shielded) => t!("drawn, and too few free times to meet you"),
        Some(DayResult::Uncovered) => t!("drawn, and nobody had time to meet you"),
        Some(DayResult::NotHit) => t!("not drawn"),
        Some(DayResult::Ineligible) | None => t!("nothing was drawn"),
    }
    .to_owned();
    words
}

fn percent(chance: f64) -> String {
    if chance >= 1.0 {
        return t!("certain").to_owned();
    }
    format!("{} %", decimal(&format!("{:.1}", chance * 100.0)))
}

const fn because(class: IneligibleClass) -> &'static str {
    match class {
        IneligibleClass::Left => msg!("you were not on the roster"),
        IneligibleClass::Paused => msg!("the draws were paused"),
        IneligibleClass::NotInPool => msg!("no policy drew you"),
        IneligibleClass::OutsidePilot => msg!("the pilot had not reached you"),
        IneligibleClass::NoticePending => msg!("your notice had not arrived"),
        IneligibleClass::BaselinePending => msg!("your first session was still to come"),
        IneligibleClass::Absence => msg!("you were away"),
        IneligibleClass::Holiday => msg!("a holiday"),
        IneligibleClass::NoHours => msg!("a day without working hours"),
        IneligibleClass::PrivateBlock => msg!("your private blocks covered the day"),
    }
}
