#!/usr/bin/env python3
"""An independent answer to two questions the draw depends on: when do clocks change, and which slots
does a person have on a date? From Python's zoneinfo and PyPI's tzdata, never the system's.

    zone_oracle.py RELEASE            a slice: a dozen zones of every kind
    zone_oracle.py RELEASE --all      every zone of the release, ten years, every gap and fold

RELEASE is the tz release the caller has, e.g. 2026f; another one is refused. Lines of JSON:
{"zone", "transitions": [[utc s, offset before s, offset after s], ...]} and
{"zone", "label", "hours", "lead", "tail", "slots": [[first ms, end ms], ...]}.

The slots come from no windows and no offsets: the minutes of three days are walked one by one, each is
inside the hours or not by its own wall clock, and a slot counts if every minute from the announcement
to the end of the session is inside and its start lies on the date.
"""

import datetime
import json
import sys
import zoneinfo

import tzdata

UTC = datetime.timezone.utc
FIRST, LAST = datetime.datetime(2026, 1, 1, tzinfo=UTC), datetime.datetime(2036, 1, 1, tzinfo=UTC)
SLICE = """Africa/Cairo Africa/Casablanca America/Nuuk America/Santiago America/St_Johns Antarctica/Troll
Asia/Beirut Asia/Gaza Asia/Kathmandu Australia/Lord_Howe Europe/Berlin Europe/Dublin Pacific/Apia
Pacific/Chatham Pacific/Kiritimati""".split()
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
# Spans as (start, end) in minutes of the date on which they begin; above 1440 they end on the next.
RULES = [
    [(0, 1440)],
    [(22 * 60, 30 * 60)],
    [(0, 150), (165, 300)],
    [(9 * 60, 12 * 60 + 30), (13 * 60, 17 * 60 + 30)],
]
LEAD, TAIL = 32, 20  # notice 30 and margin 2; window 10, grace 5, session 5


def offset(zone, second):
    moment = datetime.datetime.fromtimestamp(second, zone)
    return int(moment.utcoffset().total_seconds())


def transitions(zone):
    """Changes of the offset, found by looking every half hour and halving."""
    found, second = [], int(FIRST.timestamp())
    before = offset(zone, second)
    while second < LAST.timestamp():
        later = second + 1800
        after = offset(zone, later)
        if after != before:
            low, high = second, later
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
            found.append([high, before, after])
            before = after
        second = later
    return found


def slots(zone, label, spans):
    begin = int(datetime.datetime.combine(label, datetime.time(), UTC).timestamp()) // 60 - 42 * 60
    inside, starts_here = [], []
    for minute in range(begin, begin + 108 * 60):
        wall = datetime.datetime.fromtimestamp(minute * 60, zone)
        of_day = wall.hour * 60 + wall.minute
        inside.append(any(a <= of_day < b or a <= of_day + 1440 < b for a, b in spans))
        starts_here.append(wall.date() == label)
    # Nothing is announced before two minutes after the date's first minute.
    earliest = starts_here.index(True) + 2 + LEAD if True in starts_here else len(inside)
    good = []
    for at in range(len(inside)):
        if starts_here[at] and (begin + at) % 5 == 0 and at >= earliest:
            if all(inside[at - LEAD : at + TAIL]):
                good.append((begin + at) * 60_000)
    ranges = []
    for start in good:
        if ranges and ranges[-1][1] == start:
            ranges[-1][1] = start + 300_000
        else:
            ranges.append([start, start + 300_000])
    return ranges


def hours(spans):
    def clock(minute):
        return f"{minute // 60:02}:{minute % 60:02}"

    parts = [f"{clock(a)}-{clock(b if b <= 1440 else b - 1440)}" for a, b in spans]
    return "Mon-Sun " + " ".join(parts)


def main():
    release = sys.argv[1]
    if tzdata.IANA_VERSION != release:
        sys.exit(f"tzdata is of release {tzdata.IANA_VERSION}, and {release} is wanted: pin it in ./test")
    zoneinfo.reset_tzpath(to=())
    is_all = "--all" in sys.argv[2:]
    names = sorted(zoneinfo.available_timezones()) if is_all else SLICE
    for name in names:
        zone = zoneinfo.ZoneInfo(name)
        changes = transitions(zone)
        print(json.dumps({"zone": name, "transitions": changes}), flush=True)
        dates = {datetime.date(2026, 6, 17), datetime.date(2031, 12, 31)}
        # The slice takes every third change, so that it stays a matter of seconds.
        for second, _, _ in changes if is_all else changes[:: len(changes) // 3 or 1]:
            day = datetime.datetime.fromtimestamp(second, zone).date()
            dates |= {day - datetime.timedelta(days=1), day, day + datetime.timedelta(days=1)}
        for number, label in enumerate(sorted(dates)):
            rules = RULES if not is_all else [RULES[number % 4], RULES[(number + 1) % 4]]
            for spans in rules:
                line = {"zone": name, "label": str(label), "hours": hours(spans), "lead": LEAD, "tail": TAIL}
                print(json.dumps({**line, "slots": slots(zone, label, spans)}), flush=True)


if __name__ == "__main__":
    main()
