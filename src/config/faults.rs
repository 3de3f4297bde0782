//! What is wrong with a configuration, all of it at once.

use std::fmt;

/// One wrong value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Dotted key, e.g. `server.listen`.
    pub key: String,
    pub problem: String,
    /// What would be accepted; empty where the problem already says it.
    pub accepted: String,
}

impl Fault {
    /// A fault at a key.
    pub fn new(key: &str, problem: &str, accepted: &str) -> Fault {
        Fault { key: key.to_owned(), problem: problem.to_owned(), accepted: accepted.to_owned() }
    }
}

/// Every fault of one configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    pub(super) fn one(key: &str, problem: &str, accepted: &str) -> Faults {
        Faults(vec![Fault::new(key, problem, accepted)])
    }

    pub(super) fn of_config(error: &config::ConfigError) -> Faults {
        Faults::one(&super::where_of(error), &error.to_string(), "see docs/operations.md")
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration has {} fault(s):", self.0.len())?;
        for fault in &self.0 {
            write!(f, "  {}: {}", fault.key, fault.problem)?;
            if !fault.accepted.is_empty() {
                write!(f, " (accepted: {})", fault.accepted)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
