//! The service's own log, captured while a story is told.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};
use tracing::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};

/// While one subscriber alone is known, a call site that some other thread reaches first is asked of
/// that thread's subscriber, and is off for good where it has none: what the captured thread says there
/// later would be lost. With a second one, which wants nothing and lives as long as the process,
/// every call site is asked of both.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::new()));

/// Everything that this thread logs, of every level.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Captures until the guard is dropped.
    pub fn capture() -> (Log, DefaultGuard) {
        LazyLock::force(&SECOND);
        let log = Log::default();
        let writer = log.clone();
        let logging = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(logging))
    }

    /// What was logged so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_thread_that_logs_first_does_not_silence_the_captured_one() {
    fn say() {
        tracing::info!("said by whoever asks");
    }
    let (log, _logging) = Log::capture();
    std::thread::spawn(say).join().unwrap();
    say();
    assert!(String::from_utf8(log.bytes()).unwrap().contains("said by whoever asks"));
}
