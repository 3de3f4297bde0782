use super::clip::Frame;
use super::*;
use crate::Renderer;

/// What is drawn where everything is within.
const WHOLE: Frame = Frame { left: -4.0, top: -4.0, right: 364.0, bottom: 254.0 };

fn feature(kind: FeatureKind, at: (f64, f64), radius_metres: u32, name: &str) -> Feature {
    let words = format!("A circle of {}.", length(radius_metres.into()));
    let point = Point::from_degrees(at.0, at.1).unwrap();
    Feature { kind, point, radius_metres, name: name.to_owned(), words }
}

/// Everything a case can show, for somebody at home in Lisbon whose address is thought to be in Frankfurt.
fn everything() -> Vec<Feature> {
    vec![
        feature(FeatureKind::Claim, (38.7223, -9.1393), 25, "Shared place"),
        feature(FeatureKind::Declared, (38.7100, -9.1300), 20_000, "Home"),
        feature(FeatureKind::Network, (50.11, 8.68), 300_000, "Address"),
        feature(FeatureKind::Server, (52.37, 4.9), 3_000_000, "Server"),
    ]
}

fn numbers(d: &str) -> Vec<f64> {
    let text = d.replace(|c: char| c.is_ascii_alphabetic(), " ");
    text.split_whitespace().map(|n| n.parse().expect("a number")).collect()
}

/// Corners of a path of `M`, `L` and `Z`.
fn corners(d: &str) -> Vec<(f64, f64)> {
    numbers(d).chunks(2).map(|p| (p[0], p[1])).collect()
}

fn area<'a>(picture: &'a MapPicture, class: &str) -> Option<&'a str> {
    picture.areas.iter().find(|a| a.class == class).map(|a| a.d.as_str())
}

#[test]
fn a_street_and_half_a_continent_are_two_drawings() {
    let map = map("m", "Where it was", &everything()).unwrap();
    let [near, wide] = &map.pictures[..] else { panic!("{}", map.pictures.len()) };
    assert!(near.land.is_none(), "our coasts are too coarse for a town");
    assert!(area(near, "map-declared").is_some() && area(near, "map-network").is_none());
    let disc = area(wide, "map-server").expect("the disc is drawn");
    let land = wide.land.as_ref().expect("and lies over land");
    assert!(corners(disc).len() > 100 && land.len() > 10_000);
    // The disc is whole: as wide as high, all of it in the picture.
    let (xs, ys): (Vec<f64>, Vec<f64>) = corners(disc).into_iter().unzip();
    let span = |v: &[f64]| {
        v.iter().copied().fold(f64::MIN, f64::max) - v.iter().copied().fold(f64::MAX, f64::min)
    };
    assert!((span(&xs) / span(&ys) - 1.0).abs() < 0.1, "{} {}", span(&xs), span(&ys));
    assert!(ys.iter().all(|y| (0.0..=HEIGHT).contains(y)));
}

#[test]
fn what_fits_one_drawing_is_one() {
    let places = &everything()[..2];
    assert_eq!(map("m", "Where it was", places).unwrap().pictures.len(), 1);
    assert!(map("m", "Nothing", &[]).is_none());
}

#[test]
fn a_map_across_the_180th_meridian_is_in_one_piece() {
    let places = [
        feature(FeatureKind::Claim, (-17.0, 179.8), 100, "Shared place"),
        feature(FeatureKind::Declared, (-16.9, -179.7), 80_000, "Home"),
    ];
    let picture = &map("m", "Fiji", &places).unwrap().pictures[0];
    let ring = corners(area(picture, "map-declared").unwrap());
    for pair in ring.windows(2) {
        let step = (pair[0].0 - pair[1].0).hypot(pair[0].1 - pair[1].1);
        assert!(step < 12.0, "the circle jumps by {step}");
    }
    let land = picture.land.as_ref().expect("Taveuni and Vanua Levu");
    // Africa goes round the far side: it is the frame less itself, and nothing of it is seen.
    let coasts = land.split('Z').filter(|piece| !piece.contains('H'));
    let coast: Vec<(f64, f64)> = coasts.flat_map(corners).collect();
    assert!(coast.iter().any(|c| c.0 < WIDTH / 2.0) && coast.iter().any(|c| c.0 > WIDTH / 2.0));
}

#[test]
fn a_circle_over_a_pole_encloses_it() {
    let places = [feature(FeatureKind::Claim, (85.0, 10.0), 1_500_000, "Shared place")];
    let picture = &map("m", "North", &places).unwrap().pictures[0];
    let ring = corners(area(picture, "map-claim").unwrap());
    // The pole lies 555 km from the point, straight up in the drawing.
    let (xs, ys): (Vec<f64>, Vec<f64>) = ring.into_iter().unzip();
    let radius = (xs.iter().copied().fold(f64::MIN, f64::max)
        - xs.iter().copied().fold(f64::MAX, f64::min))
        / 2.0;
    let top = ys.iter().copied().fold(f64::MAX, f64::min);
    assert!((top - (HEIGHT / 2.0 - radius)).abs() < 2.0, "{top} {radius}");
}

