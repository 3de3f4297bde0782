//! Names a mail carries in its header: Message-ID, thread, List-Id, calendar UID.
//!
//! All are HMAC-SHA256 over ids under a key of the installation: stable across attempts, and
//! telling nobody outside who or what they stand for.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Which kind of mail this is, for filters and the List-Id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum List {
    SignIn,
    CheckIns,
    Cases,
    Duty,
    Administration,
    Operation,
}

impl List {
    pub const ALL: &'static [List] = &[
        List::SignIn,
        List::CheckIns,
        List::Cases,
        List::Duty,
        List::Administration,
        List::Operation,
    ];

    /// The label before the domain.
    pub const fn label(self) -> &'static str {
        match self {
            List::SignIn => "sign-in",
            List::CheckIns => "check-ins",
            List::Cases => "cases",
            List::Duty => "duty",
            List::Administration => "administration",
            List::Operation => "operation",
        }
    }

    /// The List-Id value without angle brackets (RFC 2919), e.g. `cases.muster.example`.
    pub fn list_id(self, domain: &MailDomain) -> String {
        format!("{}.{}", self.label(), domain.0)
    }
}

/// A domain that may stand behind the `@` of a Message-ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailDomain(String);

/// A domain that may not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a host name: letters, digits, hyphens and dots, at most 190 characters")]
pub struct MailDomainError(pub String);

impl MailDomain {
    /// Accepts a host name of letters, digits, hyphens and dots; keeps it in lower case. At most
    /// 190 characters, so that a header line with it stays below 255.
    pub fn parse(text: &str) -> Result<MailDomain, MailDomainError> {
        let label = |l: &str| {
            !l.is_empty()
                && !l.starts_with('-')
                && !l.ends_with('-')
                && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        if text.len() > 190 || !text.split('.').all(label) {
            return Err(MailDomainError(text.to_owned()));
        }
        Ok(MailDomain(text.to_ascii_lowercase()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The Message-ID of one notification, without angle brackets: the same parts always give the
/// same id. Each part is hashed behind its length, so that `["a", "bc"]` and `["ab", "c"]` differ.
pub fn message_id(key: &[u8], parts: &[&str], domain: &MailDomain) -> String {
    format!("{}@{}", digest(key, "message", parts), domain.0)
}

/// The UID of a calendar object, which stays through every update and the cancellation.
pub fn calendar_uid(key: &[u8], parts: &[&str], domain: &MailDomain) -> String {
    format!("{}@{}", digest(key, "calendar", parts), domain.0)
}

/// Message-ID and thread of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailIdentity {
    pub message_id: String,
    /// Message-ID of the first mail of the thread, unless this is it.
    pub in_reply_to: Option<String>,
}

/// One conversation with one recipient: a check-in, a case, a policy version.
#[derive(Debug, Clone, Copy)]
pub struct Thread<'a> {
    /// Kind of the row the thread is about, e.g. `case`.
    pub kind: &'a str,
    /// Its id.
    pub id: &'a str,
    /// Id of the person it is written to.
    pub recipient: &'a str,
}

impl Thread<'_> {
    /// The mail that begins the thread.
    pub fn first(&self, key: &[u8], domain: &MailDomain) -> MailIdentity {
        MailIdentity { message_id: self.root(key, domain), in_reply_to: None }
    }

    /// A later mail, told apart by its parts (step, repeat, sequence): it answers the first one.
    pub fn later(&self, key: &[u8], parts: &[&str], domain: &MailDomain) -> MailIdentity {
        let mut all = vec!["later", self.kind, self.id, self.recipient];
        all.extend_from_slice(parts);
        MailIdentity {
            message_id: message_id(key, &all, domain),
            in_reply_to: Some(self.root(key, domain)),
        }
    }

    fn root(&self, key: &[u8], domain: &MailDomain) -> String {
        message_id(key, &["first", self.kind, self.id, self.recipient], domain)
    }
}

/// 160 bits in hexadecimal.
fn digest(key: &[u8], purpose: &str, parts: &[&str]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in ["muster mail v1", purpose].iter().chain(parts) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    hex::encode(&mac.finalize().into_bytes()[..20])
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"a key of this installation";

    fn domain() -> MailDomain {
        MailDomain::parse("Muster.Example").unwrap()
    }

    #[test]
    fn the_same_notification_has_the_same_id_on_every_attempt() {
        let a = message_id(KEY, &["case", "2031", "step 1", "p7"], &domain());
        assert_eq!(a, message_id(KEY, &["case", "2031", "step 1", "p7"], &domain()));
        assert!(a.ends_with("@muster.example") && a.is_ascii() && a.len() == 40 + 15);
        assert!(!a.contains("2031"));
    }

    #[test]
    fn parts_do_not_run_into_each_other_and_the_key_matters() {
        let id = |parts: &[&str]| message_id(KEY, parts, &domain());
        assert_ne!(id(&["a", "bc"]), id(&["ab", "c"]));
        assert_ne!(id(&["a"]), id(&["a", ""]));
        assert_ne!(id(&["a"]), message_id(b"another key", &["a"], &domain()));
        assert_ne!(id(&["a"]), calendar_uid(KEY, &["a"], &domain()));
    }

    #[test]
    fn later_mails_answer_the_first_of_the_same_recipient() {
        let thread = Thread { kind: "case", id: "c1", recipient: "p1" };
        let first = thread.first(KEY, &domain());
        let later = thread.later(KEY, &["2", "0"], &domain());
        assert_eq!(first.in_reply_to, None);
        assert_eq!(later.in_reply_to.as_ref(), Some(&first.message_id));
        assert_ne!(later.message_id, thread.later(KEY, &["2", "1"], &domain()).message_id);
        let other = Thread { recipient: "p2", ..thread }.first(KEY, &domain());
        assert_ne!(other.message_id, first.message_id);
    }

    #[test]
    fn a_domain_cannot_break_the_header() {
        for bad in ["", "a..b", "a b.example", "x.example\r\nBcc: y", "-a.example", "ä.example"] {
            assert!(MailDomain::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(List::Cases.list_id(&domain()), "cases.muster.example");
    }
}
