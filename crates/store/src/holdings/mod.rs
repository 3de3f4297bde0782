//! What is held: every table once, with the class of its data, whose it is, when it ends, and what
//! of it is sealed, somebody else's, or never leaves.
//!
//! Three things read this one list: the nightly purge ([`purge`]), the personal export
//! ([`of_person`]) and erasure ([`erase`]). A test walks the schema and fails for a table that is
//! missing here.

mod erase;
mod purge;
mod read;
mod table;

pub use erase::{erase, is_erased};
pub use purge::{Purged, purge};
pub use read::{HeldRow, of_person};
pub use table::HOLDINGS;

use muster_domain::retention::DataClass;
use sea_orm::{DatabaseConnection, DbErr};
use std::pin::Pin;

/// Whose the rows of a table are. The word is the column that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The column holds the person's id.
    Person(&'static str),
    /// The column holds a check-in, which is a person's.
    CheckIn(&'static str),
    /// The column holds a case, which is about a person.
    Case(&'static str),
    /// The column holds the person's pseudonym in the log.
    Pseudonym(&'static str),
    /// Nobody's.
    Nobody,
}

/// When rows of a table end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// So many days of the class after the instant in this column (UTC milliseconds); a row without
    /// it stays.
    After { class: DataClass, column: &'static str, only: Option<Only> },
    /// The same after a local day (`YYYY-MM-DD`).
    AfterDay { class: DataClass, column: &'static str },
    /// The column is emptied then, the row stays.
    Emptied { class: DataClass, column: &'static str, counted: &'static str },
    /// So many days of the class after the check-in it belongs to was closed.
    AfterCheckIn(DataClass),
    /// With the case it belongs to.
    WithCase,
    /// With the draw records of its boundary.
    WithBoundary,
    /// When everything about the person is erased, and not before. (Erasure takes the rows of
    /// every table that are a person's, whatever else ends them.)
    WithPerson,
    /// By code of its own that knows more than an age: the place of a claim, done work, sessions.
    ByItsOwn(DataClass),
    /// Not before the installation.
    Never,
}

/// Only rows in which a column has one of these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Only {
    pub column: &'static str,
    pub words: &'static [&'static str],
}

/// One sealed column, and the column that its place is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedColumn {
    pub column: &'static str,
    pub row: &'static str,
}

type Rows<'a> = Pin<Box<dyn Future<Output = Result<Vec<serde_json::Value>, DbErr>> + Send + 'a>>;

/// One table.
#[derive(Clone, Copy)]
pub struct Holding {
    pub table: &'static str,
    pub class: DataClass,
    pub whose: Whose,
    pub ends: &'static [Ends],
    pub sealed: &'static [SealedColumn],
    /// Columns that may name somebody else.
    pub others: &'static [&'static str],
    /// Columns that never leave: keys, secrets of a session, seals of other people.
    pub kept_in: &'static [&'static str],
    read: fn(&DatabaseConnection, sea_orm::Condition) -> Rows<'_>,
}
