//! The bytes of the draw: how keys are derived and what is hashed for which decision. Formats are
//! fixed (`docs/draw-format.md`); a change here breaks every recomputation of the past.

use super::chain::ChainKey;
use super::hazard::Threshold;
use super::mac::{Mac, ShortMessage};
use crate::person::DrawToken;
use crate::time::UtcMillis;
use hkdf::Hkdf;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Salt of a day for which no beacon could be reached: single lock.
pub const SINGLE_LOCK_SALT: [u8; 32] = [0; 32];

/// One field of `enc`.
#[derive(Debug, Clone, Copy)]
pub enum Field<'a> {
    /// UTF-8.
    Text(&'a str),
    /// Decimal ASCII.
    Number(i64),
    Bytes(&'a [u8]),
}

/// `enc(a, b, ...)`: each field as u32 big-endian length and its bytes.
pub fn enc(fields: &[Field<'_>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    for field in fields {
        match field {
            Field::Text(text) => push(&mut out, text.as_bytes()),
            Field::Number(n) => push(&mut out, n.to_string().as_bytes()),
            Field::Bytes(bytes) => push(&mut out, bytes),
        }
    }
    out
}

fn push(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// How far ahead a boundary draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Horizon {
    /// The whole local date.
    Day,
    /// The n-th two-hour span of announcement instants, from 0.
    Block(u8),
}

impl std::fmt::Display for Horizon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Horizon::Day => f.write_str("day"),
            Horizon::Block(b) => write!(f, "block/{b}"),
        }
    }
}

impl From<Horizon> for String {
    fn from(h: Horizon) -> String {
        h.to_string()
    }
}

impl TryFrom<String> for Horizon {
    type Error = String;
    fn try_from(text: String) -> Result<Horizon, String> {
        let block = || text.strip_prefix("block/")?.parse().ok().map(Horizon::Block);
        let read = if text == "day" { Some(Horizon::Day) } else { block() };
        read.filter(|h| h.to_string() == text).ok_or_else(|| {
            format!("`{text}` is not a horizon; it must be `day` or `block/0`, `block/1`, ...")
        })
    }
}

/// Which draw this is: public, and bound into its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Boundary {
    /// Chain id; with several holders their ids in anchor order, joined by `+`.
    pub chain: String,
    pub horizon: Horizon,
    /// The local date drawn.
    pub label: Date,
    /// The installation's public random name.
    pub org: String,
    /// Local midnight, or the start of the block, in UTC.
    #[serde(rename = "t_ms")]
    pub t: UtcMillis,
}

/// A keyed HMAC-SHA256: the key k_t of a boundary, or one derived from it for a purpose. Holds the
/// prepared state, so that a draw costs one HMAC. Never printed.
#[derive(Clone)]
pub struct BoundaryKey {
    mac: Mac,
}

impl std::fmt::Debug for BoundaryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BoundaryKey(..)")
    }
}

/// Why a key is derived for one person beside the draw of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The n-th re-check, from 1.
    Recheck(u16),
    /// The n-th move on the person's wish, from 1.
    Move(u16),
    /// The n-th manual order of the label, from 1.
    Manual(u16),
    /// The n-th baseline session offered, from 1.
    Baseline(u16),
}

impl std::fmt::Display for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Purpose::Recheck(n) => write!(f, "recheck/{n}"),
            Purpose::Move(n) => write!(f, "move/{n}"),
            Purpose::Manual(n) => write!(f, "manual/{n}"),
            Purpose::Baseline(n) => write!(f, "baseline/{n}"),
        }
    }
}

