//! When people are busy. Asked for many at once on a timetable that says nothing about anybody, and
//! for one person only after their check-in was announced.

use crate::PortResult;
use async_trait::async_trait;
use muster_domain::calendar::Window;
use muster_domain::time::UtcMillis;

/// Whose calendar is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusyQuestion {
    pub address: String,
    /// The person's IANA zone: it stands in for whole days and for times without a zone.
    pub zone: String,
}

/// When somebody is busy. Nothing else of a calendar comes through: no title, place or guest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BusyAnswer {
    /// Sorted and joined, within what was asked for.
    pub busy: Vec<Window>,
    /// Events that could not be read and count as free.
    pub not_understood: usize,
}

/// Reads when people are busy.
#[async_trait]
pub trait FreeBusy: Send + Sync + 'static {
    /// The busy times of each, in the order of the questions. One calendar that cannot be read
    /// does not stop the others. The whole call ends within half a work lease (15 s).
    async fn busy(
        &self,
        who: &[BusyQuestion],
        from: UtcMillis,
        to: UtcMillis,
    ) -> Vec<PortResult<BusyAnswer>>;
}
