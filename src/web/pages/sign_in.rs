//! Signing in by a mailed code, and out. Opening a page has no effect; only a form does.

use crate::acts::ActError;
use crate::acts::sign_in::{self, Asked, CODE_MINUTES, Typed};
use crate::web::guard::{see, with_session, without_session};
use crate::web::session::cookie::{self, ADDRESS};
use crate::web::session::proxy::rate_subject;
use crate::web::session::{Posted, Visitor, safe_next};
use crate::web::{Access, Answer, Fail, Route, Web};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_messages::pages::sign_in::{AskAddress, AskCode, SignedOut};
use muster_messages::t;
use serde::Deserialize;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/sign-in", Access::Anybody, ask_address),
        Route::post("/sign-in", Access::Anybody, send_code),
        Route::get("/sign-in/code", Access::Anybody, ask_code),
        Route::post("/sign-in/code", Access::Anybody, take_code),
        Route::post("/sign-out", Access::Anybody, sign_out),
    ]
}

#[derive(Debug, Default, Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn ask_address(
    State(web): State<Web>,
    visitor: Visitor,
    Query(query): Query<Next>,
) -> Answer {
    let next = safe_next(&query.next);
    if visitor.session().is_some() {
        return Ok(see(next));
    }
    let frame = web.frame(&visitor, t!("Sign in"), "").await;
    web.page(&AskAddress { frame, address: AskAddress::field(), next: next.to_owned() })
}

async fn send_code(
    State(web): State<Web>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Posted,
) -> Answer {
    let (address, next) = (form.text("address"), safe_next(form.text("next")));
    let client = rate_subject(visitor.client());
    let agent = agent(&headers);
    let asked = Asked { address, browser: visitor.browser(), client: &client, agent: &agent };
    match sign_in::ask(&web.context, &asked).await {
        Ok(()) => {
            let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            let mut answer = see(&format!("/sign-in/code?next={next}"));
            let kept = URL_SAFE_NO_PAD.encode(address);
            cookie::set(&web, &mut answer, ADDRESS, &kept, Some(u32::from(CODE_MINUTES) * 60));
            Ok(answer)
        }
        Err(ActError::Invalid(faults)) => {
            let fault = faults.first().map_or("", |(_, sentence)| sentence.as_str());
            let frame = web.frame(&visitor, t!("Sign in"), "").await.with_problem("address", fault);
            let field = AskAddress::field().typed(address, Some(fault));
            let page = AskAddress { frame, address: field, next: next.to_owned() };
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn ask_code(
    State(web): State<Web>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(query): Query<Next>,
) -> Answer {
    let next = safe_next(&query.next);
    if visitor.session().is_some() {
        return Ok(see(next));
    }
    let Some(address) = address(&web, &headers) else { return Ok(see("/sign-in")) };
    code_page(&web, &visitor, address, next, None).await
}

async fn code_page(
    web: &Web,
    visitor: &Visitor,
    address: String,
    next: &str,
    wrong: Option<(&str, &str)>,
) -> Answer {
    let mut frame = web.frame(visitor, t!("Enter the code"), "").await;
    let mut code = AskCode::field();
    if let Some((typed, sentence)) = wrong {
        frame = frame.with_problem("code", sentence);
        code = code.typed(typed, Some(sentence));
    }
    let page = AskCode { frame, address, code, valid_minutes: CODE_MINUTES, next: next.to_owned() };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    web.page_as(status, &page)
}

async fn take_code(
    State(web): State<Web>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Posted,
) -> Answer {
    let (code, next) = (form.text("code"), safe_next(form.text("next")));
    let address = address(&web, &headers).unwrap_or_default();
    let (client, token) = (rate_subject(visitor.client()), cookie::fresh(&web));
    let typed = Typed {
        code,
        address: &address,
        browser: visitor.browser(),
        client: &client,
        token: &token,
    };
    match sign_in::enter(&web.context, &typed).await {
        Ok(_) => {
            // A session that was open in this browser ends with the new one.
            if let Some(old) = visitor.session() {
                sign_in::sign_out(&web.context, &old.token_hash).await?;
            }
            Ok(with_session(&web, see(next), &token))
        }
        Err(ActError::Invalid(faults)) => {
            let fault = faults.first().map_or("", |(_, sentence)| sentence.as_str());
            code_page(&web, &visitor, address, next, Some((code, fault))).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn sign_out(
    State(web): State<Web>,
    visitor: Visitor,
) -> Result<axum::response::Response, Fail> {
    let timed_out = visitor.session().is_none();
    if let Some(session) = visitor.session() {
        sign_in::sign_out(&web.context, &session.token_hash).await?;
    }
    let mut frame = web.frame(&visitor, t!("You are signed out"), "").await;
    frame.signed_in = None;
    frame.nav = Vec::new();
    let answer = web.page(&SignedOut { frame, timed_out })?;
    Ok(without_session(&web, answer))
}

/// The address that was typed before, from this browser's cookie.
fn address(web: &Web, headers: &HeaderMap) -> Option<String> {
    let kept = cookie::read(web, headers, ADDRESS)?;
    String::from_utf8(URL_SAFE_NO_PAD.decode(kept).ok()?).ok()
}

/// The browser in words people know, so that a mail says what asked. A guess from its own claim.
fn agent(headers: &HeaderMap) -> String {
    let claim = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let first = |names: &[(&str, &str)]| {
        names.iter().find(|(mark, _)| claim.contains(mark)).map(|(_, name)| (*name).to_owned())
    };
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", t!("an iPhone")),
        ("iPad", t!("an iPad")),
        ("Windows", "Windows"),
        ("Mac OS", t!("a Mac")),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => t!("{browser} on {system}", browser, system),
        (Some(browser), None) => browser,
        _ => t!("a browser").to_owned(),
    }
}
