//! HR's pages: coverage, policies, the roster and one person.

mod coverage;
mod person;
mod policies;
mod previews;
mod roster;

use crate::web::Route;

pub(super) fn routes() -> Vec<Route> {
    [coverage::routes(), policies::routes(), previews::routes(), roster::routes(), person::routes()]
        .concat()
}
