//! Handlers of pages, one file a subject. Each file lists its routes; this file lists the files.

pub mod about;
pub mod check_in;
pub mod home;
pub mod room;
pub mod sign_in;
pub mod verifier;

use super::router::Route;

/// Every page's routes.
pub(super) fn routes() -> Vec<Route> {
    [
        about::routes(),
        check_in::routes(),
        home::routes(),
        room::routes(),
        sign_in::routes(),
        verifier::routes(),
    ]
    .concat()
}
