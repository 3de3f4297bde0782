//! The first, supervised session of a person: booked openly, met by a drawn verifier, vouched for by
//! somebody who knows them, with one picture that later verifiers see beside the live one.

mod booking;
mod standing;
mod still;
mod vouching;

pub use booking::{BookedAll, ask_again, book, book_all, book_due, may_move_again, resend};
pub use standing::{Standing, of, overview};
pub use still::{answer, answered, ended, offer, offered, own, shown, view};
pub use vouching::{may_vouch, to_vouch, vouch};
