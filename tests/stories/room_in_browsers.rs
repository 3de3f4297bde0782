//! Two people meet in the built-in room: the real hub, the real page scripts, two Chromium processes.
//!
//! The test starts itself again inside a network namespace that has nothing but loopback, serves
//! pages with the least markup that keeps the contract of `docs/room-protocol.md`, and lets
//! `tests/browser/room_call.mjs` live through the story. Pages carry the headers of the product.

use async_trait::async_trait;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router, middleware};
use muster::web::room::socket::{SocketQuery, upgrade};
use muster::web::room::{
    Hub, IceSettings, Receiving, RoomEvents, Seat, ServerMessage, Side, Sighting, Trouble,
    TurnSettings,
};
use muster_domain::id::{CheckInId, PersonId};
use muster_ports::{Clock, OsEntropy, SystemClock};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::process::Command;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

const NAME: &str = "stories::room_in_browsers::two_people_meet_in_the_built_in_room";
const INSIDE: &str = "MUSTER_TEST_INSIDE_NAMESPACE";
const CHECK_IN: CheckInId = CheckInId(Uuid::from_u128(0x00c0_ffee));
const TURN_SECRET: &str = "only-for-this-story";
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' blob:; media-src 'self' blob:; worker-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

#[test]
fn two_people_meet_in_the_built_in_room() {
    if std::env::var_os(INSIDE).is_some() {
        return tokio::runtime::Runtime::new().unwrap().block_on(serve_and_tell());
    }
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let status = Command::new("unshare")
        .arg(if is_root { "-n" } else { "-rn" })
        .args(["sh", "-c", "ip link set lo up && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(INSIDE, "1")
        .status()
        .expect("`unshare` (util-linux) is needed for a network of its own");
    assert!(status.success(), "the story did not end well; its steps are above");
}

fn turn_settings() -> IceSettings {
    let turn = TurnSettings {
        urls: vec!["turn:127.0.0.1:3478?transport=udp".to_owned()],
        secret: TURN_SECRET.to_owned().into(),
        credential_minutes: 60,
    };
    IceSettings { stun: Vec::new(), turn: Some(turn), relay_only: true }
}

/// A real TURN server that knows nothing of us but the secret.
fn start_coturn(folder: &std::path::Path) -> tokio::process::Child {
    tokio::process::Command::new("turnserver")
        .args(["-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--listening-port=3478"])
        .args(["--use-auth-secret", "--realm=test", "--allow-loopback-peers", "--no-tls"])
        .args(["--no-dtls", "--no-cli", "--min-port=49160", "--max-port=49200"])
        .args(["--log-file=stdout", "--simple-log"])
        .arg(format!("--static-auth-secret={TURN_SECRET}"))
        .arg(format!("--pidfile={}", folder.join("turn.pid").display()))
        .arg(format!("--userdb={}", folder.join("turn.db").display()))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("`turnserver` (Debian package coturn) is needed for the call over a relay")
}

async fn serve_and_tell() {
    let folder = tempfile::tempdir().unwrap();
    let _turn = start_coturn(folder.path());
    let log = Arc::new(Log::default());
    let hub = Arc::new(Hub::new(Arc::new(SystemClock), Arc::new(OsEntropy), log.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let app = router(Shared { hub, log });
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let story = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/room_call.mjs");
    let status = tokio::process::Command::new("node")
        .arg(story)
        .env("PORT", port.to_string())
        .status()
        .await
        .expect("`node` is needed to drive the browsers");
    server.abort();
    assert!(status.success(), "node ended with {status}");
}

/// Everything the hub and the pages said, for the story to read.
#[derive(Default)]
struct Log(Mutex<Vec<Value>>);

impl Log {
    fn add(&self, kind: &str, body: Value) {
        self.0.lock().unwrap().push(json!({ "kind": kind, "body": body }));
    }
}

#[async_trait]
impl RoomEvents for Log {
    async fn sighted(&self, sighting: Sighting) {
        self.add("sighting", json!(sighting));
    }
    async fn receiving(&self, report: Receiving) {
        self.add("receiving", json!(report));
    }
    async fn trouble(&self, trouble: Trouble) {
        self.add("trouble", json!(trouble));
    }
}

#[derive(Clone)]
struct Shared {
    hub: Arc<Hub>,
    log: Arc<Log>,
}

fn router(shared: Shared) -> Router {
    Router::new()
        .route("/room/{side}", get(room_page))
        .route("/room/{side}/socket", get(socket))
        .route("/devices", get(|| page(DEVICES, "room/devices.js")))
        .route("/place", get(|| page(PLACE, "room/attest.js")).post(attested))
        .route("/clock", get(clock_page))
        .route("/form", get(|| page(FORM, "room/verifier.js")).post(answered))
        .route("/done", get(|| page("<h1>Done</h1>", "room/countdown.js")))
        .route("/receipt", post(receipt))
        .route("/assets/{*path}", get(asset))
        .route("/test/log", get(read_log))
        .route("/test/challenge", post(challenge))
        .route("/test/end", post(end))
        .layer(middleware::map_response(with_headers))
        .with_state(shared)
}

async fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", CSP),
        ("permissions-policy", "camera=(self), microphone=(self), geolocation=(self)"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn page(body: &'static str, script: &'static str) -> Html<String> {
    render(body, script)
}

fn render(body: &str, script: &str) -> Html<String> {
    let now_ms = SystemClock.now().0;
    Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Story</title><link rel=icon href=/assets/js/none>\
         <main data-now-ms={now_ms}>{body}</main><script type=module src=/assets/js/{script}></script></html>"
    ))
}

#[derive(serde::Deserialize)]
struct RoomQuery {
    #[serde(default)]
    relay: bool,
}

async fn room_page(Path(side): Path<String>, Query(query): Query<RoomQuery>) -> Html<String> {
    let ice = if query.relay { turn_settings() } else { IceSettings::default() };
    let servers = serde_json::to_string(&ice.servers(SystemClock.now(), "a1b2c3")).unwrap();
    let relay_only = if ice.relay_only { "data-relay-only" } else { "" };
    let body = format!(
        "<section data-room data-role={side} data-socket=/room/{side}/socket data-ice='{servers}' {relay_only}>\
         <video data-remote></video><video data-self muted></video>\
         <p data-connection role=status></p><div data-challenge></div>\
         <button data-act=mute>Mute</button><button data-act=camera>Camera</button>\
         <button data-act=devices>Devices</button><button data-act=help>Help</button>\
         <button data-act=leave>Leave</button></section>"
    );
    render(&body, "room/room.js")
}

const DEVICES: &str = "<section data-devices data-receipt=/receipt><video data-preview></video>\
    <select data-camera aria-label=Camera></select><select data-microphone aria-label=Microphone></select>\
    <meter data-level aria-label=Level></meter><p data-message role=status></p></section>";

const PLACE: &str = "<form data-attest data-nonce=n method=post>\
    <input type=hidden name=status value=declined><input type=hidden name=lat><input type=hidden name=lon>\
    <input type=hidden name=accuracy_m><input type=hidden name=captured_ms><input type=hidden name=time_zone>\
    <button type=button data-act=share>Share my place</button><button data-act=refuse>I'd rather not</button>\
    <p data-message role=status></p></form>";

const FORM: &str = "<form data-verifier-form method=post>\
    <fieldset data-question><legend>First</legend><label><input type=radio name=first value=done> Done</label>\
    <label><input type=radio name=first value=refused> Refused</label></fieldset>\
    <fieldset data-question><legend>Second</legend><label><input type=checkbox name=edge value=yes> Edge</label>\
    <label><input type=checkbox name=frozen value=yes> Frozen</label></fieldset>\
    <textarea name=note aria-label=Note></textarea><button type=submit>Record</button></form>";

/// A page three days ahead of the machine, as the demo shows after "+1 day" three times.
async fn clock_page() -> Html<String> {
    let now_ms = SystemClock.now().0 + 3 * 86_400_000;
    let (soon, due) = (now_ms + 12 * 60_000, now_ms + 2_500);
    let body = format!(
        "<aside data-demo-bar data-now-ms={now_ms}><time data-demo-now data-zone=UTC></time></aside>\
         <time data-relative data-at-ms={soon}>?</time><span data-countdown data-until-ms={due} data-done='It is time.'>?</span>\
         <script type=module src=/assets/js/room/countdown.js></script>"
    );
    render(&body, "demo-clock.js")
}

async fn socket(
    State(shared): State<Shared>,
    Path(side): Path<String>,
    Query(query): Query<SocketQuery>,
    headers: HeaderMap,
    request: WebSocketUpgrade,
) -> Response {
    let (check_in, side, person) = match side.as_str() {
        "employee" => (CHECK_IN, Side::Employee, 1),
        "verifier" => (CHECK_IN, Side::Verifier, 2),
        "silent" => (CheckInId(Uuid::from_u128(2)), Side::Employee, 3),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let person = PersonId(Uuid::from_u128(person));
    let seat =
        Seat { check_in, side, person, page: query.page, catch_up: Vec::new(), relieves: None };
    upgrade(request, &headers, shared.hub, seat)
}

async fn challenge(State(shared): State<Shared>) -> Json<usize> {
    let message = ServerMessage::Challenge {
        position: 1,
        total: 3,
        code: "hand-across-face".into(),
        title: "Hand <b>across</b> the face".into(),
        text: "Please pass a hand slowly across your face.".into(),
        alternative: Some("Turn your head to the side and back.".into()),
        look_for: None,
    };
    Json(shared.hub.notify(CHECK_IN, message).await)
}

async fn end(State(shared): State<Shared>) {
    shared.hub.close(CHECK_IN, Some("/done".into()), Some("/form".into())).await;
}

async fn receipt(State(shared): State<Shared>, Json(body): Json<Value>) -> StatusCode {
    shared.log.add("receipt", body);
    StatusCode::NO_CONTENT
}

type Fields = HashMap<String, String>;

async fn attested(State(shared): State<Shared>, Form(fields): Form<Fields>) -> Redirect {
    shared.log.add("place", json!(fields));
    Redirect::to("/done")
}

async fn answered(State(shared): State<Shared>, Form(fields): Form<Fields>) -> Redirect {
    shared.log.add("form", json!(fields));
    Redirect::to("/done")
}

async fn read_log(State(shared): State<Shared>) -> Json<Vec<Value>> {
    Json(shared.log.0.lock().unwrap().clone())
}

async fn asset(Path(path): Path<String>) -> Response {
    if path == "js/none" {
        return StatusCode::NO_CONTENT.into_response();
    }
    let is_inside = path.split('/').all(|part| part != "..");
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(&path);
    match tokio::fs::read(file).await {
        Ok(bytes) if is_inside => {
            ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], bytes).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
