//! In which language a page or mail speaks.
//!
//! English is written where it is needed and is the key of every other language. Whoever makes a
//! page or mail says once whose it is ([`speaking`], [`within`]); the macro [`t!`](crate::t) and the
//! templates then follow. Beyond such a scope, in logs and on the command line, English is spoken.

mod accept;
mod catalogue;
pub mod dates;
pub mod keys;
mod template;
mod tokens;

pub use accept::preferred;
pub use catalogue::{Catalogue, CatalogueError};
pub use keys::of_template;
pub(crate) use template::localise;
pub(crate) use tokens::Form;

use muster_domain::sentence::{Sentence, fill};
use std::fmt::Display;
use std::sync::LazyLock;

/// A language that the product speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    #[default]
    English,
    German,
}

impl Language {
    /// Every language, in the order in which a reader may choose.
    pub const ALL: [Language; 2] = [Language::English, Language::German];

    /// ISO 639-1, as stored and as in `languages/<code>.po`.
    pub const fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
        }
    }

    /// BCP 47 with the region whose habits dates and clocks follow.
    pub const fn tag(self) -> &'static str {
        match self {
            Language::English => "en-GB",
            Language::German => "de-DE",
        }
    }

    /// The language's own name for itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
        }
    }

    /// The language with this code.
    pub fn from_code(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }

    /// What is translated; none for English.
    pub fn catalogue(self) -> Option<&'static Catalogue> {
        static GERMAN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::embedded("de"));
        match self {
            Language::English => None,
            Language::German => Some(&GERMAN),
        }
    }
}

tokio::task_local! {
    static SPOKEN: Language;
}

/// The language in which the work at hand speaks.
pub fn current() -> Language {
    SPOKEN.try_with(|language| *language).unwrap_or_default()
}

/// Runs `work` in a language. What it spawns speaks English again.
pub async fn speaking<F: Future>(language: Language, work: F) -> F::Output {
    SPOKEN.scope(language, work).await
}

/// The same for work that does not wait.
pub fn within<T>(language: Language, work: impl FnOnce() -> T) -> T {
    SPOKEN.sync_scope(language, work)
}

fn known(text: &str) -> Option<&'static str> {
    current().catalogue()?.get(text)
}

/// An English text that [`msg!`](muster_domain::msg) marked, in the language spoken.
pub fn tr(text: &'static str) -> &'static str {
    known(text).unwrap_or(text)
}

/// The same for a text that is no constant any more; what no file knows stays as it is.
pub fn tr_text(text: &str) -> String {
    known(text).unwrap_or(text).to_owned()
}

/// A kept sentence in the language spoken.
pub fn say(sentence: &Sentence) -> String {
    sentence.in_words(&known)
}

/// What [`t!`](crate::t) with gaps becomes.
#[doc(hidden)]
pub fn filled(text: &'static str, gaps: &[(&str, &dyn Display)]) -> String {
    fill(tr(text), |name| {
        let (_, value) = gaps.iter().find(|(gap, _)| *gap == name)?;
        Some(value.to_string())
    })
}

/// A text in the language spoken: `t!("Sign out")`, or with gaps that are filled by name,
/// `t!("{n} people", n = people.len())`, `t!("Case {number}", number)`. The English is the key in
/// the language files.
///
/// ```
/// use muster_messages::{language::{Language, within}, t};
/// assert_eq!(t!("Sign out"), "Sign out");
/// let clock = "14:35";
/// assert_eq!(t!("at {clock}", clock), "at 14:35");
/// assert_eq!(within(Language::German, || t!("Sign out")), "Abmelden");
/// ```
#[macro_export]
macro_rules! t {
    ($text:literal $(,)?) => { $crate::language::tr($text) };
    // A block, so that nothing borrowed lives on in a statement that waits.
    ($text:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {{
        let filled = $crate::language::filled(
            $text,
            &[$((stringify!($name), &$crate::t!(@value $name $(, $value)?))),+],
        );
        filled
    }};
    (@value $name:ident) => { $name };
    (@value $name:ident, $value:expr) => { $value };
}
