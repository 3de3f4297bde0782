//! The tamper-evident log: the form of one leaf, the Merkle tree over leaves, and the signed
//! checkpoint. The formats are fixed from the first entry; where they are stored is not known here.

pub mod canonical;
pub mod checkpoint;
pub mod leaf;
pub mod proof;
pub mod tree;

pub use checkpoint::{Checkpoint, CheckpointError, SigningKey};
pub use leaf::{Commitment, Leaf, LeafError};
pub use tree::{Frontier, Hash, leaf_hash, root_of};
