//! What other systems report about somebody: the words, the form of a report, and its signature. A
//! report decides nothing; it is one finding among others in the person's next session.

use crate::judging::finding::Severity;
use crate::msg;
use crate::time::{DAY_MS, UtcMillis};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// How far the time of a signature may be from ours, in seconds: clocks, queues, one retry.
pub const SIGNED_WITHIN_S: i64 = 300;
/// Longest body.
pub const BODY_BYTES_MAX: usize = 8 * 1024;
/// A report about something longer ago is history and is not taken.
pub const OLDEST_DAYS: i64 = 30;
/// Longest text for the reviewer, in characters.
pub const DETAIL_CHARS_MAX: usize = 300;
const SENDER_ID_BYTES_MAX: usize = 100;

words! {
    /// What another system saw. Closed on purpose: nothing about performance, mood or content.
    pub enum ExternalKind {
        /// Endpoint protection saw a remote-control tool on the work laptop.
        RemoteControlTool = "remote_control_tool",
        /// Endpoint protection saw a KVM switch or its USB signs.
        KvmHint = "kvm_hint",
        /// The identity provider calls a sign-in risky.
        IdentityRisk = "identity_risk",
        /// HR's system notes a new address.
        AddressChanged = "address_changed",
        /// HR's system notes a new bank account.
        BankChanged = "bank_changed",
    }
}

impl ExternalKind {
    /// The rule that reads reports of this kind.
    pub const fn rule_id(self) -> &'static str {
        match self {
            ExternalKind::RemoteControlTool => "reported-remote-control",
            ExternalKind::KvmHint => "reported-kvm",
            ExternalKind::IdentityRisk => "reported-identity-risk",
            ExternalKind::AddressChanged | ExternalKind::BankChanged => "reported-record-change",
        }
    }

    /// What was seen, for people, as the beginning of a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            ExternalKind::RemoteControlTool => msg!("A tool for remote control"),
            ExternalKind::KvmHint => msg!("Signs of a KVM switch"),
            ExternalKind::IdentityRisk => msg!("A risky sign-in"),
            ExternalKind::AddressChanged => msg!("A new address"),
            ExternalKind::BankChanged => msg!("A new bank account"),
        }
    }
}

/// One report as judging reads it. Holds no ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalReport {
    pub kind: ExternalKind,
    /// As the sender says, never above `high`.
    pub severity: Severity,
    pub at: UtcMillis,
    /// The name under which the sender is known here.
    pub sender: String,
    /// For the reviewer.
    pub detail: Option<String>,
}

/// One report as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The sender's own id of it.
    pub id: String,
    pub employee_id: String,
    pub kind: ExternalKind,
    pub severity: Severity,
    pub at: UtcMillis,
    pub detail: Option<String>,
}

/// One field that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldFault {
    pub field: &'static str,
    pub problem: String,
    pub accepted: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    id: Option<String>,
    employee_id: Option<String>,
    kind: Option<String>,
    severity: Option<String>,
    at: Option<String>,
    detail: Option<String>,
}

impl Delivered {
    /// Reads a body that was signed.
    ///
    /// # Errors
    /// Every fault, with what would be accepted.
    pub fn parse(body: &[u8], now: UtcMillis) -> Result<Delivered, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let mut fault = |field, problem: &str, accepted: String| {
            faults.push(FieldFault { field, problem: problem.to_owned(), accepted });
        };
        let wire: Wire = match serde_json::from_slice(body) {
            Ok(wire) => wire,
            Err(error) => {
                let accepted =
                    "an object with id, employee_id, kind, severity, at and detail, all texts";
                return Err(vec![FieldFault {
                    field: "body",
                    problem: error.to_string(),
                    accepted: accepted.to_owned(),
                }]);
            }
        };
        let id = wire.id.filter(|id| is_sender_id(id)).unwrap_or_else(|| {
            let accepted =
                "your own id: 1 to 100 letters, digits, dots, colons, hyphens, underscores";
            fault("id", "is missing or no id", accepted.to_owned());
            String::new()
        });
        let employee_id =
            wire.employee_id.filter(|id| !id.trim().is_empty()).unwrap_or_else(|| {
                fault("employee_id", "is missing", "the employee_id of the roster".to_owned());
                String::new()
            });
        let kind = wire.kind.as_deref().and_then(ExternalKind::from_code);
        if kind.is_none() {
            fault(
                "kind",
                "is missing or not known",
                listed(ExternalKind::ALL.iter().map(|k| k.code())),
            );
        }
        let severity = wire.severity.as_deref().and_then(Severity::from_code);
        if severity.is_none() {
            fault(
                "severity",
                "is missing or not known",
                listed(Severity::ALL.iter().map(|s| s.code())),
            );
        }
        let at = wire.at.as_deref().and_then(|at| at.parse::<jiff::Timestamp>().ok());
        let at = at.map(|at| UtcMillis(at.as_millisecond()));
        let is_recent = |at: &UtcMillis| {
            at.0 <= now.0 + SIGNED_WITHIN_S * 1_000 && at.0 > now.0 - OLDEST_DAYS * DAY_MS
        };
        if at.filter(is_recent).is_none() {
            let accepted = "when it was seen, RFC 3339 with offset, within the last 30 days";
            fault("at", "is missing, no time, to come or too old", accepted.to_owned());
        }
        let detail = wire.detail.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let is_long = |text: &String| text.chars().count() > DETAIL_CHARS_MAX;
        if detail.as_ref().is_some_and(|text| is_long(text) || text.chars().any(char::is_control)) {
            fault(
                "detail",
                "is too long or has control characters",
                "one line of at most 300 characters".to_owned(),
            );
        }
        match (kind, severity, at) {
            (Some(kind), Some(severity), Some(at)) if faults.is_empty() => Ok(Delivered {
                id,
                employee_id,
                kind,
                severity: severity.min(Severity::High),
                at,
                detail,
            }),
            _ => Err(faults),
        }
    }
}

