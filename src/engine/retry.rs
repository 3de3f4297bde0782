//! When to try again. Reads the five answers of a port and nothing else.

use muster_domain::time::UtcMillis;
use muster_ports::{Entropy, PortError};
use muster_store::work::Lane;

/// Attempts after which work that may die does.
pub(super) const ATTEMPTS_MAX: i64 = 14;

/// Base and cap of the delay in milliseconds, by lane.
const fn delays_ms(lane: Lane) -> (i64, i64) {
    match lane {
        Lane::Escalation => (2_000, 60_000),
        Lane::Announcement => (2_000, 60_000),
        Lane::Intake => (5_000, 120_000),
        Lane::Booking => (5_000, 900_000),
        Lane::Digest => (30_000, 3_600_000),
    }
}

/// Full jitter: uniform in `1..=min(cap, base * 2^attempt)` (AWS Architecture Blog, 2015), but
/// never before the provider's own wish.
pub(super) fn next_attempt(
    lane: Lane,
    attempt: i64,
    error: &PortError,
    now: UtcMillis,
    entropy: &dyn Entropy,
) -> UtcMillis {
    let (base, cap) = delays_ms(lane);
    let ceiling = base.saturating_mul(1 << attempt.clamp(0, 20)).min(cap);
    let random = u64::from_be_bytes(entropy.bytes());
    let delay = 1 + (random % ceiling as u64) as i64;
    let own = now.plus_ms(delay);
    match error {
        PortError::TryLater { not_before: Some(wish), .. } => own.max(*wish),
        PortError::Reconnect(_) => now.plus_ms(cap),
        _ => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones;
    impl Entropy for Ones {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0xff);
        }
    }

    #[test]
    fn stays_between_now_and_the_cap_and_honours_the_provider() {
        let now = UtcMillis(1_000_000);
        let broken = PortError::Broken("x".into());
        for attempt in 0..40 {
            let at = next_attempt(Lane::Escalation, attempt, &broken, now, &Ones);
            assert!(at > now && at <= now.plus_ms(60_000), "attempt {attempt}: {at:?}");
        }
        let wish = now.plus_ms(500_000);
        let later = PortError::TryLater { not_before: Some(wish), detail: String::new() };
        assert_eq!(next_attempt(Lane::Escalation, 1, &later, now, &Ones), wish);
    }
}
