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
COLUMNS = "employee_id,at,declared_lat,declared_lon,ip,ip_class,asn,lat,lon,accuracy_m,device_key,lan_id".split(",")
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
                    row["ip_class"] = dice.choice(["", "residential", "residential", "business", "mobile", "vpn"])
                if dice.random() < 0.6:
                    place = spot if dice.random() < 0.8 else dice.choice(PLACES)
                    row["lat"] = f"{place[0] + dice.uniform(-3e-4, 3e-4):.6f}"
                    row["lon"] = f"{place[1] + dice.uniform(-3e-4, 3e-4):.6f}"
                    row["accuracy_m"] = dice.choice([10, 60, 100, 150])
                if dice.random() < 0.15:
                    row["device_key"] = f"key{dice.randrange(25)}"
                if dice.random() < 0.3:
                    row["lan_id"] = dice.choice(["192.168.1.0/24", *(f"net{n}" for n in range(8))])
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
        if row["lat"] and float(row["accuracy_m"]) <= 100:
            self.spot_days.add(day)
            for square in squares(float(row["lat"]), float(row["lon"])):
                self.spots.setdefault(square, set()).add(day)
        if row["lan_id"]:
            self.lan_days.add(day)
            if row["lan_id"] != "192.168.1.0/24":
                self.lans.setdefault(row["lan_id"], set()).add(day)
        if row["device_key"]:
            self.devices.add(row["device_key"])
        if row["declared_lat"]:
            self.homes.add((float(row["declared_lat"]), float(row["declared_lon"])))

    def days_on(self, line):
        return {at // DAY for at, _ in self.lines[line]}

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


def edge(people, a, b, everybody):
    p, q = people[a], people[b]
    reasons = {}
    moved, counted = False, []
    places = set()
    for line in set(p.lines) & set(q.lines):
        both = all(len(r.days_on(line)) >= 2 for r in (p, q))
        came = (abs(p.arrival(line) - q.arrival(line)) <= 48 * 3600 and p.days_on(line) & q.days_on(line)
                and all(r.first_line < r.arrival(line) for r in (p, q)))
        moved |= bool(came)
        if both:
            counted.append(line)
        if both or came:
            places.add(("line", line))
    business = False
    if counted:
        def weight(line):
            on = [r for r in people.values() if line in r.lines]
            is_business = any(kind == "business" for r in on for _, kind in r.lines[line])
            rarity = min(max(round(math.log(everybody / len(on)) * 1000), 0), 5000)
            return ((rarity * 30 + 50) // 100 if is_business else rarity), is_business
        best = max(weight(line)[0] for line in counted)
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

    present = is_place
    for r in (p, q):
        lines, spots, nets = there(r)
        asked = []
        if counted or moved:
            asked.append((lines, r.line_days))
        if spot:
            asked.append((spots, r.spot_days))
        if lans:
            asked.append((nets | lines, r.lan_days | r.fixed_days))
        present = present and all(100 * len(days) >= 70 * len(known) for days, known in asked)
    spans = [set().union(*there(r)) for r in (p, q)]
    together = present and min(spans[0]) <= max(spans[1]) and min(spans[1]) <= max(spans[0])
    (homes_p, cells_p), (homes_q, cells_q) = at_home(p), at_home(q)
    household = None
    if cells_p & cells_q and is_place:
        seen = {name for name, r in people.items() for k, v in places
                if v in {"line": r.lines, "spot": r.spots, "lan": r.lans}[k]}
        mates = {name for name in seen if at_home(people[name])[1] & cells_p & cells_q}
        household = max(2, len(mates))
    device = bool(p.devices & q.devices)
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
    return {kind: weight for kind, weight in reasons.items() if weight or kind == "?"}


def plain(path):
    """Groups as a set of frozensets, edges with reasons, the plain way."""
    with open(path, newline="") as file:
        rows = [(round(datetime.datetime.fromisoformat(r["at"]).timestamp()), r) for r in csv.DictReader(file)]
    newest = max((at // DAY for at, _ in rows), default=0)
    people = {}
    for at, row in rows:
        if at // DAY > newest - 180:
            people.setdefault(row["employee_id"], Person()).see(row, at)
    edges = {}
    for a, b in itertools.combinations(sorted(people), 2):
        reasons = edge(people, a, b, len(people))
        if sum(reasons.values()) >= 6000:
            edges[a, b] = reasons
    groups = []
    for pair in edges:
        touched = [g for g in groups if g & set(pair)]
        groups = [g for g in groups if not g & set(pair)] + [set(pair).union(*touched)]
    return {frozenset(g) for g in groups}, edges, len(people)


def main():
    muster, *numbers = sys.argv[1:]
    files, seed = [*map(int, numbers), *[40, 1][len(numbers):]]
    joined, kinds = 0, set()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "observations.csv"
        for n in range(files):
            write(random.Random(seed * 1_000_000 + n), path)
            run = subprocess.run([muster, "links", "--input", path, "--json"], capture_output=True, check=False)
            if run.returncode:
                sys.exit(f"file {n}: {run.stderr.decode()}")
            told = json.loads(run.stdout)
            groups, edges, people = plain(path)
            where = f"seed {seed}, file {n}"
            if told["people"] != people:
                sys.exit(f"{where}: {told['people']} people, counted {people}")
            found = {frozenset(g["members"]) for g in told["groups"]}
            if found != groups:
                sys.exit(f"{where}: groups differ\n  command {sorted(map(sorted, found))}\n  plain {sorted(map(sorted, groups))}")
            for group in told["groups"]:
                if group["needs_site"] or group["score"] * 1000 != max(
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
    if joined < files or len(kinds) < 8:
        sys.exit(f"too little happened: {joined} edges, {sorted(kinds)}")
    print(f"{files} files, {joined} edges of {len(kinds)} kinds of reason: the same")


if __name__ == "__main__":
    main()
