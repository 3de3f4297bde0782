//! Squares of about 150 m: the cells of geohash-7 (18 bits of longitude, 17 of latitude), and the
//! same grid moved by half a cell both ways, so that a border of one lies inside a cell of the
//! other. Two places within a square of either grid are *the same spot*.

use crate::judging::evidence::Point;

/// One square: which grid (0 is geohash-7, 1 the moved one) and its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Cell {
    pub(super) grid: u8,
    pub(super) x: u32,
    pub(super) y: u32,
}

const LONGITUDE_BITS: u32 = 18;
const LATITUDE_BITS: u32 = 17;

/// The two squares a point lies in.
pub(super) fn cells_of(point: Point) -> [Cell; 2] {
    // in half cells, so that the moved grid needs no fractions
    let half = |from_edge_e6: i64, span_e6: i64, bits: u32| (from_edge_e6 << (bits + 1)) / span_e6;
    let x = half(i64::from(point.longitude_e6) + 180_000_000, 360_000_000, LONGITUDE_BITS);
    let y = half(i64::from(point.latitude_e6) + 90_000_000, 180_000_000, LATITUDE_BITS);
    // 180 degrees east are 180 degrees west; the pole belongs to the last row
    let x = x % (2 << LONGITUDE_BITS);
    let y = y.min((2 << LATITUDE_BITS) - 1);
    let moved_x = ((x + 1) / 2) % (1 << LONGITUDE_BITS);
    [
        Cell { grid: 0, x: (x / 2) as u32, y: (y / 2) as u32 },
        Cell { grid: 1, x: moved_x as u32, y: ((y + 1) / 2) as u32 },
    ]
}

/// The squares of both grids that a circle touches, by their corners and sides: a few more rather than
/// one too few. A circle has at most 100 km of radius.
pub(super) fn squares_within(centre: Point, radius_metres: f64) -> impl Iterator<Item = Cell> {
    /// Metres of a degree of latitude, at least (WGS 84: 110,574 m at the equator).
    const DEGREE_METRES: f64 = 110_574.0;
    let (latitude, longitude) =
        (f64::from(centre.latitude_e6) / 1e6, f64::from(centre.longitude_e6) / 1e6);
    let reach = radius_metres / DEGREE_METRES;
    let widest = (latitude.abs() + reach).min(89.0).to_radians().cos();
    let across = (reach / widest).min(180.0);
    let width = 360.0 / f64::from(1 << LONGITUDE_BITS);
    let height = 180.0 / f64::from(1 << LATITUDE_BITS);
    let (columns, rows) = (1i64 << LONGITUDE_BITS, 1i64 << LATITUDE_BITS);
    (0u8..2).flat_map(move |grid| {
        // the moved grid's cell n begins half a cell before that of the first
        let moved = f64::from(grid) / 2.0;
        let x_of = move |degrees: f64| ((degrees + 180.0) / width + moved).floor() as i64;
        let y_of = move |degrees: f64| ((degrees + 90.0) / height + moved).floor() as i64;
        let (west, east) = (x_of(longitude - across), x_of(longitude + across));
        let east = east.min(west + columns - 1);
        (y_of(latitude - reach).max(0)..=y_of(latitude + reach).min(rows)).flat_map(move |y| {
            (west..=east).filter_map(move |x| {
                // the point of the square nearest to the centre
                let at = |n: i64, size: f64, from: f64| (n as f64 - moved) * size - from;
                let near = |centre: f64, low: f64, size: f64| centre.clamp(low, low + size);
                let lon = near(longitude, at(x, width, 180.0), width);
                let lat = near(latitude, at(y, height, 90.0), height).clamp(-90.0, 90.0);
                let lon = (lon + 180.0).rem_euclid(360.0) - 180.0;
                let nearest = Point::from_degrees(lat, lon)?;
                let touches = nearest.metres_to(centre) as f64 <= radius_metres;
                let x = x.rem_euclid(columns) as u32;
                touches.then_some(Cell { grid, x, y: y as u32 })
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: f64, longitude: f64) -> [Cell; 2] {
        cells_of(Point::from_degrees(latitude, longitude).unwrap())
    }

    /// Geohash (Niemeyer, 2008): bits of longitude and latitude in turn, five a letter.
    fn geohash(cell: Cell) -> String {
        const LETTERS: &[u8] = b"0123456789bcdefghjkmnpqrstuvwxyz";
        let bit = |i: u32| {
            let (value, bits) = if i.is_multiple_of(2) {
                (cell.x, LONGITUDE_BITS)
            } else {
                (cell.y, LATITUDE_BITS)
            };
            (value >> (bits - 1 - i / 2)) & 1
        };
        let letter = |n: u32| (0..5).fold(0, |v, i| v << 1 | bit(5 * n + i)) as usize;
        (0..7).map(|n| char::from(LETTERS[letter(n)])).collect()
    }

    #[test]
    fn the_first_grid_is_geohash_7() {
        // the example of the geohash article: 57.64911, 10.40744 is u4pruydqqvj
        assert_eq!(geohash(at(57.64911, 10.40744)[0]), "u4pruyd");
        assert_eq!(geohash(at(42.6, -5.6)[0]), "ezs42e4");
    }

    #[test]
    fn a_border_of_one_grid_lies_inside_the_other() {
        let size = 360.0 / f64::from(1 << LONGITUDE_BITS);
        let border = size * 1_000.0;
        let (west, east) = (at(40.0, border - 0.0002), at(40.0, border + 0.0002));
        assert_ne!(west[0], east[0]);
        assert_eq!(west[1], east[1]);
        let far = at(40.0, border + 2.0 * size);
        assert!(far[0] != east[0] && far[1] != east[1]);
    }

    #[test]
    fn a_circle_is_made_of_the_squares_it_touches() {
        for (latitude, longitude, radius) in [
            (41.25, -96.01, 0.0),
            (41.25, -96.01, 100.0),
            (-33.9, 179.999, 900.0),
            (64.1, -21.9, 2_000.0),
        ] {
            let centre = Point::from_degrees(latitude, longitude).unwrap();
            let squares: std::collections::HashSet<Cell> = squares_within(centre, radius).collect();
            for cell in cells_of(centre) {
                assert!(squares.contains(&cell), "{latitude}");
            }
            // points on the circle lie in its squares, points well outside do not
            for n in 0..16 {
                let angle = f64::from(n) / 16.0 * std::f64::consts::TAU;
                let at = |metres: f64| {
                    let north = metres * angle.cos() / 111_200.0;
                    let east = metres * angle.sin() / 111_200.0 / latitude.to_radians().cos();
                    let lon = (longitude + east + 180.0).rem_euclid(360.0) - 180.0;
                    Point::from_degrees(latitude + north, lon).unwrap()
                };
                let inside = cells_of(at(radius * 0.98));
                assert!(inside.iter().all(|c| squares.contains(c)), "{latitude} {n}");
                let outside = cells_of(at(radius * 1.02 + 250.0));
                assert!(!outside.iter().any(|c| squares.contains(c)), "{latitude} {n}");
            }
        }
    }

    #[test]
    fn the_antimeridian_and_the_poles_are_places_like_others() {
        assert_eq!(at(10.0, 180.0), at(10.0, -180.0));
        assert_eq!(at(10.0, 179.9999)[1], at(10.0, -179.9999)[1]);
        assert!(at(90.0, 0.0)[0].y < 1 << LATITUDE_BITS && at(-90.0, 0.0)[0].y == 0);
    }
}
