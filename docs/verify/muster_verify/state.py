"""How `k` goes from one label to the next (draw-format.md, "State")."""

from .rows import Policy

RETURN_AFTER_DAYS = 10
"""So many ineligible days in a row, and whoever returns is not met at once by a sure draw."""


def after_label(k: int, *, drawn: bool, eligible: bool, policy: Policy) -> int:
    """`k` once a label has closed: `drawn` is hit, shielded or uncovered in any of its blocks."""
    if drawn:
        return 1
    if eligible:
        return min(k + 1, policy.longest_gap)
    return k


def on_return(k: int, policy: Policy) -> int:
    """`k` on the first eligible day after at least ten ineligible ones, once from draw to draw."""
    return min(k, max(1, policy.longest_gap - RETURN_AFTER_DAYS))


def under_policy(k: int, policy: Policy) -> int:
    """`k` when another policy takes over."""
    return min(k, policy.longest_gap)
