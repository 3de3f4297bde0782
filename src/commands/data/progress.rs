//! How far long work has come, on standard error: one line that changes on a terminal; elsewhere a
//! line now and then.

use std::io::{IsTerminal as _, Write as _};

const MEGABYTE: u64 = 1_000_000;

/// Progress of one thing after another.
#[derive(Debug)]
pub struct Progress {
    is_terminal: bool,
    told: u64,
    has_line: bool,
}

impl Progress {
    /// Nothing was said yet.
    pub fn new() -> Progress {
        Progress { is_terminal: std::io::stderr().is_terminal(), told: 0, has_line: false }
    }

    /// Another thing begins.
    pub fn begin(&mut self) {
        self.end();
        self.told = 0;
    }

    /// Bytes that have come, of all where that is known.
    pub fn bytes(&mut self, what: &str, done: u64, of: Option<u64>) {
        let step = if self.is_terminal { MEGABYTE } else { 20 * MEGABYTE };
        if !self.is_due(done, step) && of != Some(done) {
            return;
        }
        let of = of.map(|of| format!(" of {:.1}", megabytes(of))).unwrap_or_default();
        self.say(&format!("{what}: {:.1}{of} MB", megabytes(done)));
    }

    /// Ranges that were read.
    pub fn ranges(&mut self, what: &str, done: u64) {
        let step = if self.is_terminal { 50_000 } else { 2_000_000 };
        if self.is_due(done, step) {
            self.say(&format!("{what}: {done} ranges read"));
        }
    }

    fn is_due(&mut self, done: u64, step: u64) -> bool {
        let is_due = done >= self.told + step;
        if is_due {
            self.told = done;
        }
        is_due
    }

    fn say(&mut self, text: &str) {
        let mut to = std::io::stderr();
        // Nobody to read it is no reason to stop.
        let _ = match self.is_terminal {
            true => write!(to, "\r{text:<70}"),
            false => writeln!(to, "{text}"),
        };
        self.has_line = self.is_terminal;
    }

    /// Ends the line that changed.
    pub fn end(&mut self) {
        if std::mem::take(&mut self.has_line) {
            let _ = writeln!(std::io::stderr());
        }
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / MEGABYTE as f64
}
