//! Content lines and components: folding, parameters, nesting (RFC 5545 section 3.1). What a
//! property means is decided by whoever asks for it.

use super::{IcsFault, TEXT_BYTES_MAX};

/// Deepest nesting of components: VCALENDAR, VEVENT, VALARM, and one to spare.
const DEPTH_MAX: usize = 4;

/// One component with what it holds, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Component {
    /// In capitals, e.g. `VEVENT`.
    pub(crate) name: String,
    /// The line of its BEGIN, from 1.
    pub(crate) line: usize,
    pub(crate) properties: Vec<Property>,
    pub(crate) children: Vec<Component>,
}

/// One content line, unfolded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Property {
    /// In capitals, e.g. `DTSTART`.
    pub(crate) name: String,
    /// Names in capitals, values without quotes.
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) value: String,
    pub(crate) line: usize,
}

impl Property {
    /// The value of a parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value as text for people: escapes taken back, line breaks as blanks.
    pub(crate) fn text(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut chars = self.value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n' | 'N') => text.push(' '),
                    Some(other) => text.push(other),
                    None => {}
                },
                c if c.is_control() => text.push(' '),
                c => text.push(c),
            }
        }
        text.trim().to_owned()
    }
}

impl Component {
    /// The first property of this name.
    pub(crate) fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|p| p.name == name)
    }

    /// Every property of this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> {
        self.properties.iter().filter(move |p| p.name == name)
    }

    /// The value of a property in capitals, for closed words.
    pub(crate) fn word(&self, name: &str) -> Option<String> {
        self.property(name).map(|p| p.value.trim().to_ascii_uppercase())
    }
}

/// Reads the calendars of a text; several one after another are one.
///
/// # Errors
/// The text is too long, no calendar, or a line breaks the format.
pub(crate) fn read(text: &str) -> Result<Vec<Component>, IcsFault> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(IcsFault::TooLong { bytes: text.len() });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut open: Vec<Component> = Vec::new();
    let mut found = Vec::new();
    for (line, content) in unfold(text) {
        if content.trim().is_empty() {
            continue;
        }
        let property = match property(line, &content) {
            Ok(property) => property,
            Err(_) if open.is_empty() => return Err(IcsFault::NotCalendar),
            Err(fault) => return Err(fault),
        };
        let name = property.value.trim().to_ascii_uppercase();
        match property.name.as_str() {
            "BEGIN" => {
                if open.is_empty() && name != "VCALENDAR" {
                    return Err(IcsFault::NotCalendar);
                }
                if open.len() == DEPTH_MAX {
                    return Err(IcsFault::at(line, "components are nested too deeply"));
                }
                let (properties, children) = (Vec::new(), Vec::new());
                open.push(Component { name, line, properties, children });
            }
            "END" => {
                let Some(done) = open.pop().filter(|c| c.name == name) else {
                    return Err(IcsFault::at(line, format!("END:{name} ends nothing")));
                };
                match open.last_mut() {
                    Some(parent) => parent.children.push(done),
                    None => found.push(done),
                }
            }
            _ => match open.last_mut() {
                Some(component) => component.properties.push(property),
                None => return Err(IcsFault::NotCalendar),
            },
        }
    }
    if let Some(cut) = open.first() {
        return Err(IcsFault::at(cut.line, format!("{} is not ended: the file is cut", cut.name)));
    }
    if found.is_empty() { Err(IcsFault::NotCalendar) } else { Ok(found) }
}

/// Lines with their continuations, numbered by their first line.
fn unfold(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some((_, last))) => last.push_str(more),
            _ => lines.push((number, line.to_owned())),
        }
    }
    lines
}

fn property(line: usize, content: &str) -> Result<Property, IcsFault> {
    let parts = split_outside_quotes(content, ':', 2);
    let [head, value] = parts.as_slice() else {
        return Err(IcsFault::at(line, "a content line is NAME:VALUE"));
    };
    let mut words = split_outside_quotes(head, ';', usize::MAX).into_iter();
    let name = words.next().unwrap_or_default().trim().to_ascii_uppercase();
    let is_name =
        |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !is_name(&name) {
        return Err(IcsFault::at(line, "a content line is NAME:VALUE"));
    }
    let mut parameters = Vec::new();
    for word in words {
        let Some((key, value)) = word.split_once('=') else {
            return Err(IcsFault::at(line, format!("`{word}` is not a parameter NAME=VALUE")));
        };
        parameters.push((key.trim().to_ascii_uppercase(), value.trim_matches('"').to_owned()));
    }
    Ok(Property { name, parameters, value: (*value).to_owned(), line })
}

fn split_outside_quotes(text: &str, at: char, parts_max: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut is_quoted) = (0, false);
    for (position, c) in text.char_indices() {
        if c == '"' {
            is_quoted = !is_quoted;
        } else if c == at && !is_quoted && parts.len() + 1 < parts_max {
            parts.push(&text[from..position]);
            from = position + c.len_utf8();
        }
    }
    parts.push(&text[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folded_lines_quoted_parameters_and_escapes_are_read() {
        let text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=\"Europe/Lis\r\n bon\":20261201T090000\r\n\
                    SUMMARY:Lunch\\, long\\nand late: yes\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let calendar = read(text).unwrap().remove(0);
        let event = &calendar.children[0];
        assert_eq!((event.name.as_str(), event.line), ("VEVENT", 2));
        let start = event.property("DTSTART").unwrap();
        assert_eq!(start.parameter("TZID"), Some("Europe/Lisbon"));
        assert_eq!(event.property("SUMMARY").unwrap().text(), "Lunch, long and late: yes");
    }

    #[test]
    fn what_is_not_a_calendar_is_refused_with_a_sentence() {
        let cases = [
            ("", "not an iCalendar file"),
            ("<html><body>Sign in</body></html>", "not an iCalendar file"),
            ("BEGIN:VCARD\nEND:VCARD", "not an iCalendar file"),
            ("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "line 1: VCALENDAR is not ended"),
            ("BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR", "line 2: END:VEVENT ends nothing"),
            ("BEGIN:VCALENDAR\nno colon here\nEND:VCALENDAR", "line 2: a content line"),
        ];
        for (text, says) in cases {
            let fault = read(text).unwrap_err().to_string();
            assert!(fault.contains(says), "{text:?}: {fault}");
        }
        let deep = "BEGIN:VCALENDAR\n".repeat(DEPTH_MAX + 1);
        assert!(read(&deep).unwrap_err().to_string().contains("nested"));
        let huge = format!("BEGIN:VCALENDAR\n{}", "X-A:b\n".repeat(TEXT_BYTES_MAX / 6 + 1));
        assert!(read(&huge).unwrap_err().to_string().contains("export fewer years"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(BEGIN:|END:|VCALENDAR|VEVENT|[;:=\"\\\\ \t\r\n]|[a-zé]){0,40}") {
            let _ = read(&text);
        }
    }
}
