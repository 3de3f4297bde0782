//! When a person may be met: weekly hours, holidays, windows as real instants, and whether a local
//! date is eligible for the draw at all. Everything is computed from arguments; reading rosters,
//! calendars of providers or the clock happens elsewhere.

pub mod eligibility;
pub mod holidays;
pub mod hours;
pub mod private_block;
pub mod windows;

pub use eligibility::{
    DateSpan, DayQuestion, DayReasons, Eligibility, IneligibleClass, eligibility,
    explained_eligibility, without,
};
pub use holidays::{HolidayCalendar, HolidayCalendars, HolidayFault, SHIPPED_YEARS};
pub use hours::{HoursFault, Span, WeeklyHours};
pub use private_block::{BlockFault, BlockWhen, PrivateBlock};
pub use windows::{
    ANNOUNCE_MARGIN_MS, PLAN_DELAY_MS, SlotRange, SlotTerms, Window, free_slots, verifier_slots,
    windows_on,
};
