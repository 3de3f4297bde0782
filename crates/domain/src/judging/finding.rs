//! A finding: what one rule saw, with its evidence, its thresholds and its innocent causes.
//!
//! The shape only. It carries whole numbers and text, never floating point, so that a stored
//! finding reads back byte for byte. It never carries coordinates or addresses: a rule states the
//! distance or the class it measured.

use crate::msg;
use crate::sentence::Sentence;
use crate::time::UtcMillis;
use serde::{Deserialize, Serialize};

words! {
    /// What kind of cause a finding speaks of. One cause counts once, so rules that one cause
    /// would trigger together share a family.
    pub enum Family {
        Place = "place",
        Path = "path",
        Clock = "clock",
        Latency = "latency",
        Travel = "travel",
        Claim = "claim",
        Device = "device",
        Linkage = "linkage",
        Behaviour = "behaviour",
        Human = "human",
        External = "external",
    }
}

words! {
    /// How much a finding weighs, in rising order.
    pub enum Severity {
        Info = "info",
        Low = "low",
        Medium = "medium",
        High = "high",
        Critical = "critical",
    }
}

impl Family {
    /// As people read it.
    pub const fn name(self) -> &'static str {
        match self {
            Family::Place => msg!("Where somebody works"),
            Family::Path => msg!("The way the network takes"),
            Family::Clock => msg!("The clock of the browser"),
            Family::Latency => msg!("What light allows"),
            Family::Travel => msg!("Between two check-ins"),
            Family::Claim => msg!("The answer about the place"),
            Family::Device => msg!("The device"),
            Family::Linkage => msg!("Between people"),
            Family::Behaviour => msg!("Coming and staying"),
            Family::Human => msg!("What the other person saw"),
            Family::External => msg!("From other systems"),
        }
    }

    /// Why it is looked at, in one sentence.
    pub const fn why(self) -> &'static str {
        match self {
            Family::Place => {
                msg!(
                    "A job may be bound to a country or region by law, tax or contract, and work under a \
                 false name is often done from elsewhere."
                )
            }
            Family::Path => {
                msg!(
                    "A company laptop can be driven from far away over a relay that stands in the right \
                 country. Most relays are innocent, which is why one cause counts once."
                )
            }
            Family::Clock => {
                msg!("A computer usually keeps the time of the place where it is used.")
            }
            Family::Latency => {
                msg!(
                    "A signal can be slowed down by anybody and sped up by nobody, so a short way is proof \
                 of nearness."
                )
            }
            Family::Travel => msg!("Two attested places need a journey between them."),
            Family::Claim => {
                msg!(
                    "Without a usable answer nothing can be compared, and a made-up one looks different \
                 from a measured one."
                )
            }
            Family::Device => {
                msg!(
                    "The same browser answering again is a good sign; programs that stand in for a camera \
                 or a computer are how somebody else can take part."
                )
            }
            Family::Linkage => {
                msg!(
                    "Several people behind one computer or line can be a family, an office, or one person \
                 with several jobs under several names."
                )
            }
            Family::Behaviour => {
                msg!(
                    "A check-in can only confirm somebody who comes, and technical trouble that returns \
                 needs help from IT."
                )
            }
            Family::Human => {
                msg!(
                    "A human who meets a human sees what no measurement shows. The tasks are the same for \
                 everybody."
                )
            }
            Family::External => {
                msg!("Other systems of the organisation may know what is not seen here.")
            }
        }
    }

    /// What the person concerned can do, in one or two sentences.
    pub const fn what_you_can_do(self) -> &'static str {
        match self {
            Family::Place => {
                msg!(
                    "Tell HR of another home or a trip before the check-in, or afterwards: a declared place \
                 settles it."
                )
            }
            Family::Path => {
                msg!(
                    "If you may, switch off a VPN or relay for the five minutes of a check-in. If you must \
                 use one, say so once, and it can be excepted."
                )
            }
            Family::Clock => {
                msg!(
                    "Say where you were, or that you keep your computer at another time on purpose."
                )
            }
            Family::Latency => {
                msg!("Say how you were connected. An error on our side is looked for first.")
            }
            Family::Travel => {
                msg!("Say how you travelled. Positions can be wrong; say so if one is.")
            }
            Family::Claim => {
                msg!(
                    "Allow the browser to share the place, best with Wi-Fi switched on. If you would rather \
                 not or cannot, say so: the policy has another way."
                )
            }
            Family::Device => {
                msg!(
                    "Use the browser and camera of your own computer where you can. A new computer needs no \
                 explanation."
                )
            }
            Family::Linkage => msg!("Tell HR with whom you share a home, an office or a computer."),
            Family::Behaviour => {
                msg!(
                    "Say beforehand when you cannot come, and afterwards what kept you. What lies within \
                 your allowance never counts."
                )
            }
            Family::Human => {
                msg!(
                    "Say what went wrong, ask for another verifier, and let an accommodation be recorded if \
                 a task does not suit you."
                )
            }
            Family::External => {
                msg!("Ask which system said what; you may have it corrected there.")
            }
        }
    }
}

