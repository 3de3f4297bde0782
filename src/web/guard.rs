//! Runs around every route: is the host ours, who asks, may they reach this at all, is a form
//! ours; and afterwards headers, cookies, the page of a refusal, one line of log without names.

use super::errors::{Fail, Failed};
use super::flash;
use super::headers;
use super::peer::Peer;
use super::router::{Access, Rule};
use super::session::cookie::{self, ADDRESS, BROWSER, LANGUAGE, SESSION};
use super::session::{Form, Posted, Session, Visitor, VisitorData, csrf, proxy, safe_next};
use super::state::Web;
use crate::acts::{language, sign_in};
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use muster_domain::access::any_permits;
use muster_messages::language::{Language, preferred, speaking};
use muster_messages::pages::Row;
use muster_messages::pages::error::NOT_TYPED;
use muster_messages::t;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Instant;

/// Longest form, in bytes.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// See the module.
pub(super) async fn guard(
    State((web, rule)): State<(Web, Rule)>,
    request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned());
    let wants_json = wants_json(request.headers());
    let host = host_of(&request);
    let request_id = hex::encode(web.context.store.entropy().bytes::<6>());

    // A body is not shared between threads, so what is read before the handler reads the head alone.
    let (head, body) = request.into_parts();
    let arrived = arrive(&web, &rule, &host, &request_id, &head).await;
    let visitor = arrived.as_ref().ok().map(|arrived| &arrived.visitor);
    let language = language_of(&web, &rule, visitor, &head.headers);
    let answered = async {
        let (mut answer, kept) = match arrived {
            Err(fail) => (fail.into_response(), Arrived::stranger(&web, host.clone(), &request_id)),
            Ok(mut arrived) => {
                let request = Request::from_parts(head, body);
                let answer = pass(&web, &rule, request, next, &mut arrived).await;
                (answer, arrived)
            }
        };
        if let Some(Failed(fail)) = answer.extensions_mut().remove::<Failed>() {
            if let Fail::Broken(detail) = &*fail {
                tracing::error!(request_id, path = path.as_deref(), detail, "request failed");
            }
            answer = told(&web, &rule, &kept, &fail, wants_json, &method).await;
        }
        kept.leave(&web, &mut answer);
        answer
    };
    let mut answer = speaking(language, answered).await;
    let is_https = web.settings.is_https();
    headers::secure(answer.headers_mut(), &host, &rule, is_https);
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        answer.headers_mut().insert("x-request-id", value);
    }
    let status = answer.status().as_u16();
    let ms = began.elapsed().as_millis() as u64;
    tracing::debug!(request_id, %method, path = path.as_deref(), status, ms, "answered");
    answer
}

/// What the reader chose, else what the browser asks for, else what the organisation speaks.
/// Programs are spoken to in English.
fn language_of(web: &Web, rule: &Rule, visitor: Option<&Visitor>, headers: &HeaderMap) -> Language {
    if matches!(rule.access, Access::Machine | Access::Asset) {
        return Language::English;
    }
    let person = visitor.and_then(|visitor| visitor.session()).map(|session| &session.person);
    let chosen = match person {
        Some(person) => language::chosen(person),
        None => cookie::read(web, headers, LANGUAGE).and_then(|code| Language::from_code(&code)),
    };
    let asked = || preferred(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?);
    let usual = || match person {
        Some(person) => language::of_person(&web.context, person),
        None => web.context.settings.language,
    };
    chosen.or_else(asked).unwrap_or_else(usual)
}

/// What is known of a request once its cookies are read.
struct Arrived {
    visitor: Visitor,
    form: Option<Arc<Form>>,
    /// Path and query, to come back to.
    here: String,
    /// The page of ours that a form was on.
    from: Option<String>,
    /// A session that was begun by this request (the demo's personas).
    new_session: Option<String>,
    new_browser: bool,
    ended: bool,
}

impl Arrived {
    fn stranger(web: &Web, host: String, request_id: &str) -> Arrived {
        let data = VisitorData {
            host,
            client: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            is_proxied: false,
            browser: String::new(),
            csrf: csrf::token(web, ""),
            session: None,
            flash: None,
            request_id: request_id.to_owned(),
        };
        Arrived {
            visitor: Visitor(Arc::new(data)),
            form: None,
            here: "/".to_owned(),
            from: None,
            new_session: None,
            new_browser: false,
            ended: false,
        }
    }

    /// Cookies that changed.
    fn leave(&self, web: &Web, answer: &mut Response) {
        if let Some(token) = &self.new_session {
            cookie::set(web, answer, SESSION, token, None);
        } else if self.ended && !sets_cookie(answer, SESSION) {
            cookie::clear(web, answer, SESSION);
        }
        if self.new_browser {
            cookie::set(web, answer, BROWSER, self.visitor.browser(), None);
        }
        let is_page = answer
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        if is_page && self.visitor.flash().is_some() && !sets_cookie(answer, flash::COOKIE) {
            let gone = format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax", flash::COOKIE);
            if let Ok(value) = HeaderValue::from_str(&gone) {
                answer.headers_mut().append(header::SET_COOKIE, value);
            }
        }
    }
}

