//! The log in a bundle: grows the tree of RFC 6962 entry by entry and compares it with the signed
//! checkpoint, and with a checkpoint that the reader has kept.

use super::bundle::{Header, unhex};
use super::finding::Fault;
use crate::audit::{Checkpoint, Frontier, Hash};
use crate::sentence::Sentence;
use crate::{msg, sentence};

pub(super) struct LogCheck {
    frontier: Frontier,
    signed: Checkpoint,
    kept: Option<Checkpoint>,
    pub hidden: u64,
}

impl LogCheck {
    /// Checks the signature of the bundle's checkpoint, and of the kept one by the same key.
    pub fn begin(header: &Header, note: &str, kept: Option<&str>) -> Result<LogCheck, Fault> {
        let key = unhex::<32>(&header.log_key).ok_or_else(|| {
            Fault::at(1, "log-key", msg!("the key of the log is not 64 hexadecimal digits"))
        })?;
        let read = |note: &str, line, code| {
            let checkpoint = Checkpoint::verify(note, &header.origin, &key)
                .map_err(|e| Fault::at(line, code, Sentence::as_said(e.to_string())))?;
            // One spelling: what was signed is all there is.
            let lines = note.lines().count();
            match lines == 5 && note.ends_with('\n') {
                true => Ok(checkpoint),
                false => {
                    Err(Fault::at(line, code, msg!("a checkpoint has three lines and a signature")))
                }
            }
        };
        let signed = read(note, 2, "checkpoint")?;
        let kept = kept.map(|note| read(note, 0, "kept-checkpoint")).transpose()?;
        if kept.as_ref().is_some_and(|kept| kept.size > signed.size) {
            let sentence =
                msg!("the kept checkpoint covers more entries than this log has: it was cut");
            return Err(Fault::at(2, "kept-checkpoint", sentence));
        }
        let mut log = LogCheck { frontier: Frontier::default(), signed, kept, hidden: 0 };
        log.compare_kept()?;
        Ok(log)
    }

    /// The number of the next entry.
    pub fn next(&self) -> u64 {
        self.frontier.size()
    }

    pub fn size(&self) -> u64 {
        self.signed.size
    }

    pub fn root(&self) -> Hash {
        self.signed.root
    }

    pub fn push(&mut self, leaf: Hash) -> Result<(), Fault> {
        self.frontier.push(leaf);
        self.compare_kept()
    }

    fn compare_kept(&mut self) -> Result<(), Fault> {
        let is_there = self.kept.as_ref().is_some_and(|kept| kept.size == self.frontier.size());
        if let Some(kept) = self.kept.take_if(|_| is_there)
            && kept.root != self.frontier.root()
        {
            let sentence = sentence!(
                "the log was changed: its first {n} entries are not those of the kept checkpoint",
                n = kept.size
            );
            return Err(Fault::at(0, "kept-checkpoint", sentence));
        }
        Ok(())
    }

    /// Compares size and root at the end.
    pub fn end(&self) -> Result<(), Fault> {
        if self.frontier.size() != self.signed.size {
            let sentence = sentence!(
                "{n} entries, and the signed checkpoint covers {covered}",
                n = self.frontier.size(),
                covered = self.signed.size
            );
            return Err(Fault::at(0, "log-size", sentence));
        }
        if self.frontier.root() != self.signed.root {
            let sentence = msg!("the entries do not hash to the root that was signed");
            return Err(Fault::at(0, "log-root", sentence));
        }
        Ok(())
    }
}
