//! SMTP against the scripted fake: what goes wrong, and what is read out of it.

use crate::support::{START, http, invitation, mail};
use muster_integrations::smtp::{Smtp, SmtpConfig, message};
use muster_ports::{MailPort, PortError};
use muster_testkit::http::{HttpAnswer, ScriptedHttp};
use muster_testkit::scripted_smtp::{ScriptedSmtp, SmtpAnswer};
use std::time::Duration;

fn config(port: u16, more: &str) -> SmtpConfig {
    let text = format!("host = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n{more}");
    let config: SmtpConfig = toml::from_str(&text).unwrap();
    assert_eq!(config.validate("smtp"), vec![]);
    config
}

fn port(server: &ScriptedSmtp, more: &str) -> Smtp {
    Smtp::new(config(server.port(), more), &http().0).unwrap()
}

#[tokio::test]
async fn a_temporary_no_is_tried_later_and_a_final_no_is_refused_without_naming_anybody() {
    let server = ScriptedSmtp::start().await.unwrap();
    let smtp = port(&server, "");
    let text = |said: &str| format!("{said} <aenne@muster.example> not now");
    server.answer_next(SmtpAnswer::AtRecipient(451, text("4.7.1")));
    server.answer_next(SmtpAnswer::AtData(452, text("4.3.1")));
    server.answer_next(SmtpAnswer::AtRecipient(550, text("5.1.1")));
    server.answer_next(SmtpAnswer::AtData(554, text("no")));
    let mut said = Vec::new();
    for attempt in 0..4 {
        let error = smtp.send(&mail(&format!("{attempt}@muster.example"))).await.unwrap_err();
        assert_eq!(matches!(error, PortError::TryLater { .. }), attempt < 2, "{error:?}");
        assert_eq!(matches!(error, PortError::Refused(_)), attempt >= 2, "{error:?}");
        said.push(error.to_string());
    }
    let expected = [
        "try later (SMTP 451 4.7.1)",
        "try later (SMTP 452 4.3.1)",
        "refused: SMTP 550 5.1.1",
        "refused: SMTP 554",
    ];
    assert_eq!(said, expected);
    assert!(server.taken().is_empty());
    assert!(smtp.send(&mail("5@muster.example")).await.unwrap().response.starts_with("250 "));
}

#[tokio::test]
async fn silence_after_data_is_tried_later_under_the_same_message_id() {
    let server = ScriptedSmtp::start().await.unwrap();
    let smtp = port(&server, "");
    server.answer_next(SmtpAnswer::TakeSilently);
    server.answer_next(SmtpAnswer::LoseSilently);
    server.answer_next(SmtpAnswer::HangUp);
    for _ in 0..3 {
        let error = smtp.send(&mail("case-1.step-1@muster.example")).await.unwrap_err();
        assert!(matches!(error, PortError::TryLater { .. }), "{error:?}");
    }
    smtp.send(&mail("case-1.step-1@muster.example")).await.unwrap();
    let taken = server.taken();
    assert_eq!(taken.iter().map(|mail| mail.answered).collect::<Vec<_>>(), [false, true]);
    assert_eq!(taken[0].message_id().as_deref(), Some("case-1.step-1@muster.example"));
    assert_eq!(taken[0].bytes, taken[1].bytes, "the repeated mail differs");
}

