//! What an audit can come to: faults, with which a bundle proves nothing; findings in three lists;
//! and the report with both sentences for people and fields for programs.

use super::statistics::Statistic;
use crate::sentence::{Sentence, as_text};
use crate::{msg, sentence};
use jiff::civil::Date;
use serde::Serialize;

/// Why a bundle proves nothing. The audit ends with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("line {line}: {sentence}")]
pub struct Fault {
    /// Kebab-case, never reused.
    pub code: &'static str,
    /// From 1; 0: the bundle as a whole.
    pub line: u64,
    #[serde(serialize_with = "as_text")]
    pub sentence: Sentence,
}

impl Fault {
    pub(super) fn at(line: u64, code: &'static str, sentence: impl Into<Sentence>) -> Fault {
        Fault { code, line, sentence: sentence.into() }
    }
}

words! {
    /// The three lists of findings, and the list of what is only told.
    pub enum List {
        /// Drawn but not checked, without a logged reason.
        Spared = "spared",
        /// Checked but not drawn, and not labelled manual or re-check with a logged cause.
        SingledOut = "singled_out",
        /// An input changed after its commitment, or a draw that is not the committed one.
        Steered = "steered",
        /// No finding: what the reader should know.
        Remarks = "remarks",
    }
}

words! {
    /// What was found. Spellings are never reused.
    pub enum Code {
        NotAnnounced = "not-announced",
        ReasonNotLogged = "reason-not-logged",
        NotDrawn = "not-drawn",
        OrderNotLogged = "order-not-logged",
        CauseNotLogged = "cause-not-logged",
        AnnouncedTwice = "announced-twice",
        InputsChanged = "inputs-changed",
        InputsTwice = "inputs-twice",
        InputsLate = "inputs-late",
        DayDropped = "day-dropped",
        PersonDropped = "person-dropped",
        PersonTwice = "person-twice",
        StateDiffers = "state-differs",
        ClassNotLogged = "class-not-logged",
        PolicyDiffers = "policy-differs",
        TokenUnknown = "token-unknown",
        TokenWrong = "token-wrong",
        KeyWrong = "key-wrong",
        KeyMissing = "key-missing",
        ChainWrong = "chain-wrong",
        ChainOverlaps = "chain-overlaps",
        BeaconWrong = "beacon-wrong",
        SingleLockEarly = "single-lock-early",
        PlaceDiffers = "place-differs",
        NoticeDiffers = "notice-differs",
        AnnouncedEarly = "announced-early",
        StandInDiffers = "stand-in-differs",
        CountsDiffer = "counts-differ",
        DropUnfounded = "drop-unfounded",
        LateAfterOutage = "late-after-outage",
        LateAfterWaiting = "late-after-waiting",
        ErasedPeople = "erased-people",
        BoundaryDropped = "boundary-dropped",
        SingleLock = "single-lock",
        ChainRotated = "chain-rotated",
        EntriesHidden = "entries-hidden",
        BeaconNotChecked = "beacon-not-checked",
        KBegan = "k-taken-over",
        ServiceTooLate = "service-too-late",
    }
}

impl List {
    /// As people read it.
    pub const fn heading(self) -> &'static str {
        match self {
            List::Spared => msg!("Spared"),
            List::SingledOut => msg!("Singled out"),
            List::Steered => msg!("Steered"),
            List::Remarks => msg!("Remarks"),
        }
    }

    /// What it means to stand in it.
    pub const fn meaning(self) -> &'static str {
        match self {
            List::Spared => msg!("Drawn but not checked, without a logged reason."),
            List::SingledOut => msg!("Checked but not drawn, and not ordered with a logged cause."),
            List::Steered => msg!("Not what was committed before the key could be known."),
            List::Remarks => msg!("No finding, but good to know."),
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    pub list: List,
    pub code: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizon: Option<String>,
    /// Log pseudonym.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Draw token, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Number of the entry in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// For people; other programs word it otherwise.
    #[serde(serialize_with = "as_text")]
    pub sentence: Sentence,
}

impl Finding {
    pub(super) fn new(list: List, code: Code, sentence: impl Into<Sentence>) -> Finding {
        Finding {
            list,
            code,
            label: None,
            zone: None,
            horizon: None,
            subject: None,
            token: None,
            entry: None,
            sentence: sentence.into(),
        }
    }

    /// Where it was found: date, zone, pseudonym, entry, as far as there are any.
    pub fn place(&self) -> Sentence {
        let mut at: Vec<Sentence> = Vec::new();
        at.extend(self.label.map(|label| Sentence::as_said(label.to_string())));
        at.extend(self.zone.as_deref().map(Sentence::as_said));
        at.extend(self.subject.as_deref().map(|who| sentence!("person {who}", who)));
        at.extend(self.entry.map(|number| sentence!("entry {number}", number)));
        Sentence::in_a_row(at, ", ")
    }

    pub(super) fn label(mut self, label: Date) -> Finding {
        self.label = Some(label);
        self
    }

    pub(super) fn zone(mut self, zone: &str) -> Finding {
        self.zone = Some(zone.to_owned());
        self
    }

    pub(super) fn entry(mut self, entry: u64) -> Finding {
        self.entry = Some(entry);
        self
    }

    pub(super) fn about(mut self, subject: Option<uuid::Uuid>, token: Option<[u8; 16]>) -> Finding {
        self.subject = subject.map(|s| s.to_string());
        self.token = token.map(hex::encode);
        self
    }
}

/// What an audit came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub format: &'static str,
    pub org: String,
    pub origin: String,
    pub log_key: String,
    /// Entries under the checkpoint, and its root.
    pub log_size: u64,
    pub log_root: String,
    pub from: Date,
    pub to: Date,
    /// Person-dates recomputed, boundaries, and hits among them.
    pub recomputed: u64,
    pub boundaries: u64,
    pub hits: u64,
    /// Labels of the period whose keys are not public.
    pub not_yet_public: Vec<Date>,
    pub spared: Vec<Finding>,
    pub singled_out: Vec<Finding>,
    pub steered: Vec<Finding>,
    pub remarks: Vec<Finding>,
    /// Counts that stand out against the pool; they prove nothing.
    pub statistics: Vec<Statistic>,
}

/// Format of the report.
pub(super) const REPORT_FORMAT: &str = "muster/draw-audit/v1";

impl Report {
    /// Whether the three lists are empty.
    pub fn is_clean(&self) -> bool {
        self.spared.is_empty() && self.singled_out.is_empty() && self.steered.is_empty()
    }

    /// Every list with what stands in it.
    pub fn lists(&self) -> [(List, &[Finding]); 4] {
        [
            (List::Spared, &self.spared),
            (List::SingledOut, &self.singled_out),
            (List::Steered, &self.steered),
            (List::Remarks, &self.remarks),
        ]
    }

    /// One line for the auditor's page.
    pub fn sentence(&self) -> Sentence {
        let n = grouped(self.recomputed);
        let (from, to) = (self.from.to_string(), self.to.to_string());
        if self.recomputed == 0 {
            return sentence!("draws {from} to {to}: nothing is public yet.", from, to);
        }
        if self.is_clean() {
            return sentence!("draws {from} to {to}: {n} recomputed, all the same.", from, to, n);
        }
        sentence!(
            "draws {from} to {to}: {n} recomputed; {spared} spared, {singled_out} singled out, {steered} steered.",
            from,
            to,
            n,
            spared = self.spared.len(),
            singled_out = self.singled_out.len(),
            steered = self.steered.len()
        )
    }
}

/// `4218` as `4,218`.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
