//! A tip on paper: four numbered lines of hexadecimal groups, each with a checksum that is bound to
//! the chain, so that a slip of the pen is found on its own line and a line of another sheet is
//! noticed. Whoever holds the sheet holds the tip.

use super::bytes::{Field, enc};
use super::chain::{Anchor, ChainKey};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use zeroize::Zeroizing;

/// Lines of a sheet, and bytes of the tip on each.
const LINES: usize = 4;
const LINE_BYTES: usize = 8;

/// A tip read back from paper; not yet compared with its anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escrowed {
    pub chain: String,
    pub tip: ChainKey,
}

/// Why a sheet cannot be read, in words for whoever typed it in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EscrowFault {
    #[error("there is no line `chain: ...`: type the sheet's heading in, too")]
    NoChain,
    #[error("line {0} is missing: a sheet has the lines 1 to 4")]
    Missing(usize),
    #[error("line {0} must be four groups of four characters 0-9 a-f and a checksum of four")]
    Shape(usize),
    #[error(
        "line {0} does not fit its checksum: compare it with the sheet, character by character"
    )]
    Checksum(usize),
}

/// The sheet to print.
pub fn sheet(holder: &str, anchor: &Anchor, tip: &ChainKey) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(1024));
    let Anchor { chain, first_date, length_days, k0 } = anchor;
    let (last, k0) = (anchor.last_date(), k0.to_hex());
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "Muster escrow sheet, version 1\n\n\
         holder: {holder}\nchain: {chain}\ndates: {first_date} to {last} ({length_days} days)\nk_0: {k0}\n\n\
         The tip of this draw chain. Whoever reads it can compute every draw of these dates that has no\n\
         other lock: keep it like a master key, apart from every backup. The last group of a line is its\n\
         checksum.\n\n"
    );
    for (at, bytes) in tip.as_bytes().chunks(LINE_BYTES).enumerate() {
        let no = at + 1;
        let _ = write!(text, "{no} ");
        for pair in bytes.chunks(2) {
            let _ = write!(text, " {}", hex::encode(pair));
        }
        let _ = writeln!(text, "  {}", checksum(chain, no, bytes));
    }
    text
}

/// Reads a sheet that was typed in: blank lines, other text and upper case do not matter.
///
/// # Errors
/// The first line that is missing or does not fit.
pub fn read(text: &str) -> Result<Escrowed, EscrowFault> {
    let lines = || text.lines().map(str::trim);
    let chain = lines().find_map(|line| line.strip_prefix("chain:")).map(str::trim);
    let chain = chain.filter(|c| !c.is_empty()).ok_or(EscrowFault::NoChain)?.to_owned();
    let mut tip = Zeroizing::new([0; LINES * LINE_BYTES]);
    for (at, bytes) in tip.chunks_mut(LINE_BYTES).enumerate() {
        let no = at + 1;
        let numbered = |line: &str| {
            let mut words = line.split_whitespace();
            (words.next() == Some(no.to_string().as_str())).then(|| words.collect::<String>())
        };
        let typed = lines().find_map(numbered).ok_or(EscrowFault::Missing(no))?;
        let typed = Zeroizing::new(typed.to_ascii_lowercase());
        let (digits, sum) = typed.split_at_checked(2 * LINE_BYTES).ok_or(EscrowFault::Shape(no))?;
        hex::decode_to_slice(digits, bytes).map_err(|_| EscrowFault::Shape(no))?;
        if sum.len() != 4 {
            return Err(EscrowFault::Shape(no));
        }
        if sum != checksum(&chain, no, bytes) {
            return Err(EscrowFault::Checksum(no));
        }
    }
    Ok(Escrowed { chain, tip: ChainKey::from_bytes(*tip) })
}

/// First two bytes of `SHA-256(enc("muster/escrow/v1", chain, line, bytes))`, as four digits.
fn checksum(chain: &str, no: usize, bytes: &[u8]) -> String {
    let fields = [
        Field::Text("muster/escrow/v1"),
        Field::Text(chain),
        Field::Number(no as i64),
        Field::Bytes(bytes),
    ];
    hex::encode(&Sha256::digest(&*Zeroizing::new(enc(&fields)))[..2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::chain::Chain;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn chain(tip: [u8; 32]) -> Chain {
        let tip = ChainKey::from_bytes(tip);
        Chain::begin("c1f0", date(2026, 12, 1), 400, tip).unwrap()
    }

    fn printed(tip: [u8; 32]) -> String {
        sheet("operator", chain(tip).anchor(), &ChainKey::from_bytes(tip)).to_string()
    }

    #[test]
    fn a_sheet_names_its_chain_and_no_key_but_the_public_one_stands_in_its_heading() {
        let text = printed([0xab; 32]);
        assert!(text.contains("chain: c1f0\n") && text.contains("2026-12-01 to 2028-01-04"));
        assert!(!text.contains(&"ab".repeat(32)));
        assert_eq!(text.lines().filter(|l| l.contains("abab abab abab abab")).count(), 4);
    }

    #[test]
    fn what_is_missing_or_mistyped_is_named_by_its_line() {
        let text = printed([0xab; 32]);
        let damaged = |from: &str, to: &str| read(&text.replacen(from, to, 1)).unwrap_err();
        assert_eq!(damaged("chain: c1f0", ""), EscrowFault::NoChain);
        assert_eq!(damaged("3  abab", "9  abab"), EscrowFault::Missing(3));
        assert_eq!(damaged("2  abab", "2  abag"), EscrowFault::Shape(2));
        assert_eq!(damaged("2  abab", "2  ab"), EscrowFault::Shape(2));
        assert_eq!(damaged("4  abab", "4  abac"), EscrowFault::Checksum(4));
        assert_eq!(damaged("chain: c1f0", "chain: c1f1"), EscrowFault::Checksum(1));
    }

    proptest! {
        #[test]
        fn every_tip_comes_back_from_paper(tip in any::<[u8; 32]>(), shout in any::<bool>()) {
            let mut text = printed(tip);
            if shout {
                let (head, lines) = text.split_at(text.find("\n1 ").unwrap());
                text = format!("{head}{}", lines.to_uppercase().replace(' ', "   "));
            }
            let read = read(&text).unwrap();
            prop_assert!(Chain::open(chain(tip).anchor().clone(), read.tip).is_ok());
            prop_assert_eq!(read.chain, "c1f0");
        }
    }
}
