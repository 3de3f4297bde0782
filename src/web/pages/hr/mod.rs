//! HR's pages: coverage, disruptions, first sessions, policies, the roster, one person and what is
//! changed about them by hand, holidays, the programme's health, objections.

mod absences;
mod coverage;
mod disruptions;
mod first_sessions;
mod holidays;
mod objections;
mod person;
mod person_edit;
mod places;
mod policies;
mod previews;
mod programme;
mod roster;

use crate::web::Route;

pub(super) fn routes() -> Vec<Route> {
    [
        coverage::routes(),
        disruptions::routes(),
        first_sessions::routes(),
        policies::routes(),
        previews::routes(),
        roster::routes(),
        person::routes(),
        person_edit::routes(),
        places::routes(),
        absences::routes(),
        holidays::routes(),
        programme::routes(),
        objections::routes(),
    ]
    .concat()
}
