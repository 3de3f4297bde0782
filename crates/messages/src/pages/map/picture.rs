//! One drawing: which part of the globe it shows, and what is seen of everything in it.

use super::clip::{Frame, write_path};
use super::land::{LAND, LandLine};
use super::projection::{Projection, Spot, middle};
use super::{
    Feature, FeatureKind, HEIGHT, MapArea, MapLabel, MapMark, MapPicture, MapScale, WIDTH,
};

/// Room around what must be seen, in units.
const MARGIN: f64 = 26.0;
/// Our coasts are a few kilometres off: a picture less wide than this has none.
const LAND_FROM_METRES: f64 = 200_000.0;
/// No picture shows less than this, in metres across.
const LEAST_METRES: f64 = 400.0;
/// What is drawn beyond the edge, so that a cut edge is not seen.
const BEYOND: f64 = 4.0;
/// The circumference of a circle in as many pieces.
const CIRCLE_STEPS: u32 = 180;
/// A circle this wide has no edge anywhere: half the way round the ellipsoid, in metres.
const WHOLE_EARTH_METRES: f64 = 20_003_931.0;
/// Half a mark and a letter, in units.
const MARK: f64 = 7.0;
const LETTER: f64 = 5.9;

/// How much of a feature must be in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Point and circle.
    Whole,
    Point,
    /// What is seen of it is drawn; the picture does not make room for it.
    Nothing,
}

/// Lays a picture out. At least one of the features must be shown.
pub(super) fn lay_out(
    id: &str,
    title: &str,
    desc: &str,
    features: &[Feature],
    extent: impl Fn(&Feature) -> Extent,
) -> MapPicture {
    let wanted: Vec<&Feature> = features.iter().filter(|f| extent(f) != Extent::Nothing).collect();
    let points: Vec<(f64, f64)> = wanted.iter().map(|f| f.point.degrees()).collect();
    let projection = Projection::about(middle(&points));
    let mut must: Vec<Spot> = Vec::new();
    for feature in &wanted {
        must.push(projection.spot(feature.point.degrees()));
        if extent(feature) == Extent::Whole && feature.radius_metres > 0 {
            must.extend([0.0, 90.0, 180.0, 270.0].map(|bearing| {
                projection.spot(feature.point.degrees_at(bearing, f64::from(feature.radius_metres)))
            }));
        }
    }
    let view = View::of(&must);
    let frame =
        Frame { left: -BEYOND, top: -BEYOND, right: WIDTH + BEYOND, bottom: HEIGHT + BEYOND };
    let has_land = view.metres_a_unit * WIDTH >= LAND_FROM_METRES;
    let (land, borders) = match has_land {
        true => ground(&projection, &view, &frame),
        false => (String::new(), String::new()),
    };
    let seen = Frame { left: 0.0, top: 0.0, right: WIDTH, bottom: HEIGHT };
    let mut picture = MapPicture {
        id: id.to_owned(),
        title: title.to_owned(),
        desc: desc.to_owned(),
        width: WIDTH.to_string(),
        height: HEIGHT.to_string(),
        land: some(land),
        borders: some(borders),
        areas: features.iter().filter_map(|f| area(f, &projection, &view, &frame)).collect(),
        marks: Vec::new(),
        labels: Vec::new(),
        scale: view.scale(),
    };
    let spot = |f: &Feature| view.unit(projection.spot(f.point.degrees()));
    let marked: Vec<(&Feature, Spot)> =
        features.iter().map(|f| (f, spot(f))).filter(|(_, at)| seen.contains(*at)).collect();
    let mut taken: Vec<Frame> = marked.iter().map(|(_, at)| around(*at, MARK, MARK)).collect();
    taken.push(Frame { left: 0.0, top: HEIGHT - 30.0, right: 120.0, bottom: HEIGHT });
    for (feature, at) in &marked {
        picture.marks.push(MapMark { class: feature.kind.class(), d: feature.kind.shape(*at) });
        if let Some(label) = label(&feature.name, *at, &seen, &mut taken) {
            picture.labels.push(label);
        }
    }
    picture
}

/// From metres on the sheet to units of the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    middle: Spot,
    metres_a_unit: f64,
}

impl View {
    fn of(must: &[Spot]) -> View {
        let range = |of: fn(&Spot) -> f64| {
            let all = must.iter().map(of);
            (all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max))
        };
        let ((left, right), (top, bottom)) = (range(|s| s.0), range(|s| s.1));
        let needed = ((right - left) / (WIDTH - 2.0 * MARGIN))
            .max((bottom - top) / (HEIGHT - 2.0 * MARGIN))
            .max(LEAST_METRES / WIDTH);
        View {
            middle: (f64::midpoint(left, right), f64::midpoint(top, bottom)),
            metres_a_unit: needed,
        }
    }

    /// How wide a picture with these features in it is, in metres.
    pub(super) fn metres_across(features: &[&Feature]) -> f64 {
        let points: Vec<(f64, f64)> = features.iter().map(|f| f.point.degrees()).collect();
        let projection = Projection::about(middle(&points));
        let mut must: Vec<Spot> = points.iter().map(|p| projection.spot(*p)).collect();
        for feature in features.iter().filter(|f| f.radius_metres > 0) {
            must.extend([0.0, 90.0, 180.0, 270.0].map(|bearing| {
                projection.spot(feature.point.degrees_at(bearing, f64::from(feature.radius_metres)))
            }));
        }
        View::of(&must).metres_a_unit * WIDTH
    }

    fn unit(&self, spot: Spot) -> Spot {
        (
            WIDTH / 2.0 + (spot.0 - self.middle.0) / self.metres_a_unit,
            HEIGHT / 2.0 + (spot.1 - self.middle.1) / self.metres_a_unit,
        )
    }

    fn units(&self, spots: &[Spot]) -> Vec<Spot> {
        spots.iter().map(|s| self.unit(*s)).collect()
    }

    /// A bar of a round length, at most a third of the picture.
    fn scale(&self) -> MapScale {
        let most = self.metres_a_unit * WIDTH / 3.0;
        let magnitude = 10_f64.powf(most.log10().floor());
        let metres = [5.0, 2.0, 1.0]
            .map(|n| n * magnitude)
            .into_iter()
            .find(|m| *m <= most)
            .unwrap_or(magnitude);
        let text = match metres >= 1_000.0 {
            true => format!("{} km", (metres / 1_000.0).round()),
            false => format!("{} m", metres.round()),
        };
        let (left, y) = (10.0, HEIGHT - 10.0);
        let right = left + metres / self.metres_a_unit;
        MapScale {
            d: format!("M{left} {}V{y}H{right:.1}V{}", y - 4.0, y - 4.0),
            x: format!("{left}"),
            y: format!("{}", y - 8.0),
            text,
        }
    }
}

