//! One table of a TOML file, read key by key: type, range and closed words are checked, every fault
//! is collected with dotted key and line, and keys nobody asked for are faults with the nearest
//! known one. Knows nothing of policies.

use crate::roster::did_you_mean;
use crate::sentence::{Sentence, as_text};
use crate::{msg, sentence};
use serde::Serialize;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

words! {
    /// The stable code of a fault in a policy file. Never reused.
    pub enum PolicyFaultCode {
        Syntax = "syntax",
        UnknownKey = "unknown-key",
        MissingKey = "missing-key",
        WrongType = "wrong-type",
        OutOfRange = "out-of-range",
        UnknownWord = "unknown-word",
        BadFilter = "bad-filter",
        NotInThisRelease = "not-in-this-release",
        Contradiction = "contradiction",
    }
}

/// One fault. `Display` is one line for a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyFault {
    /// Dotted key such as `policy.clock.notice_minutes`; empty for a fault of syntax.
    pub key: String,
    /// Line of the file, from 1; for a key that is missing, the line of the table it belongs to.
    pub line: Option<u32>,
    pub code: PolicyFaultCode,
    /// What is wrong.
    #[serde(serialize_with = "as_text")]
    pub problem: Sentence,
    /// What would be accepted instead.
    #[serde(serialize_with = "as_text")]
    pub accepted: Sentence,
}

impl PolicyFault {
    /// All of it on one line.
    pub fn sentence(&self) -> Sentence {
        let what = sentence!(
            "{problem}; accepted: {accepted} [{code}]",
            problem = self.problem.clone(),
            accepted = self.accepted.clone(),
            code = self.code.code()
        );
        let (line, key) = (self.line, self.key.as_str());
        match (line, key) {
            (None, "") => what,
            (None, key) => Sentence::new("{key}: {what}").with("key", key).with("what", what),
            (Some(line), "") => sentence!("line {line}, {what}", line, what),
            (Some(line), key) => sentence!("line {line}, {key}: {what}", line, key, what),
        }
    }
}

impl std::fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.sentence().fmt(f)
    }
}

/// The file and its faults so far.
pub(super) struct Document<'a> {
    text: &'a str,
    pub(super) faults: RefCell<Vec<PolicyFault>>,
}

