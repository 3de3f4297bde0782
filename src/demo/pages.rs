//! The demo's own pages: the first page with its stories, the clock's buttons, the mailbox.

use super::{World, company};
use crate::acts;
use crate::web::session::{Posted, Visitor};
use crate::web::{Access, Answer, Fail, Route, Web};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use muster_domain::id::{NotificationId, PersonId};
use muster_domain::time::{MINUTE_MS, UtcMillis};
use muster_messages::pages::demo::{DemoHome, MailLine, MailPage, Mailbox};
use muster_messages::pages::{Moment, Row};
use muster_messages::t;
use muster_ports::Mail;
use muster_store::entities::notification;
use muster_store::{notifications, people};
use std::sync::Arc;

/// Mails shown in the list.
const MAILS_MAX: u64 = 200;

pub(super) fn routes(world: &Arc<World>) -> Vec<Route> {
    let (home, clock, draw) = (world.clone(), world.clone(), world.clone());
    let (reading, letters) = (world.clone(), world.clone());
    vec![
        Route::get("/demo", Access::Anybody, move |web, visitor| first_page(home, web, visitor)),
        Route::get("/demo/clock", Access::Anybody, move || now(reading)),
        Route::post("/demo/clock", Access::Anybody, move |visitor, form| {
            step(clock, visitor, form)
        }),
        Route::post("/demo/draw", Access::Anybody, move |form| order(draw, form)),
        Route::get("/demo/mailbox", Access::Anybody, mailbox),
        Route::get("/demo/mailbox/{id}", Access::Anybody, mail_page),
        Route::get("/demo/mailbox/{id}/html", Access::Anybody, move |web, id| {
            mail_html(letters, web, id)
        }),
        Route::get("/demo/mailbox/{id}/calendar.ics", Access::Anybody, mail_calendar),
    ]
}

async fn first_page(world: Arc<World>, State(web): State<Web>, visitor: Visitor) -> Answer {
    let frame = web.frame(&visitor, t!("Two stories"), "").await;
    let active = people::active(world.context.store.read()).await?.len();
    let stories = world.stories().await?;
    web.page(&DemoHome {
        frame,
        company: t!("{active} fictional people in seven time zones", active),
        data_note: t!("Everything lies in {display}. To start over, stop the demo and start it again with --fresh.", display = world.data_dir.display()),
        stories,
        personas: world.who_is_who(),
    })
}

async fn now(world: Arc<World>) -> Json<serde_json::Value> {
    Json(serde_json::json!({ "now_ms": world.context.now().0 }))
}

async fn step(world: Arc<World>, _visitor: Visitor, form: Posted) -> Result<Response, Fail> {
    let minutes: i64 = form
        .text("minutes")
        .parse()
        .map_err(|_| Fail::bad(t!("`minutes` is a number of minutes, e.g. 5.")))?;
    world.step(minutes * MINUTE_MS).await.map_err(|e| Fail::Broken(format!("{e:#}")))?;
    Ok(back(&form))
}

/// *Draw Anna now*: a manual order by HR, labelled so.
async fn order(world: Arc<World>, form: Posted) -> Result<Response, Fail> {
    let who = if form.text("person").is_empty() { "anna" } else { form.text("person") };
    let db = world.context.store.read();
    let (Some(person), Some(hr)) =
        (people::by_employee_id(db, who).await?, people::by_employee_id(db, "hr").await?)
    else {
        return Err(Fail::NotFound);
    };
    let reason = "Ordered in the demo so that you can see a check-in now";
    acts::manual::order(&world.context, PersonId(hr.id), PersonId(person.id), reason).await?;
    world.step(0).await.map_err(|e| Fail::Broken(format!("{e:#}")))?;
    Ok(back(&form))
}

/// To the page the button stood on, if it is one of ours.
fn back(form: &Posted) -> Response {
    let next = crate::web::session::safe_next(form.text("next"));
    Redirect::to(if next == "/" { "/demo" } else { next }).into_response()
}

