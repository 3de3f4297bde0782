//! One version of a policy against another: a hash that names a version, and the changed keys.

use super::CadencePolicy;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// One changed key; `Display` is `policy.clock.grace_minutes: 5 -> 10`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyChange {
    /// Dotted key.
    pub key: String,
    /// As in JSON; `None` = was not there (a further step or room).
    pub old: Option<String>,
    pub new: Option<String>,
}

impl std::fmt::Display for KeyChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".into());
        write!(f, "{}: {} -> {}", self.key, text(&self.old), text(&self.new))
    }
}

/// SHA-256 of the canonical form: the line `muster/policy/v1`, then one line `key=value` a key in
/// byte order of the dotted keys, values in JSON, each line ended by LF. Comments, the order of
/// keys and whether a default was written out do not matter.
pub fn content_hash(policy: &CadencePolicy) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"muster/policy/v1\n");
    for (key, value) in keys(policy) {
        hash.update(format!("{key}={value}\n"));
    }
    hash.finalize().into()
}

/// What differs between two versions, by dotted key.
pub fn changes(old: &CadencePolicy, new: &CadencePolicy) -> Vec<KeyChange> {
    let (old, new) = (keys(old), keys(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changed = names.into_iter().filter(|k| old.get(*k) != new.get(*k));
    changed
        .map(|k| KeyChange { key: k.clone(), old: old.get(k).cloned(), new: new.get(k).cloned() })
        .collect()
}

fn keys(policy: &CadencePolicy) -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    let value = serde_json::to_value(policy).unwrap_or_default();
    flatten("policy", &value, &mut keys);
    keys
}

fn flatten(key: &str, value: &Value, keys: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, v)| flatten(&format!("{key}.{name}"), v, keys))
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items
                .iter()
                .enumerate()
                .for_each(|(i, v)| flatten(&format!("{key}[{}]", i + 1), v, keys));
        }
        plain => {
            keys.insert(key.to_owned(), plain.to_string());
        }
    }
}
