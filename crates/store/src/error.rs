//! What can go wrong between us and the database.

use sea_orm::DbErr;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A row that must exist does not.
    #[error("{what} {id} does not exist")]
    Missing { what: &'static str, id: String },
    /// The lease of this work or name went to somebody else: everything is rolled back.
    #[error("the lease was lost (fence {fence})")]
    Fenced { fence: i64 },
    /// Sealed data that its key does not open, or a key that does not open.
    #[error("sealed data cannot be opened: {0}")]
    Sealed(&'static str),
    /// The person's key was destroyed: this data is gone for good.
    #[error("the key of this data was destroyed")]
    Erased,
    #[error("key file {file}: {detail}")]
    KeyFile { file: String, detail: String },
    /// A stored value that today's code cannot read.
    #[error("stored {what} is not readable: {detail}")]
    Unreadable { what: &'static str, detail: String },
    #[error("audit entry: {0}")]
    Leaf(#[from] muster_domain::audit::LeafError),
    /// The database belongs to something else.
    #[error("{0}")]
    WrongDatabase(String),
}

/// The result of a call to the store.
pub type StoreResult<T> = Result<T, StoreError>;

impl StoreError {
    /// Names a row that must exist.
    pub fn missing(what: &'static str, id: impl ToString) -> StoreError {
        StoreError::Missing { what, id: id.to_string() }
    }

    pub(crate) fn unreadable(what: &'static str, detail: impl ToString) -> StoreError {
        StoreError::Unreadable { what, detail: detail.to_string() }
    }
}
