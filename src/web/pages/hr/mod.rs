//! HR's pages: coverage, disruptions, policies, the roster and one person.

mod coverage;
mod disruptions;
mod person;
mod policies;
mod previews;
mod roster;

use crate::web::Route;

pub(super) fn routes() -> Vec<Route> {
    [
        coverage::routes(),
        disruptions::routes(),
        policies::routes(),
        previews::routes(),
        roster::routes(),
        person::routes(),
    ]
    .concat()
}
