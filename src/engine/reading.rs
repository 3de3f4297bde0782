//! What was read of the database, kept for as long as nothing changes there.

use super::Engine;
use muster_store::StoreResult;

/// One reading. It is kept only where somebody steps the clock through weeks in this one process (demo,
/// tests): a service shares its database with the command line, and with other instances.
pub(super) struct Reading<T>(Option<(u64, T)>);

impl<T> Default for Reading<T> {
    fn default() -> Reading<T> {
        Reading(None)
    }
}

impl<T: Clone> Reading<T> {
    /// What was read when nothing had changed since then; else it is read now.
    pub(super) async fn of(
        &mut self,
        engine: &Engine,
        read: impl Future<Output = StoreResult<T>>,
    ) -> StoreResult<T> {
        // Asked before reading: what changes meanwhile is read again.
        let changes = engine.context.store.changes().filter(|_| engine.is_stepped());
        if let Some((then, value)) = &self.0
            && Some(*then) == changes
        {
            return Ok(value.clone());
        }
        let value = read.await?;
        self.0 = changes.map(|changes| (changes, value.clone()));
        Ok(value)
    }
}