async fn mailbox(State(web): State<Web>, visitor: Visitor) -> Answer {
    let store = &web.context.store;
    let zone = reader_zone(&visitor);
    let mut mails = Vec::new();
    for row in notifications::recent(store.read(), MAILS_MAX)
        .await?
        .into_iter()
        .filter(|n| n.accepted_ms.is_some())
    {
        let mail = notifications::open_mail(store, store.read(), &row).await?;
        mails.push(MailLine {
            id: row.id.to_string(),
            to: format!("{} <{}>", mail.to.name, mail.to.address),
            subject: mail.subject,
            at: Moment::new(sent_at(&row), web.context.now(), &zone),
            has_calendar: mail.calendar.is_some(),
        });
    }
    let frame = web.frame(&visitor, t!("Mailbox"), "").await;
    web.page(&Mailbox { frame, mails })
}

async fn mail_page(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let (row, mail) = open(&web, &id).await?;
    let zone = reader_zone(&visitor);
    let at = Moment::new(sent_at(&row), web.context.now(), &zone);
    let frame = web.frame(&visitor, t!("Mail"), "").await;
    let head = vec![
        Row::new(t!("From"), &format!("{} <{}>", mail.from.name, mail.from.address)),
        Row::new(t!("To whom"), &format!("{} <{}>", mail.to.name, mail.to.address)),
        Row::new(t!("Sent"), &at.text),
        Row::new("Message-ID", &mail.message_id),
    ];
    web.page(&MailPage {
        frame,
        id,
        subject: mail.subject,
        head,
        has_html: !mail.html.is_empty(),
        text: mail.text,
        calendar: mail.calendar.map(|c| c.ics),
    })
}

/// The HTML part under a policy of its own: it runs nothing and reaches nothing. Its links lead to
/// the host of the persona who got it, as they would lead that person to a page of their own.
async fn mail_html(
    world: Arc<World>,
    State(web): State<Web>,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let (row, mail) = open(&web, &id).await?;
    let html = match world.label_of_person(PersonId(row.recipient)).await? {
        Some(label) => mail.html.replace(
            &format!("href=\"{}/", web.settings.public_url),
            &format!("href=\"{}", world.url_of(label, "/")),
        ),
        None => mail.html,
    };
    // Into a window of its own, and a whole one: our pages let nobody frame them.
    let html = html.replace("<a ", "<a target=\"_blank\" rel=\"noopener\" ");
    let mut answer = Html(html).into_response();
    let policy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers
        .insert(HeaderName::from_static("x-frame-options"), HeaderValue::from_static("SAMEORIGIN"));
    Ok(answer)
}

async fn mail_calendar(State(web): State<Web>, Path(id): Path<String>) -> Answer {
    let (_, mail) = open(&web, &id).await?;
    let calendar = mail.calendar.ok_or(Fail::NotFound)?;
    let kind = [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")];
    Ok((kind, calendar.ics).into_response())
}

async fn open(web: &Web, id: &str) -> Result<(notification::Model, Mail), Fail> {
    let id: NotificationId = id.parse().map_err(|_| Fail::NotFound)?;
    let store = &web.context.store;
    let row = notifications::get(store.read(), id).await.map_err(|_| Fail::NotFound)?;
    let mail = notifications::open_mail(store, store.read(), &row).await?;
    Ok((row, mail))
}

fn sent_at(row: &notification::Model) -> UtcMillis {
    UtcMillis(row.accepted_ms.unwrap_or(row.created_ms))
}

fn reader_zone(visitor: &Visitor) -> jiff::tz::TimeZone {
    let name = visitor.session().map_or(company::HOME_ZONE, |s| s.person.zone.as_str());
    muster_domain::time::zone(name).unwrap_or(jiff::tz::TimeZone::UTC)
}
