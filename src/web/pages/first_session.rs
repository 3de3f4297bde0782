//! First sessions: HR's list, the acts of HR and of whoever vouches, and one's own page.

use super::room::picture;
use crate::acts::baseline::{self, Standing};
use crate::acts::check_in as employee;
use crate::web::guard::see;
use crate::web::session::{Hr, Id, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, Zoned, with_flash};
use axum::extract::State;
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use muster_messages::pages::first_session::{FirstSessionLine, FirstSessions, MyFirstSession};
use muster_messages::pages::{FlashTone, Row, StateWord, Tone};
use muster_store::baselines;

const LIST: &str = "/first-sessions";
const MINE: &str = "/me/first-session";

pub(super) fn routes() -> Vec<Route> {
    let arrange = Access::Act(Act::ArrangeBaseline);
    vec![
        Route::get(LIST, arrange, list),
        Route::post("/first-sessions/book-all", arrange, book_all),
        Route::post("/people/{id}/first-session", arrange, book),
        Route::post("/people/{id}/first-session/resend", arrange, resend),
        Route::post("/people/{id}/vouch", Access::Act(Act::VouchForPerson), vouch),
        Route::get(MINE, Access::SignedIn, mine),
        Route::post(MINE, Access::SignedIn, ask_again),
        Route::get("/me/reference-still", Access::SignedIn, my_still),
    ]
}

async fn list(State(web): State<Web>, me: Hr) -> Answer {
    let (db, zoned) = (web.context.store.read(), web.zoned(&me));
    let all = baseline::overview(db).await?;
    let due: Vec<&Standing> = all.iter().filter(|one| one.is_due()).collect();
    let is_open = |one: &&&Standing| {
        one.blocked.is_none() && !one.is_arranged() && !one.has_met() && one.kept_ms.is_none()
    };
    let may_book_all = due.iter().any(|one| is_open(&one) && one.person.id != me.person.id);
    let mut people = Vec::new();
    for one in &due {
        people.push(line(&web, &me, &zoned, one).await?);
    }
    let summary = match due.len() {
        0 => format!("All {} people have what they need.", all.len()),
        n => format!("{n} of {} people still need something.", all.len()),
    };
    let frame = web.frame(&me.visitor, "First sessions", LIST).await;
    web.page(&FirstSessions { frame, summary, may_book_all, people })
}

async fn line(
    web: &Web,
    me: &SignedIn,
    zoned: &Zoned,
    one: &Standing,
) -> Result<FirstSessionLine, Fail> {
    let db = web.context.store.read();
    let now = web.context.now();
    let session = one.session.as_ref();
    let (state, note) = if one.is_waiting {
        (StateWord::new("booked", Tone::Waiting), "The time is found in their working hours.")
    } else if session.is_some_and(|s| !employee::is_over(s)) {
        (StateWord::new("arranged", Tone::Waiting), "They were told of it:")
    } else if !one.has_met() {
        let blocked = one.blocked.unwrap_or("not met yet");
        (StateWord::new("due", Tone::Quiet), blocked)
    } else if one.vouching.is_none() {
        (StateWord::new("met", Tone::Good), "Nobody has vouched yet. Met")
    } else {
        (StateWord::new("met", Tone::Good), "They would rather have no picture kept. Met")
    };
    let is_mine = one.person.id == me.person.id;
    let may_vouch = match session.filter(|_| one.has_met() && one.vouching.is_none()) {
        Some(row) => baseline::may_vouch(db, me.id(), &me.roles, row).await.is_ok(),
        None => false,
    };
    Ok(FirstSessionLine {
        id: one.person.id.to_string(),
        name: one.person.name.clone(),
        state,
        note: note.to_owned(),
        at: session.filter(|_| !one.is_waiting).map(|s| zoned.moment(UtcMillis(s.start_ms))),
        may_book: !is_mine && !one.is_arranged() && one.blocked.is_none() && one.kept_ms.is_none(),
        may_resend: session.is_some_and(|s| !employee::is_over(s) && now.0 < s.start_ms),
        may_vouch,
    })
}

async fn book_all(State(web): State<Web>, me: Hr, _: Posted) -> Answer {
    let done = baseline::book_all(&web.context, me.id()).await?;
    let told = match done.blocked {
        0 => format!("{} booked. Each is told in their working hours.", done.booked),
        n => format!("{} booked; {n} cannot be yet, for the reasons in the list.", done.booked),
    };
    Ok(with_flash(&web, see(LIST), FlashTone::Done, &told))
}

async fn book(State(web): State<Web>, me: Hr, Id(id): Id, form: Posted) -> Answer {
    baseline::book(&web.context, me.id(), PersonId(id), form.text("reason")).await?;
    let told = "It is booked. They are told in their working hours.";
    Ok(with_flash(&web, see(LIST), FlashTone::Done, told))
}

async fn resend(State(web): State<Web>, me: Hr, Id(id): Id, _: Posted) -> Answer {
    baseline::resend(&web.context, me.id(), PersonId(id)).await?;
    Ok(with_flash(&web, see(LIST), FlashTone::Done, "The invitation is sent once more."))
}

async fn vouch(State(web): State<Web>, me: SignedIn, Id(id): Id, _: Posted) -> Answer {
    baseline::vouch(&web.context, me.id(), PersonId(id)).await?;
    let back = if me.may(Act::ArrangeBaseline) { LIST } else { "/people" };
    Ok(with_flash(&web, see(back), FlashTone::Done, "Your word is recorded."))
}

async fn mine(State(web): State<Web>, me: SignedIn) -> Answer {
    let (db, zoned) = (web.context.store.read(), web.zoned(&me));
    let all = baseline::overview(db).await?;
    let one = all.iter().find(|one| one.person.id == me.person.id);
    let kept = baselines::kept(db, me.id()).await?;
    let session = match one.and_then(|o| o.session.as_ref()) {
        Some(row) => zoned.moment(UtcMillis(row.start_ms)).text,
        None if one.is_some_and(|o| o.is_waiting) => "booked; you are told the time".to_owned(),
        None => "none yet".to_owned(),
    };
    let picture = match &kept {
        Some(still) => {
            format!("kept since {}", zoned.moment(UtcMillis(still.kept_ms.unwrap_or(0))).text)
        }
        None => "none is kept".to_owned(),
    };
    let word = if one.is_some_and(|o| o.vouching.is_some()) { "given" } else { "not yet" };
    let page = MyFirstSession {
        frame: web.frame(&me.visitor, "My first session", "/").await,
        facts: vec![
            Row::new("Session", &session),
            Row::new("Picture", &picture),
            Row::new("Somebody's word for you", word),
        ],
        has_still: kept.is_some(),
        may_ask: one.is_some_and(|o| o.blocked.is_none() && !o.is_arranged()),
    };
    web.page(&page)
}

async fn ask_again(State(web): State<Web>, me: SignedIn, _: Posted) -> Answer {
    baseline::ask_again(&web.context, me.id()).await?;
    let told = "It is booked. You are told the time in your working hours.";
    Ok(with_flash(&web, see(MINE), FlashTone::Done, told))
}

async fn my_still(State(web): State<Web>, me: SignedIn) -> Answer {
    let still = baseline::own(&web.context, me.id()).await?;
    Ok(picture(&still.ok_or(Fail::NotFound)?))
}
