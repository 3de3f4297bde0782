//! Mail on the real thing: an invitation goes through OpenSMTPD into a maildir and is read back
//! by an independent parser of mail and calendars; the server is down for an hour and nothing is lost.

use crate::support::{Company, START};
use muster_integrations::http::Http;
use muster_integrations::smtp::{Security, SignIn, Smtp, SmtpConfig};
use muster_ports::SystemClock;
use muster_testkit::smtp::OpenSmtpd;
use std::process::Command;
use std::sync::Arc;

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
