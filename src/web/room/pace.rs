//! How fast one connection may talk: a token bucket on the clock that nothing can move.

/// Messages a connection may send at once. A call with many network cards sends about forty
/// candidates in its first second.
pub const BURST: i64 = 120;
/// Messages a second that a connection may send for ever.
pub const PER_SECOND: i64 = 20;

/// A bucket, counted in thousandths of a message so that integers suffice.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    milli_tokens: i64,
    seen_ms: i64,
}

impl Pace {
    /// A full bucket at this monotonic instant (ms).
    pub fn full(now_ms: i64) -> Pace {
        Pace { milli_tokens: BURST * 1000, seen_ms: now_ms }
    }

    /// Takes one message; false where there is none left.
    pub fn take(&mut self, now_ms: i64) -> bool {
        let elapsed_ms = (now_ms - self.seen_ms).clamp(0, 3_600_000);
        self.seen_ms = self.seen_ms.max(now_ms);
        self.milli_tokens = (self.milli_tokens + elapsed_ms * PER_SECOND).min(BURST * 1000);
        if self.milli_tokens < 1000 {
            return false;
        }
        self.milli_tokens -= 1000;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_steady_rate() {
        let mut pace = Pace::full(0);
        assert!((0..BURST).all(|_| pace.take(0)));
        assert!(!pace.take(0));
        assert!(!pace.take(49), "twenty a second is one every 50 ms");
        assert!(pace.take(50));
        assert!(!pace.take(50));
    }

    #[test]
    fn a_long_rest_fills_the_bucket_and_no_more() {
        let mut pace = Pace::full(0);
        while pace.take(0) {}
        let passed = (0..BURST * 2).filter(|_| pace.take(86_400_000)).count();
        assert_eq!(passed as i64, BURST);
    }
}