impl BoundaryKey {
    /// `k_t = HKDF-SHA256(ikm = K_d of every holder in anchor order, salt = beacon randomness,
    /// info = enc("muster/draw/v1", org, chain, label, t, horizon), 32)` (RFC 5869).
    pub fn derive(holders: &[&ChainKey], salt: &[u8; 32], boundary: &Boundary) -> BoundaryKey {
        let mut ikm = zeroize::Zeroizing::new(Vec::with_capacity(32 * holders.len()));
        for key in holders {
            ikm.extend_from_slice(key.as_bytes());
        }
        let info = enc(&[
            Field::Text("muster/draw/v1"),
            Field::Text(&boundary.org),
            Field::Text(&boundary.chain),
            Field::Text(&boundary.label.to_string()),
            Field::Number(boundary.t.0),
            Field::Text(&boundary.horizon.to_string()),
        ]);
        let mut okm = zeroize::Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(salt), &ikm)
            .expand(&info, okm.as_mut())
            .expect("32 bytes are within the limit of HKDF-SHA256");
        BoundaryKey::from_bytes(&okm)
    }

    /// A key from its 32 bytes (test vectors and the auditor).
    pub fn from_bytes(bytes: &[u8; 32]) -> BoundaryKey {
        BoundaryKey { mac: Mac::new(bytes) }
    }

    /// `HMAC(k, enc(fields))`.
    pub fn hmac(&self, fields: &[Field<'_>]) -> [u8; 32] {
        self.mac.tag(&enc(fields))
    }

    /// The number of the day: first 8 bytes, big-endian, of `HMAC(k_t, enc("day", token))`.
    pub fn u_of_day(&self, token: &DrawToken) -> u64 {
        self.u(Horizon::Day, token)
    }

    /// The number of a block: as `u_of_day` with `enc("block/b", token)`.
    pub fn u_of_block(&self, block: u8, token: &DrawToken) -> u64 {
        self.u(Horizon::Block(block), token)
    }

    fn u(&self, horizon: Horizon, token: &DrawToken) -> u64 {
        self.numbers(horizon).head(token)
    }

    /// The numbers of the day or block of many people.
    pub fn numbers(&self, horizon: Horizon) -> ByToken<'_> {
        ByToken::new(self, &horizon.to_string())
    }

    /// Heads of the places of many people in the order of the plan.
    pub(super) fn order_heads(&self) -> ByToken<'_> {
        ByToken::new(self, "order")
    }

    /// The words that order people's free slots.
    pub(super) fn slot_words(&self) -> SlotWords<'_> {
        SlotWords::new(self)
    }

    /// Heads of the places of one verifier at many slots.
    pub(super) fn verifier_heads(&self, verifier: &DrawToken) -> BySlot<'_> {
        let digits = Field::Bytes(&[b'0'; SLOT_DIGITS]);
        BySlot::new(self, [Field::Text("verifier"), digits, Field::Bytes(&verifier.0)], 12 + 4)
    }

    /// The day decision: a plain function of key, token and threshold.
    pub fn is_hit(&self, token: &DrawToken, threshold: Threshold) -> bool {
        threshold.is_hit(self.u_of_day(token))
    }

    /// Place of a person in the order of the plan: `HMAC(k_t, enc("order", token))`.
    pub fn person_order(&self, token: &DrawToken) -> [u8; 32] {
        self.hmac(&[Field::Text("order"), Field::Bytes(&token.0)])
    }

    /// Place of a verifier in a slot: `HMAC(k_t, enc("verifier", slot, verifier token))`.
    pub fn verifier_order(&self, start: UtcMillis, verifier: &DrawToken) -> [u8; 32] {
        self.hmac(&[Field::Text("verifier"), Field::Number(start.0), Field::Bytes(&verifier.0)])
    }

    /// Notice in minutes: `min + u64 of HMAC(k_t, enc("notice", token)) mod (max - min + 1)`. A
    /// `max` below `min` counts as `min`.
    pub fn notice_minutes(&self, token: &DrawToken, min: u16, max: u16) -> u16 {
        let span = u64::from(max.max(min) - min) + 1;
        let drawn = head(&self.hmac(&[Field::Text("notice"), Field::Bytes(&token.0)])) % span;
        min + drawn as u16
    }

    /// A key of its own for one person and purpose: `HMAC(k_t, enc(purpose, token))`. Slots, notice
    /// and verifier of a re-check come from that key in the same way as those of a draw from k_t.
    pub fn for_purpose(&self, purpose: Purpose, token: &DrawToken) -> BoundaryKey {
        let purpose = purpose.to_string();
        let bytes = self.hmac(&[Field::Text(&purpose), Field::Bytes(&token.0)]);
        BoundaryKey::from_bytes(&zeroize::Zeroizing::new(bytes))
    }

    /// Seed of the drawn challenges: `HMAC(k, enc("challenge", token))`.
    pub fn challenge_seed(&self, token: &DrawToken) -> [u8; 32] {
        self.hmac(&[Field::Text("challenge"), Field::Bytes(&token.0)])
    }
}

