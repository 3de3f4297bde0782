#!/usr/bin/env python3
"""Writes holidays.txt, the file of public holidays that ships with Muster.

    python3 -m venv V && V/bin/pip install holidays==0.109
    V/bin/python crates/domain/data/make_holidays.py > crates/domain/data/holidays.txt
    V/bin/python crates/domain/data/make_holidays.py --check crates/domain/data/holidays.txt
    V/bin/python crates/domain/data/make_holidays.py --hash

`--check` reads the file with a reader of its own and compares every calendar, day by day, with the
package. `--hash` prints the SHA-256 over every day the package knows, which a Rust test compares with
what the program reads. The head of the file written describes its format.
"""

import datetime
import hashlib
import importlib.metadata
import sys

import holidays

YEARS = range(2026, 2031)
DATED = "2026-11-25"

HEAD = """\
# Public holidays by calendar code: ISO 3166-1 country, or ISO 3166-2 subdivision (which includes the
# days of its country).
# Years:   {first}-{last}
# Source:  PyPI package `holidays` {version} (https://github.com/vacanza/holidays), category "public";
#          made by make_holidays.py beside this file
# Licence: MIT, Copyright (c) Vacanza Team and individual contributors, dr-prodigy, ryanss
# Date:    {dated}
# Days fixed by the moon or by decree may move by a day; the source marks such names "(estimated)".
# UA is empty: under martial law its holidays are working days. Days of a works agreement or a company
# belong in a calendar of the operator's own (`muster holidays import`).
#
# A line `CODE` begins a country, `CODE < COUNTRY` a subdivision: the days of its country and the lines
# below, where `-DATE` takes a day away. `MM-DD Name` is that date in every year, `YYYY-MM-DD ... Name`
# are single dates. Two names of one date are joined by "; " in one name.
"""


def calendar(country, subdivision=None):
    kind = getattr(holidays, country)
    language = "en_US" if "en_US" in kind.supported_languages else None
    got = holidays.country_holidays(
        country, subdiv=subdivision, years=YEARS, language=language, categories=("public",)
    )
    return {day: name for day, name in sorted(got.items()) if day.year in YEARS}


def is_code(text):
    return len(text) <= 32 and all(c.isascii() and (c.isalnum() or c == "-") for c in text)


def lines(days):
    """Days as lines: a date of every year with one name is written once, without its year."""
    by_name = {}
    for day, name in days.items():
        by_name.setdefault(name, []).append(day)
    rows = []
    for name, dates in by_name.items():
        by_md = {}
        for day in dates:
            by_md.setdefault((day.month, day.day), []).append(day)
        single = []
        for (month, day), found in by_md.items():
            if len(found) == len(YEARS):
                rows.append((f"{month:02}-{day:02}", f"{month:02}-{day:02} {name}"))
            else:
                single += found
        if single:
            single.sort()
            key = f"{single[0].month:02}-{single[0].day:02}"
            rows.append((key, " ".join(map(str, single)) + " " + name))
    return [text for _, text in sorted(rows)]


def write(out):
    version = importlib.metadata.version("holidays")
    out.write(HEAD.format(first=YEARS[0], last=YEARS[-1], version=version, dated=DATED))
    supported = holidays.list_supported_countries(include_aliases=False)
    for country in sorted(supported):
        base = calendar(country)
        out.write(f"\n{country}\n")
        for line in lines(base):
            out.write(f"{line}\n")
        for subdivision in sorted(supported[country]):
            code = f"{country}-{subdivision}"
            if not is_code(code):
                continue
            own = calendar(country, subdivision)
            more = {d: n for d, n in own.items() if base.get(d) != n}
            less = sorted(d for d in base if d not in own)
            out.write(f"\n{code} < {country}\n")
            for day in less:
                out.write(f"-{day}\n")
            for line in lines(more):
                out.write(f"{line}\n")


def read(path):
    """An independent reader of the format, for --check."""
    calendars, current = {}, None
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if not line or line.startswith("#"):
            continue
        if line[0].isupper():
            code, _, parent = line.partition(" < ")
            current = calendars[code] = dict(calendars[parent]) if parent else {}
            continue
        if line.startswith("-"):
            del current[datetime.date.fromisoformat(line[1:])]
            continue
        dates, words = [], line.split(" ")
        while words[0][0].isdigit() and "-" in words[0]:
            word = words.pop(0)
            full = [f"{year}-{word}" for year in YEARS] if len(word) == 5 else [word]
            dates += map(datetime.date.fromisoformat, full)
        for day in dates:
            current[day] = " ".join(words)
    return calendars


def check(path):
    calendars = read(path)
    supported = holidays.list_supported_countries(include_aliases=False)
    compared = 0
    for country, subdivisions in supported.items():
        for subdivision in [None, *subdivisions]:
            code = f"{country}-{subdivision}" if subdivision else country
            if code in calendars:
                if calendars[code] != calendar(country, subdivision):
                    sys.exit(f"{path}: {code} is not what the package says")
                compared += 1
    if compared != len(calendars):
        sys.exit(f"{path}: {len(calendars) - compared} calendars are not in the package")
    countries = sum("-" not in code for code in calendars)
    print(f"{compared} calendars of {countries} countries are what the package says")


def package_hash():
    digest = hashlib.sha256()
    calendars = {}
    for country, subdivisions in holidays.list_supported_countries(include_aliases=False).items():
        for subdivision in [None, *subdivisions]:
            code = f"{country}-{subdivision}" if subdivision else country
            if is_code(code):
                calendars[code] = calendar(country, subdivision)
    for code in sorted(calendars):
        for day, name in calendars[code].items():
            digest.update(f"{code} {day} {name}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        check(sys.argv[2])
    elif sys.argv[1:2] == ["--hash"]:
        print(package_hash())
    else:
        write(sys.stdout)
