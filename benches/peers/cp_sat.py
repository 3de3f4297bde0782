"""The same by OR-Tools CP-SAT, as its users would write it: an optional unit interval a person, one
cumulative with the verifiers' profile. Two workers. Usage: cp_sat.py people.csv verifiers.csv SECONDS_MAX
"""

import json
import sys
import time

from ortools.sat.python import cp_model

from day import read

people, on_duty = read(sys.argv[1], sys.argv[2])
begun = time.perf_counter()
model = cp_model.CpModel()
intervals, demands, present = [], [], []
most = max(on_duty)
for person, own in enumerate(people):
    domain = cp_model.Domain.from_intervals([[first, end - 1] for first, end in own])
    start = model.new_int_var_from_domain(domain, f"s{person}")
    is_met = model.new_bool_var(f"m{person}")
    intervals.append(model.new_optional_fixed_size_interval_var(start, 1, is_met, f"i{person}"))
    demands.append(1)
    present.append(is_met)
for slot, count in enumerate(on_duty):
    if count < most:
        intervals.append(model.new_fixed_size_interval_var(slot, 1, f"c{slot}"))
        demands.append(most - count)
model.add_cumulative(intervals, demands, most)
model.maximize(sum(present))
solver = cp_model.CpSolver()
solver.parameters.num_workers = 2
solver.parameters.max_time_in_seconds = float(sys.argv[3])
status = solver.solve(model)
has_answer = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
print(json.dumps({
    "placed": int(solver.objective_value) if has_answer else 0,
    "seconds": time.perf_counter() - begun,
    "status": solver.status_name(status),
    "seconds_max": float(sys.argv[3]),
}))
