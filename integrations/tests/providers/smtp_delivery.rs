//! SMTP against a real server, and what arrived read back by parsers that are not ours: Python's
//! `email` and `icalendar`.

use crate::support::{http, in_cache, invitation, mail};
use muster_integrations::smtp::{Smtp, SmtpConfig, delivery_failure};
use muster_ports::{Mail, MailPort, PortError};
use muster_testkit::smtp::{FAILS_LATER, NO_SUCH_MAILBOX, OpenSmtpd};
use std::process::Command;

fn port(server: &OpenSmtpd) -> Smtp {
    let text = format!(
        "host = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nbounces = \"bounces@muster.example\"",
        server.port()
    );
    let config: SmtpConfig = toml::from_str(&text).unwrap();
    Smtp::new(config, &http().0).unwrap()
}

/// What the two Python parsers make of the mail, as lines `name = value`.
fn parsed(mail: &[u8]) -> Vec<String> {
    let python = in_cache("venv/bin/python3");
    assert!(python.exists(), "{} is missing: run `./test`", python.display());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mail");
    std::fs::write(&file, mail).unwrap();
    let output = Command::new(python)
        .args(["-c", include_str!("parse_mail.py")])
        .arg(file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn an_invitation_arrives_as_other_programs_expect_it() {
    let server = OpenSmtpd::start().await.unwrap();
    let smtp = port(&server);
    smtp.check().await.unwrap();
    let receipt = smtp.send(&invitation("1.0@muster.example")).await.unwrap();
    assert!(receipt.response.starts_with("250 "), "{}", receipt.response);
    let delivered = server.wait_for_messages(1).await.unwrap();
    let expected = include_str!("invitation.expected");
    assert_eq!(parsed(&delivered[0]), expected.lines().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_mail_without_calendar_has_two_ways_to_be_read() {
    let server = OpenSmtpd::start().await.unwrap();
    port(&server).send(&mail("2.0@muster.example")).await.unwrap();
    let delivered = server.wait_for_messages(1).await.unwrap();
    let lines = parsed(&delivered[0]);
    let parts: Vec<&String> = lines.iter().filter(|line| line.starts_with("part ")).collect();
    assert_eq!(
        parts,
        ["part 0 = multipart/alternative", "part 1 = text/plain", "part 1 = text/html"]
    );
    assert!(!lines.iter().any(|line| line.starts_with("References")));
}

#[tokio::test]
async fn nothing_is_lost_while_the_real_server_is_down_and_a_stranger_is_refused() {
    let mut server = OpenSmtpd::start().await.unwrap();
    let smtp = port(&server);
    smtp.send(&mail("1@muster.example")).await.unwrap();
    server.wait_for_messages(1).await.unwrap();
    server.down();
    let down = smtp.send(&mail("2@muster.example")).await.unwrap_err();
    assert!(matches!(down, PortError::TryLater { .. }), "{down:?}");
    server.up().await.unwrap();
    smtp.send(&mail("2@muster.example")).await.unwrap();
    for address in [NO_SUCH_MAILBOX, "eve@elsewhere.example"] {
        let mut stranger: Mail = mail("3@muster.example");
        stranger.to.address = address.into();
        let refused = smtp.send(&stranger).await.unwrap_err();
        assert_eq!(refused, PortError::Refused("SMTP 550".into()));
    }
    let delivered = server.wait_for_messages(2).await.unwrap();
    assert_eq!(delivered.len(), 2);
}

#[tokio::test]
async fn a_mail_that_the_server_loses_comes_back_to_an_address_of_its_own() {
    let server = OpenSmtpd::start().await.unwrap();
    let mut lost = mail("0123456789abcdef0123456789abcdef01234567@muster.example");
    lost.to.address = FAILS_LATER.into();
    let receipt = port(&server).send(&lost).await.unwrap();
    assert!(receipt.response.starts_with("250 "), "{}", receipt.response);
    let returned = server.wait_for_messages(1).await.unwrap();
    let text = String::from_utf8_lossy(&returned[0]);
    let to = "bounces+0123456789abcdef0123456789abcdef01234567@muster.example";
    assert!(text.contains(to), "{text}");
    let address = "bounces@muster.example".parse().unwrap();
    let failure =
        delivery_failure(&returned[0], &address, None).unwrap_or_else(|e| panic!("{e}: {text}"));
    assert_eq!(failure.mails.len(), 1, "address and quoted mail agree: {failure:?}");
    assert!(failure.status.starts_with('5'), "{failure:?}");
}
