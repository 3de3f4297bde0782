//! Inclusion proofs of the tree of RFC 6962 (section 2.1.1): the hashes that, with a leaf, give the
//! root. At a million leaves there are twenty of them.

use super::tree::{Hash, node_hash};

/// A run of leaves whose subtree's root a proof needs: the first one and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub first: u64,
    pub count: u64,
}

/// The runs of a proof for leaf `index` of `size`, nearest to the leaf first.
pub fn spans(index: u64, size: u64) -> Vec<Span> {
    let (mut first, mut count) = (0, size);
    let mut spans = Vec::new();
    while count > 1 {
        let half = count.next_power_of_two() / 2;
        if index - first < half {
            spans.push(Span { first: first + half, count: count - half });
            count = half;
        } else {
            spans.push(Span { first, count: half });
            (first, count) = (first + half, count - half);
        }
    }
    spans.reverse();
    spans
}

/// The root that a leaf hash and its proof give; nothing where the proof cannot be one for this
/// place (RFC 9162, section 2.1.3.2).
pub fn root_of_proof(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut at, mut last, mut root) = (index, size - 1, leaf);
    for hash in path {
        if last == 0 {
            return None;
        }
        if at & 1 == 1 || at == last {
            root = node_hash(hash, &root);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            root = node_hash(&root, hash);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    (last == 0).then_some(root)
}

#[cfg(test)]
mod tests {
    use super::super::tree::{leaf_hash, root_of};
    use super::*;

    #[test]
    fn every_leaf_of_every_small_tree_is_proved_and_no_other_place_is() {
        let leaves: Vec<Hash> = (0..40u8).map(|n| leaf_hash(&[n])).collect();
        for size in 1..=leaves.len() {
            let root = root_of(leaves[..size].iter().copied());
            for index in 0..size {
                let path: Vec<Hash> = spans(index as u64, size as u64)
                    .iter()
                    .map(|s| {
                        root_of(leaves[s.first as usize..][..s.count as usize].iter().copied())
                    })
                    .collect();
                let proved =
                    |at: usize| root_of_proof(leaves[index], at as u64, size as u64, &path);
                assert_eq!(proved(index), Some(root), "{index} of {size}");
                for other in (0..size).filter(|o| *o != index) {
                    assert_ne!(proved(other), Some(root), "{index} of {size} as {other}");
                }
                assert_ne!(root_of_proof([0; 32], index as u64, size as u64, &path), Some(root));
            }
        }
        assert_eq!(root_of_proof([0; 32], 1, 1, &[]), None);
    }
}
