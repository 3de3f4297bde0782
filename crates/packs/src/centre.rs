//! Coordinates that stand for a whole country. A database that knows no more than the country still
//! writes a point; measuring a distance from it would be an invention.

use crate::value::{Country, Spot};
use std::collections::{HashMap, HashSet};

/// A point that more than one in so many of a country's ranges share stands for the country (5 %).
const SHARE: u64 = 20;
/// Below so many ranges a share says nothing: a country with a dozen ranges may well have one city.
const RANGES_MIN: u64 = 100;
/// Points near which databases put what is "somewhere in the United States", and how near, in
/// millionths of a degree (about 200 m). 37.751, -97.822 is the one in use today; the other two
/// were used before 2016 and live on in copies.
const UNITED_STATES: [(i32, i32); 3] =
    [(37_751_000, -97_822_000), (38_000_000, -97_000_000), (39_760_000, -98_500_000)];
const NEAR_E6: i32 = 2_000;

/// Whether the point is one of those known to mean "somewhere in the United States".
pub fn is_known_centre(spot: Spot) -> bool {
    UNITED_STATES.iter().any(|(latitude, longitude)| {
        (spot.latitude_e6 - latitude).abs() <= NEAR_E6
            && (spot.longitude_e6 - longitude).abs() <= NEAR_E6
    })
}

/// Counts how many ranges of a country share a point.
#[derive(Debug, Default)]
pub struct Centres {
    ranges: HashMap<Country, u64>,
    at: HashMap<(Country, Spot), u64>,
}

impl Centres {
    /// Adds one range.
    pub fn count(&mut self, country: Option<Country>, spot: Option<Spot>) {
        let Some(country) = country else { return };
        *self.ranges.entry(country).or_default() += 1;
        if let Some(spot) = spot {
            *self.at.entry((country, spot)).or_default() += 1;
        }
    }

    /// The points that stand for a country.
    pub fn found(&self) -> HashSet<(Country, Spot)> {
        let stands_for = |(country, _): &(Country, Spot), ranges: u64| {
            let all = self.ranges[country];
            all >= RANGES_MIN && ranges * SHARE > all
        };
        self.at.iter().filter(|(k, n)| stands_for(k, **n)).map(|(k, _)| *k).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(latitude: f64, longitude: f64) -> Spot {
        Spot::from_degrees(latitude, longitude).unwrap()
    }

    #[test]
    fn a_point_of_more_than_a_twentieth_of_the_ranges_stands_for_the_country() {
        let nl = Country::parse("NL").unwrap();
        let (centre, city) = (spot(52.1, 5.3), spot(52.37, 4.89));
        let mut centres = Centres::default();
        for i in 0..100_i32 {
            let elsewhere = Spot { latitude_e6: 51_000_000 + i, longitude_e6: 5_000_000 };
            let at = if i < 6 {
                centre
            } else if i < 11 {
                city
            } else {
                elsewhere
            };
            centres.count(Some(nl), Some(at));
        }
        assert_eq!(
            centres.found(),
            HashSet::from([(nl, centre)]),
            "5 of 100 are not more than 5 %"
        );
    }

    #[test]
    fn few_ranges_say_nothing() {
        let va = Country::parse("VA").unwrap();
        let mut centres = Centres::default();
        (0..99).for_each(|_| centres.count(Some(va), Some(spot(41.9, 12.45))));
        assert!(centres.found().is_empty());
        centres.count(Some(va), Some(spot(41.9, 12.45)));
        assert_eq!(centres.found().len(), 1);
    }

    #[test]
    fn the_middle_of_the_united_states_is_known() {
        assert!(is_known_centre(spot(37.751, -97.822)));
        assert!(!is_known_centre(spot(37.6872, -97.3301)), "Wichita is a city");
    }
}
