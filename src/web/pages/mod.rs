//! Handlers of pages, one file a subject. Each file lists its routes; this file lists the files.

pub mod about;
pub mod auditor;
pub mod cases;
pub mod home;
pub mod hr;
pub mod people_list;
pub mod sign_in;
pub mod system;

use super::router::Route;

/// Every page's routes.
pub(super) fn routes() -> Vec<Route> {
    [
        about::routes(),
        auditor::routes(),
        cases::routes(),
        home::routes(),
        hr::routes(),
        people_list::routes(),
        sign_in::routes(),
        system::routes(),
    ]
    .concat()
}
