//! Sentences that can be shown in another language later: the English with gaps, and what fills
//! them. Made where something is decided, kept with it, worded where somebody reads it.
//!
//! The domain speaks English only. What translates knows the English as a key
//! (`muster_messages::language`), so a sentence is never taken apart again.

use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::{Display, Formatter};

/// Marks an English text that is translated where it is shown; it stays what it is.
///
/// ```
/// const NAME: &str = muster_domain::msg!("Where somebody works");
/// assert_eq!(NAME, "Where somebody works");
/// ```
#[macro_export]
macro_rules! msg {
    ($text:literal) => {
        $text
    };
}

/// A [`Sentence`]: the English with named gaps, and what fills each.
///
/// ```
/// use muster_domain::{sentence, sentence::word};
/// let days = 3;
/// let said = sentence!("{what}: {days} days.", days, what = word("Waiting"));
/// assert_eq!(said.to_string(), "Waiting: 3 days.");
/// ```
#[macro_export]
macro_rules! sentence {
    ($text:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::sentence::Sentence::new($text)
            $(.with(stringify!($name), $crate::sentence!(@value $name $(, $value)?)))*
    };
    (@value $name:ident) => { $name };
    (@value $name:ident, $value:expr) => { $value };
}

/// English text with gaps `{name}`, and what fills them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Sentence {
    text: Cow<'static, str>,
    gaps: Vec<(Cow<'static, str>, Filling)>,
}

/// What fills a gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filling {
    /// The same in every language: a whole number, a name, a code.
    Text(String),
    /// A number with a decimal point and perhaps a unit, as `12.5`, `0.4 %`, `3.2 km`.
    Decimal(String),
    /// A word or phrase that is translated.
    Word(Cow<'static, str>),
    Sentence(Sentence),
}

/// The key of what stands between whole number and fraction; in English a point.
pub const DECIMAL_MARK: &str = msg!("decimal mark");

/// A word that is translated, as the filling of a gap.
pub fn word(word: &'static str) -> Filling {
    Filling::Word(Cow::Borrowed(word))
}

/// A number that may have a decimal point, as the filling of a gap.
///
/// ```
/// use muster_domain::{sentence, sentence::decimal};
/// let said = sentence!("{share} of them", share = decimal("12.5 %"));
/// assert_eq!(said.in_words(&|text| (text == "decimal mark").then_some(",")), "12,5 % of them");
/// ```
pub fn decimal(number: impl Into<String>) -> Filling {
    Filling::Decimal(number.into())
}

impl Sentence {
    /// A sentence whose gaps are still open; [`sentence!`] writes this.
    pub const fn new(text: &'static str) -> Sentence {
        Sentence { text: Cow::Borrowed(text), gaps: Vec::new() }
    }

    /// A sentence from a file of ours whose text is translated, with gaps still open.
    pub fn keyed(text: impl Into<String>) -> Sentence {
        Sentence { text: Cow::Owned(text.into()), gaps: Vec::new() }
    }

    /// A sentence that somebody or something else wrote; it is shown as it is.
    pub fn as_said(text: impl Into<String>) -> Sentence {
        Sentence::new("{said}").with("said", text.into())
    }

    /// Sentences or phrases one after another, with a mark between two that every language has.
    pub fn in_a_row(parts: impl IntoIterator<Item = Sentence>, mark: &str) -> Sentence {
        let gaps: Vec<(Cow<'static, str>, Filling)> = (0..)
            .zip(parts)
            .map(|(n, part): (usize, _)| (n.to_string().into(), part.into()))
            .collect();
        let names: Vec<String> = gaps.iter().map(|(name, _)| format!("{{{name}}}")).collect();
        Sentence { text: Cow::Owned(names.join(mark)), gaps }
    }

    /// Fills the gap `name`.
    pub fn with(
        mut self,
        name: impl Into<Cow<'static, str>>,
        filling: impl Into<Filling>,
    ) -> Sentence {
        self.gaps.push((name.into(), filling.into()));
        self
    }

    /// The sentence in the language whose words `translate` knows; what it does not know is English.
    pub fn in_words<'t>(&self, translate: &dyn Fn(&str) -> Option<&'t str>) -> String {
        let text = translate(&self.text).unwrap_or(&self.text);
        fill(text, |name| {
            let (_, filling) = self.gaps.iter().find(|(gap, _)| gap == name)?;
            Some(match filling {
                Filling::Text(text) => text.clone(),
                Filling::Decimal(number) => {
                    number.replace('.', translate(DECIMAL_MARK).unwrap_or("."))
                }
                Filling::Word(word) => translate(word).unwrap_or(word).to_owned(),
                Filling::Sentence(inner) => inner.in_words(translate),
            })
        })
    }
}

/// `text` with each gap `{name}` filled; a gap that `filling` does not know stays as it is.
pub fn fill(text: &str, filling: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|at| open + at) else { break };
        out.push_str(&rest[..open]);
        match filling(&rest[open + 1..close]) {
            Some(text) => out.push_str(&text),
            None => out.push_str(&rest[open..=close]),
        }
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    out
}

impl Display for Sentence {
    /// In English.
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.in_words(&|_| None))
    }
}

