//! What the sun should look like at a declared place, in a verifier's words. A hint, never a finding:
//! clouds, blinds, lamps and hills change what is seen.

use super::sun::{Sun, over};
use crate::judging::evidence::Point;
use crate::sentence::{Sentence, word};
use crate::time::UtcMillis;
use crate::{msg, sentence};

/// The sun's edge is on the horizon (with refraction), the end of civil and of nautical twilight.
const HORIZON: f64 = -0.833;
const CIVIL: f64 = -6.0;
const NAUTICAL: f64 = -12.0;
/// Above this it is full day whatever hills there are.
const FULL_DAY: f64 = 10.0;
/// Above this it stands nearly overhead, and a direction says nothing.
const OVERHEAD: f64 = 75.0;

const AFTERWARDS: &str =
    msg!("Clouds, hills, blinds and lamps change what is seen; note nothing on this alone.");

/// What to compare an answer with: of every declared place that counts now. `None` without any.
pub fn hint(places: &[Point], at: UtcMillis) -> Option<Sentence> {
    let mut told: Vec<Sentence> = Vec::new();
    for place in places {
        let sentence = sentence(&over(*place, at));
        if !told.contains(&sentence) {
            told.push(sentence);
        }
    }
    let afterwards = word(AFTERWARDS);
    match told.len() {
        0 => None,
        1 => {
            let what = told.remove(0);
            Some(sentence!("At the declared place {what} {afterwards}", what, afterwards))
        }
        _ => {
            let each = (1_usize..)
                .zip(told)
                .map(|(number, what)| sentence!("At place {number}, {what}", number, what));
            let each = Sentence::in_a_row(each, " ");
            Some(sentence!("Several places are declared. {each} {afterwards}", each, afterwards))
        }
    }
}

fn sentence(sun: &Sun) -> Sentence {
    let side = word(direction(sun.azimuth));
    // East of the meridian it climbs.
    let is_morning = sun.azimuth < 180.0;
    let (never_sets, never_rises) = (sun.lowest > HORIZON, sun.highest < HORIZON);
    let seen = match sun.elevation {
        e if e > OVERHEAD => msg!("the sun should be high overhead, it is full day").into(),
        e if e > FULL_DAY => {
            sentence!("the sun should be well up in the {side}, it is full day", side)
        }
        e if e > HORIZON && never_sets => {
            sentence!("the sun should be low in the {side}, it is light", side)
        }
        e if e > HORIZON && is_morning => {
            sentence!("the sun should be low in the {side}, it is early light", side)
        }
        e if e > HORIZON => {
            sentence!("the sun should be low in the {side}, it is late light", side)
        }
        e if e > CIVIL && never_rises => {
            sentence!(
                "the sun should be just below the horizon in the {side}, it is half dark",
                side
            )
        }
        e if e > CIVIL && is_morning => {
            sentence!("the sun should be just below the horizon in the {side}, it is dawn", side)
        }
        e if e > CIVIL => {
            sentence!("the sun should be just below the horizon in the {side}, it is dusk", side)
        }
        e if e > NAUTICAL => {
            sentence!("it should be nearly dark, with a last light in the {side} at most", side)
        }
        _ => msg!("it should be night").into(),
    };
    let odd = word(match sun.elevation {
        e if e > FULL_DAY => msg!("Full night outside would not go with that."),
        e if e < CIVIL => msg!("Bright day outside would not go with that."),
        _ => msg!("Light and half dark would both go with that."),
    });
    match (never_sets, never_rises) {
        (true, _) => sentence!(
            "{seen}. The sun does not set there at this time of the year. {odd}",
            seen,
            odd
        ),
        (_, true) => sentence!(
            "{seen}. The sun does not rise there at this time of the year. {odd}",
            seen,
            odd
        ),
        _ => sentence!("{seen}. {odd}", seen, odd),
    }
}

fn direction(azimuth: f64) -> &'static str {
    const SIDES: [&str; 8] = [
        msg!("north"),
        msg!("north-east"),
        msg!("east"),
        msg!("south-east"),
        msg!("south"),
        msg!("south-west"),
        msg!("west"),
        msg!("north-west"),
    ];
    SIDES[((azimuth + 22.5).rem_euclid(360.0) / 45.0) as usize % SIDES.len()]
}

#[cfg(test)]
mod tests {
    use super::super::sun::tests::{at, sun};
    use super::*;

    #[test]
    fn the_verifier_reads_what_the_sky_should_be_like() {
        let table = [
            ((52.52, 13.405, "2026-06-21T12:00:00Z"), "well up in the south-west, it is full day"),
            ((52.52, 13.405, "2026-03-20T17:00:00Z"), "low in the west, it is late light"),
            ((52.52, 13.405, "2026-03-20T05:40:00Z"), "low in the east, it is early light"),
            ((38.7223, -9.1393, "2026-11-26T17:20:00Z"), "south-west, it is dusk"),
            ((38.7223, -9.1393, "2026-11-26T07:10:00Z"), "south-east, it is dawn"),
            ((38.7223, -9.1393, "2026-11-26T00:20:00Z"), "it should be night. Bright day"),
            (
                (38.7223, -9.1393, "2026-11-26T18:05:00Z"),
                "nearly dark, with a last light in the west",
            ),
            ((-1.2921, 36.8219, "2026-03-20T09:40:00Z"), "high overhead"),
            (
                (69.6492, 18.9553, "2026-06-20T23:00:00Z"),
                "low in the north, it is light. The sun does not set",
            ),
            (
                (69.6492, 18.9553, "2026-12-21T10:45:00Z"),
                "south, it is half dark. The sun does not rise",
            ),
            ((69.6492, 18.9553, "2026-12-21T22:45:00Z"), "night. The sun does not rise"),
            ((-77.85, 166.67, "2026-12-21T00:00:00Z"), "full day. The sun does not set"),
        ];
        for ((latitude, longitude, when), said) in table {
            let found = sentence(&sun(latitude, longitude, when)).to_string();
            assert!(found.contains(said), "{when} at {latitude}: {found}");
        }
    }

    #[test]
    fn two_places_that_say_the_same_are_one_and_none_says_nothing() {
        let noon = at("2026-06-21T12:00:00Z");
        let near = [(52.52, 13.405), (52.50, 13.40)];
        let far = [(52.52, 13.405), (-36.85, 174.76)];
        let point = |(lat, lon)| Point::from_degrees(lat, lon).unwrap();
        assert_eq!(hint(&[], noon), None);
        let one = hint(&near.map(point), noon).unwrap().to_string();
        assert!(
            one.starts_with("At the declared place the sun should be") && one.ends_with("alone.")
        );
        let two = hint(&far.map(point), noon).unwrap().to_string();
        assert!(
            two.contains("At place 1, the sun") && two.contains("At place 2, it should be"),
            "{two}"
        );
    }
}
