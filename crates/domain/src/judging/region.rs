//! What is known of where a point lies: countries, subdivisions, time zone. Found by polygons in
//! `muster-packs` or given with the evidence; the domain only compares.

use super::region_code::{RegionCode, RegionCodes};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Where a point lies. Empty fields are unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Region {
    /// Of countries. Several where a border is disputed; any of them counts.
    pub countries: RegionCodes,
    /// Of parts of countries.
    pub subdivisions: RegionCodes,
    /// IANA name.
    pub time_zone: Option<Cow<'static, str>>,
}

/// The first code of a list that is one of these countries or subdivisions.
pub fn first_listed<'a>(
    listed: &'a [String],
    countries: &[RegionCode],
    subdivisions: &[RegionCode],
) -> Option<&'a str> {
    let is_one = |listed: &&str| {
        let mut codes = countries.iter().chain(subdivisions);
        codes.any(|code| code.as_str().eq_ignore_ascii_case(listed))
    };
    listed.iter().map(String::as_str).find(is_one)
}

/// Whether two lists of countries are known and have none in common: `None` where one is unknown.
pub fn differ(one: &[RegionCode], other: &[RegionCode]) -> Option<bool> {
    let is_known = !one.is_empty() && !other.is_empty();
    is_known.then(|| !one.iter().any(|code| other.contains(code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(codes: &[&str]) -> RegionCodes {
        codes.iter().map(|code| code.parse().unwrap()).collect()
    }

    #[test]
    fn an_unknown_country_differs_from_nothing() {
        assert_eq!(differ(&codes(&["NL"]), &[]), None);
        assert_eq!(differ(&codes(&["NL"]), &codes(&["nl"])), Some(false));
        assert_eq!(differ(&codes(&["NL"]), &codes(&["DE"])), Some(true));
        assert_eq!(differ(&codes(&["UA"]), &codes(&["RU", "UA"])), Some(false));
    }

    #[test]
    fn a_list_names_countries_and_parts_of_them() {
        let listed =
            |codes: &[&str]| -> Vec<String> { codes.iter().map(|&c| c.to_owned()).collect() };
        let (countries, subdivisions) = (codes(&["UA"]), codes(&["UA-43"]));
        for (list, first) in [
            (listed(&["KP", "ua-43"]), Some("ua-43")),
            (listed(&["UA", "UA-43"]), Some("UA")),
            (listed(&["UA-40", "U"]), None),
        ] {
            assert_eq!(first_listed(&list, &countries, &subdivisions), first);
        }
    }
}
