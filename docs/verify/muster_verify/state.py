"""How `k` goes from one label to the next (draw-format.md, "State")."""

from dataclasses import dataclass, replace

AWAY_DAYS = 10
"""So many ineligible days in a row, and whoever returns is not met at once by a sure draw."""


@dataclass(frozen=True, slots=True)
class State:
    """What is carried for one person. `longest_gap` below is M of the policy in force."""

    k: int = 1
    away_days: int = 0
    """Ineligible labels in a row up to now."""
    is_eased: bool = False
    """Whether the return was made easier since the last draw already."""

    def at_boundary(self, eligible: bool, longest_gap: int) -> "State":
        """The state whose `k` a row must show."""
        state = replace(self, k=min(self.k, longest_gap))
        if not eligible or state.away_days < AWAY_DAYS or state.is_eased:
            return state
        return replace(state, k=min(state.k, max(1, longest_gap - AWAY_DAYS)), is_eased=True)

    def closed(self, drawn: bool, eligible: bool, longest_gap: int) -> "State":
        """The state after the label; `drawn` is hit, shielded or uncovered in any of its blocks."""
        if drawn:
            return State()
        if eligible:
            return replace(self, k=min(self.k + 1, longest_gap), away_days=0)
        return replace(self, away_days=self.away_days + 1)
