//! What people and programs reach over HTTP.

pub mod room;
