use crate::support::http;
use muster_integrations::heartbeat::{HeartbeatConfig, HttpHeartbeat};
use muster_ports::{Heartbeat, PortError};
use muster_testkit::http::{HttpAnswer, ScriptedHttp};

fn heartbeat(server: &ScriptedHttp, method: &str) -> HttpHeartbeat {
    let text = format!("url = \"{}\"\nmethod = \"{method}\"", server.url("/beat/secret"));
    let config: HeartbeatConfig = toml::from_str(&text).unwrap();
    assert!(config.validate("heartbeat").is_empty());
    HttpHeartbeat::new(config, http().0)
}

#[tokio::test]
async fn a_beat_is_one_call_that_says_nothing() {
    let server = ScriptedHttp::start().await.unwrap();
    heartbeat(&server, "get").beat().await.unwrap();
    heartbeat(&server, "post").beat().await.unwrap();
    let asked = server.asked();
    let methods: Vec<&str> = asked.iter().map(|request| request.method.as_str()).collect();
    assert_eq!(methods, ["GET", "POST"]);
    assert!(
        asked.iter().all(|request| request.target == "/beat/secret" && request.body.is_empty())
    );
}

#[tokio::test]
async fn a_watcher_in_trouble_is_an_error_that_does_not_tell_its_address() {
    let server = ScriptedHttp::start().await.unwrap();
    server.answer_next(HttpAnswer::json(503, "{}"));
    server.answer_next(HttpAnswer::json(404, "{}"));
    server.answer_next(HttpAnswer::HangUp);
    server.answer_next(HttpAnswer::with_header(302, "location", &server.url("/elsewhere")));
    let port = heartbeat(&server, "get");
    assert!(matches!(port.beat().await, Err(PortError::TryLater { .. })));
    assert_eq!(port.beat().await, Err(PortError::Gone));
    let lost = port.beat().await.unwrap_err();
    assert!(matches!(lost, PortError::TryLater { .. }), "{lost}");
    assert!(!lost.to_string().contains("secret") && !lost.to_string().contains("127.0.0.1"));
    assert!(matches!(port.beat().await, Err(PortError::Broken(_))));
    assert_eq!(server.asked().len(), 4, "a redirect was followed");
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let server = ScriptedHttp::start().await.unwrap();
    let body = "x".repeat(muster_integrations::http::BODY_BYTES_MAX + 1);
    server.answer_next(HttpAnswer::json(200, &body));
    assert!(matches!(heartbeat(&server, "get").beat().await, Err(PortError::Broken(_))));
}

#[test]
fn what_the_administrator_wrote_wrong_is_named() {
    let config: HeartbeatConfig = toml::from_str("url = \"ftp://beat.example/\"").unwrap();
    assert_eq!(config.validate("heartbeat")[0].0, "heartbeat.url");
    let unknown = toml::from_str::<HeartbeatConfig>("url = \"https://a.example\"\nverb = 1");
    assert!(unknown.unwrap_err().to_string().contains("verb"));
}
