//! One breaker per provider: after five failures in a row it stays open, one probe every thirty
//! seconds may pass, and work that meets an open breaker is put back without losing an attempt.

use muster_domain::time::UtcMillis;
use std::collections::HashMap;
use std::sync::Mutex;

const FAILURES_MAX: u32 = 5;
const PROBE_EVERY_MS: i64 = 30_000;

#[derive(Debug, Default)]
struct State {
    failures: u32,
    next_probe: UtcMillis,
}

/// Breakers by provider name.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    providers: Mutex<HashMap<String, State>>,
}

impl Breaker {
    /// `Err(when)` while open; lets one call pass every thirty seconds.
    pub(super) fn ask(&self, provider: &str, now: UtcMillis) -> Result<(), UtcMillis> {
        let mut providers = self.providers.lock().expect("no panic while held");
        let state = providers.entry(provider.to_owned()).or_default();
        if state.failures < FAILURES_MAX || now >= state.next_probe {
            if state.failures >= FAILURES_MAX {
                state.next_probe = now.plus_ms(PROBE_EVERY_MS);
            }
            return Ok(());
        }
        Err(state.next_probe)
    }

    /// Notes how a call ended.
    pub(super) fn note(&self, provider: &str, ok: bool, now: UtcMillis) {
        let mut providers = self.providers.lock().expect("no panic while held");
        let state = providers.entry(provider.to_owned()).or_default();
        if ok {
            *state = State::default();
            return;
        }
        state.failures += 1;
        if state.failures == FAILURES_MAX {
            state.next_probe = now.plus_ms(PROBE_EVERY_MS);
            tracing::warn!(provider, "breaker open");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_after_five_failures_lets_one_probe_pass_and_closes_on_success() {
        let breaker = Breaker::default();
        let t = UtcMillis(0);
        for _ in 0..5 {
            assert_eq!(breaker.ask("mail", t), Ok(()));
            breaker.note("mail", false, t);
        }
        assert_eq!(breaker.ask("mail", t.plus_ms(1)), Err(t.plus_ms(PROBE_EVERY_MS)));
        let later = t.plus_ms(PROBE_EVERY_MS);
        assert_eq!(breaker.ask("mail", later), Ok(()));
        assert!(breaker.ask("mail", later).is_err(), "one probe at a time");
        breaker.note("mail", true, later);
        assert_eq!(breaker.ask("mail", later), Ok(()));
        assert_eq!(breaker.ask("room", t), Ok(()), "each provider has its own");
    }
}
