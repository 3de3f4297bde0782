//! The two messages of a STUN responder (RFC 8489): a Binding request and its answer. The form of the
//! bytes alone; a basic server without authentication (section 12) needs no more.

use std::net::{IpAddr, SocketAddr};

const COOKIE: u32 = 0x2112_A442;
const HEADER: usize = 20;
/// A request that fits into any path without fragments (section 6.1).
const BYTES_MAX: usize = 548;
const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;
const BINDING_ERROR: u16 = 0x0111;
const ERROR_CODE: u16 = 0x0009;
const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
/// Attributes below this must be understood (section 14).
const OPTIONAL_FROM: u16 = 0x8000;
/// Of those, what may stand in a request and changes nothing for us: names and hashes of credentials
/// we never ask for, and what ICE adds (RFC 8445).
const HARMLESS: [u16; 9] = [0x0006, 0x0008, 0x0014, 0x0015, 0x001C, 0x001D, 0x001E, 0x0024, 0x0025];
/// Unknown attributes named in an answer; the answer stays about as short as the request.
const NAMED_MAX: usize = 8;

/// A random number that ties an answer to its request.
pub(super) type Transaction = [u8; 12];

/// A request we answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    transaction: Transaction,
    /// Attributes that it wants understood and we do not know.
    unknown: Vec<u16>,
}

impl Request {
    /// Reads a datagram; `None` for everything that is no well-formed Binding request. Nothing is
    /// answered then: an answer to nonsense would be traffic at somebody else's wish.
    pub(super) fn read(datagram: &[u8]) -> Option<Request> {
        if datagram.len() > BYTES_MAX {
            return None;
        }
        let (header, mut rest) = datagram.split_first_chunk::<HEADER>()?;
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let is_binding = u16::from_be_bytes([header[0], header[1]]) == BINDING_REQUEST;
        let is_stun = header[4..8] == COOKIE.to_be_bytes();
        if !is_binding || !is_stun || length != rest.len() || !length.is_multiple_of(4) {
            return None;
        }
        let mut unknown = Vec::new();
        while !rest.is_empty() {
            let (head, value) = rest.split_first_chunk::<4>()?;
            let kind = u16::from_be_bytes([head[0], head[1]]);
            let padded = usize::from(u16::from_be_bytes([head[2], head[3]])).next_multiple_of(4);
            rest = value.get(padded..)?;
            if kind < OPTIONAL_FROM && !HARMLESS.contains(&kind) && unknown.len() < NAMED_MAX {
                unknown.push(kind);
            }
        }
        let transaction = header[8..].try_into().expect("twelve bytes are left");
        Some(Request { transaction, unknown })
    }

    /// Whether it asks for nothing we cannot do.
    pub(super) fn is_understood(&self) -> bool {
        self.unknown.is_empty()
    }

    /// The answer: the address it came from, or 420 with what was not understood. At most 24 bytes
    /// longer than the shortest request.
    pub(super) fn answer(&self, from: SocketAddr) -> Vec<u8> {
        match self.is_understood() {
            true => message(
                BINDING_SUCCESS,
                self.transaction,
                &[(XOR_MAPPED_ADDRESS, self.mapped(from))],
            ),
            false => {
                let named = self.unknown.iter().flat_map(|kind| kind.to_be_bytes()).collect();
                let code = vec![0, 0, 4, 20];
                message(
                    BINDING_ERROR,
                    self.transaction,
                    &[(ERROR_CODE, code), (UNKNOWN_ATTRIBUTES, named)],
                )
            }
        }
    }

    fn mapped(&self, from: SocketAddr) -> Vec<u8> {
        let port = from.port() ^ (COOKIE >> 16) as u16;
        let (family, octets) = match from.ip().to_canonical() {
            IpAddr::V4(address) => (1, address.octets().to_vec()),
            IpAddr::V6(address) => (2, address.octets().to_vec()),
        };
        let mut value = vec![0, family];
        value.extend(port.to_be_bytes());
        value.extend(octets.iter().zip(mask(self.transaction)).map(|(octet, mask)| octet ^ mask));
        value
    }
}

/// A Binding request without attributes.
pub(super) fn request(transaction: Transaction) -> Vec<u8> {
    message(BINDING_REQUEST, transaction, &[])
}

/// The address in the answer to such a request; `None` for everything else.
pub(super) fn mapped_in(datagram: &[u8], transaction: Transaction) -> Option<SocketAddr> {
    let (header, mut rest) = datagram.split_first_chunk::<HEADER>()?;
    let is_answer = u16::from_be_bytes([header[0], header[1]]) == BINDING_SUCCESS;
    let is_ours = header[4..8] == COOKIE.to_be_bytes() && header[8..] == transaction;
    if !is_answer || !is_ours {
        return None;
    }
    while let Some((head, value)) = rest.split_first_chunk::<4>() {
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        if kind == XOR_MAPPED_ADDRESS {
            return unmapped(value.get(..length)?, transaction);
        }
        rest = value.get(length.next_multiple_of(4)..)?;
    }
    None
}

