"""How even times can be at all: of all fractional plans in which everybody is met and no slot holds more than
the verifiers on duty, the one closest to an even choice within each person's own free slots (least
sum of relative entropies; its form is a weight a slot, found by lowering the weights of over-full slots).
A plan of whole sessions that met the same people would have to give up at least `bits_a_person`.
Knows no own reports. Usage: flattest.py people.csv verifiers.csv SECONDS_MAX
"""

import json
import sys
import time

import numpy as np

from day import read

DECILES = 10
people, on_duty = read(sys.argv[1], sys.argv[2])
begun = time.perf_counter()
capacity = np.array(on_duty, dtype=float)
free = np.zeros((len(people), 288), dtype=bool)
for person, own in enumerate(people):
    for first, end in own:
        free[person, first:end] = True
free &= capacity > 0
free = free[free.any(axis=1)]
count = free.sum(axis=1)
weights = np.ones(288)
overfull = np.inf
while overfull > 1e-3 and time.perf_counter() - begun < float(sys.argv[3]):
    shares = free * weights
    shares /= shares.sum(axis=1, keepdims=True)
    demand = shares.sum(axis=0)
    overfull = float((demand - capacity).max())
    weights = np.minimum(weights * np.where(demand > 0, capacity / np.maximum(demand, 1e-12), 1), 1)
even = free / count[:, None]
decile = DECILES * (np.cumsum(free, axis=1) - 1) // count[:, None]
observed = np.array([shares[free & (decile == d)].sum() for d in range(DECILES)])
expected = np.array([even[free & (decile == d)].sum() for d in range(DECILES)])
own = np.where(free, shares * np.log2(np.where(free, shares, 1) * count[:, None]), 0)
is_found = overfull <= 1e-3
print(json.dumps({
    "found": is_found,
    "slot_kl_bits": float((observed / len(free) * np.log2(observed / expected)).sum()) if is_found else None,
    "bits_a_person": float(own.sum() / len(free)) if is_found else None,
    "demand_of_fullest_slot": float((even.sum(axis=0) / np.maximum(capacity, 1e-12))[capacity > 0].max()),
    "seconds": time.perf_counter() - begun,
}))
