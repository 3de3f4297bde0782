//! The root of a list of leaves as RFC 6962 section 2.1 defines it. Only the root: proofs belong to
//! the audit log.

use sha2::{Digest, Sha256};

/// A hash of a leaf, a node or a whole tree.
pub type Hash = [u8; 32];

/// `SHA-256(0x00 || leaf)`.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new_with_prefix([0]).chain_update(leaf).finalize().into()
}

/// The root over leaf hashes in order; of no leaf, SHA-256 of nothing.
pub fn root(leaf_hashes: impl IntoIterator<Item = Hash>) -> Hash {
    // Complete subtrees from left to right, each with its number of leaves (a power of two).
    let mut trees: Vec<(u64, Hash)> = Vec::new();
    for hash in leaf_hashes {
        let mut tree = (1, hash);
        while let Some((_, left)) = trees.pop_if(|(size, _)| *size == tree.0) {
            tree = (tree.0 * 2, node_hash(&left, &tree.1));
        }
        trees.push(tree);
    }
    let right_to_left = trees.into_iter().rev().map(|(_, hash)| hash);
    right_to_left
        .reduce(|right, left| node_hash(&left, &right))
        .unwrap_or_else(|| Sha256::digest([]).into())
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new_with_prefix([1]).chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Leaves and roots of the test vectors of Certificate Transparency (RFC 6962).
    #[test]
    fn roots_match_the_vectors_of_certificate_transparency() {
        let leaves: [&[u8]; 8] = [
            b"",
            &[0],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[
                0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
                0x6e, 0x6f,
            ],
        ];
        let of = |n: usize| hex::encode(root(leaves[..n].iter().map(|l| leaf_hash(l))));
        assert_eq!(of(0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(of(1), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assert_eq!(of(3), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
        assert_eq!(of(7), "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c");
        assert_eq!(of(8), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }
}