fn sets_cookie(answer: &Response, name: &str) -> bool {
    answer.headers().get_all(header::SET_COOKIE).iter().any(|value| {
        let text = value.to_str().unwrap_or_default();
        text.trim_start_matches("__Host-").starts_with(&format!("{name}="))
    })
}

async fn arrive(
    web: &Web,
    rule: &Rule,
    host: &str,
    request_id: &str,
    head: &Parts,
) -> Result<Arrived, Fail> {
    // Probes of the operator ask by address; they learn nothing about anybody.
    if rule.access != Access::Machine && !web.serves_host(host) {
        return Err(Fail::WrongHost);
    }
    let peer = head.extensions.get::<ConnectInfo<Peer>>().map(|c| c.0.remote.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let client = proxy::client_address(peer, &head.headers, &web.settings.trusted_proxies);
    let mut arrived = Arrived::stranger(web, host.to_owned(), request_id);
    let here = head.uri.path_and_query().map_or("/", |p| p.as_str());
    arrived.here = here.to_owned();
    arrived.from = page_before(&head.headers, host);
    if matches!(rule.access, Access::Machine | Access::Asset) {
        set_client(&mut arrived, client);
        return Ok(arrived);
    }
    let token = cookie::read(web, &head.headers, SESSION);
    let mut bound_to = token.clone();
    let mut session = match &token {
        Some(token) => sign_in::find_session(&web.context, token).await?,
        None => None,
    };
    arrived.ended = token.is_some() && session.is_none();
    // Who is behind a persona's host name may change (the verifier is drawn for each check-in); a
    // page that is opened is theirs, a form still belongs to whoever had it open.
    if let Some(demo) = &web.demo
        && (session.is_none() || head.method == Method::GET)
        && let Some(persona) = demo.persona(host).await
        && session.as_ref().is_none_or(|s| s.person.id != persona.0)
    {
        let token = cookie::fresh(web);
        session = Some(sign_in::be_persona(&web.context, persona, &token).await?);
        arrived.new_session = Some(token.clone());
        bound_to = Some(token);
    }
    let browser = cookie::read(web, &head.headers, BROWSER);
    arrived.new_browser = browser.is_none();
    let browser = browser.unwrap_or_else(|| cookie::fresh(web));
    let bound_to = bound_to.filter(|_| session.is_some()).unwrap_or_else(|| browser.clone());
    let flash_cookie = axum_extra::extract::CookieJar::from_headers(&head.headers)
        .get(flash::COOKIE)
        .map(|c| c.value().to_owned());
    let data = VisitorData {
        host: host.to_owned(),
        client,
        is_proxied: web.settings.trusted_proxies.contains(&peer.to_canonical()),
        csrf: csrf::token(web, &bound_to),
        browser,
        session: session.map(|s| Session {
            token_hash: s.token_hash,
            person: s.person,
            roles: s.roles,
        }),
        flash: flash_cookie.and_then(|c| flash::read(web, &c)),
        request_id: request_id.to_owned(),
    };
    arrived.visitor = Visitor(Arc::new(data));
    Ok(arrived)
}

fn set_client(arrived: &mut Arrived, client: IpAddr) {
    if let Some(data) = Arc::get_mut(&mut arrived.visitor.0) {
        data.client = client;
    }
}

/// Checks access and form, then runs the handler.
async fn pass(
    web: &Web,
    rule: &Rule,
    request: Request,
    next: Next,
    arrived: &mut Arrived,
) -> Response {
    let request = match checked(web, rule, request, arrived).await {
        Ok(request) => request,
        Err(fail) => return fail.into_response(),
    };
    next.run(request).await
}

async fn checked(
    web: &Web,
    rule: &Rule,
    mut request: Request,
    arrived: &mut Arrived,
) -> Result<Request, Fail> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && rule.access != Access::Machine {
        csrf::check_origin(request.headers(), arrived.visitor.host())?;
        request = with_form(web, request, arrived).await?;
    }
    allow(rule, arrived)?;
    request.extensions_mut().insert(arrived.visitor.clone());
    Ok(request)
}

/// Whether this visitor may reach the route at all. What the act is done to may forbid it still.
fn allow(rule: &Rule, arrived: &Arrived) -> Result<(), Fail> {
    let session = arrived.visitor.session();
    match (rule.access, session) {
        (Access::Anybody | Access::Machine | Access::Asset, _) => Ok(()),
        (_, None) if arrived.form.is_some() => Err(Fail::SessionEnded),
        (_, None) => Err(Fail::SignInFirst),
        (Access::SignedIn, Some(_)) => Ok(()),
        (Access::Act(act), Some(session)) => match any_permits(&session.roles, act) {
            true => Ok(()),
            false => Err(Fail::forbidden(t!("None of your roles allows this."))),
        },
    }
}

