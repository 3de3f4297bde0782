//! `[retention]`: days for which each class of data is kept, and why anything is kept longer than
//! by default. The table itself is `muster_domain::retention`.

use super::Fault;
use muster_domain::retention::RetentionDays;

pub(super) fn check(days: &RetentionDays, faults: &mut Vec<Fault>) {
    faults.extend(days.faults().iter().map(|fault| {
        Fault::new(&format!("retention.{}", fault.key), &fault.problem, &fault.accepted)
    }));
}
