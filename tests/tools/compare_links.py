#!/usr/bin/env python3
"""Recomputes link groups the plain way and compares them with what `muster links --json` says.

Every pair of people is looked at, every condition is the sentence of docs/links-format.md. Files are small
and random, so that much of everything happens. Standard library only.

    python3 tests/tools/compare_links.py target/debug/muster [files] [seed]
"""

import csv
import datetime
import itertools
import json
import math
import random
import subprocess
import sys
import tempfile
from pathlib import Path

DAY = 86_400
COLUMNS = "employee_id,at,declared_lat,declared_lon,ip,ip_class,asn,lat,lon,accuracy_m,device_key,lan_id,delivery_key,payroll_key".split(",")
FIRST = 1_780_272_000  # 1 June 2026
# four places, two of them a block apart, two in one square
PLACES = [(52.0004, 8.0004), (48.0004, 11.0004), (50.0004, 4.0004), (52.0014, 8.0004), (52.0005, 8.0005)]


def write(dice, path):
    """A file of up to thirty people."""
    lines = [f"203.0.113.{n}" for n in range(10)] + [f"2001:db8:0:{n:x}::{h}" for n in range(3) for h in (1, 2)]
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for person in range(dice.randint(0, 30)):
            home, line, spot = dice.choice(PLACES), dice.choice(lines), dice.choice(PLACES)
            for _ in range(dice.randint(1, 14)):
                at = FIRST + dice.randrange(200 * DAY)
                if dice.random() < 0.3:
                    at = FIRST + dice.choice([20, 21, 22]) * DAY + dice.randrange(DAY)
                row = dict.fromkeys(COLUMNS, "")
                row["employee_id"] = f"p{person}"
                row["at"] = datetime.datetime.fromtimestamp(at, datetime.timezone.utc).isoformat()
                if dice.random() < 0.9:
                    row["declared_lat"], row["declared_lon"] = home if dice.random() < 0.95 else dice.choice(PLACES)
                if dice.random() < 0.9:
                    row["ip"] = line if dice.random() < 0.8 else dice.choice(lines)
                    # every other line is nobody's business line
                    business = "business" if lines.index(row["ip"]) % 2 else "residential"
                    row["ip_class"] = dice.choice(["", "residential", "residential", business, "mobile", "vpn"])
                if dice.random() < 0.6:
                    place = spot if dice.random() < 0.8 else dice.choice(PLACES)
                    row["lat"] = f"{place[0] + dice.uniform(-3e-4, 3e-4):.6f}"
                    row["lon"] = f"{place[1] + dice.uniform(-3e-4, 3e-4):.6f}"
                    row["accuracy_m"] = dice.choice([10, 60, 100, 150])
                if dice.random() < 0.15:
                    row["device_key"] = f"key{dice.randrange(25)}"
                if dice.random() < 0.3:
                    row["lan_id"] = dice.choice(["192.168.1.0/24", *(f"net{n}" for n in range(8))])
                if dice.random() < 0.1:
                    row["delivery_key"] = dice.choice(["12 Example Road", "12, example road", "1 Sample Way", "2 Sample Way", "n/a"])
                if dice.random() < 0.1:
                    row["payroll_key"] = f"XX00 0000 {dice.randrange(12):04}"
                out.writerow(row[c] for c in COLUMNS)


def squares(latitude, longitude):
    """The cell of both grids, in millionths of a degree."""
    x = ((round(longitude * 1e6) + 180_000_000) * 2**19) // 360_000_000
    y = ((round(latitude * 1e6) + 90_000_000) * 2**18) // 180_000_000
    return {("a", x // 2, y // 2), ("b", (x + 1) // 2, (y + 1) // 2)}


def metres(p, q):
    """Vincenty's inverse formula on WGS 84 (Survey Review 23, 1975): fine for places of one country."""
    if p == q:
        return 0.0
    a, f = 6378137.0, 1 / 298.257223563
    b = a * (1 - f)
    u1, u2 = (math.atan((1 - f) * math.tan(math.radians(r[0]))) for r in (p, q))
    length = lam = math.radians(q[1] - p[1])
    for _ in range(200):
        s = math.hypot(math.cos(u2) * math.sin(lam),
                       math.cos(u1) * math.sin(u2) - math.sin(u1) * math.cos(u2) * math.cos(lam))
        c = math.sin(u1) * math.sin(u2) + math.cos(u1) * math.cos(u2) * math.cos(lam)
        sigma = math.atan2(s, c)
        alpha = math.cos(u1) * math.cos(u2) * math.sin(lam) / s
        square = 1 - alpha * alpha
        mid = c - 2 * math.sin(u1) * math.sin(u2) / square if square else 0.0
        k = f / 16 * square * (4 + f * (4 - 3 * square))
        before = lam
        lam = length + (1 - k) * f * alpha * (sigma + k * s * (mid + k * c * (2 * mid * mid - 1)))
        if abs(lam - before) < 1e-12:
            break
    u = square * (a * a - b * b) / (b * b)
    big_a = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)))
    big_b = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)))
    delta = big_b * s * (mid + big_b / 4 * (c * (2 * mid * mid - 1)
                         - big_b / 6 * mid * (4 * s * s - 3) * (4 * mid * mid - 3)))
    return b * big_a * (sigma - delta)


