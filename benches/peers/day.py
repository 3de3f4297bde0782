"""Reads the two files of a day for the peers. Reading is not part of what they are timed at."""

import csv


def windows(cell):
    return [tuple(map(int, window.split("-"))) for window in cell.split(";") if window]


def read(people_file, verifiers_file):
    """Each person's windows, and how many verifiers are on duty at each of the 288 slots."""
    with open(people_file, newline="", encoding="utf-8-sig") as file:
        people = [windows(row["windows"]) for row in csv.DictReader(file)]
    on_duty = [0] * 288
    with open(verifiers_file, newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            for first, end in windows(row["windows"]):
                for slot in range(first, end):
                    on_duty[slot] += 1
    return people, on_duty
