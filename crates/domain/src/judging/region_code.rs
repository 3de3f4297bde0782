//! Codes of countries and of their parts, small enough to be copied.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::fmt;
use std::str::FromStr;

/// A code of ISO 3166-1 alpha-2 such as `NL`, or of ISO 3166-2 such as `UA-43`, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegionCode {
    /// Filled up with zeros.
    letters: [u8; RegionCode::LENGTH_MAX],
}

/// Codes of one place: hardly ever more than four, and then they still fit.
pub type RegionCodes = SmallVec<[RegionCode; 4]>;

/// What is no code of ISO 3166.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no code of ISO 3166, such as NL or UA-43")]
pub struct NoRegionCode(String);

impl RegionCode {
    /// `GB-ENG`.
    const LENGTH_MAX: usize = 6;
    const COUNTRY_LENGTH: usize = 2;

    /// As text.
    pub fn as_str(&self) -> &str {
        let length = self.letters.iter().position(|b| *b == 0).unwrap_or(Self::LENGTH_MAX);
        self.letters.get(..length).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
    }

    /// Whether it is a country and not a part of one.
    pub fn is_country(self) -> bool {
        self.letters[Self::COUNTRY_LENGTH] == 0
    }

    /// The country it is, or that it is a part of.
    pub fn country(self) -> RegionCode {
        let mut letters = [0; Self::LENGTH_MAX];
        letters[..Self::COUNTRY_LENGTH].copy_from_slice(&self.letters[..Self::COUNTRY_LENGTH]);
        RegionCode { letters }
    }
}

impl FromStr for RegionCode {
    type Err = NoRegionCode;

    /// Reads a code in either case.
    fn from_str(text: &str) -> Result<RegionCode, NoRegionCode> {
        let bytes = text.as_bytes();
        let is_code = match bytes {
            [a, b] => a.is_ascii_alphabetic() && b.is_ascii_alphabetic(),
            [a, b, b'-', part @ ..] => {
                a.is_ascii_alphabetic()
                    && b.is_ascii_alphabetic()
                    && (1..=3).contains(&part.len())
                    && part.iter().all(u8::is_ascii_alphanumeric)
            }
            _ => false,
        };
        if !is_code {
            return Err(NoRegionCode(text.to_owned()));
        }
        let mut letters = [0; Self::LENGTH_MAX];
        for (letter, byte) in letters.iter_mut().zip(bytes) {
            *letter = byte.to_ascii_uppercase();
        }
        Ok(RegionCode { letters })
    }
}

impl TryFrom<String> for RegionCode {
    type Error = NoRegionCode;

    fn try_from(text: String) -> Result<RegionCode, NoRegionCode> {
        text.parse()
    }
}

impl From<RegionCode> for String {
    fn from(code: RegionCode) -> String {
        code.as_str().to_owned()
    }
}

impl PartialEq<&str> for RegionCode {
    fn eq(&self, text: &&str) -> bool {
        self.as_str() == *text
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_either_case_and_written_in_capitals() {
        for (text, code, country) in
            [("nl", "NL", "NL"), ("gb-eng", "GB-ENG", "GB"), ("UA-43", "UA-43", "UA")]
        {
            let read: RegionCode = text.parse().unwrap();
            assert_eq!((read.as_str(), read.country().as_str()), (code, country));
            assert_eq!(read.is_country(), code.len() == 2);
            let json = serde_json::to_string(&read).unwrap();
            assert_eq!(serde_json::from_str::<RegionCode>(&json).unwrap(), read);
        }
        for text in ["", "N", "NLD", "N1", "NL-", "NL-ABCD", "NL_43", "é", "UA-4é"] {
            assert!(text.parse::<RegionCode>().is_err(), "{text}");
        }
    }
}
