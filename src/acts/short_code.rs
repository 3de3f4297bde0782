//! The short code that stands in the announcement, in the portal and on the verifier's screen.
//! It proves that the three belong together and nothing else; it opens nothing.

use muster_ports::Entropy;

const LETTERS: &[u8] = b"BCDFGHJKLMNPRSTVWXZ";
const DIGITS: &[u8] = b"23456789";
/// Short, plain, easily said on a bad line, none offensive beside another.
const WORDS: [&str; 64] = [
    "ACORN", "AMBER", "APPLE", "BAKER", "BARLEY", "BEACH", "BIRCH", "BREEZE", "BRIDGE", "CABIN",
    "CANDLE", "CEDAR", "CHALK", "CLOUD", "CLOVER", "COPPER", "CORAL", "DAISY", "DELTA", "EAGLE",
    "EMBER", "FABLE", "FERRY", "FLINT", "FOREST", "GARDEN", "GINGER", "GRANITE", "HARBOR", "HAZEL",
    "HERON", "ISLAND", "IVORY", "JASPER", "KETTLE", "LANTERN", "LEMON", "LINEN", "MAPLE", "MEADOW",
    "MINT", "OLIVE", "ORCHARD", "OTTER", "PEBBLE", "PEPPER", "PLUM", "QUARTZ", "RAIN", "RIVER",
    "SADDLE", "SALMON", "SILVER", "SPRUCE", "SUMMER", "THISTLE", "TIMBER", "TULIP", "VALLEY",
    "VELVET", "WALNUT", "WILLOW", "WINDOW", "WINTER",
];

/// A fresh code such as `K7-RAIN`.
pub fn fresh(entropy: &dyn Entropy) -> String {
    let [letter, digit, word] = entropy.bytes::<3>().map(usize::from);
    let letter = LETTERS[letter % LETTERS.len()] as char;
    let digit = DIGITS[digit % DIGITS.len()] as char;
    format!("{letter}{digit}-{}", WORDS[word % WORDS.len()])
}
