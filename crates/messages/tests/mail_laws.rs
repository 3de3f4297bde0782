//! Laws that hold for any text a person may have typed into a name or a reason.

use muster_domain::time::UtcMillis;
use muster_messages::calendar_object::{CalendarObject, CalendarUser, LINE_OCTETS_MAX, Method};
use muster_messages::mail::line::{LINE_CHARS_MAX, Line, Link, clean};
use proptest::prelude::*;

/// Any characters, with those that matter to headers and calendars in most of them.
fn typed() -> impl Strategy<Value = String> {
    let sharp = prop::sample::select(vec![
        '\r', '\n', '\0', '\t', '"', '^', ';', ',', ':', '\\', '<', '&', '\u{202E}', '\u{2028}',
        '\u{85}', 'é', '語', '👩',
    ]);
    prop::collection::vec(prop_oneof![sharp, any::<char>()], 0..300)
        .prop_map(|chars| chars.into_iter().collect())
}

/// Un-escapes a TEXT value (RFC 5545 section 3.3.11).
fn unescape(value: &str) -> String {
    let mut out = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some(other) => out.push(other),
                None => panic!("a backslash ends `{value}`"),
            },
            (c, false) => out.push(c),
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_header_text_is_one_visible_line_and_cleaning_twice_changes_nothing(text in typed()) {
        let once = clean(&text, LINE_CHARS_MAX);
        prop_assert!(once.chars().count() <= LINE_CHARS_MAX);
        let turns = |c: char| ('\u{202A}'..='\u{202E}').contains(&c);
        prop_assert!(!once.chars().any(|c| c.is_control() || turns(c)));
        prop_assert_eq!(clean(&once, LINE_CHARS_MAX), once);
    }

    #[test]
    fn typed_text_never_becomes_an_address(text in typed()) {
        let line = Line::reason(&format!("https://a.example {text} http://{text}"));
        prop_assert!(!line.as_str().contains("://"));
    }

    #[test]
    fn a_link_that_is_accepted_is_plain(text in "https?://[ -~]{0,40}") {
        if let Ok(link) = Link::parse(&text) {
            prop_assert!(!link.as_str().contains(['?', '#', '@', '"', '<', ' ', '\\']));
            prop_assert!(!link.host().is_empty());
        }
    }

    #[test]
    fn no_text_changes_the_shape_of_a_calendar_object(
        summary in typed(), description in typed(), name in typed(), cancel in any::<bool>(),
    ) {
        let ics = CalendarObject {
            method: if cancel { Method::Cancel } else { Method::Request },
            uid: "u@muster.example".into(),
            sequence: 3,
            stamp: UtcMillis(0),
            start: UtcMillis(0),
            end: UtcMillis(300_000),
            organizer: CalendarUser { name: name.clone(), address: "o@muster.example".into() },
            attendee: CalendarUser { name, address: "a@acme.example".into() },
            summary,
            description: description.clone(),
            url: "https://muster.example/x".into(),
            alarm_minutes: Some(5),
        }
        .to_ics()
        .unwrap();
        prop_assert!(ics.split("\r\n").all(|line| line.len() <= LINE_OCTETS_MAX));
        let unfolded = ics.replace("\r\n ", "");
        let lines: Vec<&str> = unfolded.trim_end_matches("\r\n").split("\r\n").collect();
        prop_assert_eq!(lines.len(), if cancel { 22 } else { 27 });
        prop_assert!(lines.iter().all(|line| !line.contains(|c: char| c.is_control())));
        let kept = lines.iter().find_map(|l| l.strip_prefix("DESCRIPTION:")).unwrap();
        let shown = unescape(kept);
        // What is shown is a subsequence of what was typed, save that line ends are line feeds.
        let normal = description.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
        let mut rest = normal.chars();
        prop_assert!(shown.chars().all(|c| rest.any(|r| r == c)));
    }
}
