//! Every provider against a real peer where one can be installed, else against a scripted fake.

mod bounces;
mod drand;
mod heartbeat;
mod ics_free_busy;
mod list;
mod npm;
mod oauth;
mod smtp;
mod smtp_delivery;
mod smtp_tls;
mod support;