impl<'a> Document<'a> {
    pub(super) fn new(text: &'a str) -> Document<'a> {
        Document { text, faults: RefCell::default() }
    }

    pub(super) fn line(&self, span: &Range<usize>) -> u32 {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        u32::try_from(before.iter().filter(|b| **b == b'\n').count()).unwrap_or(u32::MAX - 1) + 1
    }

    pub(super) fn fault(
        &self,
        key: impl Into<String>,
        span: Option<&Range<usize>>,
        code: PolicyFaultCode,
        problem: impl Into<Sentence>,
        accepted: impl Into<Sentence>,
    ) {
        self.faults.borrow_mut().push(PolicyFault {
            key: key.into(),
            line: span.map(|s| self.line(s)),
            code,
            problem: problem.into(),
            accepted: accepted.into(),
        });
    }
}

/// A table being read. Finish it with `finish`, or unknown keys go unseen.
pub(super) struct Section<'a> {
    document: &'a Document<'a>,
    /// Dotted path of this table.
    pub(super) path: String,
    span: Range<usize>,
    table: Option<&'a DeTable<'a>>,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Section<'a> {
    pub(super) fn new(
        document: &'a Document<'a>,
        path: impl Into<String>,
        span: Range<usize>,
        table: Option<&'a DeTable<'a>>,
    ) -> Section<'a> {
        Section { document, path: path.into(), span, table, asked: RefCell::default() }
    }

    fn key(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn value(&self, name: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().insert(name);
        self.table?.get(name)
    }

    /// A fault about one key of this table, at its line if it is written.
    pub(super) fn fault(
        &self,
        name: &str,
        code: PolicyFaultCode,
        problem: impl Into<Sentence>,
        accepted: impl Into<Sentence>,
    ) {
        let written = self.table.and_then(|t| t.get(name)).map(Spanned::span);
        let span = written.unwrap_or_else(|| self.span.clone());
        self.document.fault(self.key(name), Some(&span), code, problem, accepted);
    }

    fn wrong_type(&self, name: &str, found: &DeValue<'_>, accepted: impl Into<Sentence>) {
        self.fault(name, PolicyFaultCode::WrongType, kind(found), accepted);
    }

    /// Complains that a key without a default is not written.
    pub(super) fn missing(&self, name: &str, accepted: &'static str) {
        self.fault(name, PolicyFaultCode::MissingKey, msg!("the key is missing"), accepted);
    }

    /// A sub-table; an absent one reads as empty.
    pub(super) fn section(&self, name: &'static str) -> Section<'a> {
        let found = self.value(name);
        let table = found.and_then(|v| v.get_ref().as_table());
        if let (Some(value), None) = (found, table) {
            let accepted = sentence!("a table [{key}]", key = self.key(name));
            self.wrong_type(name, value.get_ref(), accepted);
        }
        let span = found.map_or(self.span.clone(), Spanned::span);
        Section::new(self.document, self.key(name), span, table)
    }

    /// A list of tables `[[...]]`; `None` if absent.
    pub(super) fn sections(&self, name: &'static str) -> Option<Vec<Section<'a>>> {
        let value = self.value(name)?;
        let Some(array) = value.get_ref().as_array() else {
            let accepted = sentence!("tables [[{key}]]", key = self.key(name));
            self.wrong_type(name, value.get_ref(), accepted);
            return Some(Vec::new());
        };
        let mut sections = Vec::new();
        for (i, item) in array.iter().enumerate() {
            let path = format!("{}[{}]", self.key(name), i + 1);
            let table = item.get_ref().as_table();
            if table.is_none() {
                let span = item.span();
                self.document.fault(
                    &path,
                    Some(&span),
                    PolicyFaultCode::WrongType,
                    kind(item.get_ref()),
                    msg!("a table"),
                );
            }
            sections.push(Section::new(self.document, path, item.span(), table));
        }
        Some(sections)
    }

    pub(super) fn text(&self, name: &'static str) -> Option<String> {
        let value = self.value(name)?;
        if value.get_ref().as_str().is_none() {
            self.wrong_type(name, value.get_ref(), msg!("text in quotes"));
        }
        value.get_ref().as_str().map(str::to_owned)
    }

    pub(super) fn texts(&self, name: &'static str) -> Option<Vec<String>> {
        let value = self.value(name)?;
        let items = value.get_ref().as_array().map(|a| a.iter().map(|v| v.get_ref().as_str()));
        let texts = items.and_then(|mut i| {
            i.try_fold(Vec::new(), |mut all, t| {
                all.push(t?.to_owned());
                Some(all)
            })
        });
        if texts.is_none() {
            let accepted = msg!("a list of texts such as [\"built-in\"]");
            self.wrong_type(name, value.get_ref(), accepted);
        }
        texts
    }

    pub(super) fn truth(&self, name: &'static str, default: bool) -> bool {
        let Some(value) = self.value(name) else { return default };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_type(name, value.get_ref(), msg!("true or false"));
            default
        })
    }

    /// A whole number in a range.
    pub(super) fn whole<T>(&self, name: &'static str, default: T, range: RangeInclusive<T>) -> T
    where
        T: TryFrom<i64> + PartialOrd + Copy + std::fmt::Display,
    {
        let Some(value) = self.value(name) else { return default };
        let accepted = sentence!(
            "a whole number from {min} to {max}",
            min = range.start().to_string(),
            max = range.end().to_string()
        );
        let Some(number) = integer(value.get_ref()) else {
            self.wrong_type(name, value.get_ref(), accepted);
            return default;
        };
        match T::try_from(number) {
            Ok(number) if range.contains(&number) => number,
            _ => {
                self.fault(
                    name,
                    PolicyFaultCode::OutOfRange,
                    sentence!("{number} is out of range", number),
                    accepted,
                );
                default
            }
        }
    }

    /// A number in a range, whole or with a fraction; `None` if absent or faulty.
    pub(super) fn number(&self, name: &'static str, range: RangeInclusive<f64>) -> Option<f64> {
        let value = self.value(name)?;
        let accepted = sentence!(
            "a number from {min} to {max}",
            min = range.start().to_string(),
            max = range.end().to_string()
        );
        let Some(number) = float(value.get_ref()) else {
            self.wrong_type(name, value.get_ref(), accepted);
            return None;
        };
        if range.contains(&number) {
            return Some(number);
        }
        self.fault(
            name,
            PolicyFaultCode::OutOfRange,
            sentence!("{number} is out of range", number = number.to_string()),
            accepted,
        );
        None
    }

    /// A pair of whole numbers `[min, max]` in order and in a range.
    pub(super) fn span(
        &self,
        name: &'static str,
        default: [u16; 2],
        range: RangeInclusive<u16>,
    ) -> [u16; 2] {
        let Some(value) = self.value(name) else { return default };
        let accepted = sentence!(
            "[smallest, largest], whole numbers from {min} to {max}",
            min = *range.start(),
            max = *range.end()
        );
        let numbers: Option<Vec<i64>> = value
            .get_ref()
            .as_array()
            .and_then(|a| a.iter().map(|v| integer(v.get_ref())).collect());
        let Some([min, max]) = numbers.as_deref() else {
            self.wrong_type(name, value.get_ref(), accepted);
            return default;
        };
        match (u16::try_from(*min), u16::try_from(*max)) {
            (Ok(min), Ok(max)) if min <= max && range.contains(&min) && range.contains(&max) => {
                [min, max]
            }
            _ => {
                let problem =
                    sentence!("[{min}, {max}] is out of range or reversed", min = *min, max = *max);
                self.fault(name, PolicyFaultCode::OutOfRange, problem, accepted);
                default
            }
        }
    }

    /// One word of a closed list; `None` if absent or faulty.
    pub(super) fn word<T: FromStr + Copy>(
        &self,
        name: &'static str,
        all: &'static [T],
        code: fn(T) -> &'static str,
    ) -> Option<T> {
        let text = self.text(name)?;
        let word = text.parse().ok();
        if word.is_none() {
            let known: Vec<&str> = all.iter().map(|w| code(*w)).collect();
            let accepted = Sentence::as_said(known.join(", "));
            let accepted = did_you_mean(accepted, &text, known);
            self.fault(
                name,
                PolicyFaultCode::UnknownWord,
                sentence!("`{text}` is not known here", text),
                accepted,
            );
        }
        word
    }

    /// Complains about every key that nobody asked for.
    pub(super) fn finish(self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table.into_iter().flat_map(DeTable::iter) {
            let name: &str = key.get_ref();
            if asked.contains(name) {
                continue;
            }
            let known: Vec<&str> = asked.iter().copied().collect();
            let accepted = did_you_mean(Sentence::as_said(known.join(", ")), name, known);
            let problem = sentence!("unknown key `{name}`", name);
            self.document.fault(
                self.key(name),
                Some(&key.span()),
                PolicyFaultCode::UnknownKey,
                problem,
                accepted,
            );
        }
    }
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
}

fn float(value: &DeValue<'_>) -> Option<f64> {
    if let Some(whole) = integer(value) {
        return i32::try_from(whole).ok().map(f64::from);
    }
    value.as_float()?.as_str().replace('_', "").parse().ok()
}

fn kind(found: &DeValue<'_>) -> Sentence {
    match found {
        DeValue::String(_) => sentence!("this is a string"),
        DeValue::Integer(_) => sentence!("this is an integer"),
        DeValue::Float(_) => sentence!("this is a float"),
        DeValue::Boolean(_) => sentence!("this is a boolean"),
        DeValue::Datetime(_) => sentence!("this is a datetime"),
        DeValue::Array(_) => sentence!("this is an array"),
        DeValue::Table(_) => sentence!("this is a table"),
    }
}
