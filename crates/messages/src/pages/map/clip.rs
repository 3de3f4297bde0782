//! Cutting rings and lines to a rectangle, and writing them as SVG paths. Plane geometry only.

use super::projection::Spot;
use std::fmt::Write;

/// What is left of a picture to draw, in units of the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// Points nearer to the one before than this many units are left out of paths.
const FINE: f64 = 0.35;

impl Frame {
    pub(super) fn contains(&self, (x, y): Spot) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// The whole rectangle as a path.
    pub(super) fn path(&self) -> String {
        let Frame { left, top, right, bottom } = self;
        format!("M{left:.1} {top:.1}H{right:.1}V{bottom:.1}H{left:.1}Z")
    }

    /// The part of a ring within (Sutherland and Hodgman, "Reentrant polygon clipping", CACM 1974). It may
    /// run along the edges, which is why the frame is a little larger than what is seen.
    pub(super) fn clip_ring(&self, ring: &[Spot]) -> Vec<Spot> {
        let Frame { left, top, right, bottom } = *self;
        let ring = cut(ring, |p| p.0 - left);
        let ring = cut(&ring, |p| right - p.0);
        let ring = cut(&ring, |p| p.1 - top);
        cut(&ring, |p| bottom - p.1)
    }

    /// The pieces of a line within.
    pub(super) fn clip_line(&self, line: &[Spot]) -> Vec<Vec<Spot>> {
        let mut pieces: Vec<Vec<Spot>> = Vec::new();
        for pair in line.windows(2) {
            let Some((from, to)) = self.clip_segment(pair[0], pair[1]) else { continue };
            match pieces.last_mut() {
                Some(piece) if piece.last() == Some(&from) => piece.push(to),
                _ => pieces.push(vec![from, to]),
            }
        }
        pieces
    }

    /// Liang and Barsky, "A new concept and method for line clipping", ACM TOG 1984.
    fn clip_segment(&self, from: Spot, to: Spot) -> Option<(Spot, Spot)> {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let (mut begin, mut end) = (0.0_f64, 1.0_f64);
        for (step, room) in [
            (-dx, from.0 - self.left),
            (dx, self.right - from.0),
            (-dy, from.1 - self.top),
            (dy, self.bottom - from.1),
        ] {
            if step == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if step < 0.0 {
                begin = begin.max(room / step);
            } else {
                end = end.min(room / step);
            }
        }
        let at = |t: f64| (from.0 + t * dx, from.1 + t * dy);
        let first = if begin == 0.0 { from } else { at(begin) };
        let last = if end == 1.0 { to } else { at(end) };
        (begin < end).then_some((first, last))
    }
}

/// The side of a ring on which `inside` is not negative.
fn cut(ring: &[Spot], inside: impl Fn(Spot) -> f64) -> Vec<Spot> {
    let mut kept = Vec::with_capacity(ring.len());
    let Some(mut before) = ring.last().copied() else { return kept };
    for &spot in ring {
        let (a, b) = (inside(before), inside(spot));
        if (a < 0.0) != (b < 0.0) {
            let t = a / (a - b);
            kept.push((before.0 + t * (spot.0 - before.0), before.1 + t * (spot.1 - before.1)));
        }
        if b >= 0.0 {
            kept.push(spot);
        }
        before = spot;
    }
    kept
}

/// Writes a line or, closed, a ring. What is smaller than can be seen is left out.
pub(super) fn write_path(path: &mut String, spots: &[Spot], is_closed: bool) {
    let mut thin: Vec<Spot> = Vec::with_capacity(spots.len());
    for (n, spot) in spots.iter().enumerate() {
        let is_end = !is_closed && n + 1 == spots.len();
        let is_near = |last: &Spot| (spot.0 - last.0).hypot(spot.1 - last.1) < FINE && !is_end;
        if !thin.last().is_some_and(is_near) {
            thin.push(*spot);
        }
    }
    if thin.len() < if is_closed { 3 } else { 2 } {
        return;
    }
    for (n, (x, y)) in thin.iter().enumerate() {
        let to = if n == 0 { "M" } else { "L" };
        let _ = write!(path, "{to}{x:.1} {y:.1}");
    }
    if is_closed {
        path.push('Z');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };

    #[test]
    fn a_ring_round_the_frame_is_the_frame_and_one_beside_it_nothing() {
        let ring =
            |by: f64| [(-5.0 + by, -5.0), (15.0 + by, -5.0), (15.0 + by, 15.0), (-5.0 + by, 15.0)];
        let corners = FRAME.clip_ring(&ring(0.0));
        assert_eq!(corners.len(), 4);
        assert!(corners.iter().all(|c| FRAME.contains(*c)));
        assert!(FRAME.clip_ring(&ring(30.0)).is_empty());
    }

    #[test]
    fn a_line_through_the_frame_twice_leaves_two_pieces() {
        let line = [(-5.0, 2.0), (15.0, 2.0), (15.0, 8.0), (-5.0, 8.0)];
        let pieces = FRAME.clip_line(&line);
        assert_eq!(pieces, [[(0.0, 2.0), (10.0, 2.0)], [(10.0, 8.0), (0.0, 8.0)]]);
        let mut path = String::new();
        write_path(&mut path, &pieces[0], false);
        assert_eq!(path, "M0.0 2.0L10.0 2.0");
    }
}
