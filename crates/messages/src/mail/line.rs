//! Text from outside that has been made harmless, and links that carry no secret.
//!
//! Everything a person typed enters a mail as a [`Line`], so that no name can add a header, a
//! paragraph or a link, or turn the reading direction of the words after it.

use serde::{Serialize, Serializer};

/// Characters kept of a name or a short phrase.
pub const LINE_CHARS_MAX: usize = 160;
/// Characters kept of a reason somebody typed.
pub const REASON_CHARS_MAX: usize = 600;
/// Characters kept of a subject: what mail programs show at all.
pub const SUBJECT_CHARS_MAX: usize = 150;

/// One line of text without control characters, bidi controls or links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Line(String);

impl Line {
    /// A name or short phrase, cut after [`LINE_CHARS_MAX`] characters.
    pub fn new(text: &str) -> Line {
        Line(without_links(&clean(text, LINE_CHARS_MAX)))
    }

    /// A reason of several sentences, cut after [`REASON_CHARS_MAX`] characters. Line breaks
    /// become spaces: a typed text stays one paragraph and cannot imitate ours.
    pub fn reason(text: &str) -> Line {
        Line(without_links(&clean(text, REASON_CHARS_MAX)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Line {
        Line::new(text)
    }
}

/// Text fit for a header field: one line, no control or bidi characters, at most `chars_max`
/// characters (a longer one ends in an ellipsis). Also what a [`Line`] starts from.
pub fn clean(text: &str, chars_max: usize) -> String {
    let visible: String = text
        .chars()
        .filter(|c| !is_invisible_control(*c))
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= chars_max {
        return line;
    }
    let kept: String = line.chars().take(chars_max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Bidi controls (UAX #9) and characters that take no room. The joiners U+200C and U+200D stay:
/// Persian, Indic scripts and emoji are written with them.
const fn is_invisible_control(c: char) -> bool {
    matches!(
        c,
        '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'
            ..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
    )
}

/// Mail programs turn `scheme://` and `www.` into links by themselves.
fn without_links(text: &str) -> String {
    text.replace("://", " // ").replace("www.", "www ")
}

/// Why an address may not stand in a mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    #[error("a link in a mail begins with https:// (or http:// on a demo host): `{0}`")]
    Scheme(String),
    #[error(
        "a link in a mail is host and path only; `{0}` has a character that could carry a secret or break the line (one of ? # @ \\, a space, a control or a non-ASCII character)"
    )]
    Character(String),
    #[error("a link in a mail needs a host: `{0}`")]
    Host(String),
}

/// The address of a page: scheme, host, path. No query and no fragment, where a sign-in secret
/// or a tracking mark could ride.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    /// Accepts `https://host/path` and, for the demo, `http://host:port/path`.
    pub fn parse(text: &str) -> Result<Link, LinkError> {
        let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))
        else {
            return Err(LinkError::Scheme(text.to_owned()));
        };
        let plain = |c: char| {
            c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | ':' | '/' | '%')
        };
        if !rest.chars().all(plain) {
            return Err(LinkError::Character(text.to_owned()));
        }
        if rest.split('/').next().is_none_or(|host| host.is_empty() || host.contains('%')) {
            return Err(LinkError::Host(text.to_owned()));
        }
        Ok(Link(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host and port, as a person would type them.
    pub fn host(&self) -> &str {
        self.0.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default()
    }
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_add_a_line_turn_the_text_or_become_a_link() {
        let name = Line::new("Jo\r\nBcc: all@x.example\u{202E}\u{0}  Park https://x.example www.x");
        assert_eq!(name.as_str(), "Jo Bcc: all@x.example Park https // x.example www x");
    }

    #[test]
    fn a_very_long_name_is_cut_and_says_so() {
        let name = Line::new(&"Wörth ".repeat(100));
        assert_eq!(name.as_str().chars().count(), LINE_CHARS_MAX);
        assert!(name.as_str().ends_with('…'));
    }

    #[test]
    fn joiners_that_spelling_needs_are_kept() {
        assert_eq!(Line::new("می\u{200C}خواهم").as_str(), "می\u{200C}خواهم");
    }

    #[test]
    fn a_link_has_no_room_for_a_secret() {
        assert_eq!(
            Link::parse("https://muster.example/cases/2031").unwrap().host(),
            "muster.example"
        );
        assert_eq!(
            Link::parse("http://anna.localhost:8080/").unwrap().host(),
            "anna.localhost:8080"
        );
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https:///path",
            "https://muster.example/in?token=1",
            "https://muster.example/in#code",
            "https://a:b@muster.example/",
            "https://muster.example/\r\nX: y",
            "https://muster.example/\"onclick",
        ] {
            assert!(Link::parse(bad).is_err(), "{bad}");
        }
    }
}
