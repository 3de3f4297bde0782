//! Anchors, revealed keys and the chains a boundary must name. A key proves itself: hashed down it
//! gives the anchor that the log held before.

use super::bundle::{Entry, RevealedKey, unhex};
use super::finding::{Code, Fault, Finding, List};
use crate::draw::{Anchor, ChainKey};
use crate::{msg, sentence};
use jiff::civil::Date;
use std::collections::BTreeMap;

struct Given {
    label: Date,
    key: ChainKey,
    line: u64,
    /// The log's own entry of the reveal was seen.
    is_logged: bool,
}

struct Chain {
    anchor: Anchor,
    holder: String,
    at_ms: i64,
    is_ended: bool,
}

#[derive(Default)]
pub(super) struct Keys {
    given: BTreeMap<String, Vec<Given>>,
    /// In anchor order.
    chains: Vec<Chain>,
}

impl Keys {
    /// Takes a `key` line. They come by chain, then label.
    pub fn give(&mut self, key: &RevealedKey, line: u64) -> Result<(), Fault> {
        let bytes = unhex(&key.key).ok_or_else(|| {
            Fault::at(line, "key-unreadable", msg!("a key is 64 hexadecimal digits"))
        })?;
        let is_after_all = self.given.last_key_value().is_none_or(|(chain, _)| *chain <= key.chain);
        let list = self.given.entry(key.chain.clone()).or_default();
        if !is_after_all || list.last().is_some_and(|last| last.label >= key.label) {
            let sentence = msg!("keys must stand in order of chain and label, each once");
            return Err(Fault::at(line, "keys-order", sentence));
        }
        let key =
            Given { label: key.label, key: ChainKey::from_bytes(bytes), line, is_logged: false };
        list.push(key);
        Ok(())
    }

    /// A `draw-anchor` entry: the keys given for it are checked and kept, or dropped and reported.
    pub fn anchor(&mut self, entry: &Entry, number: u64) -> Result<Vec<Finding>, Fault> {
        let read = || {
            Some((
                Anchor {
                    chain: entry.text("chain")?.to_owned(),
                    first_date: entry.date("first_date")?,
                    length_days: u32::try_from(entry.number("length_days")?).ok()?,
                    k0: ChainKey::from_bytes(unhex(entry.text("k_0")?)?),
                },
                entry.text("holder")?.to_owned(),
            ))
        };
        let Some((anchor, holder)) = read() else {
            return Err(Fault::at(
                0,
                "entry-unreadable",
                sentence!("entry {number}: not an anchor", number),
            ));
        };
        let mut findings = Vec::new();
        let mut known: Option<(Date, ChainKey)> = None;
        if let Some(given) = self.given.get_mut(&anchor.chain) {
            given.retain(|given| {
                let checked = match &known {
                    Some((date, key)) => anchor.verify_from(given.label, &given.key, *date, key),
                    None => anchor.verify(given.label, &given.key),
                };
                match checked {
                    Ok(()) => known = Some((given.label, given.key.clone())),
                    Err(fault) => findings.push(
                        Finding::new(
                            List::Steered,
                            Code::KeyWrong,
                            sentence!(
                                "The revealed key is not the committed one: {fault}.",
                                fault = fault.to_string()
                            ),
                        )
                        .label(given.label),
                    ),
                }
                checked_is_ok(&known, given.label)
            });
        }
        let overlaps = self.chains.iter().any(|c| {
            let is_same = c.holder == holder && !c.is_ended;
            is_same
                && c.anchor.first_date <= anchor.last_date()
                && anchor.first_date <= c.anchor.last_date()
        });
        if overlaps {
            let sentence = sentence!(
                "A second chain of the holder {holder} covers dates that one covers already, and the first was not \
                 ended: whoever holds both could choose.",
                holder = holder.as_str()
            );
            findings.push(Finding::new(List::Steered, Code::ChainOverlaps, sentence).entry(number));
        }
        let chain = Chain { anchor, holder, at_ms: entry.at_ms, is_ended: false };
        let order = |c: &Chain| (c.at_ms, c.anchor.chain.clone());
        let at = self.chains.partition_point(|c| order(c) <= order(&chain));
        self.chains.insert(at, chain);
        Ok(findings)
    }

    /// A chain was retired or rotated.
    pub fn end(&mut self, chain: &str) {
        for known in self.chains.iter_mut().filter(|c| c.anchor.chain == chain) {
            known.is_ended = true;
        }
    }

    /// A `draw-key-revealed` entry must be the key that is given.
    pub fn revealed(&mut self, entry: &Entry, number: u64) -> Result<Option<Finding>, Fault> {
        let (Some(chain), Some(label), Some(key)) =
            (entry.text("chain"), entry.date("label"), entry.text("key"))
        else {
            return Err(Fault::at(
                0,
                "entry-unreadable",
                sentence!("entry {number}: not a key", number),
            ));
        };
        let given = self.given.get_mut(chain).into_iter().flatten().find(|g| g.label == label);
        let Some(given) = given else {
            let sentence = sentence!(
                "The log reveals a key of {label} that does not lead to its anchor, or is not in the bundle.",
                label = label.to_string()
            );
            let finding = Finding::new(List::Steered, Code::KeyMissing, sentence);
            return Ok(Some(finding.label(label).entry(number)));
        };
        given.is_logged = true;
        let is_same = given.key.to_hex() == key;
        Ok((!is_same).then(|| {
            let sentence = sentence!(
                "The key of {label} in the log is another than the one given.",
                label = label.to_string()
            );
            Finding::new(List::Steered, Code::KeyWrong, sentence).label(label).entry(number)
        }))
    }

    /// Every key that was given must have been revealed in the log.
    pub fn finish(&self) -> Result<(), Fault> {
        let lone = self.given.values().flatten().find(|given| !given.is_logged);
        lone.map_or(Ok(()), |given| {
            let sentence = sentence!(
                "the log does not reveal the key of {label}",
                label = given.label.to_string()
            );
            Err(Fault::at(given.line, "key-not-in-log", sentence))
        })
    }

    /// The chains that a boundary of this label must name: of each holder the counting chain that
    /// was anchored last, in anchor order.
    pub fn due(&self, label: Date) -> String {
        let covers = |c: &&Chain| !c.is_ended && c.anchor.index(label).is_ok();
        let counting: Vec<&Chain> = self.chains.iter().filter(covers).collect();
        let is_last = |(i, c): &(usize, &&Chain)| {
            counting.iter().skip(i + 1).all(|later| later.holder != c.holder)
        };
        let due = counting.iter().enumerate().filter(is_last);
        due.map(|(_, c)| c.anchor.chain.as_str()).collect::<Vec<_>>().join("+")
    }

    /// The keys of a label of the chains that are named, if every one is public.
    pub fn of(&self, chains: &str, label: Date) -> Option<Vec<ChainKey>> {
        chains.split('+').map(|chain| self.one(chain, label)).collect()
    }

    fn one(&self, chain: &str, label: Date) -> Option<ChainKey> {
        let anchor = &self.chains.iter().find(|c| c.anchor.chain == chain)?.anchor;
        let given = self.given.get(chain)?.iter().find(|g| g.label >= label)?;
        let steps = anchor.index(given.label).ok()?.checked_sub(anchor.index(label).ok()?)?;
        Some(given.key.earlier(steps))
    }
}

/// Whether the key of this label was the one taken last.
fn checked_is_ok(known: &Option<(Date, ChainKey)>, label: Date) -> bool {
    known.as_ref().is_some_and(|(date, _)| *date == label)
}
