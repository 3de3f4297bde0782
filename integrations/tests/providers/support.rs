//! What the provider tests share.

use muster_domain::time::UtcMillis;
use muster_integrations::http::Http;
use muster_ports::{CalendarPart, Mail, Mailbox};
use muster_testkit::MovableClock;
use std::path::PathBuf;
use std::sync::Arc;

/// 2026-11-23T08:30:00Z.
pub const START: UtcMillis = UtcMillis(1_795_422_600_000);

/// The client under a clock the test moves.
pub fn http() -> (Http, Arc<MovableClock>) {
    let clock = Arc::new(MovableClock::stopped(START));
    (Http::new(Arc::clone(&clock) as _).unwrap(), clock)
}

/// A plain announcement to a fictional person.
pub fn mail(message_id: &str) -> Mail {
    Mail {
        from: Mailbox { name: "Muster, Acme".into(), address: "muster@muster.example".into() },
        to: Mailbox { name: "Änne Öztürk".into(), address: "aenne@muster.example".into() },
        reply_to: Some(Mailbox { name: String::new(), address: "hr@muster.example".into() }),
        subject: "Kurzer Check-in um 9:50 – bitte öffnen".into(),
        text: format!("Guten Tag,\n.a line that begins with a dot\n{}\nEnde\n", "lang ".repeat(60)),
        html: "<p>Guten Tag, <b>Änne</b></p>\n".into(),
        calendar: None,
        message_id: message_id.into(),
        in_reply_to: None,
        list_id: "check-ins.muster.example".into(),
        date_ms: START.0,
    }
}

/// The same with an invitation.
pub fn invitation(message_id: &str) -> Mail {
    let description = "Eine lange Zeile mit Umlauten äöü ".repeat(8);
    let mut folded = String::new();
    for (position, character) in format!("DESCRIPTION:{description}").chars().enumerate() {
        if position > 0 && position % 35 == 0 {
            folded.push_str("\r\n ");
        }
        folded.push(character);
    }
    let ics = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Muster//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:check-in-1@muster.example",
        "SEQUENCE:0",
        "DTSTAMP:20261123T083000Z",
        "DTSTART:20261123T085000Z",
        "DTEND:20261123T085500Z",
        "SUMMARY:Short check-in",
        &folded,
        "ORGANIZER:mailto:muster@muster.example",
        "ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:aenne@muster.example",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    .join("\r\n");
    let calendar = Some(CalendarPart { method: "REQUEST".into(), ics });
    Mail { calendar, in_reply_to: Some("first.1@muster.example".into()), ..mail(message_id) }
}

/// A path in the cache that `./test` fills.
pub fn in_cache(path: &str) -> PathBuf {
    let given = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let cache = given("MUSTER_CACHE")
        .or_else(|| given("XDG_CACHE_HOME").map(|folder| folder.join("muster")))
        .or_else(|| given("HOME").map(|folder| folder.join(".cache/muster")));
    cache.expect("HOME is set").join(path)
}
