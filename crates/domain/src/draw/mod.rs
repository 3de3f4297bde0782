//! The draw: who is hit today, at which slot, by which verifier, as a deterministic function of
//! committed rows and a key. No future date exists here or anywhere; what is decided is stored by
//! the engine at its announcement and not before.

pub mod beacon;
pub mod block;
pub mod bytes;
pub mod capacity;
pub mod chain;
pub mod day;
pub mod escrow;
pub mod explanation;
pub mod hazard;
pub mod holder;
pub mod inputs;
pub mod law;
pub mod mac;
mod matching;
pub mod next_slot;
pub mod plan;
pub mod single;
pub mod slot_order;
pub mod stand_by;
pub mod state;

#[cfg(test)]
mod fixtures;

pub use beacon::{BEACON_WAIT_MS, BeaconFault, BeaconKind, BeaconRound};
pub use block::{BLOCK_MS, Blocks, LabelResult, drawn_before, label_results};
pub use bytes::{Boundary, BoundaryKey, Horizon, Purpose, SINGLE_LOCK_SALT};
pub use capacity::{TAKEN_DAYS_AFTER, TAKEN_DAYS_BEFORE, Taken, TakenSession, takes_from};
pub use chain::{Anchor, Chain, ChainFault, ChainKey};
pub use day::DayRoll;
pub use hazard::{HazardTable, TableFault, Threshold};
pub use holder::{AnchorFile, HolderFault, Release, TipFile};
pub use inputs::{
    BlockShare, BoundaryInputs, Breaks, FREE_SLOTS_MIN, InputsFault, PersonRow, PolicyRow,
    VerifierRow,
};
pub use law::{
    CadenceLaw, CheckInCounts, DrawLaw, ELIGIBLE_DAYS_A_YEAR, LawFigures, LawRefusal, LawResult,
    Period, PoolLaw, day_of_gap,
};
pub use next_slot::{NextSlot, REFUSALS_MAX, SHIELDED_DAYS_MAX, is_taken, next_slot};
pub use plan::{MoveReason, Moved, Placement, Plan, Selection, is_hit, place_all, plan};
pub use single::{SingleQuestion, plan_single};
pub use slot_order::slot_order;
pub use stand_by::{Busy, CannotReason, HandOverReason, StandByQuestion, choose_stand_by};
pub use state::{CadenceState, DayResult, day_results};
