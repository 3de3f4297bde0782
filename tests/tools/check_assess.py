#!/usr/bin/env python3
"""An independent look at `muster assess`: distances, speeds, light and the schema. Standard library only.

    check_assess.py MUSTER SAMPLES     SAMPLES: the folder tests/assess

Distances are Vincenty's inverse formula (T. Vincenty, Survey Review XXIII, 1975) on WGS 84, where the
product uses Karney's. Vincenty does not converge near the antipode: there the distance is only held
against the sphere (0.6 %). A row that lies within three metres of a threshold decides nothing.
Exits with 1 and the first differences if any.
"""

import json
import math
import pathlib
import random
import re
import subprocess
import sys

A, F = 6378137.0, 1 / 298.257223563
B = A * (1 - F)
LIGHT_KM_PER_MS = 299.792458
FIBRE = round(LIGHT_KM_PER_MS / 3, 2)  # km of one way per ms of round trip, light at two thirds of c
VACUUM = round(LIGHT_KM_PER_MS / 2, 2)
NEAR_M = 3.0


def vincenty(lat1, lon1, lat2, lon2):
    """Metres, or None where the iteration does not converge."""
    if (lat1, lon1) == (lat2, lon2):
        return 0.0
    u1, u2 = (math.atan((1 - F) * math.tan(math.radians(x))) for x in (lat1, lat2))
    su1, cu1, su2, cu2 = math.sin(u1), math.cos(u1), math.sin(u2), math.cos(u2)
    turn = math.radians((lon2 - lon1 + 540) % 360 - 180)
    lam = turn
    for _ in range(200):
        sl, cl = math.sin(lam), math.cos(lam)
        ss = math.hypot(cu2 * sl, cu1 * su2 - su1 * cu2 * cl)
        if ss == 0:
            return 0.0
        cs = su1 * su2 + cu1 * cu2 * cl
        sigma = math.atan2(ss, cs)
        sa = cu1 * cu2 * sl / ss
        c2a = 1 - sa * sa
        cm = cs - 2 * su1 * su2 / c2a if c2a > 1e-15 else 0.0
        c = F / 16 * c2a * (4 + F * (4 - 3 * c2a))
        before = lam
        lam = turn + (1 - c) * F * sa * (sigma + c * ss * (cm + c * cs * (2 * cm * cm - 1)))
        if abs(lam) > math.pi:
            return None
        if abs(lam - before) < 1e-13:
            k = c2a * (A * A - B * B) / (B * B)
            a = 1 + k / 16384 * (4096 + k * (-768 + k * (320 - 175 * k)))
            b = k / 1024 * (256 + k * (-128 + k * (74 - 47 * k)))
            d = b * ss * (cm + b / 4 * (cs * (2 * cm * cm - 1)
                                        - b / 6 * cm * (4 * ss * ss - 3) * (4 * cm * cm - 3)))
            return B * a * (sigma - d)
    return None


def sphere(lat1, lon1, lat2, lon2):
    p1, p2 = math.radians(lat1), math.radians(lat2)
    h = (math.sin((p2 - p1) / 2) ** 2
         + math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2)
    return 2 * 6371008.8 * math.asin(min(1.0, math.sqrt(h)))


def between(one, other):
    return vincenty(one["lat"], one["lon"], other["lat"], other["lon"])


class Unsure(Exception):
    """Too near a threshold, or no distance."""


def above(value, limit, tolerance=NEAR_M):
    if value is None or limit is None:
        raise Unsure
    if abs(value - limit) < tolerance:
        raise Unsure
    return value > limit


def point(rng):
    kind = rng.random()
    if kind < 0.1:
        return {"lat": rng.choice([90, -90, 89.9, -89.95]), "lon": round(rng.uniform(-180, 180), 6)}
    if kind < 0.25:
        return {"lat": round(rng.uniform(-60, 60), 6), "lon": rng.choice([180, -180, 179.999, -179.9])}
    return {"lat": round(rng.uniform(-89, 89), 6), "lon": round(rng.uniform(-180, 180), 6)}


def beside(rng, where, degrees):
    lat = max(-90.0, min(90.0, where["lat"] + rng.uniform(-degrees, degrees)))
    lon = (where["lon"] + rng.uniform(-degrees, degrees) + 540) % 360 - 180
    return {"lat": round(lat, 6), "lon": round(lon, 6)}


