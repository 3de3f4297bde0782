//! iCalendar objects for mail and calendar servers: REQUEST and CANCEL of one event
//! (RFC 5545 syntax, RFC 5546 iTIP, RFC 6047 iMIP).
//!
//! Written by hand because it is one component with a fixed list of properties, and quoting of
//! parameters (RFC 6868), octet folding and the ban on typed-in properties must be exact. All
//! times are UTC, so no VTIMEZONE is needed and no reader's zone table can move the event.

use muster_domain::time::UtcMillis;

/// What the receiving calendar shall do (RFC 5546).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Request,
    Cancel,
}

impl Method {
    /// The spelling in `METHOD` and in the content type of the MIME part.
    pub const fn code(self) -> &'static str {
        match self {
            Method::Request => "REQUEST",
            Method::Cancel => "CANCEL",
        }
    }
}

/// A calendar user: organiser or attendee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarUser {
    pub name: String,
    /// A mail address; for the organiser one that can receive replies.
    pub address: String,
}

impl CalendarUser {
    /// The name as a parameter value; the address stands in for an empty name.
    fn common_name(&self) -> String {
        let name = crate::mail::line::clean(&self.name, crate::mail::line::LINE_CHARS_MAX);
        parameter(if name.is_empty() { &self.address } else { &name })
    }
}

/// One event, for one attendee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarObject {
    pub method: Method,
    /// Stays through every update and the cancellation.
    pub uid: String,
    /// 0 at first, one more with every change of time and with the cancellation.
    pub sequence: u32,
    /// When this object was made.
    pub stamp: UtcMillis,
    pub start: UtcMillis,
    /// After `start`.
    pub end: UtcMillis,
    pub organizer: CalendarUser,
    pub attendee: CalendarUser,
    pub summary: String,
    /// May have several lines.
    pub description: String,
    /// The page of the event; also written as the location, which every program shows.
    pub url: String,
    /// Minutes before the start at which the calendar reminds; never written into a CANCEL.
    pub alarm_minutes: Option<u16>,
}

/// An object that would not be valid iCalendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error(
        "`{0}` cannot stand as a calendar address: one `@` and no space, comma, quote, bracket or control character is accepted"
    )]
    Address(String),
    #[error(
        "the uid may hold printable ASCII without spaces, at least 1 and at most 200 characters: `{0}`"
    )]
    Uid(String),
    #[error("the url must be printable ASCII without spaces: `{0}`")]
    Url(String),
    #[error("the event must end after it starts (start {start_ms}, end {end_ms})")]
    Span { start_ms: i64, end_ms: i64 },
}

/// Longest content line in octets, line break excluded (RFC 5545 section 3.1).
pub const LINE_OCTETS_MAX: usize = 75;

