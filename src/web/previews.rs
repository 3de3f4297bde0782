//! Previews under way and their results: in the memory of this instance, for the person who asked, and
//! for an hour. One is computed at a time, on a thread of its own, so that a large roster never takes
//! more than one processor from the service.

use crate::acts::policy::Draft;
use crate::acts::policy::preview::{Prepared, Previewed};
use muster_domain::id::PersonId;
use muster_domain::msg;
use muster_domain::time::{HOUR_MS, UtcMillis};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Results kept at once; the oldest goes first.
const KEPT_MAX: usize = 8;

/// A result is kept so long.
const KEPT_MS: i64 = HOUR_MS;

/// How far one is.
#[derive(Clone)]
pub enum Progress {
    /// Whole percent.
    Running(u32),
    Done(Arc<Previewed>),
    /// A sentence.
    Failed(String),
}

/// One preview.
#[derive(Clone)]
pub struct Kept {
    pub id: Uuid,
    pub owner: PersonId,
    pub began: UtcMillis,
    pub text: String,
    pub draft: Arc<Draft>,
    pub progress: Progress,
}

/// All of this instance.
#[derive(Clone, Default)]
pub struct Previews(Arc<Mutex<Vec<Kept>>>);

/// Another one is being computed.
#[derive(Debug)]
pub struct Busy;

impl Previews {
    /// Begins one and answers at once.
    ///
    /// # Errors
    /// Another is being computed.
    pub fn begin(
        &self,
        id: Uuid,
        owner: PersonId,
        now: UtcMillis,
        text: String,
        prepared: Prepared,
    ) -> Result<(), Busy> {
        let mut kept = self.kept();
        if kept.iter().any(|k| matches!(k.progress, Progress::Running(_))) {
            return Err(Busy);
        }
        kept.retain(|k| now.since(k.began) < KEPT_MS);
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        let draft = Arc::new(prepared.draft.clone());
        kept.push(Kept { id, owner, began: now, text, draft, progress: Progress::Running(0) });
        drop(kept);
        let ending = Ending { previews: self.clone(), id };
        std::thread::spawn(move || {
            let mut told = 0;
            let answer = prepared.run(|done| {
                let percent = ((done * 100.0) as u32).min(99);
                if percent > told {
                    told = percent;
                    ending.previews.set(id, Progress::Running(percent));
                }
            });
            ending.previews.set(
                id,
                match answer {
                    Ok(previewed) => Progress::Done(Arc::new(previewed)),
                    Err(error) => Progress::Failed(error.to_string()),
                },
            );
        });
        Ok(())
    }

    /// The preview with this id, for whoever asked for it and nobody else.
    pub fn find(&self, id: Uuid, asker: PersonId, now: UtcMillis) -> Option<Kept> {
        let kept = self.kept();
        let is_theirs = |k: &&Kept| k.id == id && k.owner == asker && now.since(k.began) < KEPT_MS;
        kept.iter().find(is_theirs).cloned()
    }

    fn set(&self, id: Uuid, progress: Progress) {
        if let Some(one) = self.kept().iter_mut().find(|k| k.id == id) {
            one.progress = progress;
        }
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whatever happens to the thread, the place of the one running preview becomes free.
struct Ending {
    previews: Previews,
    id: Uuid,
}

impl Drop for Ending {
    fn drop(&mut self) {
        let mut kept = self.previews.kept();
        if let Some(one) = kept.iter_mut().find(|k| k.id == self.id)
            && matches!(one.progress, Progress::Running(_))
        {
            one.progress =
                Progress::Failed(msg!("The preview ended unexpectedly. Try again.").to_owned());
        }
    }
}