fn is_sender_id(id: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'-' | b'_');
    (1..=SENDER_ID_BYTES_MAX).contains(&id.len()) && id.bytes().all(is_plain)
}

fn listed<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    codes.collect::<Vec<_>>().join(", ")
}

/// `t=1764201600,v1=<64 hexadecimal digits>`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// When it was signed, seconds since 1970.
    pub signed_s: i64,
    mac: [u8; 32],
}

impl Signature {
    /// Reads the header.
    pub fn parse(header: &str) -> Option<Signature> {
        let (time, mac) = header.trim().split_once(',')?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(mac.trim().strip_prefix("v1=")?, &mut bytes).ok()?;
        let signed_s = time.trim().strip_prefix("t=")?.parse().ok()?;
        Some(Signature { signed_s, mac: bytes })
    }

    /// Signs as a sender does: HMAC-SHA256 over the time in decimal, a dot, and the body as sent.
    pub fn sign(key: &str, signed_s: i64, body: &[u8]) -> Signature {
        Signature { signed_s, mac: keyed(key, signed_s, body).finalize().into_bytes().into() }
    }

    /// Whether it is of this body, under this key.
    pub fn fits(&self, key: &str, body: &[u8]) -> bool {
        keyed(key, self.signed_s, body).verify_slice(&self.mac).is_ok()
    }

    /// Whether it was signed around now.
    pub fn is_fresh(&self, now: UtcMillis) -> bool {
        (now.0.div_euclid(1_000) - self.signed_s).abs() <= SIGNED_WITHIN_S
    }
}

impl std::fmt::Display for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "t={},v1={}", self.signed_s, hex::encode(self.mac))
    }
}

fn keyed(key: &str, signed_s: i64, body: &[u8]) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any key length is accepted");
    mac.chain_update(format!("{signed_s}.")).chain_update(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UtcMillis = UtcMillis(1_796_126_400_000);
    const GOOD: &str = r#"{"id":"edr-1","employee_id":"anna","kind":"kvm_hint","severity":"critical",
        "at":"2026-12-01T11:59:00Z","detail":"a second keyboard"}"#;

    #[test]
    fn a_report_is_read_and_never_weighs_more_than_high() {
        let read = Delivered::parse(GOOD.as_bytes(), NOW).unwrap();
        assert_eq!((read.kind, read.severity), (ExternalKind::KvmHint, Severity::High));
        let low = Delivered::parse(GOOD.replace("critical", "low").as_bytes(), NOW).unwrap();
        assert_eq!(low.severity, Severity::Low);
    }

    #[test]
    fn every_fault_is_told_at_once_with_what_would_be_accepted() {
        let faults = Delivered::parse(b"{}", NOW).unwrap_err();
        let fields: Vec<&str> = faults.iter().map(|f| f.field).collect();
        assert_eq!(fields, ["id", "employee_id", "kind", "severity", "at"]);
        assert!(faults[2].accepted.contains("remote_control_tool, kvm_hint"));
        for (from, to, field) in [
            ("edr-1", "edr 1", "id"),
            ("kvm_hint", "slow_worker", "kind"),
            ("2026-12-01T11:59:00Z", "2026-12-02T11:59:00Z", "at"),
            ("2026-12-01T11:59:00Z", "2026-10-01T11:59:00Z", "at"),
            ("2026-12-01T11:59:00Z", "yesterday", "at"),
            ("a second", "a\\nsecond", "detail"),
            ("\"detail\"", "\"score\"", "body"),
            ("\"edr-1\"", "7", "body"),
        ] {
            let faults = Delivered::parse(GOOD.replace(from, to).as_bytes(), NOW).unwrap_err();
            assert_eq!(faults.iter().map(|f| f.field).collect::<Vec<_>>(), [field], "{to}");
        }
        assert_eq!(Delivered::parse(b"hello", NOW).unwrap_err()[0].field, "body");
    }

    /// The value of `printf '%s.%s' 1764201600 '{}' | openssl dgst -sha256 -hmac key`.
    #[test]
    fn a_signature_is_of_one_time_and_one_body() {
        let signed = Signature::sign("key", 1_764_201_600, b"{}");
        let text = signed.to_string();
        assert_eq!(
            text,
            "t=1764201600,v1=48918fbf1778e8315aca04da0af1f21121480d629aa0a89a2dfaf35739827318"
        );
        let read = Signature::parse(&text).unwrap();
        assert!(read == signed && read.fits("key", b"{}"));
        assert!(!read.fits("kez", b"{}") && !read.fits("key", b"{ }"));
        let later = Signature { signed_s: 1_764_201_601, ..read.clone() };
        assert!(!later.fits("key", b"{}"));
        for bad in ["", "t=1", "t=x,v1=00", "v1=00,t=1", "t=1764201600,v1=zz", "t=1764201600"] {
            assert!(Signature::parse(bad).is_none(), "{bad}");
        }
        let at = |s: i64| UtcMillis((1_764_201_600 + s) * 1_000);
        assert!(read.is_fresh(at(300)) && read.is_fresh(at(-300)));
        assert!(!read.is_fresh(at(301)) && !read.is_fresh(at(-301)));
    }
}