impl CalendarObject {
    /// The object as text with CRLF line ends.
    pub fn to_ics(&self) -> Result<String, CalendarError> {
        self.validate()?;
        let cancelled = self.method == Method::Cancel;
        let mut out = Lines::default();
        out.raw("BEGIN:VCALENDAR");
        out.raw("PRODID:-//Muster//Muster check-ins//EN");
        out.raw("VERSION:2.0");
        out.raw("CALSCALE:GREGORIAN");
        out.raw(&format!("METHOD:{}", self.method.code()));
        out.raw("BEGIN:VEVENT");
        out.raw(&format!("UID:{}", escape(&self.uid)));
        out.raw(&format!("SEQUENCE:{}", self.sequence));
        out.raw(&format!("DTSTAMP:{}", utc(self.stamp)));
        out.raw(&format!("DTSTART:{}", utc(self.start)));
        out.raw(&format!("DTEND:{}", utc(self.end)));
        out.raw(&format!(
            "ORGANIZER;CN={}:{}",
            self.organizer.common_name(),
            mailto(&self.organizer.address)
        ));
        let answer = if cancelled { "" } else { ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE" };
        out.raw(&format!(
            "ATTENDEE;CN={};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT{answer}:{}",
            self.attendee.common_name(),
            mailto(&self.attendee.address)
        ));
        out.raw(&format!("SUMMARY:{}", escape(&self.summary)));
        out.raw(&format!("DESCRIPTION:{}", escape(&self.description)));
        out.raw(&format!("LOCATION:{}", escape(&self.url)));
        out.raw(&format!("URL:{}", self.url));
        out.raw("CLASS:PRIVATE");
        out.raw(if cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
        out.raw(if cancelled { "TRANSP:TRANSPARENT" } else { "TRANSP:OPAQUE" });
        if let (false, Some(minutes)) = (cancelled, self.alarm_minutes) {
            out.raw("BEGIN:VALARM");
            out.raw("ACTION:DISPLAY");
            out.raw(&format!("DESCRIPTION:{}", escape(&self.summary)));
            out.raw(&format!("TRIGGER:-PT{minutes}M"));
            out.raw("END:VALARM");
        }
        out.raw("END:VEVENT");
        out.raw("END:VCALENDAR");
        Ok(out.0)
    }

    fn validate(&self) -> Result<(), CalendarError> {
        for user in [&self.organizer, &self.attendee] {
            let refused =
                |c: char| c.is_whitespace() || c.is_control() || ",\"<>()[]\\;:".contains(c);
            let one_at = user.address.split('@').filter(|part| !part.is_empty()).count() == 2
                && user.address.matches('@').count() == 1;
            if !one_at || user.address.contains(refused) {
                return Err(CalendarError::Address(user.address.clone()));
            }
        }
        let graphic = |text: &str| text.chars().all(|c| c.is_ascii_graphic());
        if self.uid.is_empty() || self.uid.len() > 200 || !graphic(&self.uid) {
            return Err(CalendarError::Uid(self.uid.clone()));
        }
        if !graphic(&self.url) {
            return Err(CalendarError::Url(self.url.clone()));
        }
        if self.end <= self.start {
            return Err(CalendarError::Span { start_ms: self.start.0, end_ms: self.end.0 });
        }
        Ok(())
    }
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    /// Appends one content line, folded at [`LINE_OCTETS_MAX`] octets between characters.
    fn raw(&mut self, line: &str) {
        let mut octets = 0;
        for c in line.chars() {
            if octets + c.len_utf8() > LINE_OCTETS_MAX {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(c);
            octets += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

fn utc(instant: UtcMillis) -> String {
    instant.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// TEXT (RFC 5545 section 3.3.11). Line breaks of any kind become `\n`; other controls and bidi
/// controls go.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in visible(&text.replace("\r\n", "\n").replace('\r', "\n")) {
        match c {
            '\\' => out.push_str("\\\\"),
            ';' => out.push_str("\\;"),
            ',' => out.push_str("\\,"),
            '\n' | '\u{2028}' | '\u{2029}' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out
}

/// One line as a parameter value, always quoted, with the escapes of RFC 6868.
fn parameter(line: &str) -> String {
    let mut out = String::from('"');
    for c in line.chars() {
        match c {
            '"' => out.push_str("^'"),
            '^' => out.push_str("^^"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// An address as a `mailto:` URI (RFC 6068): what is not plainly allowed is percent-encoded.
fn mailto(address: &str) -> String {
    let mut out = String::from("mailto:");
    for byte in address.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"@.-_~+!$*'".contains(&b) => out.push(b as char),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).filter(|c| {
        !matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object() -> CalendarObject {
        CalendarObject {
            method: Method::Request,
            uid: "0f3a@muster.example".into(),
            sequence: 0,
            stamp: UtcMillis(1_795_442_400_000),
            start: UtcMillis(1_795_443_600_000),
            end: UtcMillis(1_795_443_900_000),
            organizer: CalendarUser {
                name: "Muster".into(),
                address: "check-ins@muster.example".into(),
            },
            attendee: CalendarUser {
                name: "Jo Park".into(),
                address: "jo.park@acme.example".into(),
            },
            summary: "Video check-in (about 5 minutes)".into(),
            description: "Code K7-RAIN".into(),
            url: "https://muster.example/check-ins/1".into(),
            alarm_minutes: Some(5),
        }
    }

    fn unfold(ics: &str) -> String {
        ics.replace("\r\n ", "")
    }

    #[test]
    fn a_request_asks_for_an_answer_and_reminds_five_minutes_before() {
        let ics = unfold(&object().to_ics().unwrap());
        for line in [
            "METHOD:REQUEST",
            "UID:0f3a@muster.example",
            "SEQUENCE:0",
            "DTSTAMP:20261123T140000Z",
            "DTSTART:20261123T142000Z",
            "DTEND:20261123T142500Z",
            "ORGANIZER;CN=\"Muster\":mailto:check-ins@muster.example",
            "ATTENDEE;CN=\"Jo Park\";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:jo.park@acme.example",
            "CLASS:PRIVATE",
            "STATUS:CONFIRMED",
            "TRIGGER:-PT5M",
        ] {
            assert!(ics.contains(&format!("\r\n{line}\r\n")), "{line} not in\n{ics}");
        }
    }

    #[test]
    fn a_cancellation_keeps_the_uid_and_has_no_alarm() {
        let cancel = CalendarObject { method: Method::Cancel, sequence: 2, ..object() };
        let ics = unfold(&cancel.to_ics().unwrap());
        assert!(ics.contains("METHOD:CANCEL") && ics.contains("STATUS:CANCELLED"));
        assert!(ics.contains("UID:0f3a@muster.example") && ics.contains("SEQUENCE:2"));
        assert!(!ics.contains("VALARM") && !ics.contains("RSVP"));
    }

    #[test]
    fn typed_text_cannot_add_a_property() {
        let mut hostile = object();
        hostile.summary = "a\r\nATTACH:https://x.example;b,c\\d\u{0}\u{202E}".into();
        hostile.attendee.name = "Jo\";X=\"y\r\nATTENDEE:mailto:x@y.example^".into();
        let ics = unfold(&hostile.to_ics().unwrap());
        assert!(ics.contains("SUMMARY:a\\nATTACH:https://x.example\\;b\\,c\\\\d\r\n"), "{ics}");
        assert!(ics.contains("CN=\"Jo^';X=^'y ATTENDEE:mailto:x@y.example^^\";"), "{ics}");
        assert_eq!(ics.matches("\r\nATTENDEE").count(), 1);
        assert!(!ics.contains("\r\nATTACH"));
    }

    #[test]
    fn lines_fold_by_octets_and_never_inside_a_character() {
        let mut long = object();
        long.description = "Prüfung 日本語 👩‍💻 ".repeat(40);
        let ics = long.to_ics().unwrap();
        assert!(ics.split("\r\n").all(|line| line.len() <= LINE_OCTETS_MAX));
        assert!(unfold(&ics).contains(&format!("DESCRIPTION:{}", long.description)));
        assert!(!ics.replace("\r\n", "").contains(['\r', '\n']));
    }

    #[test]
    fn what_would_break_the_object_is_refused() {
        let with = |change: fn(&mut CalendarObject)| {
            let mut o = object();
            change(&mut o);
            o.to_ics().unwrap_err()
        };
        assert!(matches!(
            with(|o| o.attendee.address = "a@b.example\r\nX:y".into()),
            CalendarError::Address(_)
        ));
        assert!(matches!(
            with(|o| o.attendee.address = "nobody".into()),
            CalendarError::Address(_)
        ));
        assert!(matches!(with(|o| o.attendee.address = "a@b@c".into()), CalendarError::Address(_)));
        assert!(matches!(with(|o| o.uid = String::new()), CalendarError::Uid(_)));
        assert!(matches!(with(|o| o.url = "https://x\r\nY:z".into()), CalendarError::Url(_)));
        assert!(matches!(with(|o| o.end = o.start), CalendarError::Span { .. }));
    }
}
