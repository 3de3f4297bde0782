//! What the map of a check-in shows, to whom: the place and the declared places to whoever reads values, the
//! address and the disc of light to whoever reads the network.

use crate::acts::evidence_view::{Depth, Seen};
use muster_domain::judging::evidence::{Claim, DeclaredPlace};
use muster_domain::judging::judge::JudgingInput;
use muster_domain::judging::network::AccessClass;
use muster_domain::judging::readings::light_reach_metres;
use muster_messages::language::dates::decimal;
use muster_messages::pages::map::{Feature, FeatureKind, length};
use muster_messages::t;

/// Declared places drawn.
const PLACES_DRAWN: usize = 12;
/// A place of which only the area is left lies within this: half the diagonal of its square.
const AREA_METRES: u32 = 4_000;
/// What an address's position may be wrong by for three in four home lines, and for telephones.
const HOME_LINE_METRES: u32 = 300_000;
const MOBILE_METRES: u32 = 1_000_000;

/// The features, and what to know about them.
pub(super) fn features(seen: &Seen, input: Option<&JudgingInput>) -> (Vec<Feature>, String) {
    let note = |text: &str| text.to_owned();
    if seen.depth == Depth::Sentences {
        return (Vec::new(), note(t!("A map is for HR and security; a manager never sees one.")));
    }
    let Some(input) = input else {
        return (Vec::new(), note(t!("Nothing is left of what was measured.")));
    };
    let mut features = Vec::new();
    features.extend(input.claim.as_ref().and_then(|claim| shared(claim, seen.is_area_only)));
    let has_claim = !features.is_empty();
    let at = input.claim.as_ref().map_or(input.clocks.start, |claim| claim.observed_at);
    let valid = |places: &[DeclaredPlace], kind, name: &str| -> Vec<Feature> {
        let valid: Vec<&DeclaredPlace> = places.iter().filter(|p| p.is_valid_at(at)).collect();
        let is_one = valid.len() == 1;
        let numbered = valid.into_iter().take(PLACES_DRAWN).enumerate();
        numbered.filter_map(|(n, place)| declared(place, kind, name, n, is_one)).collect()
    };
    features.extend(valid(&input.declared, FeatureKind::Declared, t!("Declared place")));
    features.extend(valid(&input.surroundings.travel, FeatureKind::Travel, t!("Approved trip")));
    features.extend(earlier(input));
    if seen.depth == Depth::Network {
        features.extend(address(input));
        features.extend(server(input));
    }
    let text = match (has_claim, seen.is_area_only) {
        (true, true) => {
            t!("The exact place was deleted on its date: the map shows its area only.")
        }
        (true, false) => {
            t!("The exact place is deleted on its date; then the map shows its area only.")
        }
        (false, _) => t!("No place that can be drawn was shared."),
    };
    (features, note(text))
}

fn shared(claim: &Claim, is_area_only: bool) -> Option<Feature> {
    let point = claim.valid_point()?;
    let (radius_metres, words) = match (is_area_only, claim.accuracy_metres) {
        (true, _) => (AREA_METRES, t!("only its area is left, some 5 km wide.").to_owned()),
        (false, Some(metres)) => {
            (metres, t!("within {length} in 95 of 100 cases.", length = length(metres.into())))
        }
        (false, None) => (0, t!("how exact it is was not told.").to_owned()),
    };
    let name = t!("Shared place").to_owned();
    Some(Feature { kind: FeatureKind::Claim, point, radius_metres, name, words })
}

fn declared(
    place: &DeclaredPlace,
    kind: FeatureKind,
    name: &str,
    n: usize,
    is_one: bool,
) -> Option<Feature> {
    let name = if is_one { name.to_owned() } else { format!("{name} {}", n + 1) };
    let length = length(place.radius_metres.into());
    let words = match &place.country {
        Some(country) => t!("in {country}, with {length} around it.", country, length),
        None => t!("in an unknown country, with {length} around it.", length),
    };
    Some(Feature { kind, point: place.point?, radius_metres: place.radius_metres, name, words })
}

fn earlier(input: &JudgingInput) -> Option<Feature> {
    let before = input.surroundings.previous.as_ref()?;
    let at = input.claim.as_ref().map_or(input.clocks.start, |claim| claim.observed_at);
    let hours = at.since(before.at).abs() / muster_domain::time::HOUR_MS;
    let words = match hours {
        ..48 => t!("attested {hours} hours before.", hours),
        _ => t!("attested {days} days before.", days = hours / 24),
    };
    Some(Feature {
        kind: FeatureKind::Earlier,
        point: before.point,
        radius_metres: before.accuracy_metres.unwrap_or(AREA_METRES),
        name: t!("Place before").to_owned(),
        words,
    })
}

fn address(input: &JudgingInput) -> Option<Feature> {
    let network = input.surroundings.network.as_ref()?;
    let point = *network.point.value()?;
    let radius_metres = match network.class() {
        None | Some(AccessClass::Residential | AccessClass::Business) => HOME_LINE_METRES,
        Some(AccessClass::Mobile) => MOBILE_METRES,
        // Where a gateway, a relay or a ground station stands says nothing of who is behind it.
        Some(_) => 0,
    };
    let class = network.class().map_or(t!("unknown"), class_text);
    let age = network.point.age_days().unwrap_or(0);
    let words = match radius_metres {
        0 => t!(
            "a line of the kind {class}, where the line ends, which says nothing of who is behind it; data {age} days old.",
            class,
            age
        ),
        metres => t!(
            "a line of the kind {class}, within {length} for three in four such lines; data {age} days old.",
            class,
            length = length(metres.into()),
            age
        ),
    };
    Some(Feature {
        kind: FeatureKind::Network,
        point,
        radius_metres,
        name: t!("Address").to_owned(),
        words,
    })
}

/// How a page calls a kind of line.
pub(in crate::web::pages) fn class_text(class: AccessClass) -> &'static str {
    match class {
        AccessClass::Residential => t!("residential"),
        AccessClass::Business => t!("business"),
        AccessClass::Mobile => t!("mobile"),
        AccessClass::Satellite => t!("satellite"),
        AccessClass::Hosting => t!("hosting"),
        AccessClass::Vpn => t!("vpn"),
        AccessClass::Tor => t!("tor"),
        AccessClass::Relay => t!("relay"),
        AccessClass::CorporateEgress => t!("corporate egress"),
        AccessClass::Private => t!("private"),
    }
}

fn server(input: &JudgingInput) -> Option<Feature> {
    let point = input.surroundings.server?;
    let reach = light_reach_metres(&input.surroundings, &input.settings)?;
    let us = input.surroundings.round_trips.app_min_us?;
    Some(Feature {
        kind: FeatureKind::Server,
        point,
        radius_metres: u32::try_from(reach).unwrap_or(u32::MAX),
        name: t!("Our server").to_owned(),
        words: t!(
            "the page answered in {ms} ms, in which light comes {length} far; what lies outside is refuted.",
            ms = decimal(&format!("{}.{}", us / 1_000, us % 1_000 / 100)),
            length = length(reach)
        ),
    })
}