fn ground(projection: &Projection, view: &View, frame: &Frame) -> (String, String) {
    let (mut land, mut borders) = (String::new(), String::new());
    for line in LAND.iter() {
        match line.kind {
            LandLine::Ring => {
                let ring = projection.ring(&line.points);
                if ring.is_inside_out {
                    land += &frame.path();
                }
                write_path(&mut land, &frame.clip_ring(&view.units(&ring.spots)), true);
            }
            LandLine::Border => {
                for piece in frame.clip_line(&view.units(&projection.line(&line.points))) {
                    write_path(&mut borders, &piece, false);
                }
            }
        }
    }
    (land, borders)
}

/// The circle of a feature, as far as it is seen; none where it would be hidden under its mark.
fn area(feature: &Feature, projection: &Projection, view: &View, frame: &Frame) -> Option<MapArea> {
    let radius = f64::from(feature.radius_metres);
    if radius / view.metres_a_unit < MARK / 2.0 {
        return None;
    }
    let class = feature.kind.class();
    if radius >= WHOLE_EARTH_METRES {
        return Some(MapArea { class, d: frame.path() });
    }
    let circle: Vec<(f64, f64)> = (0..CIRCLE_STEPS)
        .map(|n| feature.point.degrees_at(f64::from(n * 360 / CIRCLE_STEPS), radius))
        .collect();
    let ring = projection.ring(&circle);
    let mut d = if ring.is_inside_out { frame.path() } else { String::new() };
    write_path(&mut d, &frame.clip_ring(&view.units(&ring.spots)), true);
    (!d.is_empty()).then_some(MapArea { class, d })
}

/// A name beside its mark where nothing else is; without room it is left to the list below.
fn label(name: &str, (x, y): Spot, seen: &Frame, taken: &mut Vec<Frame>) -> Option<MapLabel> {
    let width = name.chars().count() as f64 * LETTER;
    let away = MARK + 3.0;
    let places = [
        (x + away, y + 4.0, "start"),
        (x - away, y + 4.0, "end"),
        (x, y - away, "middle"),
        (x, y + away + 9.0, "middle"),
        (x + away, y - away, "start"),
        (x + away, y + away + 9.0, "start"),
        (x - away, y - away, "end"),
        (x - away, y + away + 9.0, "end"),
    ];
    for (x, y, anchor) in places {
        let left = match anchor {
            "start" => x,
            "end" => x - width,
            _ => x - width / 2.0,
        };
        let room = Frame { left, top: y - 9.0, right: left + width, bottom: y + 3.0 };
        let is_seen =
            seen.contains((room.left, room.top)) && seen.contains((room.right, room.bottom));
        let overlaps = |other: &Frame| {
            room.left < other.right
                && other.left < room.right
                && room.top < other.bottom
                && other.top < room.bottom
        };
        if is_seen && !taken.iter().any(overlaps) {
            taken.push(room);
            return Some(MapLabel {
                x: format!("{x:.1}"),
                y: format!("{y:.1}"),
                anchor,
                text: name.to_owned(),
            });
        }
    }
    None
}

fn around((x, y): Spot, width: f64, height: f64) -> Frame {
    Frame { left: x - width, top: y - height, right: x + width, bottom: y + height }
}

fn some(path: String) -> Option<String> {
    (!path.is_empty()).then_some(path)
}

impl FeatureKind {
    /// The mark about a spot, as a path.
    pub(super) fn shape(self, (x, y): Spot) -> String {
        let circle = |r: f64| {
            format!(
                "M{:.1} {y:.1}a{r} {r} 0 1 0 {} 0a{r} {r} 0 1 0 -{} 0Z",
                x - r,
                2.0 * r,
                2.0 * r
            )
        };
        match self {
            FeatureKind::Claim => circle(5.0),
            FeatureKind::Earlier => circle(3.5),
            FeatureKind::Declared => format!("M{:.1} {:.1}h9v9h-9Z", x - 4.5, y - 4.5),
            FeatureKind::Travel => format!("M{x:.1} {:.1}l6 6l-6 6l-6 -6Z", y - 6.0),
            FeatureKind::Network => format!("M{x:.1} {:.1}l5.6 10h-11.2Z", y - 6.0),
            FeatureKind::Server => {
                format!("M{:.1} {:.1}h3v-4h3v4h4v3h-4v4h-3v-4h-4v-3Z", x - 5.0, y - 1.5)
            }
        }
    }
}
