//! First sessions for HR: how far everybody is, one person's page, and the acts of HR and of whoever
//! vouches.

use crate::acts::baseline::{self, Standing};
use crate::acts::cases::standing::{Viewer, may_know_outcome};
use crate::acts::{ActError, check_in as employee};
use crate::web::guard::see;
use crate::web::listing::{Listing, searched};
use crate::web::pages::people_list::check_in_word;
use crate::web::session::{Hr, Id, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, Zoned, person_name, with_flash};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use muster_messages::language::tr;
use muster_messages::pages::first_session::{
    BookSession, FirstSessionHeld, FirstSessionLine, FirstSessionPage, FirstSessions,
};
use muster_messages::pages::{FlashTone, Row, StateWord, TabLink, Tone};
use muster_messages::t;
use serde::Deserialize;

const LIST: &str = "/first-sessions";

pub(super) fn routes() -> Vec<Route> {
    let arrange = Access::Act(Act::ArrangeBaseline);
    vec![
        Route::get(LIST, arrange, list),
        Route::post("/first-sessions/book-all", arrange, book_all),
        Route::get("/people/{id}/first-session", arrange, page),
        Route::post("/people/{id}/first-session", arrange, book),
        Route::post("/people/{id}/first-session/resend", arrange, resend),
        Route::post("/people/{id}/vouch", Access::Act(Act::VouchForPerson), vouch),
    ]
}

/// How far one person is. The order is the order of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    NeedsWord,
    Blocked,
    NotHeld,
    Booked,
    Arranged,
    NoPicture,
    Settled,
}

impl Stage {
    const ALL: [Stage; 7] = [
        Stage::NeedsWord,
        Stage::Blocked,
        Stage::NotHeld,
        Stage::Booked,
        Stage::Arranged,
        Stage::NoPicture,
        Stage::Settled,
    ];

    fn of(one: &Standing) -> Stage {
        if one.is_waiting {
            return Stage::Booked;
        }
        if one.ahead().is_some() {
            return Stage::Arranged;
        }
        match (one.has_met(), one.kept_ms.is_some(), one.vouching.is_some()) {
            (true, _, false) => Stage::NeedsWord,
            (true, false, true) => Stage::NoPicture,
            (_, true, _) => Stage::Settled,
            (false, false, _) if one.blocked.is_some() => Stage::Blocked,
            (false, false, _) => Stage::NotHeld,
        }
    }

    /// As it stands in the address.
    fn code(self) -> &'static str {
        match self {
            Stage::NeedsWord => "word",
            Stage::Blocked => "blocked",
            Stage::NotHeld => "never",
            Stage::Booked => "booked",
            Stage::Arranged => "arranged",
            Stage::NoPicture => "no-picture",
            Stage::Settled => "settled",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Stage::NeedsWord => t!("Word missing"),
            Stage::Blocked => t!("Not yet"),
            Stage::NotHeld => t!("Not held yet"),
            Stage::Booked => t!("Booked"),
            Stage::Arranged => t!("Arranged"),
            Stage::NoPicture => t!("No picture"),
            Stage::Settled => t!("Settled"),
        }
    }

    fn word(self) -> StateWord {
        let tone = match self {
            Stage::NeedsWord => Tone::Unclear,
            Stage::Blocked | Stage::NotHeld => Tone::Quiet,
            Stage::Booked | Stage::Arranged => Tone::Waiting,
            Stage::NoPicture | Stage::Settled => Tone::Good,
        };
        let word = match self {
            Stage::NeedsWord => t!("word missing"),
            Stage::Blocked => t!("not yet"),
            Stage::NotHeld => t!("not held yet"),
            Stage::Booked => t!("booked"),
            Stage::Arranged => t!("arranged"),
            Stage::NoPicture => t!("no picture"),
            Stage::Settled => t!("settled"),
        };
        StateWord::new(word, tone)
    }

    fn note(self, one: &Standing) -> &'static str {
        match self {
            Stage::NeedsWord => t!("met; nobody has vouched yet"),
            Stage::Blocked => one.blocked.map_or("", tr),
            Stage::NotHeld => t!("to be booked"),
            Stage::Booked => t!("the time is found in their working hours"),
            Stage::Arranged => t!("they were told"),
            Stage::NoPicture => t!("met; they would rather have none kept"),
            Stage::Settled => "",
        }
    }

    /// What comes next, as a sentence.
    fn next(self, one: &Standing) -> String {
        match self {
            Stage::NeedsWord => t!("Somebody who knows them vouches: their manager, or HR. Not the verifier who met them, and not whoever asked for the session.").to_owned(),
            Stage::Blocked => t!("No session can be booked now: {why}.", why = tr(one.blocked.unwrap_or_default())),
            Stage::NotHeld => t!("It has not been held. Newcomers are booked by themselves; you can do it at once.").to_owned(),
            Stage::Booked => t!("It is booked. The time is found in their working hours, and they are told at least a day ahead.").to_owned(),
            Stage::Arranged => t!("They were told the time. Nothing is to do until they were met.").to_owned(),
            Stage::NoPicture => t!("They were met and somebody vouched. No picture is kept, so later verifiers can say that they saw a live person and no more.").to_owned(),
            Stage::Settled => t!("Nothing is to do.").to_owned(),
        }
    }
}