CLASSES = ["residential", "residential", "business", "mobile", "satellite", "satellite", "hosting", "vpn", "tor",
           "relay", "corporate_egress", "private", None]


def antipode(where):
    return {"lat": -where["lat"], "lon": round((where["lon"] + 360) % 360 - 180, 6)}


def row(rng, number):
    claim = point(rng)
    near = rng.choice([0.01, 0.5, 5, 20, 90])
    server = beside(rng, antipode(claim) if rng.random() < 0.05 else claim, rng.choice([0.05, 1, 20, 90]))
    address = beside(rng, claim, rng.choice([0.3, 2, 20, 60]))
    previous = beside(rng, claim, rng.choice([0.5, 3, 10, 90]))
    floor_ms = (between(server, claim) or 1e7) / 1000 / FIBRE
    app = floor_ms * rng.choice([0.3, 0.7, 0.75, 0.95, 1.05, 2, 4]) + rng.choice([0, 5, 60, 130, 700]) * rng.random()
    flight_h = (between(previous, claim) or 1e7) / 1000 / rng.choice([300, 850, 950, 1100, 5000]) + rng.choice([0, 1, 2])
    minutes = int(flight_h * 60) * rng.choice([1, 1, 1, -1])
    hour = 12 * 60 + minutes
    line = {
        "id": number,
        "at": "2026-06-15T12:00:00Z",
        "declared": dict(beside(rng, claim, near), radius_km=rng.choice([5, 50, 300, 1000])),
        "claim": dict(claim, status="ok", accuracy_m=rng.choice([0, 20, 900, 5000, 5001, 40000]), country="US", time_zone="Etc/UTC"),
        "network": dict(address, country=rng.choice(["US", "US", "CA"])),
        "server": server,
        "rtt": {"tcp_min_ms": round(app * rng.choice([0.1, 0.9, 1.0]), 3), "app_min_ms": round(app, 3)},
        "previous": dict(previous, accuracy_m=rng.choice([10, 4999, 5001])),
        "context": {"trusted_proxy": rng.random() < 0.15},
    }
    kind = rng.choice(CLASSES)
    if kind:
        line["network"]["class"] = kind
    days, inside = divmod(hour, 24 * 60)
    if not -14 <= days <= 14:
        days = 14
    line["previous"]["at"] = f"2026-06-{15 + days:02d}T{inside // 60:02d}:{inside % 60:02d}:00Z"
    line["_span_ms"] = abs(days * 24 * 60 + inside - 12 * 60) * 60_000
    return line


def expected(line, rule):
    """Whether this rule must be raised; raises Unsure where rounding decides."""
    claim, network, rtt = line["claim"], line["network"], line["rtt"]
    accuracy = claim["accuracy_m"]
    is_usable = accuracy <= 5000
    kind = network.get("class")
    is_egress = kind == "corporate_egress"
    app, tcp = rtt["app_min_ms"], rtt["tcp_min_ms"]
    proxy = line["context"]["trusted_proxy"]
    if rule == "loc-outside-declared":
        declared = line["declared"]
        return is_usable and above(between(declared, claim), declared["radius_km"] * 1000 + accuracy)
    if rule in ("ip-country-border", "ip-country-mismatch"):
        if is_egress or network["country"] == "US":
            return False
        is_near = is_usable and not above(between(network, claim), 100_000)
        return is_near == (rule == "ip-country-border")
    if rule == "ip-distance-large":
        return (is_usable and kind == "residential" and network["country"] == "US"
                and above(between(network, claim), 1_000_000))
    if rule in ("rtt-refutes-claim", "rtt-below-fibre", "rtt-excess"):
        if not is_usable:
            return False
        leg = between(line["server"], claim)
        if leg is None:
            raise Unsure
        fibre = above(leg - accuracy, FIBRE * 1000 * (app + 1))
        vacuum = above(leg - accuracy, VACUUM * 1000 * (app + 1))
        if rule == "rtt-refutes-claim":
            return vacuum if kind == "satellite" else fibre
        if rule == "rtt-below-fibre":
            return kind == "satellite" and fibre and not vacuum
        base = {"mobile": 120, "satellite": 650}.get(kind, 60)
        return not is_egress and above(app, 2.5 * leg / 1000 / FIBRE + base, 0.002)
    if rule == "rtt-refutes-ip":
        if kind not in ("residential", "hosting", "vpn", "tor") or proxy:
            return False
        leg = between(line["server"], network)
        if leg is None:
            raise Unsure
        return above(leg - 100_000, FIBRE * 1000 * (tcp + 1))
    if rule in ("rtt-split", "rtt-split-large"):
        if kind in ("mobile", "satellite", "private", "corporate_egress") or proxy:
            return False
        gap = app - tcp
        large = above(gap, 80, 0.0005)
        return large if rule == "rtt-split-large" else above(gap, 20, 0.0005) and not large
    if rule in ("impossible-travel", "travel-tight"):
        before = line["previous"]["accuracy_m"]
        if not is_usable or before > 5000:
            return False
        distance = between(line["previous"], claim)
        if distance is None:
            raise Unsure
        d = max(0.0, distance - accuracy - before)
        span = line["_span_ms"]
        hours = max(span, 60_000) / 3_600_000
        impossible = above(d, 100_000) and above(d, hours * 1_000_000)
        if rule == "impossible-travel":
            return impossible
        return above(d, 500_000) and above(d, (span / 3_600_000 - 1.5) * 900_000) and not impossible
    raise AssertionError(rule)


