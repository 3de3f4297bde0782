//! Maps: places with their circles over coasts and borders, drawn here and sent as SVG, so that no map
//! service ever learns of a place. What is here is geometry and words; colours are classes. Every map
//! says the same in a list, and where a street and half a continent do not fit one drawing there are two.

mod clip;
mod land;
mod picture;
mod projection;
#[cfg(test)]
mod tests;

use crate::language::dates::decimal;
use crate::language::tr;
use crate::t;
use muster_domain::judging::Point;
use muster_domain::msg;
use picture::{Extent, View, lay_out};
use serde::Serialize;

/// Size of a drawing in its own units; text is 11 of them.
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 250.0;
/// Circles up to this radius count when a drawing makes room.
const ROOM_FOR_METRES: u32 = 4_000_000;
/// A drawing that is so many times wider than what is near needs another of what is near.
const TOO_WIDE: f64 = 6.0;
/// A declared place within this of the claim belongs to the drawing of what is near.
const NEAR_METRES: i64 = 300_000;

/// Where the land comes from: text and address of the line of thanks.
pub const LAND_CREDIT: (&str, &str) =
    (msg!("Coasts and borders: Natural Earth"), "https://www.naturalearthdata.com");

/// What something on a map is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeatureKind {
    /// The place that was shared.
    Claim,
    /// A position that was attested before.
    Earlier,
    Declared,
    Travel,
    /// Where an address is thought to be.
    Network,
    /// Our own server; its circle is how far light comes.
    Server,
}

impl FeatureKind {
    const fn class(self) -> &'static str {
        match self {
            FeatureKind::Claim => "map-claim",
            FeatureKind::Earlier => "map-earlier",
            FeatureKind::Declared => "map-declared",
            FeatureKind::Travel => "map-travel",
            FeatureKind::Network => "map-network",
            FeatureKind::Server => "map-server",
        }
    }
}

/// Something on a map.
#[derive(Debug, Clone)]
pub struct Feature {
    pub kind: FeatureKind,
    pub point: Point,
    /// Of its circle; 0 for none.
    pub radius_metres: u32,
    /// A word or two, beside the mark.
    pub name: String,
    /// What it is and how exact, one sentence.
    pub words: String,
}

/// A map with its words.
#[derive(Debug, Clone, Serialize)]
pub struct Map {
    pub pictures: Vec<MapPicture>,
    pub lines: Vec<MapLine>,
    pub credit: String,
}

/// One drawing.
#[derive(Debug, Clone, Serialize)]
pub struct MapPicture {
    /// Unique on the page.
    pub id: String,
    pub title: String,
    pub desc: String,
    pub width: String,
    pub height: String,
    pub land: Option<String>,
    pub borders: Option<String>,
    pub areas: Vec<MapArea>,
    pub marks: Vec<MapMark>,
    pub labels: Vec<MapLabel>,
    pub scale: MapScale,
}

/// A circle, as far as it is seen.
#[derive(Debug, Clone, Serialize)]
pub struct MapArea {
    pub class: &'static str,
    pub d: String,
}

/// A mark.
#[derive(Debug, Clone, Serialize)]
pub struct MapMark {
    pub class: &'static str,
    pub d: String,
}

/// A name beside a mark.
#[derive(Debug, Clone, Serialize)]
pub struct MapLabel {
    pub x: String,
    pub y: String,
    /// `start`, `middle`, `end`.
    pub anchor: &'static str,
    pub text: String,
}

/// The bar that gives the scale.
#[derive(Debug, Clone, Serialize)]
pub struct MapScale {
    pub d: String,
    pub x: String,
    pub y: String,
    pub text: String,
}

/// One thing on the map, in words.
#[derive(Debug, Clone, Serialize)]
pub struct MapLine {
    pub class: &'static str,
    /// Its mark about the zero point.
    pub d: String,
    pub name: String,
    pub words: String,
    /// How far it is from the claim.
    pub distance: Option<String>,
}

/// Draws a map; `None` where there is nothing to draw. `id` is unique on the page.
pub fn map(id: &str, title: &str, features: &[Feature]) -> Option<Map> {
    if features.is_empty() {
        return None;
    }
    let focus = focus(features);
    let lines: Vec<MapLine> = features.iter().map(|f| line(f, focus)).collect();
    let desc: Vec<String> = lines.iter().map(MapLine::sentence).collect();
    let desc = desc.join(" ");
    let whole = |f: &Feature| match f.radius_metres <= ROOM_FOR_METRES {
        true => Extent::Whole,
        false => Extent::Point,
    };
    let near = |f: &Feature| match is_near(f, focus) {
        true => Extent::Whole,
        false => Extent::Nothing,
    };
    let across = |chosen: &[&Feature]| View::metres_across(chosen);
    let roomy: Vec<&Feature> = features.iter().filter(|f| whole(f) == Extent::Whole).collect();
    let close: Vec<&Feature> = features.iter().filter(|f| is_near(f, focus)).collect();
    let is_split = !close.is_empty()
        && close.len() < features.len()
        && across(&roomy).max(across(&features.iter().collect::<Vec<_>>()))
            > TOO_WIDE * across(&close);
    let mut pictures = Vec::new();
    if is_split {
        let near_title = t!("{title}: near by", title);
        pictures.push(lay_out(&format!("{id}-near"), &near_title, &desc, features, near));
        let wide_title = t!("{title}: the wider view", title);
        pictures.push(lay_out(&format!("{id}-wide"), &wide_title, &desc, features, whole));
    } else {
        pictures.push(lay_out(id, title, &desc, features, whole));
    }
    let has_land = pictures.iter().any(|p| p.land.is_some());
    let credit = if has_land { tr(LAND_CREDIT.0).to_owned() } else { String::new() };
    Some(Map { pictures, lines, credit })
}

/// What the map is about: the claim, else the first declared place, else whatever comes first.
fn focus(features: &[Feature]) -> &Feature {
    let of = |kind| features.iter().find(|f| f.kind == kind);
    of(FeatureKind::Claim).or_else(|| of(FeatureKind::Declared)).unwrap_or(&features[0])
}

/// What belongs to the drawing of what is near: the focus, and places of the person about it.
fn is_near(feature: &Feature, focus: &Feature) -> bool {
    let is_place =
        matches!(feature.kind, FeatureKind::Claim | FeatureKind::Declared | FeatureKind::Travel);
    is_place
        && feature.radius_metres <= ROOM_FOR_METRES
        && feature.point.metres_to(focus.point) <= NEAR_METRES
}

fn line(feature: &Feature, focus: &Feature) -> MapLine {
    let metres = feature.point.metres_to(focus.point);
    let is_other = !std::ptr::eq(feature, focus);
    let distance = || t!("{length} from {place}.", length = length(metres), place = focus.name);
    MapLine {
        class: feature.kind.class(),
        d: feature.kind.shape((0.0, 0.0)),
        name: feature.name.clone(),
        words: feature.words.clone(),
        distance: is_other.then(distance),
    }
}

impl MapLine {
    fn sentence(&self) -> String {
        match &self.distance {
            None => format!("{}: {}", self.name, self.words),
            Some(distance) => format!("{}: {} {distance}", self.name, self.words),
        }
    }
}

/// Metres as a reader wants them.
pub fn length(metres: i64) -> String {
    match metres {
        ..1_000 => format!("{metres} m"),
        1_000..20_000 => decimal(&format!("{}.{}", metres / 1_000, metres % 1_000 / 100)) + " km",
        _ => format!("{} km", (metres + 500) / 1_000),
    }
}