/// How far somebody is, in a word.
pub(super) fn word_of(one: &Standing) -> StateWord {
    Stage::of(one).word()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    show: String,
    q: String,
    sort: String,
    order: String,
    page: String,
}

async fn list(State(web): State<Web>, me: Hr, Query(asked): Query<Asked>) -> Answer {
    let all = baseline::overview(web.context.store.read()).await?;
    let stages: Vec<Stage> = all.iter().map(Stage::of).collect();
    let due = all.iter().filter(|one| one.is_due()).count();
    let may_book_all = all.iter().any(|one| one.may_be_booked() && one.person.id != me.person.id);
    let (query, wanted) = searched(&asked.q);
    let show = match asked.show.as_str() {
        "" | "all" => asked.show.as_str(),
        other => {
            Stage::ALL.map(Stage::code).into_iter().find(|c| *c == other).ok_or(Fail::NotFound)?
        }
    };
    let is_shown = |one: &Standing, stage: Stage| match show {
        "" => one.is_due(),
        "all" => true,
        code => stage.code() == code,
    };
    let mut shown: Vec<(&Standing, Stage)> = all
        .iter()
        .zip(stages.iter().copied())
        .filter(|(one, stage)| is_shown(one, *stage))
        .filter(|(one, _)| one.person.name.to_lowercase().contains(&wanted))
        .collect();
    let listing = Listing::new(
        LIST,
        &["name", "state", "at"],
        [&asked.sort, &asked.order, &asked.page],
        &[("show", show), ("q", &query)],
    );
    let start = |one: &Standing| one.newest().map(|s| s.start_ms);
    // Everybody came by name, and a stable order keeps that within equals.
    match listing.sort {
        "state" => shown.sort_by_key(|(_, stage)| *stage),
        "at" => shown.sort_by_key(|(one, _)| start(one)),
        _ => {}
    }
    if listing.is_descending {
        shown.reverse();
    }
    let zoned = web.zoned(&me);
    let (here, pager) = listing.paged(&shown);
    let people = here.iter().map(|(one, stage)| line(&zoned, one, *stage)).collect();
    let summary = match due {
        0 => t!("All {all} people have what they need.", all = all.len()),
        n => t!("{n} of {all} people still need something.", n, all = all.len()),
    };
    web.page(&FirstSessions {
        frame: web.frame(&me.visitor, t!("First sessions"), LIST).await,
        summary,
        may_book_all,
        tabs: tabs(&stages, due, show),
        show: show.to_owned(),
        query,
        columns: FirstSessions::columns(listing.sort, listing.is_descending, &listing.kept),
        people,
        pager,
    })
}

/// What is to do first, then each stage somebody is in, then everybody.
fn tabs(stages: &[Stage], due: usize, show: &str) -> Vec<TabLink> {
    let mut tabs = vec![TabLink::new(LIST, t!("To do"), Some(due as u64), show.is_empty())];
    for stage in Stage::ALL {
        let count = stages.iter().filter(|s| **s == stage).count() as u64;
        let is_current = show == stage.code();
        if count > 0 || is_current {
            let url = format!("{LIST}?show={}", stage.code());
            tabs.push(TabLink::new(&url, stage.label(), Some(count), is_current));
        }
    }
    let url = format!("{LIST}?show=all");
    tabs.push(TabLink::new(&url, t!("Everybody"), Some(stages.len() as u64), show == "all"));
    tabs
}

fn line(zoned: &Zoned, one: &Standing, stage: Stage) -> FirstSessionLine {
    let session = match stage {
        Stage::Booked => None,
        Stage::Arranged => one.ahead(),
        _ => one.held(),
    };
    FirstSessionLine {
        id: one.person.id.to_string(),
        name: one.person.name.clone(),
        state: stage.word(),
        note: stage.note(one).to_owned(),
        at: session.map(|s| zoned.moment(UtcMillis(s.start_ms))),
    }
}

async fn page(State(web): State<Web>, me: Hr, Id(id): Id) -> Answer {
    web.page(&show(&web, &me, PersonId(id), "", None).await?)
}

