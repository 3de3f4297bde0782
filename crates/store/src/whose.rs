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

impl Whose<'_> {
    /// The condition on the column that names the person.
    pub(crate) fn filter(self, person: impl ColumnTrait) -> Condition {
        match self {
            Whose::Everybody => Condition::all(),
            Whose::Of(people) => Condition::all().add(person.is_in(people.iter().copied())),
        }
    }
}
