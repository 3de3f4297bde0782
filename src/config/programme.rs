//! `[programme]`: what must have happened before somebody is drawn for the first time.

use super::Fault;
use serde::Deserialize;

/// The longest time a first, supervised session may be waited for.
const DEADLINE_DAYS_MAX: u16 = 365;

/// `[programme]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Programme {
    /// Days after joining from which a newcomer is drawn although the first, supervised session has
    /// not taken place. 0: from the first day.
    pub baseline_deadline_days: u16,
    /// ISO 3166-1 or 3166-2 codes of countries and regions from which nobody may work by law.
    pub sanctioned_regions: Vec<String>,
}

impl Default for Programme {
    fn default() -> Programme {
        Programme { baseline_deadline_days: 14, sanctioned_regions: vec!["KP".to_owned()] }
    }
}

impl Programme {
    pub(super) fn check(&self, faults: &mut Vec<Fault>) {
        if self.baseline_deadline_days > DEADLINE_DAYS_MAX {
            let accepted = "days from 0 to 365";
            faults.push(Fault::new("programme.baseline_deadline_days", "is too long", accepted));
        }
        for code in self.sanctioned_regions.iter().filter(|code| !is_iso_3166(code)) {
            let problem = format!("`{code}` is no code of a country or region");
            let accepted = "ISO 3166 codes such as KP or UA-43, or [] for none";
            faults.push(Fault::new("programme.sanctioned_regions", &problem, accepted));
        }
    }

    /// The codes in capitals, as polygons and packs write them.
    pub fn sanctioned_regions(&self) -> Vec<String> {
        self.sanctioned_regions.iter().map(|code| code.to_ascii_uppercase()).collect()
    }
}

/// `XX`, or `XX-` and one to three letters or digits.
fn is_iso_3166(code: &str) -> bool {
    let (country, region) = code.split_once('-').unwrap_or((code, "0"));
    let is_country = country.len() == 2 && country.bytes().all(|b| b.is_ascii_alphabetic());
    let is_region =
        (1..=3).contains(&region.len()) && region.bytes().all(|b| b.is_ascii_alphanumeric());
    is_country && is_region
}
