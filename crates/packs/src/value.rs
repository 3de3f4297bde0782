//! What a pack says of one address, in the words of its kind.

use muster_domain::judging::Point;
use serde::{Deserialize, Serialize};

/// Two capital letters of ISO 3166-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

impl Country {
    /// The country of this code, in either case; `None` for what is no code (`""`, `"-"`) and for
    /// `ZZ`, which databases write for an unknown one.
    pub fn parse(code: &str) -> Option<Country> {
        let bytes: [u8; 2] = code.as_bytes().try_into().ok()?;
        let upper = bytes.map(|b| b.to_ascii_uppercase());
        let is_code = upper.iter().all(u8::is_ascii_uppercase) && upper != *b"ZZ";
        is_code.then_some(Country(upper))
    }

    pub fn bytes(self) -> [u8; 2] {
        self.0
    }

    /// As text, e.g. `NL`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Display for Country {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl From<Country> for String {
    fn from(country: Country) -> String {
        country.code().to_owned()
    }
}

impl TryFrom<String> for Country {
    type Error = String;

    fn try_from(code: String) -> Result<Country, String> {
        Country::parse(&code).ok_or_else(|| format!("`{code}` is no country code, such as NL"))
    }
}

/// What a pack says of one address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Of a city or a country pack.
    Place {
        country: Option<Country>,
        /// Where the database puts it, in millionths of a degree. Never of a country pack.
        point: Option<Spot>,
    },
    /// Of an ASN pack.
    Network { asn: u32, organisation: String },
    /// It stands on the list.
    Listed,
}

/// Latitude and longitude in millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Spot {
    pub latitude_e6: i32,
    pub longitude_e6: i32,
}

impl Spot {
    /// The spot at these degrees; `None` out of range or for what is no number.
    pub fn from_degrees(latitude: f64, longitude: f64) -> Option<Spot> {
        let point = Point::from_degrees(latitude, longitude)?;
        Some(Spot { latitude_e6: point.latitude_e6, longitude_e6: point.longitude_e6 })
    }

    pub fn point(self) -> Point {
        Point { latitude_e6: self.latitude_e6, longitude_e6: self.longitude_e6 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_country_is_absent() {
        assert_eq!(Country::parse("nl").unwrap().to_string(), "NL");
        for code in ["", "-", "ZZ", "N", "NLD", "N1", "é"] {
            assert_eq!(Country::parse(code), None, "{code}");
        }
    }
}