fn unmapped(value: &[u8], transaction: Transaction) -> Option<SocketAddr> {
    let ([_, family, high, low], address) = value.split_first_chunk::<4>()?;
    let port = u16::from_be_bytes([*high, *low]) ^ (COOKIE >> 16) as u16;
    let plain: Vec<u8> =
        address.iter().zip(mask(transaction)).map(|(byte, mask)| byte ^ mask).collect();
    let ip = match family {
        1 => IpAddr::from(<[u8; 4]>::try_from(plain).ok()?),
        2 => IpAddr::from(<[u8; 16]>::try_from(plain).ok()?),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

fn message(kind: u16, transaction: Transaction, attributes: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (kind, value) in attributes {
        body.extend(kind.to_be_bytes());
        body.extend((value.len() as u16).to_be_bytes());
        body.extend(value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut message = Vec::with_capacity(HEADER + body.len());
    message.extend(kind.to_be_bytes());
    message.extend((body.len() as u16).to_be_bytes());
    message.extend(COOKIE.to_be_bytes());
    message.extend(transaction);
    message.extend(body);
    message
}

/// Section 14.2: hides an address from routers that would rewrite it.
fn mask(transaction: Transaction) -> impl Iterator<Item = u8> {
    COOKIE.to_be_bytes().into_iter().chain(transaction)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex::decode(hex.replace([' ', '\n'], "")).unwrap()
    }

    /// RFC 5769, section 2.1 (its vectors hold for RFC 8489, too).
    const REQUEST: &str = "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf";
    const TRANSACTION: &str = "b7e7a701bc34d686fa87dfae";

    #[test]
    fn the_request_of_the_rfc_is_understood() {
        let request = Request::read(&bytes(REQUEST)).unwrap();
        assert_eq!(hex::encode(request.transaction), TRANSACTION);
        assert!(request.is_understood(), "{:04x?}", request.unknown);
    }

    /// RFC 5769, sections 2.2 and 2.3: the mapped addresses of its answers.
    #[test]
    fn addresses_are_written_as_in_the_rfc() {
        let request = Request::read(&bytes(REQUEST)).unwrap();
        for (address, attribute) in [
            ("192.0.2.1:32853", "0020 0008 0001 a147 e112a643"),
            (
                "[2001:db8:1234:5678:11:2233:4455:6677]:32853",
                "0020 0014 0002 a147 0113a9faa5d3f179bc25f4b5bed2b9d9",
            ),
            ("[::ffff:192.0.2.1]:32853", "0020 0008 0001 a147 e112a643"),
        ] {
            let answer = request.answer(address.parse().unwrap());
            assert_eq!(answer[20..], bytes(attribute), "{address}");
            assert_eq!(answer[..8], bytes(&format!("0101 00{:02x} 2112a442", answer.len() - 20)));
            assert_eq!(hex::encode(&answer[8..20]), TRANSACTION);
            assert!(answer.len() <= 20 + 24);
            let read = mapped_in(&answer, request.transaction).unwrap();
            let sent: SocketAddr = address.parse().unwrap();
            assert_eq!((read.ip(), read.port()), (sent.ip().to_canonical(), sent.port()));
            assert_eq!(mapped_in(&answer, [0; 12]), None, "the answer to another request");
            assert_eq!(mapped_in(&answer[..answer.len() - 1], request.transaction), None);
        }
        let ours = super::request(request.transaction);
        assert_eq!(Request::read(&ours), Some(Request { unknown: vec![], ..request }));
        assert_eq!(mapped_in(&ours, [0; 12]), None, "a request is no answer");
    }

    #[test]
    fn what_must_be_understood_and_is_not_is_named() {
        // CHANGE-REQUEST of RFC 5780, which would have us answer from elsewhere.
        let asked = bytes(&format!("0001 0008 2112a442 {TRANSACTION} 0003 0004 00000006"));
        let answer = Request::read(&asked).unwrap().answer("192.0.2.1:9".parse().unwrap());
        let expected =
            format!("0111 0010 2112a442 {TRANSACTION} 0009 0004 00000414 000a 0002 0003 0000");
        assert_eq!(answer, bytes(&expected));
        let many = format!("0001 0190 2112a442 {TRANSACTION} {}", "0003 0000".repeat(100));
        let answer = Request::read(&bytes(&many)).unwrap().answer("192.0.2.1:9".parse().unwrap());
        assert!(answer.len() < 60, "an answer is short whatever was asked");
    }

    #[test]
    fn nothing_else_is_answered() {
        let good = bytes(&format!("0001 0000 2112a442 {TRANSACTION}"));
        assert!(Request::read(&good).is_some());
        let mut response = good.clone();
        response[0] = 1; // a success response: answering one would start a ping-pong
        let mut cookie = good.clone();
        cookie[5] = 0;
        let mut rtp = good.clone();
        rtp[0] = 0x80;
        let too_short = &good[..19];
        let with_tail = [&good[..], &[0; 4]].concat();
        let lying = bytes(&format!("0001 0004 2112a442 {TRANSACTION} 8022 0010"));
        for datagram in [&[][..], &response, &cookie, &rtp, too_short, &with_tail, &lying] {
            assert_eq!(Request::read(datagram), None, "{}", hex::encode(datagram));
        }
        let long = [bytes(&format!("0001 0300 2112a442 {TRANSACTION}")), vec![0; 768]].concat();
        assert_eq!(Request::read(&long), None);
    }
}