/// Reads the form and checks its token. JSON needs no token: another site cannot send it without
/// asking first, and we never say yes.
async fn with_form(web: &Web, request: Request, arrived: &mut Arrived) -> Result<Request, Fail> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_owned();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(request);
    }
    let (mut parts, body) = request.into_parts();
    let bytes = to_bytes(body, FORM_BYTES_MAX).await;
    let bytes = bytes.map_err(|_| Fail::bad(t!("What you sent is too long.")))?;
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&bytes).into_owned().collect();
    let form = Arc::new(Form(fields));
    arrived.form = Some(form.clone());
    let bound_to = match arrived.visitor.session() {
        Some(_) => match &arrived.new_session {
            Some(token) => token.clone(),
            None => cookie::read(web, &parts.headers, SESSION).unwrap_or_default(),
        },
        None => arrived.visitor.browser().to_owned(),
    };
    // Signing out of a session that is gone changes nothing, so it needs no token either.
    let is_gone = arrived.ended && parts.uri.path() == "/sign-out";
    if !is_gone && !csrf::is_token(web, &bound_to, form.text("csrf")) {
        // A session that ended takes its token along; then the person signs in again.
        return Err(if arrived.ended { Fail::SessionEnded } else { Fail::OldForm });
    }
    parts.extensions.insert(Posted(form));
    Ok(Request::from_parts(parts, Body::empty()))
}

/// The page (or problem) that says what went wrong.
async fn told(
    web: &Web,
    rule: &Rule,
    kept: &Arrived,
    fail: &Fail,
    wants_json: bool,
    method: &Method,
) -> Response {
    let request_id = kept.visitor.request_id().to_owned();
    if wants_json || rule.access == Access::Machine {
        return fail.problem(&request_id);
    }
    if matches!(fail, Fail::SignInFirst) && *method == Method::GET {
        let next: String = url::form_urlencoded::byte_serialize(kept.here.as_bytes()).collect();
        let to =
            if kept.here == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={next}") };
        return Redirect::to(&to).into_response();
    }
    let frame = web.frame(&kept.visitor, "", "").await;
    let mut page = fail.page(frame, &request_id);
    page.kept = typed(kept);
    page.go_on = go_on(kept, fail).or(page.go_on);
    web.page_as(fail.status(), &page)
        .unwrap_or_else(|_| (fail.status(), fail.to_string()).into_response())
}

/// Where somebody whose form was not taken goes on: to the page it was on.
fn go_on(kept: &Arrived, fail: &Fail) -> Option<(String, String)> {
    let label = match fail {
        Fail::SessionEnded | Fail::SignInFirst => {
            let above = kept.here.rsplit_once('/').map_or("/", |(above, _)| above);
            let back = kept.from.as_deref().unwrap_or(above);
            let next: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
            return Some((format!("/sign-in?next={next}"), t!("Sign in again").to_owned()));
        }
        Fail::Conflict(_) => t!("See how it stands now"),
        Fail::OldForm | Fail::BadRequest(_) => t!("Open the page again"),
        _ => return None,
    };
    kept.from.clone().map(|page| (page, label.to_owned()))
}

/// The page of this host that a request says it comes from: path and query.
pub(super) fn page_before(headers: &HeaderMap, host: &str) -> Option<String> {
    let said = headers.get(header::REFERER)?.to_str().ok()?;
    let (_, after) = said.split_once("://")?;
    let (authority, path) = after.split_at(after.find('/')?);
    let is_ours = authority.eq_ignore_ascii_case(host) && safe_next(path) == path;
    is_ours.then(|| path.to_owned())
}

/// What was typed or chosen, so that nothing is lost: never tokens, codes or measured values.
fn typed(kept: &Arrived) -> Vec<Row> {
    let Some(form) = &kept.form else { return Vec::new() };
    let typed =
        form.0.iter().filter(|(n, v)| !NOT_TYPED.contains(&n.as_str()) && !v.trim().is_empty());
    typed.map(|(name, value)| Row::new(&name.replace(['_', '-'], " "), &in_words(value))).collect()
}

/// What was chosen comes as its code, such as `excused_absence`.
fn in_words(value: &str) -> String {
    let is_code = value.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if is_code { value.replace('_', " ") } else { value.to_owned() }
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    accept.contains("json") && !accept.contains("text/html")
}

fn host_of(request: &Request) -> String {
    let header = request.headers().get(header::HOST).and_then(|v| v.to_str().ok());
    header.or_else(|| request.uri().authority().map(|a| a.as_str())).unwrap_or_default().to_owned()
}

/// Ends the request's session in the answer: after signing out.
pub(super) fn without_session(web: &Web, mut answer: Response) -> Response {
    cookie::clear(web, &mut answer, SESSION);
    cookie::clear(web, &mut answer, ADDRESS);
    answer
}

/// An answer that begins a session in this browser.
pub(super) fn with_session(web: &Web, mut answer: Response, token: &str) -> Response {
    cookie::set(web, &mut answer, SESSION, token, None);
    cookie::clear(web, &mut answer, ADDRESS);
    answer
}

/// A page that is not there.
pub(super) async fn nowhere() -> Response {
    Fail::NotFound.into_response()
}

/// 303: see the other page after an act.
pub(crate) fn see(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path.to_owned())]).into_response()
}