async fn show(
    web: &Web,
    me: &SignedIn,
    id: PersonId,
    typed: &str,
    fault: Option<&str>,
) -> Result<FirstSessionPage, Fail> {
    let (db, zoned) = (web.context.store.read(), web.zoned(me));
    let one = Fail::unless_found(baseline::of(db, id).await?)?;
    let stage = Stage::of(&one);
    let viewer = Viewer::load(db, me.id(), [id]).await?;
    let mut sessions = Vec::new();
    for row in &one.sessions {
        if may_know_outcome(db, &viewer, row).await? {
            let at = zoned.beside(UtcMillis(row.start_ms), &one.person);
            sessions.push(FirstSessionHeld { at, state: check_in_word(row) });
        }
    }
    let to_vouch = one.held().filter(|_| one.vouching.is_none());
    let may_vouch = match to_vouch {
        Some(row) => baseline::may_vouch(db, me.id(), &me.roles, row).await.is_ok(),
        None => false,
    };
    let title = t!("First session of {name}", name = one.person.name);
    let mut frame = web.frame(&me.visitor, &title, LIST).await;
    if let Some(fault) = fault {
        frame = frame.with_problem("reason", fault);
    }
    let now = web.context.now();
    let is_own = one.person.id == me.person.id;
    let may_book = !is_own && !one.is_arranged() && one.blocked.is_none();
    let is_retake = one.kept_ms.is_some();
    let asks_why = is_retake || one.has_met();
    let book = may_book.then(|| BookSession {
        is_retake,
        reason: asks_why.then(|| BookSession::reason_field().typed(typed, fault)),
    });
    let facts = facts(web, &zoned, &one).await?;
    Ok(FirstSessionPage {
        frame,
        id: one.person.id.to_string(),
        name: one.person.name.clone(),
        state: stage.word(),
        next: stage.next(&one),
        facts,
        sessions,
        may_resend: one.ahead().is_some_and(|s| now.0 < s.start_ms && !employee::is_over(s)),
        may_vouch,
        book,
    })
}

async fn facts(web: &Web, zoned: &Zoned, one: &Standing) -> Result<Vec<Row>, Fail> {
    let at = |ms: i64| zoned.moment(UtcMillis(ms)).text;
    let session = match one.held() {
        Some(row) => t!("held {at}", at = at(row.start_ms)),
        None => t!("none took place").to_owned(),
    };
    let picture = match one.kept_ms {
        Some(ms) => t!("kept since {at}", at = at(ms)),
        None => t!("none is kept").to_owned(),
    };
    let word = match &one.vouching {
        Some(word) => {
            let by = person_name(web.context.store.read(), Some(word.voucher_id)).await?;
            t!("given by {by}, {at}", by, at = at(word.at_ms))
        }
        None => t!("not given").to_owned(),
    };
    Ok(vec![
        Row::new(t!("Session"), &session),
        Row::new(t!("Picture"), &picture),
        Row::new(t!("Somebody's word"), &word),
    ])
}

async fn book_all(State(web): State<Web>, me: Hr, _: Posted) -> Answer {
    let done = baseline::book_all(&web.context, me.id()).await?;
    let told = match done.blocked {
        0 => t!("{booked} booked. Each is told in their working hours.", booked = done.booked),
        n => t!(
            "{booked} booked; {n} cannot be yet, for the reasons in the list.",
            n,
            booked = done.booked
        ),
    };
    Ok(with_flash(&web, see(LIST), FlashTone::Done, &told))
}

async fn book(State(web): State<Web>, me: Hr, Id(id): Id, form: Posted) -> Answer {
    let typed = form.text_within("reason", 500);
    match baseline::book(&web.context, me.id(), PersonId(id), &typed).await {
        Ok(_) => Ok(back(&web, id, t!("It is booked. They are told in their working hours."))),
        Err(ActError::Invalid(faults)) => {
            let fault = faults.first().map_or("", |(_, sentence)| sentence.as_str());
            let page = show(&web, &me, PersonId(id), &typed, Some(fault)).await?;
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn resend(State(web): State<Web>, me: Hr, Id(id): Id, _: Posted) -> Answer {
    baseline::resend(&web.context, me.id(), PersonId(id)).await?;
    Ok(back(&web, id, t!("The invitation is sent once more.")))
}

async fn vouch(State(web): State<Web>, me: SignedIn, Id(id): Id, _: Posted) -> Answer {
    baseline::vouch(&web.context, me.id(), PersonId(id)).await?;
    let told = t!("Your word is recorded.");
    if me.may(Act::ArrangeBaseline) {
        return Ok(back(&web, id, told));
    }
    Ok(with_flash(&web, see("/people"), FlashTone::Done, told))
}

fn back(web: &Web, id: uuid::Uuid, told: &str) -> Response {
    with_flash(web, see(&format!("/people/{id}/first-session")), FlashTone::Done, told)
}
