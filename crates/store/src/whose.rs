//! Whose rows are asked for: everybody's, for work on the whole roster, or those of a few.

use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    Everybody,
    /// Of some thousands at most: each is a parameter of the statement.
    Of(&'a [Uuid]),
}

/// More people than this are not named one by one.
const NAMED_MAX: usize = 5_000;

impl<'a> Whose<'a> {
    /// Of these, and where they are too many to be named, of everybody.
    pub fn among(people: &'a [Uuid]) -> Whose<'a> {
        if people.len() > NAMED_MAX { Whose::Everybody } else { Whose::Of(people) }
    }

    /// The condition on the column that names the person.
    pub(crate) fn filter(self, person: impl ColumnTrait) -> Condition {
        match self {
            Whose::Everybody => Condition::all(),
            Whose::Of(people) => Condition::all().add(person.is_in(people.iter().copied())),
        }
    }
}