NUMERIC = ["loc-outside-declared", "ip-country-border", "ip-country-mismatch", "ip-distance-large",
           "rtt-refutes-claim", "rtt-below-fibre", "rtt-excess", "rtt-refutes-ip", "rtt-split",
           "rtt-split-large", "impossible-travel", "travel-tight"]

# Evidence that is a distance: rule, name, and between which parts of the line.
DISTANCES = {
    ("loc-outside-declared", "distance_to_nearest"): ("declared", "claim"),
    ("ip-country-border", "distance_to_address"): ("network", "claim"),
    ("ip-distance-large", "distance_to_address"): ("network", "claim"),
    ("rtt-refutes-claim", "server_to_claim"): ("server", "claim"),
    ("rtt-excess", "server_to_claim"): ("server", "claim"),
    ("rtt-refutes-ip", "server_to_address"): ("server", "network"),
}


def run(muster, lines):
    text = "".join(json.dumps(line) + "\n" for line in lines)
    ran = subprocess.run([muster, "assess", "--input", "-", "--json"], input=text, capture_output=True, text=True)
    answers = [json.loads(answer) for answer in ran.stdout.splitlines()]
    assert len(answers) == len(lines), ran.stderr
    return answers


def check_numbers(muster, differences):
    rng = random.Random(20260615)
    rows = [row(rng, number) for number in range(900)]
    answers = run(muster, [{k: v for k, v in line.items() if k != "_span_ms"} for line in rows])
    compared, unsure, raised, measured, antipodes = 0, 0, {rule: 0 for rule in NUMERIC}, 0, 0
    for line, answer in zip(rows, answers):
        found = {f["rule_id"]: f for f in answer["findings"] if f["status"] == "active"}
        for rule in NUMERIC:
            try:
                want = expected(line, rule)
            except Unsure:
                unsure += 1
                continue
            compared += 1
            raised[rule] += rule in found
            if want != (rule in found):
                differences.append(f"row {line['id']}: {rule} should {'' if want else 'not '}be raised: {json.dumps(line)}")
        for (rule, name), (one, other) in DISTANCES.items():
            for item in found.get(rule, {}).get("evidence", []):
                if item["name"] != name:
                    continue
                measured += 1
                own = between(line[one], line[other])
                if own is None:
                    antipodes += 1
                    own, room = sphere(*(line[p][x] for p in (one, other) for x in ("lat", "lon"))), 0.006
                    fits = abs(item["value"] - own) <= room * own
                else:
                    fits = abs(item["value"] - own) <= 0.51
                if not fits:
                    differences.append(f"row {line['id']}: {rule} {name} is {item['value']}, not {own}")
    if unsure * 25 > compared:
        differences.append(f"{unsure} of {compared} comparisons decided nothing")
    for rule, count in raised.items():
        if not 5 <= count <= 850:
            differences.append(f"{rule} was raised {count} times: the rows do not try it")
    print(f"{compared} conditions, {measured} distances ({antipodes} near the antipode), {unsure} undecided")


