//! Handlers of pages, one file a subject. Each file lists its routes; this file lists the files.

pub mod about;
pub mod auditor;
pub mod auditor_draws;
pub mod cases;
pub mod challenges;
pub mod check_in;
pub mod delegations;
pub mod exceptions;
pub mod first_session;
pub mod help;
pub mod home;
pub mod hr;
pub mod language;
pub mod links;
pub mod my_data;
pub mod my_draws;
pub mod notice;
pub mod passkeys;
pub mod people_list;
pub mod phone;
pub mod practice;
pub mod private_blocks;
pub mod reports;
pub mod room;
pub mod rules;
pub mod sign_in;
pub mod system;
pub mod verifier;

use super::router::Route;

/// Every page's routes.
pub(super) fn routes() -> Vec<Route> {
    [
        about::routes(),
        auditor::routes(),
        auditor_draws::routes(),
        cases::routes(),
        challenges::routes(),
        check_in::routes(),
        exceptions::routes(),
        first_session::routes(),
        help::routes(),
        home::routes(),
        hr::routes(),
        language::routes(),
        links::routes(),
        my_data::routes(),
        my_draws::routes(),
        notice::routes(),
        passkeys::routes(),
        people_list::routes(),
        phone::routes(),
        practice::routes(),
        private_blocks::routes(),
        delegations::routes(),
        reports::routes(),
        room::routes(),
        rules::routes(),
        sign_in::routes(),
        system::routes(),
        verifier::routes(),
    ]
    .concat()
}
