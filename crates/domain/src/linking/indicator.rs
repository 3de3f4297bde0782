//! What security may ask for, one a line: `203.0.113.7`, `203.0.113.0/24`, `AS64500`, `2026-11-23`,
//! `lan:...`, `device:...`.

use super::sites::Network;
use crate::msg;
use jiff::civil::Date;
use std::net::IpAddr;
use std::str::FromStr;

/// One thing that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Indicator {
    Address(IpAddr),
    Network(Network),
    Asn(u32),
    Day(Date),
    Device(String),
    Lan(String),
}

impl Indicator {
    /// What it is, for people.
    pub const fn kind(&self) -> &'static str {
        match self {
            Indicator::Address(IpAddr::V4(_)) => msg!("address"),
            Indicator::Address(IpAddr::V6(_)) => msg!("line (the /64 of this address)"),
            Indicator::Network(_) => msg!("range of addresses"),
            Indicator::Asn(_) => msg!("network number"),
            Indicator::Day(_) => msg!("date"),
            Indicator::Device(_) => msg!("device key"),
            Indicator::Lan(_) => msg!("local network"),
        }
    }
}

impl FromStr for Indicator {
    /// What would be accepted.
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Indicator, &'static str> {
        // Published lists write 203.0.113[.]7, so that nobody follows it by mistake.
        let text = &text.trim().replace("[.]", ".");
        let named = text.split_once(':').map(|(name, rest)| (name, rest.trim()));
        match named {
            Some(("device", key)) if !key.is_empty() => {
                return Ok(Indicator::Device(key.to_owned()));
            }
            Some(("lan", id)) if !id.is_empty() => return Ok(Indicator::Lan(id.to_owned())),
            _ => {}
        }
        if let Ok(address) = text.parse() {
            return Ok(Indicator::Address(address));
        }
        if let Some(network) = text.contains('/').then(|| text.parse::<Network>().ok()).flatten() {
            return match network.is_too_wide() {
                true => Err(msg!("a range with at least 8 (IPv4) or 32 (IPv6) fixed bits")),
                false => Ok(Indicator::Network(network)),
            };
        }
        let number = text.strip_prefix("AS").or_else(|| text.strip_prefix("as"));
        if let Some(asn) = number.and_then(|digits| digits.parse().ok()) {
            return Ok(Indicator::Asn(asn));
        }
        if let Ok(day) = text.parse() {
            return Ok(Indicator::Day(day));
        }
        Err(msg!(
            "an address, a range such as 203.0.113.0/24, AS64500, a date such as 2026-11-23, \
             device:KEY or lan:ID"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_and_anything_else_is_told_what_would_be() {
        let kind = |text: &str| text.parse::<Indicator>().map(|i| i.kind());
        let table = [
            ("203.0.113.7", "address"),
            ("2001:db8::7", "line (the /64 of this address)"),
            ("203[.]0[.]113[.]7", "address"),
            ("203.0.113.0/24", "range of addresses"),
            ("AS64500", "network number"),
            ("2026-11-23", "date"),
            ("device: 9f:aa", "device key"),
            ("lan:fd3c:91a2::/64", "local network"),
        ];
        for (text, expected) in table {
            assert_eq!(kind(text), Ok(expected), "{text}");
        }
        for bad in ["", "somebody", "203.0.113.0/33", "AS-1", "device:"] {
            assert!(kind(bad).unwrap_err().contains("AS64500"), "{bad}");
        }
        assert!(kind("0.0.0.0/0").unwrap_err().contains("fixed bits"));
    }
}
