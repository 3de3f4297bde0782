//! HR's pages: coverage, policies, the roster and one person.

mod coverage;

use crate::web::Route;

pub(super) fn routes() -> Vec<Route> {
    coverage::routes()
}
