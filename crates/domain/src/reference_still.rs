//! The one picture that is ever kept: a still of the baseline session. Read here so far that nothing
//! but a picture can be kept, and nothing that travels in a picture (place, camera, time).

use serde::{Deserialize, Serialize};

/// Bytes a still has at most. The room's page makes it smaller until it fits.
pub const STILL_BYTES_MAX: usize = 44 * 1024;
/// Length of an edge, in pixels.
const EDGE_MIN: u16 = 120;
const EDGE_MAX: u16 = 1280;

words! {
    /// How far a still has come.
    pub enum StillState {
        /// The verifier took it; the person looks at it.
        Offered = "offered",
        /// The person agreed to it. It is kept once the verifier has said whom they met.
        Agreed = "agreed",
        /// Later verifiers see it.
        Kept = "kept",
    }
}

words! {
    /// What a person says to a picture before anything is kept.
    pub enum StillAnswer {
        Keep = "keep",
        Another = "another",
        /// No picture is kept; the best answer of a verifier stays *a live person*.
        None = "none",
    }
}

words! {
    /// Why bytes are no still.
    pub enum StillFault {
        TooLarge = "too_large",
        /// Not a whole JPEG picture.
        NotAPicture = "not_a_picture",
        /// Too small to compare with, or larger than a camera of a call makes it.
        OddSize = "odd_size",
    }
}

/// A JPEG picture without anything beside the picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Still {
    pub width: u16,
    pub height: u16,
    jpeg: Vec<u8>,
}

impl Still {
    /// Reads a baseline or progressive JPEG (ITU-T T.81, annex B) segment by segment, and leaves out
    /// comments and all application data but JFIF's, where cameras write place and time.
    ///
    /// # Errors
    /// See [`StillFault`].
    pub fn read(bytes: &[u8]) -> Result<Still, StillFault> {
        if bytes.len() > STILL_BYTES_MAX {
            return Err(StillFault::TooLarge);
        }
        let mut rest = bytes.strip_prefix(&[0xff, 0xd8]).ok_or(StillFault::NotAPicture)?;
        let (mut jpeg, mut size) = (vec![0xff, 0xd8], None);
        loop {
            let [0xff, marker, high, low, ..] = *rest else { return Err(StillFault::NotAPicture) };
            let end = 2 + usize::from(u16::from_be_bytes([high, low]));
            let segment =
                rest.get(..end).filter(|s| s.len() >= 4).ok_or(StillFault::NotAPicture)?;
            match marker {
                // Start of frame, Huffman-coded: precision, height, width.
                0xc0..=0xc2 => size = Some(edges(segment).ok_or(StillFault::NotAPicture)?),
                0xc4 | 0xdb | 0xdd | 0xe0 => {}
                0xe1..=0xef | 0xfe => {
                    rest = &rest[end..];
                    continue;
                }
                0xda => break,
                _ => return Err(StillFault::NotAPicture),
            }
            jpeg.extend_from_slice(segment);
            rest = &rest[end..];
        }
        let (width, height) = size.ok_or(StillFault::NotAPicture)?;
        // The coded picture, which ends the file: what hangs behind its end is not taken along.
        let end = rest.windows(2).position(|w| w == [0xff, 0xd9]).ok_or(StillFault::NotAPicture)?;
        jpeg.extend_from_slice(&rest[..end + 2]);
        let fits = |edge: u16| (EDGE_MIN..=EDGE_MAX).contains(&edge);
        match fits(width) && fits(height) {
            true => Ok(Still { width, height, jpeg }),
            false => Err(StillFault::OddSize),
        }
    }

    /// The picture's bytes.
    pub fn jpeg(&self) -> &[u8] {
        &self.jpeg
    }
}

fn edges(frame: &[u8]) -> Option<(u16, u16)> {
    let [_, _, _, _, _, h1, h0, w1, w0, ..] = *frame else { return None };
    Some((u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = (body.len() as u16 + 2).to_be_bytes();
        [&[0xff, marker][..], &length, body].concat()
    }

    fn picture(width: u16, height: u16, extra: &[u8]) -> Vec<u8> {
        let [h1, h0] = height.to_be_bytes();
        let [w1, w0] = width.to_be_bytes();
        let frame = segment(0xc0, &[8, h1, h0, w1, w0, 1, 1, 0x11, 0]);
        let scan = segment(0xda, &[1, 1, 0, 0, 63, 0]);
        [&[0xff, 0xd8][..], extra, &frame, &scan, &[7, 0xff, 0, 7, 0xff, 0xd9]].concat()
    }

    #[test]
    fn a_picture_is_read_and_what_travels_in_it_stays_behind() {
        let plain = picture(480, 360, &[]);
        let still = Still::read(&plain).unwrap();
        assert_eq!((still.width, still.height, still.jpeg()), (480, 360, &plain[..]));
        let place = segment(0xe1, b"Exif 38.72 N 9.14 W");
        let mut said = picture(480, 360, &[place, segment(0xfe, b"a comment")].concat());
        said.extend_from_slice(b"and something behind the end");
        assert_eq!(Still::read(&said).unwrap(), still);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let whole = picture(480, 360, &[]);
        for n in 0..whole.len() {
            assert_eq!(Still::read(&whole[..n]), Err(StillFault::NotAPicture), "cut at {n}");
        }
        let script = b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>";
        assert_eq!(Still::read(script), Err(StillFault::NotAPicture));
        assert_eq!(Still::read(&picture(16, 360, &[])), Err(StillFault::OddSize));
        assert_eq!(Still::read(&picture(480, 4000, &[])), Err(StillFault::OddSize));
        assert_eq!(Still::read(&vec![0; STILL_BYTES_MAX + 1]), Err(StillFault::TooLarge));
    }
}
