//! The codes of a second device: one is typed once to tie it to a check-in, the other then moves on
//! its screen. Both follow from the installation's key, so nothing that is stored shows either.

use crate::time::UtcMillis;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How long one code stands on the screen, milliseconds.
pub const STEP_MS: i64 = 30_000;
/// How long what is typed is good for, milliseconds. A session takes minutes.
pub const GOOD_MS: i64 = 15 * 60_000;

/// Nothing that is read as something else: no 0, 1, I, O.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Written for the hyphen where a line could end amid a code.
pub const UNBROKEN_HYPHEN: char = '\u{2011}';
const HYPHENS: [char; 2] = ['-', UNBROKEN_HYPHEN];

/// One tie of a device to a check-in.
#[derive(Debug, Clone, Copy)]
pub struct Tie<'a> {
    /// The installation's key for this purpose.
    pub key: &'a [u8; 32],
    pub check_in: [u8; 16],
    pub issued: UtcMillis,
}

impl Tie<'_> {
    /// What is typed on the second device, such as `K7RA-4MXP`: 40 bits.
    pub fn typed(&self) -> String {
        let code = letters::<8>(&self.mac(&[b"typed"]));
        format!("{}-{}", &code[..4], &code[4..])
    }

    /// The name of the page that shows the moving code: 128 bits.
    pub fn page(&self) -> String {
        hex::encode(&self.mac(&[b"page"])[..16])
    }

    /// What the second device shows at this instant: four letters, 20 bits.
    pub fn shown(&self, now: UtcMillis) -> String {
        letters::<4>(&self.mac(&[b"shown", &now.0.div_euclid(STEP_MS).to_be_bytes()]))
    }

    fn mac(&self, purpose: &[&[u8]]) -> [u8; 32] {
        let issued = self.issued.0.to_be_bytes();
        let mut fields: Vec<&[u8]> = vec![&self.check_in, &issued];
        fields.extend(purpose);
        tag(self.key, &fields)
    }
}

/// Whether it is still good for typing.
pub fn is_good(issued: UtcMillis, now: UtcMillis) -> bool {
    issued <= now && now.0 - issued.0 < GOOD_MS
}

/// What somebody typed as it is compared: capitals without spaces and hyphens. `None` for what no
/// code can be.
pub fn read(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !HYPHENS.contains(c))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let is_code = code.len() == 8 && code.bytes().all(|b| LETTERS.contains(&b));
    is_code.then_some(code)
}

/// What is kept of a code or page name, to find it again.
pub fn digest(key: &[u8; 32], text: &str) -> String {
    hex::encode(tag(key, &[b"digest", text.replace('-', "").as_bytes()]))
}

fn letters<const N: usize>(bytes: &[u8; 32]) -> String {
    bytes[..N].iter().map(|b| LETTERS[usize::from(b % 32)] as char).collect()
}

fn tag(key: &[u8; 32], fields: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key length is accepted");
    for field in fields {
        mac.update(&(field.len() as u32).to_be_bytes());
        mac.update(field);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn tie(check_in: u8, issued: i64) -> Tie<'static> {
        Tie { key: &[9; 32], check_in: [check_in; 16], issued: UtcMillis(issued) }
    }

    #[test]
    fn codes_belong_to_one_check_in_and_move_every_half_minute() {
        let codes: BTreeSet<String> = (0..200).map(|n| tie(n, 5).typed()).collect();
        assert_eq!(codes.len(), 200);
        assert_ne!(tie(1, 5).typed(), tie(1, 6).typed());
        let one = tie(1, 5);
        assert_ne!(one.page()[..4], one.typed()[..4]);
        let shown = |ms| one.shown(UtcMillis(ms));
        assert_eq!(shown(30_000), shown(59_999));
        let moving: BTreeSet<String> = (0..100).map(|n| shown(n * STEP_MS)).collect();
        assert!(moving.len() >= 99, "20 bits rarely meet");
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = tie(1, 5).typed();
        let plain = code.replace('-', "");
        let copied = code.replace('-', &UNBROKEN_HYPHEN.to_string());
        let spaced = format!(" {} ", code.replace('-', " "));
        for typed in [code.clone(), code.to_lowercase(), spaced, copied] {
            assert_eq!(read(&typed).as_deref(), Some(plain.as_str()), "{typed}");
            assert_eq!(digest(&[9; 32], &plain), digest(&[9; 32], &code));
        }
        for typed in ["", "K7RA", "K7RA-4MX0", "K7RA-4MXPX", "\u{212a}7RA-4MXP"] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_code_is_good_for_a_quarter_of_an_hour() {
        let issued = UtcMillis(1_000);
        for (ms, good) in
            [(999, false), (1_000, true), (GOOD_MS + 999, true), (GOOD_MS + 1_000, false)]
        {
            assert_eq!(is_good(issued, UtcMillis(ms)), good, "{ms}");
        }
    }
}
