//! What is known of where a point lies: countries, subdivisions, time zone. Found by polygons in
//! `muster-packs` or given with the evidence; the domain only compares.

use serde::{Deserialize, Serialize};

/// Where a point lies. Empty fields are unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Region {
    /// ISO 3166-1 alpha-2, upper case. Several where a border is disputed; any of them counts.
    pub countries: Vec<String>,
    /// ISO 3166-2, upper case.
    pub subdivisions: Vec<String>,
    /// IANA name.
    pub time_zone: Option<String>,
}

impl Region {
    /// The same with a country or a time zone that was given with the evidence: it overrides what
    /// polygons say.
    pub fn with_given(mut self, country: Option<String>, time_zone: Option<String>) -> Region {
        if let Some(country) = country {
            self.countries = vec![country.to_ascii_uppercase()];
        }
        self.time_zone = time_zone.or(self.time_zone);
        self
    }

    /// Whether it has a country or subdivision of this list.
    pub fn first_in<'a>(&self, listed: &'a [String]) -> Option<&'a str> {
        let codes = || self.countries.iter().chain(&self.subdivisions);
        listed.iter().map(String::as_str).find(|l| codes().any(|c| c.eq_ignore_ascii_case(l)))
    }
}

/// Whether two lists of countries are known and have none in common: `None` where one is unknown.
pub fn differ(one: &[String], other: &[String]) -> Option<bool> {
    let is_known = !one.is_empty() && !other.is_empty();
    is_known.then(|| !one.iter().any(|a| other.iter().any(|b| a.eq_ignore_ascii_case(b))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(codes: &[&str]) -> Vec<String> {
        codes.iter().map(|c| (*c).to_owned()).collect()
    }

    #[test]
    fn an_unknown_country_differs_from_nothing() {
        assert_eq!(differ(&codes(&["NL"]), &[]), None);
        assert_eq!(differ(&codes(&["NL"]), &codes(&["nl"])), Some(false));
        assert_eq!(differ(&codes(&["NL"]), &codes(&["DE"])), Some(true));
        assert_eq!(differ(&codes(&["UA"]), &codes(&["RU", "UA"])), Some(false));
    }

    #[test]
    fn what_is_given_overrides_the_polygons_and_lists_match_both_kinds_of_code() {
        let polygon = Region {
            countries: codes(&["UA"]),
            subdivisions: codes(&["UA-43"]),
            time_zone: Some("Europe/Simferopol".into()),
        };
        assert_eq!(polygon.first_in(&codes(&["KP", "UA-43"])), Some("UA-43"));
        assert_eq!(polygon.first_in(&codes(&["UA-40"])), None);
        let given = polygon.with_given(Some("pl".into()), None);
        assert_eq!(
            (given.countries, given.time_zone.as_deref()),
            (codes(&["PL"]), Some("Europe/Simferopol"))
        );
    }
}
