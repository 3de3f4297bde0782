use crate::support::http;
use muster_integrations::oauth::{OAuthConfig, TokenSource};
use muster_ports::PortError;
use muster_testkit::MovableClock;
use muster_testkit::http::{HttpAnswer, ScriptedHttp};
use secrecy::ExposeSecret;
use std::sync::Arc;

pub fn config(server: &ScriptedHttp) -> OAuthConfig {
    let text = format!(
        "token_url = \"{}\"\nclient_id = \"muster\"\nclient_secret = \"s3cret\"\nscopes = [\"mail.send\", \"offline\"]",
        server.url("/token")
    );
    toml::from_str(&text).unwrap()
}

fn source(server: &ScriptedHttp) -> (TokenSource, Arc<MovableClock>) {
    let (http, clock) = http();
    (TokenSource::new(config(server), http), clock)
}

fn token(text: &str, seconds: u32) -> HttpAnswer {
    let body = format!(
        "{{\"access_token\":\"{text}\",\"token_type\":\"Bearer\",\"expires_in\":{seconds}}}"
    );
    HttpAnswer::json(200, &body)
}

async fn ask(source: &TokenSource) -> Result<String, PortError> {
    source.token().await.map(|token| token.expose_secret().to_owned())
}

#[tokio::test]
async fn a_token_is_kept_until_a_minute_before_its_end() {
    let server = ScriptedHttp::start().await.unwrap();
    server.answer_next(token("one", 3600));
    server.answer_next(token("two", 3600));
    server.answer_next(token("three", 3600));
    let (source, clock) = source(&server);
    let (first, again) = tokio::join!(ask(&source), ask(&source));
    assert_eq!((first.unwrap(), again.unwrap()), ("one".into(), "one".into()));
    clock.advance_minutes(59);
    assert_eq!(ask(&source).await.unwrap(), "one");
    clock.advance_ms(1);
    assert_eq!(ask(&source).await.unwrap(), "two");
    source.forget().await;
    assert_eq!(ask(&source).await.unwrap(), "three");

    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0].body, "grant_type=client_credentials&scope=mail.send+offline");
    // RFC 6749 section 2.3.1: Basic of `muster:s3cret`.
    assert_eq!(asked[0].header("authorization"), Some("Basic bXVzdGVyOnMzY3JldA=="));
}

#[tokio::test]
async fn failures_of_the_token_endpoint_keep_their_meaning() {
    let server = ScriptedHttp::start().await.unwrap();
    server.answer_next(HttpAnswer::json(401, "{\"error\":\"invalid_client\"}"));
    server.answer_next(HttpAnswer::json(400, "{\"error\":\"invalid_scope\"}"));
    server.answer_next(HttpAnswer::with_header(429, "retry-after", "30"));
    server.answer_next(HttpAnswer::HangUp);
    server.answer_next(HttpAnswer::json(200, "<html>sign in</html>"));
    server.answer_next(token("late", 60));
    let (source, clock) = source(&server);
    use muster_ports::Clock;
    assert!(matches!(ask(&source).await, Err(PortError::Reconnect(_))));
    assert!(matches!(ask(&source).await, Err(PortError::Refused(_))));
    let Err(PortError::TryLater { not_before, .. }) = ask(&source).await else { panic!() };
    assert_eq!(not_before, Some(clock.now().plus_ms(30_000)));
    assert!(matches!(ask(&source).await, Err(PortError::TryLater { .. })));
    assert!(matches!(ask(&source).await, Err(PortError::Broken(_))));
    assert_eq!(ask(&source).await.unwrap(), "late");
}

#[tokio::test]
async fn what_the_administrator_wrote_wrong_is_named() {
    let text = "token_url = \"http://id.example/t\"\nclient_id = \"\"\nclient_secret = \"\"";
    let config: OAuthConfig = toml::from_str(text).unwrap();
    let faults = config.validate("smtp.oauth");
    let keys: Vec<&str> = faults.iter().map(|(key, _)| key.as_str()).collect();
    let expected = ["smtp.oauth.token_url", "smtp.oauth.client_id", "smtp.oauth.client_secret"];
    assert_eq!(keys, expected);
    assert!(!format!("{config:?}").contains("s3cret"));
}
