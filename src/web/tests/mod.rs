//! Stories of the HTTP side, in process.
