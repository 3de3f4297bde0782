//! What stands beside a pack's file: where it comes from, under which licence, of which date, how
//! to tell that it is whole. `docs/data-packs.md` describes every field.

use crate::kind::Kind;
use crate::value::Value;
use jiff::civil::Date;
use muster_domain::time::{DAY_MS, UtcMillis};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The version of the form.
pub const FORMAT: u32 = 1;
/// How many known look-ups a manifest holds.
pub const LOOK_UPS: usize = 20;
/// A manifest is a few kilobytes; more is none.
pub const BYTES_MAX: u64 = 256 * 1024;
/// 1970-01-01.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);
/// The file a manifest is.
pub const FILE: &str = "manifest.json";

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: u32,
    pub kind: Kind,
    /// What people call the data, e.g. `DB-IP City Lite`.
    pub name: String,
    /// What it was built from, with its version.
    pub source: String,
    /// SPDX identifier or a short sentence.
    pub licence: String,
    pub attribution: Vec<Attribution>,
    /// The day the data is of.
    pub date: Date,
    /// The pack's file, beside the manifest.
    pub file: String,
    /// Of the file, in hexadecimal.
    pub sha256: String,
    pub bytes: u64,
    /// Ranges that say something.
    pub ranges: u64,
    /// Older than this many days, findings that rest on it lose a level.
    pub warn_days: u32,
    /// Older than this many days, it gives no evidence.
    pub void_days: u32,
    /// What the source says of twenty addresses; a file that answers otherwise is not installed.
    pub look_ups: Vec<LookUp>,
}

/// A line of thanks that the licence asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribution {
    pub text: String,
    /// Where the words link to; empty for none.
    #[serde(default)]
    pub url: String,
}

impl Attribution {
    pub fn new(text: &str, url: &str) -> Attribution {
        Attribution { text: text.to_owned(), url: url.to_owned() }
    }

    /// Whether a page may link there: manifests come from others.
    fn is_safe(&self) -> bool {
        self.url.is_empty() || ["https://", "http://"].iter().any(|s| self.url.starts_with(s))
    }
}

/// What is known to be said of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookUp {
    pub address: IpAddr,
    /// `null`: nothing.
    pub answer: Option<Value>,
}

/// What the age of a pack means for evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Freshness {
    Fresh,
    /// Past `warn_days`.
    Old,
    /// Past `void_days`.
    Void,
}

impl Manifest {
    /// Whole days from the date of the data to this instant, at least 0.
    pub fn age_days(&self, at: UtcMillis) -> u32 {
        age_days(self.begun(), at)
    }

    /// The first instant of its date, UTC.
    pub fn begun(&self) -> UtcMillis {
        UtcMillis(self.date.duration_since(EPOCH).as_hours() / 24 * DAY_MS)
    }

    /// What its age at this instant means.
    pub fn freshness(&self, at: UtcMillis) -> Freshness {
        self.freshness_of(self.age_days(at))
    }

    /// What this age in days means.
    pub fn freshness_of(&self, age_days: u32) -> Freshness {
        match age_days {
            age if age > self.void_days => Freshness::Void,
            age if age > self.warn_days => Freshness::Old,
            _ => Freshness::Fresh,
        }
    }

    /// What is wrong with it by itself, in a sentence.
    pub(crate) fn fault(&self) -> Option<String> {
        if self.format != FORMAT {
            return Some(format!(
                "its form is version {}, and this program knows version {FORMAT}",
                self.format
            ));
        }
        let is_plain = self.file.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if !is_plain || self.file.starts_with('.') || self.file.is_empty() || self.file == FILE {
            return Some(format!("`{}` is no name of a file beside it", self.file));
        }
        if self.look_ups.len() != LOOK_UPS {
            return Some(format!(
                "it holds {} known look-ups where {LOOK_UPS} are wanted",
                self.look_ups.len()
            ));
        }
        if let Some(thanks) = self.attribution.iter().find(|a| !a.is_safe()) {
            return Some(format!("it links to `{}`, which is no web address", thanks.url));
        }
        if self.warn_days > self.void_days {
            return Some("its warn_days are more than its void_days".to_owned());
        }
        None
    }
}

/// Whole days from the begin of a date to an instant, at least 0.
pub(crate) fn age_days(begun: UtcMillis, at: UtcMillis) -> u32 {
    u32::try_from(at.since(begun).div_euclid(DAY_MS)).unwrap_or(0)
}