class Person:
    def __init__(self):
        self.lines, self.spots, self.lans, self.devices = {}, {}, {}, set()
        self.line_days, self.fixed_days, self.spot_days, self.lan_days = set(), set(), set(), set()
        self.homes, self.first_line = set(), None
        self.on_line, self.at_home_in, self.delivery, self.payroll = {}, set(), set(), set()

    def see(self, row, at):
        day = at // DAY
        if row["ip"]:
            kind = row["ip_class"] or "residential"
            line = row["ip"] if "." in row["ip"] else row["ip"].rsplit("::", 1)[0]
            if kind != "vpn":
                self.line_days.add(day)
            if kind in ("residential", "business"):
                self.fixed_days.add(day)
                self.lines.setdefault(line, []).append((at, kind))
                self.first_line = min(at, self.first_line or at)
        seen_in = set()
        if row["lat"] and float(row["accuracy_m"]) <= 100:
            self.spot_days.add(day)
            seen_in = squares(float(row["lat"]), float(row["lon"]))
            for square in seen_in:
                self.spots.setdefault(square, set()).add(day)
            if row["declared_lat"] and seen_in & squares(float(row["declared_lat"]), float(row["declared_lon"])):
                self.at_home_in |= seen_in
        telling_lan = row["lan_id"] if row["lan_id"] != "192.168.1.0/24" else ""
        if row["ip"] and kind in ("residential", "business") and (seen_in or telling_lan):
            self.on_line.setdefault(line, []).append((day, seen_in, telling_lan))
        for column, values in (("delivery_key", self.delivery), ("payroll_key", self.payroll)):
            key = "".join(c for c in row[column].lower() if c.isalnum())
            if len(key) >= 5:
                values.add(key)
        if row["lan_id"]:
            if row["lan_id"] != "192.168.1.0/24":
                self.lan_days.add(day)
                self.lans.setdefault(row["lan_id"], set()).add(day)
        if row["device_key"]:
            self.devices.add(row["device_key"])
        if row["declared_lat"]:
            self.homes.add((float(row["declared_lat"]), float(row["declared_lon"])))

    def days_on(self, line):
        return {at // DAY for at, _ in self.lines[line]}

    def held(self, line):
        """Dates on it, and those between two of them with no date on another line between."""
        days = sorted(self.days_on(line))
        held = set(days)
        for a, b in zip(days, days[1:]):
            if not any(a < other < b for other in self.fixed_days):
                held |= set(range(a, b))
        return held

    def arrival(self, line):
        return min(at for at, _ in self.lines[line])


def at_home(person):
    """A declared place a square: of several in one the first by latitude, then longitude."""
    kept, cells = [], set()
    for home in sorted(person.homes):
        first = next(s for s in squares(*home) if s[0] == "a")
        if first not in cells:
            kept.append(home)
            cells |= squares(*home)
    return kept, cells


def many_homes(people, line):
    """Whether those on a line were seen each at a place of their own."""
    told = {n: r.on_line[line] for n, r in people.items() if line in r.on_line}
    seen_in = {n: set().union(*(s for _, s, _ in rows)) for n, rows in told.items()}
    lans = {n: {lan for *_, lan in rows if lan} for n, rows in told.items()}
    tell = [n for n, rows in told.items() if len({day for day, s, _ in rows if s}) >= 2]
    own = [n for n in tell if not any(seen_in[n] & seen_in[m] for m in told if m != n)]
    if 3 * len(own) < 2 * len(tell) or any(lans[n] & lans[m] for n in own for m in told if m != n):
        return False
    def near(p, q):
        pairs = [metres(h, i) for h in at_home(people[p])[0] for i in at_home(people[q])[0]]
        return bool(pairs) and min(pairs) <= 100_000
    region = len(own) == len(tell) >= 2 and all(near(p, q) for p, q in itertools.combinations(own, 2))
    return len(own) >= 16 or len([n for n in own if lans[n]]) >= 3 or region


def edge(people, a, b, everybody):
    """Reasons and weights, and what larger than a home the edge rests on."""
    p, q = people[a], people[b]
    reasons = {}
    moved, counted = False, []
    places = set()
    for line in set(p.lines) & set(q.lines):
        both = (all(len(r.days_on(line)) >= 2 for r in (p, q))
                and len(p.held(line) & q.held(line)) >= 2)
        came = (abs(p.arrival(line) - q.arrival(line)) <= 48 * 3600 and p.days_on(line) & q.days_on(line)
                and all(r.first_line < r.arrival(line) for r in (p, q)))
        moved |= bool(came)
        if both:
            counted.append(line)
        if both or came:
            places.add(("line", line))
    business, on_business = False, 0
    if counted:
        def weight(line):
            on = [r for r in people.values() if line in r.lines]
            is_business = any(kind == "business" for r in on for _, kind in r.lines[line])
            rarity = min(max(round(math.log(everybody / len(on)) * 1000), 0), 5000)
            return ((rarity * 30 + 50) // 100 if is_business else rarity), is_business
        best = max(weight(line)[0] for line in counted)
        on_business = max((sum(line in r.lines for r in people.values()) for line in counted if weight(line)[1]), default=0)
        kinds = {weight(line)[1] for line in counted if weight(line)[0] == best}
        business = kinds == {True}
        reasons["business_line" if business else "line"] = best
        if len(kinds) > 1:
            reasons["?"] = 0  # two lines weigh the same and differ in class
    common = set(p.spots) & set(q.spots)
    spot = any(len(p.spots[s]) >= 2 and len(q.spots[s]) >= 2 for s in common)
    places |= {("spot", s) for s in common}
    lans = set(p.lans) & set(q.lans)
    places |= {("lan", lan) for lan in lans}
    is_place = bool(counted or spot or lans or moved)

    def there(r):
        lines = set().union(*(r.days_on(v) for k, v in places if k == "line"))
        spots = set().union(*(r.spots[v] for k, v in places if k == "spot"))
        nets = set().union(*(r.lans[v] for k, v in places if k == "lan"))
        return lines, spots, nets

    told_of_both, shared_by_both = p.line_days & q.line_days, there(p)[0] & there(q)[0]
    daily = moved and len(told_of_both) >= 5 and 100 * len(shared_by_both) >= 90 * len(told_of_both)

    def is_there(percent):
        present = is_place
        for r in (p, q):
            lines, spots, nets = there(r)
            asked = []
            if (counted or moved) and not daily:
                asked.append((lines, r.line_days))
            if spot:
                asked.append((spots, r.spot_days))
            if lans:
                asked.append((nets | lines, r.lan_days | r.fixed_days))
            present = present and all(100 * len(days) >= percent * len(known) for days, known in asked)
        return present

    present = is_there(70)
    device = bool(p.devices & q.devices)
    at_home_there = any(s in r.at_home_in for s in common for r in (p, q))
    neighbours = spot and at_home_there and not (counted or lans or device or moved)
    spans = [set().union(*there(r)) for r in (p, q)]
    together = (present and min(spans[0]) <= max(spans[1]) and min(spans[1]) <= max(spans[0])
                and not neighbours and (not on_business or is_there(90)))
    (homes_p, cells_p), (homes_q, cells_q) = at_home(p), at_home(q)
    household = None
    if cells_p & cells_q and is_place:
        flat = {(k, v) for k, v in places if k != "spot"}
        seen = {name for name, r in people.items() for k, v in flat or places
                if v in {"line": r.lines, "spot": r.spots, "lan": r.lans}[k]}
        mates = {name for name in seen if at_home(people[name])[1] & cells_p & cells_q}
        household = max(2, len(mates))
    if device:
        reasons["device_key"] = 9000
    if lans and present and not business and household != 2:
        reasons["lan"] = 7000
    if spot:
        reasons["spot"] = 3000
    if together and homes_p and homes_q and min(metres(h, i) for h in homes_p for i in homes_q) > 5000:
        reasons["declared_apart"] = 3000
    if moved and together and household is None:
        reasons["co_movement"] = 3000
    if household is not None:
        kind, weight = ("household", -3000) if household == 2 else ("declared_home", 1000)
        reasons[kind] = weight
    if is_place and not present and not device:
        reasons["elsewhere"] = -4000
    of_hr = []
    if not cells_p & cells_q:
        for kind, column in (("delivery_address", "delivery"), ("payroll_account", "payroll")):
            shared = getattr(p, column) & getattr(q, column)
            if shared:
                most = max(sum(v in getattr(r, column) for r in people.values()) for v in shared)
                of_hr.append([6000 if most > 2 else 3000, kind])
        if len(of_hr) == 2:
            (of_hr[0] if of_hr[0][0] < of_hr[1][0] else of_hr[1])[0] = 1000
    reasons |= {kind: weight for weight, kind in of_hr}
    total, hr = sum(reasons.values()), sum(weight for weight, _ in of_hr)
    narrower = device or lans or spot
    larger = (total - hr + min(hr, 3000) < 6000
              or on_business >= 8 and not device
              or bool(counted or moved) and not narrower
              and all(many_homes(people, v) for k, v in places if k == "line"))
    return {kind: weight for kind, weight in reasons.items() if weight or kind == "?"}, larger


def plain(path):
    """Groups as a set of frozensets, edges with reasons, the plain way."""
    with open(path, newline="") as file:
        rows = [(round(datetime.datetime.fromisoformat(r["at"]).timestamp()), r) for r in csv.DictReader(file)]
    newest = max((at // DAY for at, _ in rows), default=0)
    people = {}
    for at, row in rows:
        if at // DAY > newest - 180:
            people.setdefault(row["employee_id"], Person()).see(row, at)
    edges, sites = {}, {}
    for a, b in itertools.combinations(sorted(people), 2):
        reasons, larger = edge(people, a, b, len(people))
        if sum(reasons.values()) >= 6000:
            (sites if larger else edges)[a, b] = reasons
    grouped = {person for pair in edges for person in pair}
    sites = {pair: reasons for pair, reasons in sites.items() if not grouped & set(pair)}
    return groups_of(edges) | groups_of(sites), edges | sites, len(people), groups_of(sites)


def groups_of(edges):
    groups = []
    for pair in edges:
        touched = [g for g in groups if g & set(pair)]
        groups = [g for g in groups if not g & set(pair)] + [set(pair).union(*touched)]
    return {frozenset(g) for g in groups}


def main():
    muster, *numbers = sys.argv[1:]
    files, seed = [*map(int, numbers), *[40, 1][len(numbers):]]
    joined, kinds, named = 0, set(), 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "observations.csv"
        for n in range(files):
            write(random.Random(seed * 1_000_000 + n), path)
            run = subprocess.run([muster, "links", "--input", path, "--json"], capture_output=True, check=False)
            if run.returncode:
                sys.exit(f"file {n}: {run.stderr.decode()}")
            told = json.loads(run.stdout)
            groups, edges, people, to_name = plain(path)
            where = f"seed {seed}, file {n}"
            if told["people"] != people:
                sys.exit(f"{where}: {told['people']} people, counted {people}")
            found = {frozenset(g["members"]) for g in told["groups"]}
            if found != groups:
                sys.exit(f"{where}: groups differ\n  command {sorted(map(sorted, found))}\n  plain {sorted(map(sorted, groups))}")
            for group in told["groups"]:
                if group["needs_site"] != (frozenset(group["members"]) in to_name) or group["score"] * 1000 != max(
                    sum(edges[e["a"], e["b"]].values()) for e in group["edges"]
                ):
                    sys.exit(f"{where}: the score of {group['members']} is {group['score']}")
            said = {(e["a"], e["b"]): {r["kind"]: round(r["weight"] * 1000) for r in e["reasons"]}
                    for g in told["groups"] for e in g["edges"]}
            if set(said) != set(edges):
                sys.exit(f"{where}: edges differ: {set(said) ^ set(edges)}")
            for pair, reasons in edges.items():
                if "?" not in reasons and said[pair] != reasons:
                    sys.exit(f"{where}, {pair}:\n  command {said[pair]}\n  plain {reasons}")
                kinds |= set(reasons) - {"?"}
            joined += len(edges)
            named += len(to_name)
    if joined < files or len(kinds) < 10 or not named:
        sys.exit(f"too little happened: {joined} edges, {sorted(kinds)}, {named} sites")
    print(f"{files} files, {joined} edges, {named} sites to be named, of {len(kinds)} kinds of reason: the same")


if __name__ == "__main__":
    main()
