//! The signed record of an answer to the question of place: a JWS whose claims are named as in EAT.
//!
//! A signature proves which browser's key said it, when and in answer to which question. It does not
//! prove that it is true. No I/O: who asked, and whether the question is still open, is the caller's.

mod jws;
mod record;

pub use jws::{DeviceKey, JwsFault, SignedText};
pub use record::{Expected, PROFILE, PlaceRecord, RecordFault};