# --- the schema -------------------------------------------------------------------------------

TYPES = {"string": str, "boolean": bool, "object": dict, "array": list}


def is_type(value, name):
    if name == "null":
        return value is None
    if name in ("number", "integer"):
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and (name == "number" or float(value).is_integer())
    return isinstance(value, TYPES[name]) and (name != "number" or not isinstance(value, bool))


def valid(schema, value):
    """JSON Schema 2020-12, as far as ours goes; an unknown keyword is an error of this program."""
    known = {"$schema", "title", "description", "type", "enum", "pattern", "minimum", "maximum",
             "properties", "required", "additionalProperties", "items"}
    assert set(schema) <= known, set(schema) - known
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(is_type(value, name) for name in types):
        return False
    if value is None:
        return True
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        return False
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if value < schema.get("minimum", -math.inf) or value > schema.get("maximum", math.inf):
            return False
    if isinstance(value, dict):
        if any(name not in value for name in schema.get("required", [])):
            return False
        return all(name in schema["properties"] and valid(schema["properties"][name], inner)
                   for name, inner in value.items())
    if isinstance(value, list):
        return all(valid(schema["items"], inner) for inner in value)
    return True


def leaves(value, path=()):
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield path + (name,)
        if isinstance(inner, (dict, list)):
            yield from leaves(inner, path + (name,))


STRANGE = [None, "x", "NL", "ok", "UTC", -1, 0, 7.0, 7.5, 91, 181, 1e6, 1e300, 2 ** 32, True, [], {}, [None], {"x": 1},
           "2026-06-01", "2026-06-01T10:00:00Z", "2026-06-01T10:00:00", "8.8.8.8", "UA-43"]
# What a pattern cannot know: these fields the reader looks up.
LOOKED_UP = {"time_zone": ["UTC"], "browser_time_zone": ["UTC"], "ip": ["8.8.8.8"]}


def check_schema(muster, samples, differences):
    schema = json.loads(subprocess.run([muster, "assess", "--schema"], capture_output=True, text=True, check=True).stdout)
    lines = [json.loads(text)["line"] for file in sorted(samples.glob("*.ndjson")) for text in file.open()]
    differences.extend(f"the schema refuses {line}" for line in lines if not valid(schema, line))
    rng = random.Random(7)
    changed, verdicts = [], []
    while len(changed) < 2500:
        line = json.loads(json.dumps(rng.choice(lines)))
        path = rng.choice(list(leaves(line)))
        within = line
        for name in path[:-1]:
            within = within[name]
        kind = rng.random()
        strange = rng.choice(STRANGE)
        if kind < 0.1 and isinstance(within, dict):
            within["surname"] = strange
        elif kind < 0.15 and isinstance(within, dict):
            del within[path[-1]]
        else:
            if path[-1] in LOOKED_UP and isinstance(strange, str):
                strange = rng.choice(LOOKED_UP[path[-1]])
            within[path[-1]] = strange
        changed.append(line)
        verdicts.append(valid(schema, line))
    answers = run(muster, changed)
    for line, is_valid, answer in zip(changed, verdicts, answers):
        if is_valid == ("error" in answer):
            differences.append(f"the schema {'takes' if is_valid else 'refuses'} and the reader does not: {json.dumps(line)} {answer.get('error')}")
    refused = verdicts.count(False)
    if not 300 < refused < 2200:
        differences.append(f"{refused} of {len(verdicts)} changed lines are refused: the changes try too little")
    print(f"{len(lines)} samples, {len(verdicts)} changed lines, {refused} of them refused by both")


def main():
    muster, samples = sys.argv[1], pathlib.Path(sys.argv[2])
    jfk_lhr = vincenty(40.6, -73.8, 51.6, -0.5)
    assert abs(jfk_lhr - 5551759.400) < 0.001, jfk_lhr  # worked example of the GeographicLib documentation
    differences = []
    check_numbers(muster, differences)
    check_schema(muster, samples, differences)
    print("\n".join(differences[:20]))
    sys.exit(bool(differences))


main()
