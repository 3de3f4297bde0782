//! The lines of a bundle. A committed row and a log entry stand as the very bytes that were hashed;
//! everything else is canonical JSON of an object with one member.

use super::finding::Fault;
use crate::audit::{Hash, canonical};
use crate::draw::{
    Boundary, PersonRow, PolicyRow, TAKEN_DAYS_AFTER, TAKEN_DAYS_BEFORE, VerifierRow,
};
use crate::msg;
use crate::sentence::Sentence;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Name and version of the format.
pub const FORMAT: &str = "muster/draw-bundle/v1";

/// Labels before the period whose boundaries are recomputed too: they took capacity from it.
pub const LEAD_IN_DAYS: i32 = TAKEN_DAYS_BEFORE;

/// Labels after the period that may stand before its last ones in the order of plans.
pub const LEAD_OUT_DAYS: i32 = TAKEN_DAYS_AFTER;

/// A period has at most so many labels.
pub const PERIOD_DAYS_MAX: i32 = 3_660;

/// Commitments that a bundle opens, by kind of entry.
pub const OPENED: &[(&str, &[&str])] = &[
    ("absence-entered", &["first_day", "last_day"]),
    ("absence-removed", &["first_day", "last_day"]),
    ("check-in-announced", &["notice_minutes", "start_ms", "verifier"]),
    ("check-in-not-announced", &["cause", "notice_minutes", "start_ms", "verifier"]),
    ("draw-token-changed", &["employee_nonce", "token"]),
    ("manager-changed", &["manager"]),
    ("person-joined", &["manager", "server_nonce", "token"]),
    ("verifier-replaced", &["from", "to"]),
];

/// Kinds of entries that a bundle shows where the others are hashed.
pub const SHOWN: &[&str] = &[
    "absence-entered",
    "absence-removed",
    "check-in-announced",
    "check-in-judged",
    "check-in-moved",
    "check-in-not-announced",
    "check-in-slot-refused",
    "draw-anchor",
    "draw-beacon",
    "draw-boundary-dropped",
    "draw-chain-retired",
    "draw-chain-rotated",
    "draw-inputs",
    "draw-key-delivered",
    "draw-key-revealed",
    "draw-label-closed",
    "draw-single-lock",
    "draw-token-changed",
    "installation-created",
    "manager-changed",
    "manual-check-in-ordered",
    "person-erased",
    "person-joined",
    "person-left",
    "policy-activated",
    "pool-entered",
    "pool-left",
    "private-blocks-changed",
    "programme-paused",
    "programme-resumed",
    "service-outage",
    "verifier-replaced",
];

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub format: String,
    /// First label of the period.
    pub from: Date,
    /// Public half of the key that signs the log, lower-case hexadecimal.
    pub log_key: String,
    /// The installation's public random name.
    pub org: String,
    /// Name of the log.
    pub origin: String,
    /// Last label of the period.
    pub to: Date,
}

/// The newest signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    pub note: String,
}

/// A key that is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevealedKey {
    pub chain: String,
    /// Lower-case hexadecimal.
    pub key: String,
    pub label: Date,
}

/// Salt and value of one commitment of the entry before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    pub field: String,
    /// Lower-case hexadecimal.
    pub salt: String,
    pub value: Value,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Lines before this one.
    pub lines: u64,
    /// SHA-256 over every byte before this line, lower-case hexadecimal.
    pub sha256: String,
}

/// A line as it is read.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Line {
    Bundle(Header),
    Checkpoint(Note),
    Key(RevealedKey),
    Opening(Opening),
    /// Leaf hashes of entries that are not shown, in order, 64 hexadecimal digits each.
    Hashes(Vec<String>),
    Boundary(Boundary),
    Policy(PolicyRow),
    Verifier(VerifierRow),
    Person(PersonRow),
    /// The leaf hash of a row whose person was erased.
    Erased(String),
    End(End),
    #[serde(skip)]
    Entry(Box<Entry>),
}

/// A log entry as it is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    #[serde(rename = "v")]
    pub version: u8,
    pub at_ms: i64,
    pub kind: String,
    #[serde(default)]
    pub actor: Option<Uuid>,
    #[serde(default)]
    pub subject: Option<Uuid>,
    pub facts: Map<String, Value>,
    pub commitments: Map<String, Value>,
}

impl Entry {
    pub fn text(&self, fact: &str) -> Option<&str> {
        self.facts.get(fact).and_then(Value::as_str)
    }

    pub fn number(&self, fact: &str) -> Option<i64> {
        self.facts.get(fact).and_then(Value::as_i64)
    }

    pub fn date(&self, fact: &str) -> Option<Date> {
        self.text(fact)?.parse().ok()
    }
}

/// Reads one line, without its line break. `number` is for the message.
pub(super) fn read(bytes: &[u8], number: u64) -> Result<Line, Fault> {
    let bad = |detail: String| Fault::at(number, "line-unreadable", Sentence::as_said(detail));
    let is_entry = bytes.starts_with(b"{\"actor\":") || bytes.starts_with(b"{\"at_ms\":");
    if is_entry {
        let entry: Entry = serde_json::from_slice(bytes).map_err(|e| bad(e.to_string()))?;
        return Ok(Line::Entry(Box::new(entry)));
    }
    let line: Line = serde_json::from_slice(bytes).map_err(|e| bad(e.to_string()))?;
    // Rows are hashed as they stand; the rest must have one spelling only.
    let is_row =
        matches!(line, Line::Boundary(_) | Line::Policy(_) | Line::Verifier(_) | Line::Person(_));
    if !is_row {
        let again = canonical::to_bytes(&line).map_err(|e| bad(e.to_string()))?;
        if again != bytes {
            return Err(bad("not canonical JSON".to_owned()));
        }
    }
    Ok(line)
}

/// The bytes of a line that is not a row or an entry, with its line break.
///
/// # Errors
/// A value that has no canonical form.
pub fn line_of(
    member: &str,
    value: &impl Serialize,
) -> Result<Vec<u8>, crate::audit::canonical::CanonicalError> {
    let value = serde_json::to_value(value)
        .map_err(|e| canonical::CanonicalError::Serialize(e.to_string()))?;
    let mut bytes =
        canonical::to_bytes(&Value::Object([(member.to_owned(), value)].into_iter().collect()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Bytes from lower-case hexadecimal of exactly this length.
pub(super) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    (hex::encode(bytes) == text).then_some(bytes)
}

/// The hashes of a `hashes` line.
pub(super) fn hashes(list: &[String], number: u64) -> Result<Vec<Hash>, Fault> {
    let bad =
        || Fault::at(number, "line-unreadable", msg!("a hash is 64 lower-case hexadecimal digits"));
    list.iter().map(|text| unhex(text).ok_or_else(bad)).collect()
}
