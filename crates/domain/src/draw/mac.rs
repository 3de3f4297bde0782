//! HMAC-SHA256 with prepared states: the draw hashes short messages by the million, and one whose
//! message fits a block costs two compressions and no copy. Byte for byte what the `hmac` crate
//! gives (a test compares them); the compression itself is `sha2`'s.

use sha2::block_api::compress256;
use zeroize::Zeroize;

/// The longest message that fits one block with its padding, in bytes.
pub const ONE_BLOCK_MAX: usize = 55;

const BLOCK: usize = 64;

/// First state of SHA-256 (FIPS 180-4, 5.3.3).
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// A key of HMAC-SHA256 (RFC 2104): the states after its two padded blocks.
#[derive(Clone)]
pub struct Mac {
    inner: [u32; 8],
    outer: [u32; 8],
}

/// A message of at most [`ONE_BLOCK_MAX`] bytes, padded as the last block of the inner hash. Bytes
/// of the message may be replaced in place, so that a run of messages costs no building.
#[derive(Clone)]
pub struct ShortMessage {
    block: [u8; BLOCK],
    length: usize,
}

impl Mac {
    /// The key's 32 bytes.
    pub fn new(key: &[u8; 32]) -> Mac {
        let after = |pad: u8| {
            let mut block = [pad; BLOCK];
            block.iter_mut().zip(key).for_each(|(b, k)| *b ^= k);
            let mut state = INITIAL;
            compress256(&mut state, &[block]);
            block.zeroize();
            state
        };
        Mac { inner: after(0x36), outer: after(0x5c) }
    }

    /// The tag of a message of any length.
    pub fn tag(&self, message: &[u8]) -> [u8; 32] {
        let mut state = self.inner;
        let (blocks, rest) = message.as_chunks::<BLOCK>();
        compress256(&mut state, blocks);
        let mut last = [[0; BLOCK]; 2];
        let used = if rest.len() > ONE_BLOCK_MAX { 2 } else { 1 };
        last[0][..rest.len()].copy_from_slice(rest);
        last[0][rest.len()] = 0x80;
        last[used - 1][BLOCK - 8..].copy_from_slice(&bits(message.len()));
        compress256(&mut state, &last[..used]);
        bytes(&self.finish(&state))
    }

    /// The tag of a short message.
    pub fn short_tag(&self, message: &ShortMessage) -> [u8; 32] {
        bytes(&self.short(message))
    }

    /// The first 8 bytes of that tag, big-endian.
    pub fn head(&self, message: &ShortMessage) -> u64 {
        let tag = self.short(message);
        u64::from(tag[0]) << 32 | u64::from(tag[1])
    }

    /// All 32 bytes of that tag as four numbers, big-endian.
    pub fn words(&self, message: &ShortMessage) -> [u64; 4] {
        let tag = self.short(message);
        std::array::from_fn(|i| u64::from(tag[2 * i]) << 32 | u64::from(tag[2 * i + 1]))
    }

    fn short(&self, message: &ShortMessage) -> [u32; 8] {
        let mut state = self.inner;
        compress256(&mut state, &[message.block]);
        self.finish(&state)
    }

    /// The outer hash, whose message is one inner tag.
    fn finish(&self, inner: &[u32; 8]) -> [u32; 8] {
        let mut block = [0; BLOCK];
        block[..32].copy_from_slice(&bytes(inner));
        block[32] = 0x80;
        block[BLOCK - 8..].copy_from_slice(&bits(32));
        let mut state = self.outer;
        compress256(&mut state, &[block]);
        state
    }
}

impl Drop for Mac {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

impl ShortMessage {
    /// `None` where the message is longer than [`ONE_BLOCK_MAX`].
    pub fn new(message: &[u8]) -> Option<ShortMessage> {
        let length = message.len();
        if length > ONE_BLOCK_MAX {
            return None;
        }
        let mut block = [0; BLOCK];
        block[..length].copy_from_slice(message);
        block[length] = 0x80;
        block[BLOCK - 8..].copy_from_slice(&bits(length));
        Some(ShortMessage { block, length })
    }

    /// Replaces bytes of the message from `at` on.
    ///
    /// # Panics
    /// They do not lie in the message.
    pub fn put(&mut self, at: usize, bytes: &[u8]) {
        self.block[..self.length][at..at + bytes.len()].copy_from_slice(bytes);
    }
}

/// Length in bits of a message after the key's block, as SHA-256 appends it.
fn bits(length: usize) -> [u8; 8] {
    ((BLOCK + length) as u64 * 8).to_be_bytes()
}

fn bytes(state: &[u32; 8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (chunk, word) in out.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *chunk = word.to_be_bytes();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, KeyInit, Mac as _};
    use proptest::prelude::*;
    use sha2::Sha256;

    fn by_the_crate(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
        let mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.chain_update(message).finalize().into_bytes().into()
    }

    #[test]
    fn every_length_around_the_block_edges_agrees_with_the_hmac_crate() {
        let key = std::array::from_fn(|i| i as u8 * 7);
        let mac = Mac::new(&key);
        let message: Vec<u8> = (0..300u16).map(|n| n as u8).collect();
        for length in 0..=message.len() {
            let part = &message[..length];
            assert_eq!(mac.tag(part), by_the_crate(&key, part), "{length}");
            assert_eq!(ShortMessage::new(part).is_some(), length <= 55);
            if let Some(short) = ShortMessage::new(part) {
                assert_eq!(mac.short_tag(&short), by_the_crate(&key, part), "{length}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_key_and_message_agree_with_the_hmac_crate(
            key in prop::array::uniform32(any::<u8>()),
            message in prop::collection::vec(any::<u8>(), 0..200),
            patch in prop::collection::vec(any::<u8>(), 1..20),
        ) {
            let mac = Mac::new(&key);
            prop_assert_eq!(mac.tag(&message), by_the_crate(&key, &message));
            let mut patched = message;
            patched.truncate(ONE_BLOCK_MAX);
            if let Some(mut short) = ShortMessage::new(&patched) && patch.len() <= patched.len() {
                let at = patched.len() - patch.len();
                short.put(at, &patch);
                patched[at..].copy_from_slice(&patch);
                let tag = by_the_crate(&key, &patched);
                prop_assert_eq!(mac.short_tag(&short), tag);
                prop_assert_eq!(&mac.head(&short).to_be_bytes(), &tag[..8]);
                prop_assert_eq!(mac.words(&short).map(u64::to_be_bytes).concat(), tag);
            }
        }
    }
}