/// Sentences that read alike in English are equal, however they are made up.
impl PartialEq for Sentence {
    fn eq(&self, other: &Sentence) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Sentence {}

/// In English.
impl PartialEq<&str> for Sentence {
    fn eq(&self, other: &&str) -> bool {
        self.in_words(&|_| None) == *other
    }
}

impl PartialOrd for Sentence {
    fn partial_cmp(&self, other: &Sentence) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// In the order of the English.
impl Ord for Sentence {
    fn cmp(&self, other: &Sentence) -> Ordering {
        self.to_string().cmp(&other.to_string())
    }
}

/// Writes a sentence as its English, where a program reads it:
/// `#[serde(serialize_with = "as_text")]`.
pub fn as_text<S: Serializer>(sentence: &Sentence, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(sentence)
}

/// The same for several.
pub fn as_texts<S: Serializer>(
    sentences: &impl AsRef<[Sentence]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(sentences.as_ref().iter().map(Sentence::to_string))
}

impl From<&'static str> for Sentence {
    fn from(text: &'static str) -> Sentence {
        Sentence::new(text)
    }
}

impl From<Sentence> for String {
    fn from(sentence: Sentence) -> String {
        sentence.to_string()
    }
}

impl From<Sentence> for Filling {
    fn from(sentence: Sentence) -> Filling {
        Filling::Sentence(sentence)
    }
}

impl From<String> for Filling {
    fn from(text: String) -> Filling {
        Filling::Text(text)
    }
}

impl From<&String> for Filling {
    fn from(text: &String) -> Filling {
        Filling::Text(text.clone())
    }
}

impl From<&str> for Filling {
    fn from(text: &str) -> Filling {
        Filling::Text(text.to_owned())
    }
}

macro_rules! from_numbers {
    ($($number:ty),+) => {
        $(impl From<$number> for Filling {
            fn from(number: $number) -> Filling {
                Filling::Text(number.to_string())
            }
        })+
    };
}
from_numbers!(u8, u16, u32, u64, usize, i8, i16, i32, i64);

/// As it is kept: a plain string where no gap is filled, else the text and its fillings.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Plain(String),
    Filled { text: String, with: Vec<(String, Filling)> },
}

impl From<Sentence> for Stored {
    fn from(sentence: Sentence) -> Stored {
        let text = sentence.text.into_owned();
        if sentence.gaps.is_empty() {
            return Stored::Plain(text);
        }
        let with = sentence.gaps.into_iter().map(|(name, filling)| (name.into_owned(), filling));
        Stored::Filled { text, with: with.collect() }
    }
}

impl From<Stored> for Sentence {
    fn from(stored: Stored) -> Sentence {
        let (text, with) = match stored {
            Stored::Plain(text) => (text, Vec::new()),
            Stored::Filled { text, with } => (text, with),
        };
        let gaps = with.into_iter().map(|(name, filling)| (Cow::Owned(name), filling)).collect();
        Sentence { text: Cow::Owned(text), gaps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn german(text: &str) -> Option<&'static str> {
        Some(match text {
            "{what} since {days} days." => "Seit {days} Tagen: {what}.",
            "Waiting" => "wartet",
            _ => return None,
        })
    }

    #[test]
    fn a_kept_sentence_is_worded_by_whoever_reads_it() {
        let said = sentence!("{what} since {days} days.", what = word("Waiting"), days = 3_u32);
        let kept = serde_json::to_string(&said).unwrap();
        let read: Sentence = serde_json::from_str(&kept).unwrap();
        assert_eq!(read.to_string(), "Waiting since 3 days.");
        assert_eq!(read.in_words(&german), "Seit 3 Tagen: wartet.");
        assert_eq!(serde_json::to_string(&read).unwrap(), kept);
        assert_eq!(read, said);
    }

    #[test]
    fn what_was_kept_as_a_plain_text_reads_as_it_was_written() {
        let read: Sentence = serde_json::from_str(r#""A text {with} braces.""#).unwrap();
        assert_eq!(read.in_words(&german), "A text {with} braces.");
        assert_eq!(serde_json::to_string(&read).unwrap(), r#""A text {with} braces.""#);
    }

    #[test]
    fn what_somebody_said_is_never_translated() {
        assert_eq!(Sentence::as_said("Waiting").in_words(&german), "Waiting");
        assert_eq!(Sentence::keyed("Waiting").in_words(&german), "wartet");
        assert_eq!(Sentence::as_said("{said}").to_string(), "{said}");
    }

    #[test]
    fn phrases_in_a_row_are_worded_one_by_one() {
        let row = Sentence::in_a_row(["Waiting".into(), sentence!("{n} days", n = 3_u32)], ", ");
        assert_eq!(row.to_string(), "Waiting, 3 days");
        assert_eq!(row.in_words(&german), "wartet, 3 days");
        assert_eq!(Sentence::in_a_row([], ", ").to_string(), "");
    }

    #[test]
    fn a_filling_is_never_read_as_a_gap() {
        let said = sentence!("{a} and {b}", a = "{b}", b = "{a}");
        assert_eq!(said.to_string(), "{b} and {a}");
    }
}
