"""Hazard tables: the chance of being drawn on the k-th eligible day (draw-format.md, "Hazard tables").

A draw uses the committed thresholds only. How a policy's wanted mean becomes such a table is
floating-point arithmetic, done once; it is repeated here to show that a table is what it promises.
"""

from dataclasses import dataclass

from .keys import SURE

WHOLE = 2**64
"""A chance of 1, as thresholds count."""


# ------------------------------------------------------------------------------------- thresholds


def block_threshold(threshold: int, before: int, here: int, total: int) -> int:
    """The threshold of one block, given that no earlier block of the day hit.

    H here / (total - H before), where H is the day's chance and the rest is the person's share.
    """
    if here == 0:
        return 0
    chance = WHOLE if threshold == SURE else threshold
    left = total * WHOLE - chance * before
    if chance * here == left:
        return SURE  # only a sure day, in the last block that has slots
    return min(chance * here * WHOLE // left, SURE - 1)


def threshold_of_chance(chance: float) -> int:
    """floor(h x 2^64), and the highest for h = 1."""
    return SURE if chance >= 1 else int(chance * WHOLE)


# ---------------------------------------------------------------------------------- the law itself


@dataclass(frozen=True, slots=True)
class Wish:
    """What a cadence policy asks for, in eligible days."""

    mean: float
    min_gap: int = 0
    soft_gap: int = 0
    soft_factor: float = 0.25
    max_gap: int | None = None
    floor_share: float = 0.92

    @property
    def longest_gap(self) -> int:
        return self.max_gap if self.max_gap is not None else _rounded_up(4 * self.mean)


@dataclass(frozen=True, slots=True)
class Table:
    chances: list[float]
    floor_share: float
    sure_share: float

    def thresholds(self) -> list[int]:
        return [threshold_of_chance(chance) for chance in self.chances]


def table_of(wish: Wish) -> Table:
    """The table of a wish: the highest floor share with which at most 2 % of draws are sure.

    Where there is none, the highest one that comes within 10^-6 of the least sure share.
    """
    tables: list[Table] = []
    for step in range(int(wish.floor_share * 100) + 1):
        share = max(0.0, wish.floor_share - step / 100)
        chances = _reach_mean(wish, share / wish.mean)
        if chances is not None:
            tables.append(Table(chances, share, sure_share(chances)))
            if tables[-1].sure_share <= 0.02:
                return tables[-1]
    if not tables:
        raise ValueError(f"no table has the mean {wish.mean}")
    least = min(table.sure_share for table in tables)
    return next(table for table in tables if table.sure_share <= least + 1e-6)


def pool_threshold(rate: float, eligible_days: float) -> int:
    """The one threshold of a pool: `rate` draws in a period of so many eligible days."""
    return threshold_of_chance(rate / eligible_days)


def mean_gap(chances: list[float]) -> float:
    """The mean number of eligible days from one draw to the next."""
    mean, survival = 0.0, 1.0
    for chance in chances:
        mean += survival
        survival *= 1 - chance
    return mean


def sure_share(chances: list[float]) -> float:
    """The share of draws that fall on days on which a hit is at least as likely as not."""
    share, survival = 0.0, 1.0
    for chance in chances:
        if chance >= 0.5:
            share += survival * chance
        survival *= 1 - chance
    return share


def _recursion(wish: Wish, floor: float, cost: float) -> list[float]:
    """From the last day backwards: V is what the days from k on cost, c the cost of a day."""
    last = wish.longest_gap
    chances = [0.0] * last
    value = cost
    for k in range(last, 0, -1):
        chance = min(max(floor, value / 2, 0.0), 1.0)
        if k <= wish.soft_gap:
            chance *= wish.soft_factor
        if k < wish.min_gap:
            chance = 0.0
        if k == last:
            chance = 1.0
        chances[k - 1] = chance
        value = cost + chance * chance + (1 - chance) * value
    return chances


def _reach_mean(wish: Wish, floor: float) -> list[float] | None:
    """Bisects c; a higher c makes days dearer, draws likelier and the mean smaller."""
    low, high = -1.0, 1.0
    while mean_gap(_recursion(wish, floor, low)) < wish.mean:
        low *= 2
        if low < -1e6:
            return None
    while mean_gap(_recursion(wish, floor, high)) > wish.mean:
        high *= 2
        if high > 1e6:
            return None
    for _ in range(200):
        middle = (low + high) / 2
        if mean_gap(_recursion(wish, floor, middle)) > wish.mean:
            low = middle
        else:
            high = middle
    return _recursion(wish, floor, high)


def _rounded_up(number: float) -> int:
    return int(-(-number // 1))
