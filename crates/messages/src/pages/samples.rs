//! What the samples of all pages share: one fictional company, one morning, one hostile string.

use super::{DemoAction, DemoBar, DemoSenses, Moment, PageFrame, PersonaLink};
use jiff::tz::TimeZone;
use muster_domain::person::Role;
use muster_domain::time::{MINUTE_MS, UtcMillis, zone};

/// 2026-03-03 13:22:20 UTC, a Tuesday.
pub const NOW: UtcMillis = UtcMillis(1_772_544_140_000);
/// A check-in's id.
pub const ID: &str = "5f0c1f7e-8f43-4a55-9d5e-0b1f8a3f7c11";
/// What a hostile or merely unlucky roster may hold.
pub const HOSTILE: &str = "<script>alert(\"x\")</script> & O'Neil \u{202e}Aleksandrovichskiy-von-und-zu-Wolkenkuckucksheimhausen{{frame.csrf}}";

pub fn berlin() -> TimeZone {
    zone("Europe/Berlin").unwrap_or(TimeZone::UTC)
}

/// An instant some minutes from the samples' now.
pub fn at(minutes: i64) -> Moment {
    Moment::new(NOW.plus_minutes(minutes), NOW, &berlin())
}

/// The same with Lisbon's clock beside it.
pub fn at_lisbon(minutes: i64) -> Moment {
    let instant = NOW.plus_minutes(minutes);
    let lisbon = zone("Europe/Lisbon").unwrap_or(TimeZone::UTC);
    at(minutes).beside(instant, &berlin(), &lisbon, "Lisbon")
}

/// The instant itself, milliseconds.
pub fn ms(minutes: i64) -> i64 {
    NOW.0 + minutes * MINUTE_MS
}

/// A frame nobody is signed in to.
pub fn stranger(title: &str) -> PageFrame {
    PageFrame::new("Acme", title, NOW, "Europe/Berlin", "c2FtcGxlLXRva2Vu")
}

/// A frame of somebody with these roles.
pub fn frame(title: &str, name: &str, roles: &[Role], current: &str) -> PageFrame {
    stranger(title).signed_in(name, roles, current)
}

/// A frame of an employee.
pub fn employee(title: &str) -> PageFrame {
    frame(title, "Anna Lind", &[Role::Employee], "/")
}

/// A frame where everything a person typed is hostile.
pub fn hostile(title: &str, roles: &[Role], current: &str) -> PageFrame {
    let mut frame = frame(title, HOSTILE, roles, current);
    frame.organisation = HOSTILE.to_owned();
    frame.with_problem("nowhere", HOSTILE)
}

/// The demo's bar.
pub fn demo_bar(persona: &str) -> DemoBar {
    let link = |name: &str, host: &str| PersonaLink {
        name: name.to_owned(),
        url: format!("http://{host}.localhost:8080/"),
    };
    DemoBar {
        now_text: "Tue 3 Mar 14:22".to_owned(),
        now_ms: NOW.0,
        persona: persona.to_owned(),
        personas: vec![
            link("Anna Lind, employee", "anna"),
            link("Jo Park, verifier", "verifier"),
            link("Dana Weiss, manager", "manager"),
            link("Ravi Rao, HR", "hr"),
            link("Sam Okoye, security", "security"),
            link("Ines Prado, auditor", "auditor"),
        ],
        actions: DemoAction::strides(),
        senses: Some(DemoSenses {
            persona: persona.to_owned(),
            home_name: "Home office, Lisbon".to_owned(),
            home_lat: 38.72,
            home_lon: -9.14,
            away_name: "A street in Lima, Peru".to_owned(),
            away_lat: -12.05,
            away_lon: -77.04,
        }),
    }
}

/// Owned strings.
pub fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|s| (*s).to_owned()).collect()
}
