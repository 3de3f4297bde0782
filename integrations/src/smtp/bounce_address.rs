//! Where mail that cannot be delivered comes back to: each mail leaves with an envelope sender of its own
//! (variable envelope return path), so that a report names the mail even if it quotes nothing of it.

use std::str::FromStr;

/// `bounces@acme.example`. Mail leaves as `bounces+ID@acme.example`, where `ID` is the left part of its
/// Message-ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BounceAddress {
    local: String,
    domain: String,
}

/// RFC 5321 section 4.5.3.1.1.
const LOCAL_LENGTH_MAX: usize = 64;
/// `+` and 160 bits in hexadecimal.
const TAG_LENGTH: usize = 41;

impl FromStr for BounceAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<BounceAddress, &'static str> {
        const ACCEPTED: &str = "an address such as bounces@acme.example, of at most 23 letters before the @, without +";
        let (local, domain) = text.split_once('@').ok_or(ACCEPTED)?;
        let is_local = !local.is_empty()
            && local.len() + TAG_LENGTH <= LOCAL_LENGTH_MAX
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
        let is_address = text.parse::<lettre::Address>().is_ok();
        match is_local && is_address {
            true => Ok(BounceAddress { local: local.to_owned(), domain: domain.to_owned() }),
            false => Err(ACCEPTED),
        }
    }
}

impl BounceAddress {
    /// The envelope sender of a mail.
    pub fn of(&self, message_id: &str) -> String {
        format!("{}+{}@{}", self.local, left(message_id), self.domain)
    }

    /// The left part of the Message-ID that an address names, if it is one of ours.
    pub fn mail_named_by<'a>(&self, address: &'a str) -> Option<&'a str> {
        let address = address.trim().trim_start_matches('<').trim_end_matches('>');
        let (local, domain) = address.rsplit_once('@')?;
        let (base, tag) = local.split_once('+')?;
        let is_ours =
            base.eq_ignore_ascii_case(&self.local) && domain.eq_ignore_ascii_case(&self.domain);
        is_ours.then_some(tag)
    }
}

/// What stands before the `@` of a Message-ID, with or without its brackets.
pub(super) fn left(message_id: &str) -> &str {
    let bare = message_id.trim().trim_start_matches('<').trim_end_matches('>');
    bare.split_once('@').map_or(bare, |(left, _)| left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_mail_and_no_other_address_does() {
        let bounces: BounceAddress = "bounces@acme.example".parse().unwrap();
        let sender = bounces.of("0a1b@acme.example");
        assert_eq!(sender, "bounces+0a1b@acme.example");
        assert_eq!(bounces.mail_named_by(&sender), Some("0a1b"));
        assert_eq!(bounces.mail_named_by("<Bounces+0a1b@ACME.example>"), Some("0a1b"));
        for other in
            ["bounces@acme.example", "bounces+0a1b@evil.example", "x+0a1b@acme.example", ""]
        {
            assert_eq!(bounces.mail_named_by(other), None, "{other}");
        }
        let id = "a".repeat(40) + "@acme.example";
        let longest: BounceAddress = format!("{}@acme.example", "b".repeat(23)).parse().unwrap();
        assert!(longest.of(&id).parse::<lettre::Address>().is_ok());
    }

    #[test]
    fn what_cannot_carry_a_tag_is_refused() {
        for text in ["", "bounces", "@acme.example", "a+b@acme.example", "a b@acme.example"] {
            assert!(text.parse::<BounceAddress>().is_err(), "{text}");
        }
        assert!(format!("{}@acme.example", "b".repeat(24)).parse::<BounceAddress>().is_err());
    }
}
