//! Reports of mail servers, as several programs write them: which mail came back, and why.

use muster_integrations::smtp::{BounceAddress, DeliveryFailure, NoFailure, delivery_failure};

const ID: &str = "0123456789abcdef0123456789abcdef01234567";

fn address() -> BounceAddress {
    "bounces@muster.example".parse().unwrap()
}

fn read(report: &str) -> Result<DeliveryFailure, NoFailure> {
    delivery_failure(report.replace('\n', "\r\n").as_bytes(), &address(), None)
}

/// The shape that RFC 3464 gives, with what varies between servers.
fn report(to: &str, fields: &str, quoted: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.muster.example\nTo: {to}\nSubject: Undelivered Mail Returned to Sender\n\
         Auto-Submitted: auto-replied\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"b1\"\n\n\
         This is a MIME-encapsulated message.\n\n--b1\nContent-Type: text/plain; charset=us-ascii\n\n\
         I'm sorry to have to inform you that your message could not be delivered.\n\n--b1\n\
         Content-Type: message/delivery-status\n\n{fields}\n\n--b1\n{quoted}\n--b1--\n"
    )
}

const POSTFIX_FIELDS: &str = "Reporting-MTA: dns; mx.muster.example\nX-Postfix-Queue-ID: 4F2\n\
    Arrival-Date: Mon, 23 Nov 2026 08:30:00 +0000 (UTC)\n\n\
    Final-Recipient: rfc822; maria@muster.example\nAction: failed\nStatus: 5.1.1\n\
    Remote-MTA: dns; mail.muster.example\n\
    Diagnostic-Code: smtp; 550 5.1.1 <maria@muster.example>: Recipient address\n    rejected: User unknown";

fn quoted_message() -> String {
    format!(
        "Content-Type: message/rfc822\n\nFrom: check-ins@muster.example\nTo: maria@muster.example\n\
         Message-ID: <{ID}@muster.example>\nSubject: Short check-in\n\nHello\n"
    )
}

fn quoted_headers() -> String {
    format!(
        "Content-Type: text/rfc822-headers\n\nFrom: check-ins@muster.example\n\
         Message-ID: <{ID}@muster.example>\nSubject: Short check-in\n"
    )
}

#[test]
fn a_report_names_its_mail_by_address_by_message_and_by_headers() {
    let plain = "Content-Type: text/plain\n\nnothing of the mail\n".to_owned();
    for (to, quoted) in [
        (format!("bounces+{ID}@muster.example"), plain),
        ("check-ins@muster.example".to_owned(), quoted_message()),
        ("check-ins@muster.example".to_owned(), quoted_headers()),
    ] {
        let failure = read(&report(&to, POSTFIX_FIELDS, &quoted)).unwrap();
        assert_eq!(failure.mails.into_iter().collect::<Vec<_>>(), [ID], "{to} {quoted}");
        assert_eq!(failure.status, "5.1.1");
        let said = "550 5.1.1 <maria@muster.example>: Recipient address rejected: User unknown";
        assert_eq!(failure.said, said);
    }
}

#[test]
fn the_address_it_came_in_at_may_be_told_by_the_mail_server() {
    let report =
        report("postmaster@muster.example", POSTFIX_FIELDS, "Content-Type: text/plain\n\n-\n");
    assert_eq!(read(&report), Err(NoFailure::NamesNothing));
    let tagged = format!("bounces+{ID}@muster.example");
    let failure = delivery_failure(report.as_bytes(), &address(), Some(&tagged)).unwrap();
    assert!(failure.mails.contains(ID));
}

#[test]
fn late_mail_delivered_mail_and_answers_of_people_are_no_failures() {
    let to = format!("bounces+{ID}@muster.example");
    for action in ["delayed", "delivered", "relayed", "expanded"] {
        let fields = POSTFIX_FIELDS.replace("failed", action).replace("5.1.1", "4.0.0");
        assert_eq!(read(&report(&to, &fields, &quoted_message())), Err(NoFailure::NotFailed));
    }
    let away = format!(
        "From: maria@muster.example\nTo: {to}\nSubject: I am away\nContent-Type: text/plain\n\n\
         Action: failed\nStatus: 5.1.1\nMessage-ID: <{ID}@muster.example>\n"
    );
    assert_eq!(read(&away), Err(NoFailure::NoReport));
    for junk in ["", "\n\n\n", "Content-Type: multipart/report; boundary=x\n\n--x\n--x\n--x"] {
        assert_eq!(read(junk), Err(NoFailure::NoReport), "{junk:?}");
    }
}

#[test]
fn of_several_recipients_the_one_that_failed_counts() {
    let fields = "Reporting-MTA: dns;mx\n\nFinal-Recipient: rfc822;a@muster.example\nAction: delivered\n\
                  Status: 2.0.0\n\nFinal-Recipient: rfc822;b@muster.example\nAction: Failed\nStatus: 5.2.2 (full)\n\
                  Diagnostic-Code: smtp;552 \u{7}mailbox full";
    let failure = read(&report("x@muster.example", fields, &quoted_headers())).unwrap();
    assert_eq!(
        (failure.status.as_str(), failure.said.as_str()),
        ("5.2.2 (full)", "552 mailbox full")
    );
}

#[test]
fn a_report_without_an_end_is_read_to_its_bound() {
    let nested = |depth: usize| {
        (0..depth).fold(quoted_message(), |inner, n| {
            format!(
                "Content-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=n{n}\n\n--n{n}\n{inner}\n--n{n}--\n"
            )
        })
    };
    assert!(read(&report("x@muster.example", POSTFIX_FIELDS, &nested(2))).is_ok());
    let deep = report("x@muster.example", POSTFIX_FIELDS, &nested(300));
    assert_eq!(read(&deep), Err(NoFailure::NamesNothing));
    let long = report("x@muster.example", POSTFIX_FIELDS, &quoted_headers()) + &"x".repeat(3 << 20);
    assert!(read(&long).is_ok());
}