#[tokio::test]
async fn a_server_that_is_down_or_slow_is_tried_later() {
    let mut server = ScriptedSmtp::start().await.unwrap();
    let smtp = port(&server, "timeout_seconds = 1");
    server.answer_next(SmtpAnswer::Hang);
    let slow = smtp.send(&mail("1@muster.example")).await.unwrap_err();
    assert!(matches!(slow, PortError::TryLater { .. }), "{slow:?}");
    server.down().await;
    for outcome in [smtp.send(&mail("1@muster.example")).await.map(|_| ()), smtp.check().await] {
        assert!(matches!(outcome, Err(PortError::TryLater { .. })), "{outcome:?}");
    }
    server.up().await.unwrap();
    smtp.check().await.unwrap();
    server.answer_next(SmtpAnswer::TakeAfter(Duration::from_millis(200)));
    smtp.send(&mail("1@muster.example")).await.unwrap();
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_password_that_is_no_longer_taken_asks_for_an_administrator() {
    let server = ScriptedSmtp::start().await.unwrap();
    server.demand_password("muster", "right");
    let sign_in = |password: &str| {
        format!("sign_in = \"password\"\nuser = \"muster\"\npassword = \"{password}\"")
    };
    port(&server, &sign_in("right")).send(&mail("1@muster.example")).await.unwrap();
    let wrong = port(&server, &sign_in("wrong"));
    for outcome in [wrong.send(&mail("2@muster.example")).await.map(|_| ()), wrong.check().await] {
        assert!(matches!(outcome, Err(PortError::Reconnect(_))), "{outcome:?}");
    }
    let nobody = port(&server, "").send(&mail("3@muster.example")).await;
    assert!(matches!(nobody, Err(PortError::Reconnect(_))), "{nobody:?}");
    assert_eq!((server.taken().len(), server.refused_sign_ins()), (1, 2));
}

#[tokio::test]
async fn a_token_signs_in_and_a_withdrawn_one_is_fetched_anew() {
    let server = ScriptedSmtp::start().await.unwrap();
    server.demand_token("muster@muster.example", "second");
    let tokens = ScriptedHttp::start().await.unwrap();
    for token in ["first", "second"] {
        let body = format!(
            "{{\"access_token\":\"{token}\",\"token_type\":\"Bearer\",\"expires_in\":3600}}"
        );
        tokens.answer_next(HttpAnswer::json(200, &body));
    }
    let more = format!(
        "sign_in = \"oauth\"\nuser = \"muster@muster.example\"\n[oauth]\ntoken_url = \"{}\"\nclient_id = \"c\"\nclient_secret = \"s\"",
        tokens.url("/token")
    );
    let smtp = port(&server, &more);
    let stale = smtp.send(&mail("1@muster.example")).await;
    assert!(matches!(stale, Err(PortError::Reconnect(_))), "{stale:?}");
    smtp.send(&mail("1@muster.example")).await.unwrap();
    smtp.send(&mail("2@muster.example")).await.unwrap();
    assert_eq!((server.taken().len(), tokens.asked().len()), (2, 2));
}

#[tokio::test]
async fn a_server_without_starttls_gets_no_mail_where_it_is_asked_for() {
    let server = ScriptedSmtp::start().await.unwrap();
    let text = format!("host = \"127.0.0.1\"\nport = {}", server.port());
    let config: SmtpConfig = toml::from_str(&text).unwrap();
    let smtp = Smtp::new(config, &http().0).unwrap();
    let error = smtp.send(&mail("1@muster.example")).await.unwrap_err();
    assert!(matches!(error, PortError::Reconnect(_)), "{error:?}");
    assert_eq!((server.attempts(), server.taken().len()), (0, 0));
}

#[test]
fn a_mail_that_cannot_be_written_is_refused_before_anything_is_sent() {
    let fault = |change: fn(&mut muster_ports::Mail)| {
        let mut mail = invitation("1@muster.example");
        change(&mut mail);
        message(&mail).map(|_| ()).unwrap_err()
    };
    let faults = [
        fault(|mail| mail.to.address = "aenne".into()),
        fault(|mail| mail.message_id = "1@muster.example>\r\nBcc: <eve@acme.example".into()),
        fault(|mail| mail.in_reply_to = Some("nothing".into())),
        fault(|mail| mail.list_id = "a\r\nBcc: eve@acme.example".into()),
        fault(|mail| mail.calendar.as_mut().unwrap().method = "PUBLISH; x=y".into()),
        fault(|mail| mail.date_ms = -1),
    ];
    for fault in faults {
        assert!(matches!(fault, PortError::Refused(_)), "{fault:?}");
    }
}

#[test]
fn a_name_or_subject_with_line_ends_adds_no_header() {
    let mut mail = invitation("1@muster.example");
    mail.subject = "Hello\r\nBcc: eve@acme.example".into();
    mail.to.name = "Änne\r\nBcc: eve@acme.example".into();
    let text = String::from_utf8(message(&mail).unwrap().formatted()).unwrap();
    assert!(!text.to_lowercase().lines().any(|line| line.starts_with("bcc:")), "{text}");
    assert!(text.contains("Subject: Hello  Bcc: eve@acme.example\r\n"), "{text}");
}

#[test]
fn the_date_is_the_mails_own_and_every_attempt_has_the_same_bytes() {
    let bytes = |mail| message(&mail).unwrap().formatted();
    assert_eq!(bytes(invitation("1@muster.example")), bytes(invitation("1@muster.example")));
    let text = String::from_utf8(bytes(invitation("1@muster.example"))).unwrap();
    assert_eq!(START.timestamp().to_string(), "2026-11-23T08:30:00Z");
    assert!(text.contains("Date: Mon, 23 Nov 2026 08:30:00 +0000\r\n"), "{text}");
}

#[test]
fn what_the_administrator_wrote_wrong_is_all_named_at_once() {
    let text = "host = \"smtp://mail.example\"\nport = 0\nsecurity = \"none\"\nsign_in = \"password\"\ntimeout_seconds = 900\nca_file = \"/nowhere.pem\"";
    let config: SmtpConfig = toml::from_str(text).unwrap();
    let faults = config.validate("smtp");
    let keys: Vec<&str> = faults.iter().map(|(key, _)| key.as_str()).collect();
    let expected = ["host", "port", "timeout_seconds", "ca_file", "security", "user", "password"];
    assert_eq!(keys, expected.map(|key| format!("smtp.{key}")));

    let config: SmtpConfig = toml::from_str("host = \"mail.example\"\nuser = \"x\"").unwrap();
    assert_eq!(config.validate("smtp")[0].0, "smtp.sign_in");
    assert_eq!(config.port(), 587);
    let unknown = toml::from_str::<SmtpConfig>("host = \"mail.example\"\nhots = 1").unwrap_err();
    assert!(unknown.to_string().contains("hots"));
}
