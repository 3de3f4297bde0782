//! A clock that moves when it is told to. Wall time and monotonic time are moved apart from each
//! other, because leases must survive a wall clock that jumps (DESIGN section 5, two clocks).

use muster_domain::time::UtcMillis;
use muster_ports::Clock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// A clock under the caller's hand.
///
/// `stopped` stands still between moves: tests and simulations. `running` also flows with real
/// time between moves: the demo.
#[derive(Debug)]
pub struct MovableClock {
    wall_ms: AtomicI64,
    monotonic_ms: AtomicI64,
    /// Set only when real time flows through.
    origin: Option<Instant>,
    /// How far each look at the wall time moves it.
    each_look_ms: AtomicI64,
}

impl MovableClock {
    /// A clock that shows `start` until it is moved; its monotonic side starts at 0.
    pub fn stopped(start: UtcMillis) -> MovableClock {
        MovableClock {
            wall_ms: AtomicI64::new(start.0),
            monotonic_ms: AtomicI64::new(0),
            origin: None,
            each_look_ms: AtomicI64::new(0),
        }
    }

    /// A clock that shows `start` now and goes on at the speed of real time.
    pub fn running(start: UtcMillis) -> MovableClock {
        MovableClock { origin: Some(Instant::now()), ..MovableClock::stopped(start) }
    }

    /// Puts the wall time to `instant`, forward or back. Monotonic time stays.
    pub fn set(&self, instant: UtcMillis) {
        self.wall_ms.store(instant.0 - self.flowed_ms(), Ordering::SeqCst);
    }

    /// Moves the wall time by `ms` (negative: back). Monotonic time stays.
    pub fn advance_ms(&self, ms: i64) {
        self.wall_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Moves the wall time by some minutes (negative: back). Monotonic time stays.
    pub fn advance_minutes(&self, minutes: i64) {
        self.advance_ms(UtcMillis(0).plus_minutes(minutes).0);
    }

    /// Lets `ms` pass on the monotonic side only, so that leases run out.
    ///
    /// # Panics
    /// If `ms` is negative: this side never goes back.
    pub fn advance_monotonic_ms(&self, ms: i64) {
        assert!(ms >= 0, "monotonic time never goes back (asked for {ms} ms)");
        self.monotonic_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Lets `ms` pass on both sides, as real waiting would.
    ///
    /// # Panics
    /// If `ms` is negative.
    pub fn pass_ms(&self, ms: i64) {
        self.advance_monotonic_ms(ms);
        self.advance_ms(ms);
    }

    /// From now on each look at the wall time moves it by `ms`: what is read twice differs, as it may
    /// on a real clock at the turn of a millisecond.
    pub fn move_at_each_look(&self, ms: i64) {
        self.each_look_ms.store(ms, Ordering::SeqCst);
    }

    fn flowed_ms(&self) -> i64 {
        self.origin.map_or(0, |origin| origin.elapsed().as_millis() as i64)
    }
}

impl Clock for MovableClock {
    fn now(&self) -> UtcMillis {
        let step = self.each_look_ms.load(Ordering::SeqCst);
        UtcMillis(self.wall_ms.fetch_add(step, Ordering::SeqCst) + self.flowed_ms())
    }

    fn monotonic_ms(&self) -> i64 {
        self.monotonic_ms.load(Ordering::SeqCst) + self.flowed_ms()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UtcMillis = UtcMillis(1_795_000_000_000);

    #[test]
    fn a_stopped_clock_shows_what_it_was_told_and_nothing_else() {
        let clock = MovableClock::stopped(START);
        assert_eq!(clock.now(), START);
        clock.advance_minutes(5);
        assert_eq!(clock.now(), START.plus_minutes(5));
        clock.set(START);
        assert_eq!(clock.now(), START);
    }

    #[test]
    fn moving_the_wall_leaves_leases_alone() {
        let clock = MovableClock::stopped(START);
        clock.advance_minutes(60);
        clock.set(START.plus_minutes(-600));
        assert_eq!(clock.monotonic_ms(), 0);
        clock.advance_monotonic_ms(30_000);
        assert_eq!((clock.monotonic_ms(), clock.now()), (30_000, START.plus_minutes(-600)));
        clock.pass_ms(1_000);
        assert_eq!(clock.monotonic_ms(), 31_000);
    }

    #[test]
    fn a_running_clock_flows_on_from_where_it_was_put() {
        let clock = MovableClock::running(START);
        clock.set(START.plus_minutes(10));
        let shown = clock.now();
        assert!(shown >= START.plus_minutes(10) && shown < START.plus_minutes(11));
        let before = clock.monotonic_ms();
        let deadline = Instant::now() + std::time::Duration::from_secs(5);
        while clock.monotonic_ms() == before {
            assert!(Instant::now() < deadline, "the clock stands still");
            std::thread::yield_now();
        }
        assert!(clock.now() > shown);
    }

    #[test]
    #[should_panic(expected = "never goes back")]
    fn monotonic_time_cannot_be_turned_back() {
        MovableClock::stopped(START).advance_monotonic_ms(-1);
    }
}
