//! Mail on the real thing: an invitation goes through OpenSMTPD into a maildir and is read back
//! by an independent parser of mail and calendars; the server is down for an hour and nothing is lost; it takes a mail
//! that it cannot keep, and its own report of that is read.

use crate::support::{Company, START};
use muster::acts::bounces::{self, Report, Taken};
use muster_integrations::http::Http;
use muster_integrations::smtp::{Security, SignIn, Smtp, SmtpConfig, delivery_failure};
use muster_ports::SystemClock;
use muster_testkit::smtp::{FAILS_LATER, OpenSmtpd};
use std::process::Command;
use std::sync::Arc;

const BOUNCES: &str = "bounces@muster.example";

/// Through the real provider, as `serve` would.
pub fn smtp(port: u16) -> Smtp {
    let config = SmtpConfig {
        host: "127.0.0.1".into(),
        port: Some(port),
        security: Security::None,
        sign_in: SignIn::None,
        user: None,
        password: None,
        oauth: None,
        ca_file: None,
        hello_name: None,
        bounces: Some(BOUNCES.into()),
        timeout_seconds: 5,
    };
    Smtp::new(config, &Http::new(Arc::new(SystemClock)).unwrap()).unwrap()
}

#[tokio::test]
async fn an_invitation_survives_an_hour_without_its_server_and_is_a_calendar_entry_at_the_end() {
    let mut server = OpenSmtpd::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (database, mail) = (Company::sqlite_in(folder.path()), Arc::new(smtp(server.port())));
    let company = Company::in_folder(folder.path(), &database, mail, None, true).await;
    let cast = company.usual_cast().await;

    // Down before the hit is announced, up again before its window: late, but not lost.
    company.pass_to(START.plus_minutes(60)).await;
    server.down();
    let check_in = company.first_check_in(cast.maria, "drawn").await;
    let down_until = check_in.clocks().announce.plus_minutes(5);
    company.pass_to(down_until).await;
    assert!(server.messages().unwrap().is_empty(), "nothing is taken by a server that is down");
    server.up().await.unwrap();
    company.pass_to(check_in.clocks().start.plus_minutes(-1)).await;
    let is_hers = |mail: &&Vec<u8>| {
        let text = String::from_utf8_lossy(mail);
        text.contains("To: \"Maria Olsen\"") || text.contains("maria@muster.example")
    };
    // Others were told, too, and nothing says whose mail is delivered first.
    let mut mails = server.wait_for_messages(1).await.unwrap();
    while !mails.iter().any(|mail| is_hers(&mail)) {
        mails = server.wait_for_messages(mails.len() + 1).await.expect("Maria's invitation");
    }
    let invitation = mails.iter().find(is_hers).expect("it is there by now");

    let file = folder.path().join("invitation.eml");
    std::fs::write(&file, invitation).unwrap();
    let cache =
        std::env::var("MUSTER_CACHE").expect("./test names the cache with the Python tools");
    let output = Command::new(format!("{cache}/venv/bin/python3"))
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/check_mail.py"))
        .args(["--expect", "invite"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the independent parser refuses the mail: {said}");
    assert!(said.contains("REQUEST"), "{said}");

    // The late announcement is our fault: no miss, whatever she does.
    let judged = company.nobody_comes(&check_in).await;
    assert_eq!(judged.outcome.as_deref(), Some("void"), "{:?}", judged.cause);
}

#[tokio::test]
async fn what_a_real_server_says_of_a_mail_it_lost_voids_the_check_in() {
    let server = OpenSmtpd::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (database, mail) = (Company::sqlite_in(folder.path()), Arc::new(smtp(server.port())));
    let company = Company::in_folder(folder.path(), &database, mail, None, true).await;
    let cast = company.usual_cast().await;
    company.pass_to(START.plus_minutes(60)).await;
    company.moves_to_address(cast.maria, FAILS_LATER).await;
    let check_in = company.first_check_in(cast.maria, "drawn").await;
    company.pass_to(check_in.clocks().start.plus_minutes(-1)).await;

    let address = BOUNCES.parse().unwrap();
    let mut seen = 1;
    let failure = loop {
        let mails = server.wait_for_messages(seen).await.expect("a report of the server");
        let read = mails.iter().filter_map(|mail| delivery_failure(mail, &address, None).ok());
        let mut failures: Vec<_> = read.collect();
        failures.retain(|failure| failure.mails.len() == 1);
        if let Some(failure) = failures.pop() {
            break failure;
        }
        seen = mails.len() + 1;
    };
    assert!(failure.status.starts_with('5'), "{failure:?}");
    let report = Report {
        mails: failure.mails.iter().map(String::as_str).collect(),
        status: &failure.status,
        said: &failure.said,
    };
    assert_eq!(bounces::take(&company.context, &report).await.unwrap(), Taken::Noted);
    let judged = company.nobody_comes(&check_in).await;
    assert_eq!(
        (judged.outcome.as_deref(), judged.cause.as_deref()),
        (Some("void"), Some("bounced"))
    );
}
