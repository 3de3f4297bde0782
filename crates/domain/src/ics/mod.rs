//! iCalendar text (RFC 5545) as far as Muster reads it: busy times of one person's calendar and the
//! all-day events of a holiday calendar. Text comes from outside and is trusted in nothing: sizes,
//! nesting and repetitions are bounded, and every refusal says which line it is about.

pub mod busy;
mod components;
mod moments;
mod recurrence;

pub use busy::{BusyReading, busy_times};
pub(crate) use components::{Component, Property, read};
pub(crate) use moments::Moment;
pub(crate) use recurrence::Recurrence;

/// Longest text that is read, in bytes: a busy calendar of ten years has about one million.
pub const TEXT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Why a text is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IcsFault {
    #[error(
        "this is not an iCalendar file: it does not begin with BEGIN:VCALENDAR; export it as .ics"
    )]
    NotCalendar,
    #[error(
        "the calendar has {bytes} bytes, more than the {TEXT_BYTES_MAX} that are read; export fewer years"
    )]
    TooLong { bytes: usize },
    #[error("line {line}: {problem}")]
    Line { line: usize, problem: String },
}

impl IcsFault {
    /// A fault at a line, counted from 1.
    pub(crate) fn at(line: usize, problem: impl Into<String>) -> IcsFault {
        IcsFault::Line { line, problem: problem.into() }
    }
}