/// The message of one purpose about a person, with the token to be put in: one HMAC a person and
/// nothing built.
pub struct ByToken<'a> {
    key: &'a BoundaryKey,
    message: ShortMessage,
    token_at: usize,
}

impl<'a> ByToken<'a> {
    /// The purpose has at most 31 bytes.
    fn new(key: &'a BoundaryKey, purpose: &str) -> ByToken<'a> {
        let message = enc(&[Field::Text(purpose), Field::Bytes(&[0; 16])]);
        let token_at = message.len() - 16;
        let message = ShortMessage::new(&message).expect("a purpose is a short word");
        ByToken { key, message, token_at }
    }

    /// The first 8 bytes, big-endian, of `HMAC(k_t, enc(purpose, token))`.
    pub fn head(&mut self, token: &DrawToken) -> u64 {
        self.message.put(self.token_at, &token.0);
        self.key.mac.head(&self.message)
    }
}

/// Decimal digits of every instant from September 2001 to November 2286.
pub(super) const SLOT_DIGITS: usize = 13;

/// A slot as the hashes write it; `None` outside the years of [`SLOT_DIGITS`].
pub(super) fn slot_digits(start: UtcMillis) -> Option<[u8; SLOT_DIGITS]> {
    start.0.to_string().as_bytes().try_into().ok()
}

/// The message of a slot and somebody, with the digits of the slot to be put in.
pub(super) struct BySlot<'a> {
    key: &'a BoundaryKey,
    message: ShortMessage,
    digits_at: usize,
}

impl<'a> BySlot<'a> {
    fn new(key: &'a BoundaryKey, fields: [Field<'_>; 3], digits_at: usize) -> BySlot<'a> {
        let message = ShortMessage::new(&enc(&fields)).expect("at most 49 bytes");
        BySlot { key, message, digits_at }
    }

    /// The first 8 bytes, big-endian, for the slot with these digits.
    pub(super) fn head(&mut self, digits: &[u8; SLOT_DIGITS]) -> u64 {
        self.message.put(self.digits_at, digits);
        self.key.mac.head(&self.message)
    }
}

/// `HMAC(k_t, enc("slot", token, n))` as four numbers, big-endian, for many people and small n: nothing
/// is built but the bytes that differ.
pub(super) struct SlotWords<'a> {
    key: &'a BoundaryKey,
    /// For n of one digit, of two, of three.
    messages: [ShortMessage; 3],
}

impl<'a> SlotWords<'a> {
    const TOKEN_AT: usize = 8 + 4;
    const DIGITS_AT: usize = Self::TOKEN_AT + 16 + 4;

    fn new(key: &'a BoundaryKey) -> SlotWords<'a> {
        let messages = ["0", "00", "000"].map(|digits| {
            let fields = [Field::Text("slot"), Field::Bytes(&[0; 16]), Field::Text(digits)];
            ShortMessage::new(&enc(&fields)).expect("at most 35 bytes")
        });
        SlotWords { key, messages }
    }

    pub fn words(&mut self, token: &DrawToken, n: u32) -> [u64; 4] {
        let digit = |power: u32| b'0' + (n / power % 10) as u8;
        let digits = [digit(100), digit(10), digit(1)];
        let count = match n {
            0..=9 => 1,
            10..=99 => 2,
            100..=999 => 3,
            _ => {
                let fields =
                    [Field::Text("slot"), Field::Bytes(&token.0), Field::Number(i64::from(n))];
                let message = ShortMessage::new(&enc(&fields)).expect("at most 42 bytes");
                return self.key.mac.words(&message);
            }
        };
        let message = &mut self.messages[count - 1];
        message.put(Self::TOKEN_AT, &token.0);
        message.put(Self::DIGITS_AT, &digits[3 - count..]);
        self.key.mac.words(message)
    }
}

/// First 8 bytes, big-endian.
fn head(mac: &[u8; 32]) -> u64 {
    mac.iter().take(8).fold(0, |n, byte| n << 8 | u64::from(*byte))
}

#[cfg(test)]
#[path = "bytes_tests.rs"]
mod tests;
