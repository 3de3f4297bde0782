"""The most people that can be placed, by OR-Tools' min-cost flow, built with NumPy.

Person to slot to sink; slots hold as many as verifiers are on duty. A random cost for each person's slot stands for
the order in which we draw it; the same without costs, which is a plain maximum flow and lets times of day
fall as they will, is timed too. Both are easier than our task: no own reports, no choice of a verifier.
Usage: flow.py people.csv verifiers.csv SECONDS_MAX
"""

import json
import sys
import time

import numpy as np
from ortools.graph.python import min_cost_flow

from day import read

people, on_duty = read(sys.argv[1], sys.argv[2])
n = len(people)
source, sink = n + 288, n + 289


def solve(with_costs):
    begun = time.perf_counter()
    persons, slots = [], []
    for person, own in enumerate(people):
        for first, end in own:
            persons.append(np.full(end - first, person, dtype=np.int32))
            slots.append(np.arange(n + first, n + end, dtype=np.int32))
    persons, slots = np.concatenate(persons), np.concatenate(slots)
    everybody = np.arange(n, dtype=np.int32)
    every_slot = np.arange(n, n + 288, dtype=np.int32)
    tails = np.concatenate([np.full(n, source, dtype=np.int32), persons, every_slot])
    heads = np.concatenate([everybody, slots, np.full(288, sink, dtype=np.int32)])
    capacities = np.concatenate([np.ones(n + len(slots), dtype=np.int64), np.array(on_duty, dtype=np.int64)])
    costs = np.zeros(len(tails), dtype=np.int64)
    if with_costs:
        costs[n:n + len(slots)] = np.random.default_rng(7).integers(0, 1_000, len(slots))
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    flow.set_node_supply(source, n)
    flow.set_node_supply(sink, -n)
    built = time.perf_counter()
    status = flow.solve_max_flow_with_min_cost()
    done = time.perf_counter()
    return int(flow.maximum_flow()), done - begun, done - built, str(status)


placed, seconds, solve_seconds, status = solve(True)
_, seconds_without_costs, _, _ = solve(False)
print(json.dumps({
    "placed": placed,
    "seconds": seconds,
    "solve_seconds": solve_seconds,
    "seconds_without_costs": seconds_without_costs,
    "status": status,
}))