#[test]
fn a_disc_that_is_larger_than_half_the_globe_leaves_only_its_far_side_out() {
    // The point opposite the server lies some 580 km from the claim.
    for (radius, covers) in [(25_000_000, true), (19_800_000, true), (18_000_000, false)] {
        let places = [
            feature(FeatureKind::Claim, (-35.0, 174.0), 100_000, "Shared place"),
            feature(FeatureKind::Server, (40.0, -4.0), radius, "Server"),
        ];
        let claim = |f: &Feature| match f.kind {
            FeatureKind::Claim => Extent::Whole,
            _ => Extent::Nothing,
        };
        let picture = lay_out("m", "Far", "", &places, claim);
        let disc = area(&picture, "map-server").expect("covers all, or all but the picture");
        assert!(disc.starts_with(&WHOLE.path()));
        assert_eq!(disc == WHOLE.path(), covers, "{radius} {disc}");
    }
}

/// Whether a point of a picture lies on land: an even-odd count of crossings to the right of it.
fn is_land(picture: &MapPicture, (x, y): (f64, f64)) -> bool {
    let mut crossings = 0;
    let Some(land) = &picture.land else { return false };
    for piece in land.split_inclusive('Z') {
        let mut ring = match piece.contains('H') {
            true => vec![(-4.0, -4.0), (364.0, -4.0), (364.0, 254.0), (-4.0, 254.0)],
            false => corners(piece),
        };
        ring.push(ring[0]);
        for pair in ring.windows(2) {
            let ((x1, y1), (x2, y2)) = (pair[0], pair[1]);
            let crosses = (y1 > y) != (y2 > y);
            crossings += i32::from(crosses && x < x1 + (y - y1) / (y2 - y1) * (x2 - x1));
        }
    }
    crossings % 2 == 1
}

#[test]
fn land_is_land_and_sea_is_sea_on_every_side_of_the_globe() {
    let lands =
        [(48.0, 2.0), (40.0, -100.0), (-25.0, 134.0), (-85.0, 0.0), (67.0, 179.0), (-10.0, -55.0)];
    let seas =
        [(40.0, -40.0), (-30.0, -140.0), (88.0, 0.0), (-50.0, 179.9), (42.0, 51.0), (0.0, -160.0)];
    for (places, expected) in [(lands, true), (seas, false)] {
        for at in places {
            let place = [feature(FeatureKind::Claim, at, 200_000, "Here")];
            let picture = lay_out("m", "Here", "", &place, |_| Extent::Whole);
            assert_eq!(is_land(&picture, (WIDTH / 2.0, HEIGHT / 2.0)), expected, "{at:?}");
        }
    }
}

#[test]
fn the_words_say_everything_the_drawing_says() {
    let map = map("m", "Where it was", &everything()).unwrap();
    assert_eq!(map.lines.len(), 4);
    assert_eq!(map.lines[0].distance, None);
    let address = map.lines[2].distance.as_deref().unwrap();
    assert!(address.ends_with(" km from Shared place."), "{address}");
    for picture in &map.pictures {
        for line in &map.lines {
            assert!(picture.desc.contains(&line.words), "{}", picture.desc);
        }
    }
}

#[test]
fn names_never_lie_on_each_other() {
    let mut places = everything();
    for n in 0..6 {
        let at = (38.72 + f64::from(n) * 0.002, -9.13);
        places.push(feature(FeatureKind::Declared, at, 0, &format!("Another place {n}")));
    }
    for picture in &map("m", "Many", &places).unwrap().pictures {
        let boxes: Vec<(f64, f64, f64)> = picture
            .labels
            .iter()
            .map(|l| {
                let (x, y): (f64, f64) = (l.x.parse().unwrap(), l.y.parse().unwrap());
                let width = l.text.chars().count() as f64 * 5.9;
                match l.anchor {
                    "start" => (x, x + width, y),
                    "end" => (x - width, x, y),
                    _ => (x - width / 2.0, x + width / 2.0, y),
                }
            })
            .collect();
        for (n, a) in boxes.iter().enumerate() {
            for b in &boxes[n + 1..] {
                let is_apart = a.1 <= b.0 || b.1 <= a.0 || (a.2 - b.2).abs() >= 12.0;
                assert!(is_apart, "{a:?} {b:?}");
            }
        }
    }
}

#[test]
fn the_part_renders_and_escapes_what_it_is_given() {
    let mut places = everything();
    places[1].name = "<script>alert(1)</script>".to_owned();
    let map = map("m", "Where it was", &places).unwrap();
    let html = Renderer::new().unwrap().fill("parts/map", &map).unwrap();
    assert!(html.contains("aria-labelledby=\"m-near-title m-near-desc\""));
    assert!(!html.contains("<script>") && !html.contains("style="));
    assert!(html.len() < 120_000, "{} bytes", html.len());
}
