//! People, instants and strings that the samples of all messages share. All of it is fictional.

use super::frame::{Checkpoint, Frame};
use super::invitation::Invite;
use super::line::{Line, Link};
use super::times::{Moment, Reader, SubjectZone};
use crate::calendar_object::CalendarUser;
use muster_domain::check_in::Clocks;
use muster_domain::time::{UtcMillis, zone};

/// Monday 23 November 2026, 13:12 UTC.
pub const NOW: UtcMillis = UtcMillis(1_795_439_520_000);

/// Markup, quotes, a bidi override, a forged header and a link, and very long.
pub fn hostile() -> String {
    let head = "<script>alert('x')</script> \"O'Hara\" & {{frame}} \u{202E}gnp.exe\r\nBcc: all@evil.example\r\n\r\n<b>https://evil.example/?a=1</b> ";
    format!("{head}{}", "Ēxtrāordinārily-Long ".repeat(40))
}

pub fn hostile_line() -> Line {
    Line::new(&hostile())
}

pub fn reader() -> Reader {
    Reader { zone: zone("Europe/Berlin").expect("a bundled zone"), now: NOW }
}

/// Minutes from now, in Berlin.
pub fn moment(minutes: i64) -> Moment {
    reader().moment(NOW.plus_minutes(minutes))
}

/// Minutes from now, in Berlin, with Lisbon beside it.
pub fn beside_lisbon(minutes: i64) -> Moment {
    let lisbon = SubjectZone {
        zone: zone("Europe/Lisbon").expect("a bundled zone"),
        city: "Lisbon".to_owned(),
    };
    reader().beside(NOW.plus_minutes(minutes), Some(&lisbon))
}

pub fn link(path: &str) -> Link {
    Link::parse(&format!("https://muster.acme.example{path}")).expect("a plain link")
}

pub fn frame(name: &str) -> Frame {
    Frame::new(
        Line::new("Acme"),
        Line::new(name),
        link("/"),
        Line::new("the People team, extension 4400"),
    )
}

pub fn hostile_frame() -> Frame {
    Frame::new(hostile_line(), hostile_line(), link("/"), hostile_line())
}

pub fn checkpoint() -> Checkpoint {
    Checkpoint::from_note(
        "muster.acme.example/log\n18244\nlDhW0kmR8Gqz1cWc3r6V9nqv8gXkT2u0b7m1sQ4yZpE=\n\n— muster.acme.example/log 5rT0kYb8Yw1zZ0v8p1m3q6s9u2x5A8D1G4J7M0P3S6V9Y2b5e8h1k4n7q0t3w6z9C2F5I8L1O4R7U0X3a6d9g2j5m8p1s4v7\n",
    )
    .expect("a signed note")
}

/// 23 minutes' notice, window 10, grace 5, session 5.
pub fn clocks() -> Clocks {
    Clocks {
        announce: NOW,
        start: NOW.plus_minutes(23),
        window_minutes: 10,
        grace_minutes: 5,
        session_minutes: 5,
    }
}

pub fn invite(name: &str, sequence: u32) -> Invite {
    Invite {
        uid: "7d1b0e9a4c3f5826a1d4e7b0c3f6a9d2e5b8c1f4@muster.acme.example".to_owned(),
        sequence,
        stamp: NOW,
        organizer: CalendarUser {
            name: "Muster for Acme".to_owned(),
            address: "check-ins@muster.acme.example".to_owned(),
        },
        attendee: CalendarUser {
            name: name.to_owned(),
            address: "jo.park@acme.example".to_owned(),
        },
    }
}
