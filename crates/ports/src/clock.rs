//! The two clocks of DESIGN section 5: wall time that decides what is due, and monotonic time
//! that nothing can move, for leases.

use muster_domain::time::UtcMillis;
use std::sync::OnceLock;
use std::time::Instant;

/// Where "now" comes from. Pure code never sees this trait: it takes the instant as data.
pub trait Clock: Send + Sync + 'static {
    /// The wall time that decides what is due.
    fn now(&self) -> UtcMillis;

    /// Milliseconds on a clock that only moves forward and is not moved by `now`.
    fn monotonic_ms(&self) -> i64 {
        static ORIGIN: OnceLock<Instant> = OnceLock::new();
        ORIGIN.get_or_init(Instant::now).elapsed().as_millis() as i64
    }
}

/// The machine's own clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system clock")]
    fn now(&self) -> UtcMillis {
        let since_epoch =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        UtcMillis(since_epoch.as_millis() as i64)
    }
}