/// Reads the date off a version such as `2.3.2026061719` (year, month, day, hour), or off any text
/// with a date in it (`2026-06-17`, `20260617`).
pub fn date_in(text: &str) -> Option<Date> {
    let digits = |from: usize, length: usize| -> Option<i16> {
        let piece = text.get(from..from + length)?;
        piece.bytes().all(|b| b.is_ascii_digit()).then(|| piece.parse().ok()).flatten()
    };
    (0..text.len()).find_map(|i| {
        let dash = |at: usize| usize::from(text.as_bytes().get(at) == Some(&b'-'));
        let is_inside = i > 0 && text.as_bytes()[i - 1].is_ascii_digit();
        let month_at = i + 4 + dash(i + 4);
        let day_at = month_at + 2 + dash(i + 4);
        let year = digits(i, 4).filter(|year| !is_inside && (2000..2100).contains(year))?;
        if dash(i + 4) == 1 && dash(month_at + 2) != 1 {
            return None;
        }
        let month = i8::try_from(digits(month_at, 2)?).ok()?;
        let day = i8::try_from(digits(day_at, 2)?).ok()?;
        Date::new(year, month, day).ok()
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use jiff::civil::date;

    pub(crate) fn manifest(kind: Kind) -> Manifest {
        Manifest {
            format: FORMAT,
            kind,
            name: "A fixture".to_owned(),
            source: "made up".to_owned(),
            licence: "CC0-1.0".to_owned(),
            attribution: vec![],
            date: date(2026, 6, 17),
            file: "fixture.ranges".to_owned(),
            sha256: String::new(),
            bytes: 0,
            ranges: 0,
            warn_days: 90,
            void_days: 180,
            look_ups: vec![],
        }
    }

    fn at(text: &str) -> UtcMillis {
        UtcMillis::from(text.parse::<jiff::Timestamp>().unwrap())
    }

    #[test]
    fn ages_are_whole_days_and_change_at_their_edges() {
        let manifest = manifest(Kind::City);
        for (instant, age, freshness) in [
            ("2026-06-01T00:00:00Z", 0, Freshness::Fresh), // evidence from before the data
            ("2026-06-17T23:59:59Z", 0, Freshness::Fresh),
            ("2026-06-18T00:00:00Z", 1, Freshness::Fresh),
            ("2026-09-15T23:59:59Z", 90, Freshness::Fresh),
            ("2026-09-16T00:00:00Z", 91, Freshness::Old),
            ("2026-12-14T23:59:59Z", 180, Freshness::Old),
            ("2026-12-15T00:00:00Z", 181, Freshness::Void),
        ] {
            assert_eq!(manifest.age_days(at(instant)), age, "{instant}");
            assert_eq!(manifest.freshness(at(instant)), freshness, "{instant}");
        }
    }

    #[test]
    fn dates_are_read_off_versions_and_names() {
        let day = Some(date(2026, 6, 17));
        for text in ["2.3.2026061719", "vpn-2026-06-17.txt", "20260617", "asn_20260617.csv"] {
            assert_eq!(date_in(text), day, "{text}");
        }
        for text in ["", "1.2.3", "2026-13-01", "120260617", "2026-0617", "city.mmdb", "é2026"] {
            assert_eq!(date_in(text), None, "{text}");
        }
    }

    #[test]
    fn a_manifest_that_links_to_a_script_is_refused() {
        let attribution = vec![Attribution::new("Thanks", "javascript:alert(1)")];
        let look_ups = (0..LOOK_UPS as u8)
            .map(|i| LookUp { address: IpAddr::from([60, 0, 0, i]), answer: None })
            .collect();
        let manifest = Manifest { attribution, look_ups, ..manifest(Kind::Tor) };
        assert!(manifest.fault().unwrap().contains("no web address"));
        let manifest = Manifest { attribution: vec![], ..manifest };
        assert_eq!(manifest.fault(), None);
    }

    #[test]
    fn a_manifest_that_points_out_of_its_folder_is_refused() {
        for file in ["../secret", "a/b", "", ".hidden", "manifest.json"] {
            let manifest = Manifest { file: file.to_owned(), ..manifest(Kind::Tor) };
            assert!(manifest.fault().unwrap().contains("no name of a file"), "{file}");
        }
    }
}
