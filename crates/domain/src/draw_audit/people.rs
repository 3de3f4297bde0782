//! Who is who: pseudonyms of the log and tokens of the draw, bound to each other by entries that
//! the bundle opens; who is in the draw since when; and which absences were entered.

use super::bundle::Entry;
use super::finding::{Code, Finding, List};
use crate::msg;
use crate::person::{DrawToken, TokenNonce};
use jiff::civil::Date;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Values of the commitments an entry has opened.
pub(super) type Opened = BTreeMap<String, Value>;

/// What is known of one person.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub pseudonym: Uuid,
    /// The newest token; the one in use until its boundary may still be the one before.
    pub token: Option<[u8; 16]>,
    pub manager: Option<Uuid>,
    pub has_left: bool,
    /// Since when the person is in a pool, in UTC milliseconds.
    pub in_pool_since: Option<i64>,
    /// Number of the entry with which the person first came into a pool.
    pub first_entry: Option<u64>,
    /// Labels without a row up to here are explained: the person was away from the draw.
    pub was_out: bool,
    pub is_erased: bool,
}

struct Absence {
    first: Date,
    last: Date,
}

#[derive(Default)]
pub(super) struct People {
    list: Vec<Person>,
    by_pseudonym: HashMap<Uuid, u32>,
    by_token: HashMap<[u8; 16], u32>,
    server_nonces: HashMap<u32, TokenNonce>,
    absences: HashMap<u32, Vec<Absence>>,
    /// Tokens that another has taken the place of, and the other way round.
    renamed: HashMap<[u8; 16], [u8; 16]>,
    predecessors: HashMap<[u8; 16], [u8; 16]>,
    /// New tokens that no row has shown yet.
    unseen: HashMap<[u8; 16], [u8; 16]>,
}

impl People {
    pub fn of(&self, pseudonym: Uuid) -> Option<&Person> {
        self.by_pseudonym.get(&pseudonym).and_then(|i| self.list.get(*i as usize))
    }

    pub fn with_token(&self, token: &[u8; 16]) -> Option<&Person> {
        self.by_token.get(token).and_then(|i| self.list.get(*i as usize))
    }

    pub fn all(&self) -> impl Iterator<Item = &Person> {
        self.list.iter()
    }

    /// The token of the same person that is in use now, or waits to be.
    pub fn newest(&self, token: [u8; 16]) -> [u8; 16] {
        self.renamed.get(&token).copied().unwrap_or(token)
    }

    /// The token that this one took the place of.
    pub fn before(&self, token: &[u8; 16]) -> Option<[u8; 16]> {
        self.predecessors.get(token).copied()
    }

    /// The same, once: at the first row of the new token.
    pub fn take_predecessor(&mut self, token: &[u8; 16]) -> Option<[u8; 16]> {
        if self.unseen.is_empty() {
            return None;
        }
        self.unseen.remove(token)
    }

    fn at(&mut self, pseudonym: Uuid) -> u32 {
        if let Some(at) = self.by_pseudonym.get(&pseudonym) {
            return *at;
        }
        let at = self.list.len() as u32;
        self.list.push(Person { pseudonym, ..Person::default() });
        self.by_pseudonym.insert(pseudonym, at);
        at
    }

    /// `person-joined`: the token is bound. Answers what is wrong with it.
    pub fn joined(&mut self, entry: &Entry, opened: &Opened, number: u64) -> Option<Finding> {
        let at = self.at(entry.subject?);
        let person = self.list.get_mut(at as usize)?;
        person.has_left = false;
        person.manager = uuid_of(opened.get("manager"));
        let token = token_of(opened.get("token"))?;
        person.token = Some(token);
        self.by_token.insert(token, at);
        if entry.facts.get("returned") == Some(&Value::Bool(true)) {
            return None;
        }
        let nonce = nonce_of(opened.get("server_nonce"));
        if let Some(nonce) = nonce {
            self.server_nonces.insert(at, nonce);
        }
        let is_right = nonce.is_some_and(|n| DrawToken::derive(&n, None).0 == token);
        (!is_right).then(|| wrong_token(entry.subject, token, number))
    }

    /// `draw-token-changed`: the new token must come from both committed nonces.
    pub fn token_changed(
        &mut self,
        entry: &Entry,
        opened: &Opened,
        number: u64,
    ) -> Option<Finding> {
        let at = self.at(entry.subject?);
        let token = token_of(opened.get("token"))?;
        let person = self.list.get_mut(at as usize)?;
        if let Some(old) = person.token.replace(token) {
            self.renamed.insert(old, token);
            self.predecessors.insert(token, old);
            self.unseen.insert(token, old);
        }
        self.by_token.insert(token, at);
        let server = self.server_nonces.get(&at);
        let employee = nonce_of(opened.get("employee_nonce"));
        let is_right = server.is_some_and(|server| {
            employee.is_some_and(|e| DrawToken::derive(server, Some(&e)).0 == token)
        });
        (!is_right).then(|| wrong_token(entry.subject, token, number))
    }

    /// Everything else an entry says about where a person stands.
    pub fn note(&mut self, entry: &Entry, opened: &Opened, number: u64) {
        let Some(subject) = entry.subject else { return };
        let at = self.at(subject);
        let Some(person) = self.list.get_mut(at as usize) else { return };
        match entry.kind.as_str() {
            "person-left" => {
                (person.has_left, person.was_out) = (true, true);
                person.in_pool_since = None;
            }
            "pool-entered" => {
                person.in_pool_since = Some(entry.at_ms);
                person.first_entry = person.first_entry.or(Some(number));
                person.was_out = true;
            }
            "pool-left" => (person.in_pool_since, person.was_out) = (None, true),
            "person-erased" => person.is_erased = true,
            "manager-changed" => person.manager = uuid_of(opened.get("manager")),
            "absence-entered" | "absence-removed" => {
                let day = |name: &str| opened.get(name)?.as_str()?.parse::<Date>().ok();
                let (Some(first), Some(last)) = (day("first_day"), day("last_day")) else { return };
                let list = self.absences.entry(at).or_default();
                match entry.kind.as_str() {
                    "absence-entered" => list.push(Absence { first, last }),
                    _ => {
                        if let Some(i) =
                            list.iter().position(|a| (a.first, a.last) == (first, last))
                        {
                            list.swap_remove(i);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// The person has a row: gaps before it are dealt with.
    pub fn has_row(&mut self, token: &[u8; 16]) -> bool {
        let Some(at) = self.by_token.get(token) else { return false };
        self.list.get_mut(*at as usize).is_some_and(|p| std::mem::take(&mut p.was_out))
    }

    /// Whether an absence that covers the label is in the log up to now.
    pub fn is_absent(&self, token: &[u8; 16], label: Date) -> bool {
        let absences = self.by_token.get(token).and_then(|at| self.absences.get(at));
        absences.into_iter().flatten().any(|a| a.first <= label && label <= a.last)
    }
}

fn wrong_token(subject: Option<Uuid>, token: [u8; 16], number: u64) -> Finding {
    let sentence =
        msg!("A draw token does not follow from the committed nonces: it may have been chosen.");
    Finding::new(List::Steered, Code::TokenWrong, sentence)
        .about(subject, Some(token))
        .entry(number)
}

fn token_of(value: Option<&Value>) -> Option<[u8; 16]> {
    super::bundle::unhex(value?.as_str()?)
}

fn nonce_of(value: Option<&Value>) -> Option<TokenNonce> {
    super::bundle::unhex(value?.as_str()?).map(TokenNonce)
}

fn uuid_of(value: Option<&Value>) -> Option<Uuid> {
    value?.as_str()?.parse().ok()
}
