//! Handlers of pages, one file a subject. Each file lists its routes; this file lists the files.

pub mod about;
pub mod home;
pub mod sign_in;

use super::router::Route;

/// Every page's routes.
pub(super) fn routes() -> Vec<Route> {
    [about::routes(), home::routes(), sign_in::routes()].concat()
}
