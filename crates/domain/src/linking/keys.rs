//! Lines, cells, networks and devices as keyed tags: two observations can be compared without
//! keeping what was compared. Equal under one key only; the key is the caller's and never leaves.

use super::cells::Cell;
use super::lines::line_bytes;
use super::sites::Network;
use crate::draw::mac::Mac;
use std::net::IpAddr;

/// The first 16 bytes of HMAC-SHA256 over a kind byte and the value.
pub type Tag = [u8; 16];

pub(super) struct Keyer {
    mac: Mac,
}

impl Keyer {
    pub(super) fn new(key: &[u8; 32]) -> Keyer {
        Keyer { mac: Mac::new(key) }
    }

    pub(super) fn line(&self, address: IpAddr) -> Tag {
        let (bytes, length) = line_bytes(address);
        self.tag(b'i', &bytes[..length])
    }

    /// A network of 24 bits (IPv4) or 48 (IPv6) and more addresses.
    pub(super) fn prefix(&self, network: Network) -> Tag {
        self.tag(b'p', &network.prefix_bytes())
    }

    /// Everything an observation is compared by, as one.
    pub(super) fn whole(&self, bytes: &[u8]) -> Tag {
        self.tag(b'o', bytes)
    }

    pub(super) fn cell(&self, cell: Cell) -> Tag {
        let mut bytes = [cell.grid; 9];
        bytes[1..5].copy_from_slice(&cell.x.to_be_bytes());
        bytes[5..].copy_from_slice(&cell.y.to_be_bytes());
        self.tag(b'c', &bytes)
    }

    pub(super) fn device(&self, key: &str) -> Tag {
        self.tag(b'd', key.as_bytes())
    }

    pub(super) fn lan(&self, lan_id: &str) -> Tag {
        self.tag(b'l', lan_id.as_bytes())
    }

    pub(super) fn delivery(&self, key: &str) -> Tag {
        self.tag(b'a', key.as_bytes())
    }

    pub(super) fn payroll(&self, key: &str) -> Tag {
        self.tag(b'm', key.as_bytes())
    }

    fn tag(&self, kind: u8, value: &[u8]) -> Tag {
        const SHORT: usize = 55;
        let mut short = [kind; SHORT];
        let whole = match short.get_mut(1..=value.len()) {
            Some(room) => {
                room.copy_from_slice(value);
                self.mac.tag(&short[..=value.len()])
            }
            None => self.mac.tag(&[&[kind], value].concat()),
        };
        let mut tag = [0; 16];
        tag.copy_from_slice(&whole[..16]);
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_keys_keep_equal_values_apart() {
        let (one, two) = (Keyer::new(&[1; 32]), Keyer::new(&[2; 32]));
        assert_ne!(one.device("x"), one.lan("x"));
        assert_ne!(one.device("x"), two.device("x"));
        assert_eq!(one.device("x"), one.device("x"));
        let long = "x".repeat(54);
        for n in [53, 54, 55, 80] {
            let text = "y".repeat(n);
            assert_ne!(one.lan(&text), one.lan(&long), "{n}");
            assert_eq!(one.lan(&text)[..], one.mac.tag(format!("l{text}").as_bytes())[..16]);
        }
    }
}
