//! Who stands above whom, of everybody who is active. Nobody meets somebody of their own line.

use muster_store::entities::person;
use std::collections::HashMap;
use uuid::Uuid;

/// The managers, read once for many questions.
pub struct Lines {
    manager_of: HashMap<Uuid, Uuid>,
}

impl Lines {
    /// The lines of these people; whoever is not among them ends a line.
    pub fn of(people: &[person::Model]) -> Lines {
        Lines::by(people.iter().filter_map(|p| Some((p.id, p.manager_id?))))
    }

    /// The same from pairs of person and manager.
    pub fn by(pairs: impl IntoIterator<Item = (Uuid, Uuid)>) -> Lines {
        Lines { manager_of: pairs.into_iter().collect() }
    }

    /// Whether this verifier is the person, in their line, or the other way round.
    pub fn bars(&self, person: Uuid, verifier: Uuid) -> bool {
        person == verifier || self.is_above(verifier, person) || self.is_above(person, verifier)
    }

    /// A loop of managers ends at its first repetition.
    fn is_above(&self, above: Uuid, person: Uuid) -> bool {
        let mut seen = vec![person];
        while let Some(&manager) = seen.last().and_then(|p| self.manager_of.get(p)) {
            if manager == above {
                return true;
            }
            if seen.contains(&manager) {
                return false;
            }
            seen.push(manager);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> Uuid {
        Uuid::from_bytes([n; 16])
    }

    fn lines(pairs: &[(u8, u8)]) -> Lines {
        Lines { manager_of: pairs.iter().map(|(p, m)| (id(*p), id(*m))).collect() }
    }

    #[test]
    fn nobody_meets_themselves_their_line_or_whoever_stands_in_their_own() {
        // 1 above 2 above 3; 4 beside them under 1.
        let lines = lines(&[(2, 1), (3, 2), (4, 1)]);
        for (person, verifier) in [(3, 3), (3, 2), (3, 1), (1, 3), (2, 3)] {
            assert!(lines.bars(id(person), id(verifier)), "{person} by {verifier}");
        }
        for (person, verifier) in [(3, 4), (4, 3), (2, 4), (3, 9)] {
            assert!(!lines.bars(id(person), id(verifier)), "{person} by {verifier}");
        }
    }

    #[test]
    fn a_loop_of_managers_ends() {
        let lines = lines(&[(1, 2), (2, 3), (3, 2), (4, 4)]);
        assert!(lines.bars(id(1), id(3)) && lines.bars(id(3), id(1)));
        assert!(!lines.bars(id(1), id(4)) && !lines.bars(id(4), id(1)));
    }
}
