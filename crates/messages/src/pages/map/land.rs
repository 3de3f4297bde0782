//! Coasts and borders, for orientation only. The file and where it comes from: `crates/messages/data`.

use std::sync::LazyLock;

static FILE: &[u8] = include_bytes!("../../../data/land.bin");

/// What a line of the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LandLine {
    /// A closed ring. What it encloses lies to its right; a ring within a ring is a lake.
    Ring,
    Border,
}

/// One line of points: latitude and longitude in degrees.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub kind: LandLine,
    pub points: Vec<(f64, f64)>,
}

/// Every line of the file, read once.
pub(super) static LAND: LazyLock<Vec<Line>> = LazyLock::new(|| {
    read(FILE).expect("the land that comes with the program reads, as a test shows")
});

/// `None` where the bytes are no such file.
fn read(file: &[u8]) -> Option<Vec<Line>> {
    let mut bytes = file.iter().copied();
    let mut lines = Vec::new();
    while let Some(kind) = bytes.next() {
        let kind = match kind {
            0 => LandLine::Ring,
            1 => LandLine::Border,
            _ => return None,
        };
        let count = u16::from_be_bytes([bytes.next()?, bytes.next()?]);
        let (mut longitude, mut latitude) = (0, 0);
        let mut points = Vec::with_capacity(count.into());
        for _ in 0..count {
            longitude += varint(&mut bytes)?;
            latitude += varint(&mut bytes)?;
            points.push((f64::from(latitude) / 100.0, f64::from(longitude) / 100.0));
        }
        lines.push(Line { kind, points });
    }
    Some(lines)
}

/// A number in zigzag form, seven bits a byte, the lowest first.
fn varint(bytes: &mut impl Iterator<Item = u8>) -> Option<i32> {
    let mut value: u32 = 0;
    for shift in [0, 7, 14, 21] {
        let byte = bytes.next()?;
        value |= u32::from(byte & 127) << shift;
        if byte < 128 {
            return Some((value >> 1) as i32 ^ -((value & 1) as i32));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads_to_its_end_and_lies_on_the_globe() {
        let lines = read(FILE).expect("reads");
        let rings = lines.iter().filter(|l| l.kind == LandLine::Ring).count();
        assert!(rings > 500 && lines.len() - rings > 150, "{rings} of {}", lines.len());
        for (latitude, longitude) in lines.iter().flat_map(|l| &l.points) {
            assert!(latitude.abs() <= 90.0 && longitude.abs() <= 180.0, "{latitude} {longitude}");
        }
        assert!(read(&FILE[..FILE.len() - 1]).is_none(), "a cut file is refused");
    }
}