impl Severity {
    /// One level lower, for what rests on old data; `info` stays.
    pub const fn lowered(self) -> Severity {
        match self {
            Severity::Critical => Severity::High,
            Severity::High => Severity::Medium,
            Severity::Medium => Severity::Low,
            Severity::Low | Severity::Info => Severity::Info,
        }
    }

    /// This level, or one lower if the data it rests on is old.
    pub const fn lowered_if(self, is_old: bool) -> Severity {
        if is_old { self.lowered() } else { self }
    }
}

words! {
    /// Where the knowledge behind a finding comes from.
    pub enum Confidence {
        /// Read directly by our own service.
        Measured = "measured",
        /// Computed from several measurements or sessions.
        Derived = "derived",
        /// Said by a human, e.g. the verifier.
        Reported = "reported",
        /// Handed over by another system.
        Imported = "imported",
    }
}

words! {
    /// What a human later said about a finding.
    pub enum Disposition {
        None = "none",
        Confirmed = "confirmed",
        Explained = "explained",
        Wrong = "wrong",
    }
}

/// Whether a finding counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum FindingStatus {
    /// Counts in the fold.
    Active,
    /// Kept and shown, but not counted, because somebody granted an exception.
    Suppressed { reason: String, expires_at: UtcMillis },
    /// The rule could not look; this says why.
    NotMeasurable { reason: String },
    /// Kept and shown, but not counted: the rule compares somebody with their own past, and they are new.
    Learning { until: UtcMillis },
}

impl FindingStatus {
    /// The word for it in tables and lines.
    pub const fn code(&self) -> &'static str {
        match self {
            FindingStatus::Active => "active",
            FindingStatus::Suppressed { .. } => "suppressed",
            FindingStatus::NotMeasurable { .. } => "not_measurable",
            FindingStatus::Learning { .. } => "learning",
        }
    }
}

/// One measured value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum EvidenceValue {
    Flag(bool),
    Whole(i64),
    Text(String),
}

impl std::fmt::Display for EvidenceValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EvidenceValue::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
            EvidenceValue::Whole(number) => number.fmt(f),
            EvidenceValue::Text(text) => f.write_str(text),
        }
    }
}

/// One piece of evidence a finding rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceItem {
    pub name: String,
    pub value: EvidenceValue,
    /// `m`, `s`, `sessions`, ...; empty where the value has none.
    pub unit: String,
    /// Who or what supplied it: `page`, `verifier`, `roster`, `history`, ...
    pub source: String,
    pub observed_at: UtcMillis,
    /// Age of the data pack behind it at that moment, in whole days; none where no pack is used.
    pub data_age_days: Option<u32>,
}

/// One threshold as it stood when the rule ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    pub name: String,
    pub value: i64,
    pub unit: String,
}

impl Threshold {
    /// A threshold with its unit.
    pub fn new(name: &str, value: i64, unit: &str) -> Threshold {
        Threshold { name: name.into(), value, unit: unit.into() }
    }
}

/// One rule's result about one check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Kebab-case, never reused.
    pub rule_id: String,
    /// Version of the rule that spoke.
    pub version: u16,
    pub family: Family,
    pub severity: Severity,
    pub confidence: Confidence,
    pub evidence: Vec<EvidenceItem>,
    pub thresholds: Vec<Threshold>,
    /// For the employee: what was seen and what usually explains it, in the second person.
    pub sentence_employee: Sentence,
    /// For the reviewer: the same with numbers.
    pub sentence_reviewer: Sentence,
    pub benign_causes: Vec<String>,
    pub status: FindingStatus,
    pub disposition: Disposition,
}

impl Finding {
    /// Whether the fold counts it.
    pub fn is_active(&self) -> bool {
        self.status == FindingStatus::Active
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_finding_reads_back_byte_for_byte() {
        let finding = Finding {
            rule_id: "loc-outside-declared".into(),
            version: 1,
            family: Family::Place,
            severity: Severity::High,
            confidence: Confidence::Measured,
            evidence: vec![EvidenceItem {
                name: "distance".into(),
                value: EvidenceValue::Whole(61_204),
                unit: "m".into(),
                source: "page".into(),
                observed_at: UtcMillis(1_700_000_000_000),
                data_age_days: None,
            }],
            thresholds: vec![Threshold::new("radius", 50_000, "m")],
            sentence_employee: "a".into(),
            sentence_reviewer: "b".into(),
            benign_causes: vec!["travel".into()],
            status: FindingStatus::Suppressed {
                reason: "second home".into(),
                expires_at: UtcMillis(5),
            },
            disposition: Disposition::None,
        };
        let stored = serde_json::to_string(&finding).unwrap();
        let read: Finding = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, finding);
        assert_eq!(serde_json::to_string(&read).unwrap(), stored);
        assert!(!read.is_active());
    }
}
