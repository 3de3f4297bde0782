"""RFC 6962 Merkle trees: SHA-256, a leaf is hashed behind a zero byte, a node behind a one.

A root is built as leaves arrive, in memory that grows with the logarithm of their number.
"""

import hashlib


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class GrowingTree:
    """Takes leaf hashes one after another and knows the root at every moment."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # roots of full subtrees, largest first: one a set bit of `size`

    def append(self, hashed_leaf: bytes) -> None:
        self._peaks.append(hashed_leaf)
        self.size += 1
        size = self.size
        while size % 2 == 0:  # two subtrees of equal size become one
            right = self._peaks.pop()
            self._peaks.append(node_hash(self._peaks.pop(), right))
            size //= 2

    def root(self) -> bytes:
        """The root; of no leaves the SHA-256 of nothing."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of_hashes(hashed_leaves: list[bytes]) -> bytes:
    tree = GrowingTree()
    for hashed in hashed_leaves:
        tree.append(hashed)
    return tree.root()


def root_of_inclusion(hashed_leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that a leaf at `index` of `size` has by its audit path (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    here, last, root = index, size - 1, hashed_leaf
    for sibling in path:
        if last == 0:
            raise ValueError("the audit path is too long")
        if here % 2 == 1 or here == last:
            root = node_hash(sibling, root)
            while here % 2 == 0 and here != 0:  # levels at which this node has no right neighbour
                here //= 2
                last //= 2
        else:
            root = node_hash(root, sibling)
        here //= 2
        last //= 2
    if last != 0:
        raise ValueError("the audit path is too short")
    return root
