//! Stories of the HTTP side, in process: a small company, browsers that keep cookies, and the
//! router as it is served. No sockets, no sleeping.

mod api;
mod audit_log;
mod baseline;
mod challenges;
mod company;
mod evidence;
mod foundation;
mod future_draws;
mod help;
mod links;
mod meeting;
mod my_data;
mod my_draws;
mod office;
mod policies;
mod private_blocks;
mod programme;
mod reports;
mod roster;
mod routes;
mod served;
mod signing_in;
mod stand_by;
