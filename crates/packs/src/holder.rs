//! The packs in force, swapped while they are used. Whoever looks up takes a handle and keeps it
//! through one look-up or one judging; the old packs go when the last handle does.

use crate::packs::Packs;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Cheap to clone; all clones hold the same packs.
#[derive(Debug, Clone, Default)]
pub struct PackHolder {
    now: Arc<RwLock<Arc<Packs>>>,
    /// Held by whoever reads the folder, so that two readings never lie in memory beside each other.
    reading: Arc<Mutex<()>>,
}

impl PackHolder {
    /// A holder of these packs.
    pub fn new(packs: Packs) -> PackHolder {
        PackHolder { now: Arc::new(RwLock::new(Arc::new(packs))), reading: Arc::default() }
    }

    /// The packs in force.
    pub fn packs(&self) -> Arc<Packs> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks whether a manifest in the folder has changed and swaps if so. Blocks while it reads;
    /// look-ups go on meanwhile. Answers whether anything was swapped.
    pub fn refresh(&self) -> bool {
        let _one = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let held = self.packs();
        if !held.is_stale() {
            return false;
        }
        let fresh = Arc::new(held.reopened());
        drop(held);
        let is_other = !fresh.is_same(&self.packs());
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        is_other
    }
}
