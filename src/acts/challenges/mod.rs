//! The tasks of a talk: drawing them, the second device that shows a code, and the cards they are
//! drawn from, with how each has done.

pub mod cards;
mod drawing;
pub mod phone;

pub use drawing::{accommodations, declared_points, draw};
