#!/usr/bin/env python3
"""Reads mails back with other people's parsers and says what is in them.

    check_mail.py [--expect invite|plain] FILE.eml...

Takes the standard library's `email` and the package `icalendar` (PyPI). For each file one JSON
object is printed, one a line. A mail is right when

  - every header is one line of text without control or bidi characters, the subject too,
  - it has one From, To, Date, Message-ID and List-Id,
  - it is multipart/alternative(text/plain, text/html), both UTF-8, or, with an invitation,
    multipart/mixed(multipart/alternative(text/plain, text/html, text/calendar; method=...),
    an attachment invite.ics with the same bytes),
  - the calendar object parses, its METHOD is that of the MIME part, and it has what iTIP asks.

Exit status: 0 all right, 1 with the reason on standard error, 2 wrong use.
"""

import argparse
import email
import email.policy
import json
import sys
import unicodedata
from datetime import timedelta, timezone

import icalendar

BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ONCE = ["From", "To", "Subject", "Date", "Message-ID", "List-Id", "MIME-Version"]


class Wrong(Exception):
    """A reason why a mail is not as agreed."""


def need(condition, reason):
    if not condition:
        raise Wrong(reason)


TRACE = {"received", "return-path", "delivered-to"}


def check_headers(mail):
    for name, value in mail.items():
        for c in str(value):
            need(c not in BIDI, f"header {name} holds the bidi control U+{ord(c):04X}")
            # Servers fold their trace lines with a tab (RFC 5322, 2.2.3).
            is_fold = c == "\t" and name.lower() in TRACE
            need(is_fold or unicodedata.category(c) != "Cc", f"header {name} holds a control character")
        need(not getattr(value, "defects", ()), f"header {name}: {value.defects}")
    for name in ONCE:
        found = mail.get_all(name, [])
        need(len(found) == 1, f"{len(found)} headers {name}, expected one")
    for name in ("Message-ID", "In-Reply-To"):
        value = mail.get(name)
        if value is not None:
            value = str(value).strip()
            need(value.startswith("<") and value.endswith(">"), f"{name} is not in angle brackets")
            need(value.count("@") == 1 and " " not in value, f"{name} `{value}` is not an id")


def text_of(part):
    charset = (part.get_content_charset() or "").lower()
    need(charset == "utf-8", f"{part.get_content_type()} has charset `{charset}`, expected utf-8")
    return part.get_payload(decode=True).decode("utf-8")


def calendar_bytes(part):
    """The octets as they were sent. Only base64 keeps line ends through a maildir, which stores
    the lines of every other encoding with a bare line feed."""
    raw = part.get_payload(decode=True)
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64":
        return raw
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def check_alternative(part, with_calendar):
    need(
        part.get_content_type() == "multipart/alternative",
        f"found {part.get_content_type()}, expected multipart/alternative",
    )
    kinds = [p.get_content_type() for p in part.iter_parts()]
    expected = ["text/plain", "text/html"] + (["text/calendar"] if with_calendar else [])
    need(kinds == expected, f"alternative holds {kinds}, expected {expected}")
    parts = list(part.iter_parts())
    plain, html = text_of(parts[0]), text_of(parts[1])
    need(len(plain.strip()) > 100, "the text part is nearly empty")
    need("<html" in html.lower(), "the HTML part is no document")
    for banned in ("<script", "<img", "<link", "src="):
        need(banned not in html.lower(), f"the HTML part holds `{banned}`")
    return plain, html, parts[2] if with_calendar else None


def check_calendar(raw, method_of_part):
    need(b"\r\n" in raw, "the calendar has no CRLF line ends")
    need(b"\n" not in raw.replace(b"\r\n", b""), "the calendar has a bare line feed")
    for number, line in enumerate(raw.split(b"\r\n"), 1):
        need(len(line) <= 75, f"calendar line {number} has {len(line)} octets, at most 75 may be")
    calendars = icalendar.Calendar.from_ical(raw, multiple=True)
    need(len(calendars) == 1, f"{len(calendars)} calendar objects, expected one")
    calendar = calendars[0]
    method = str(calendar.get("METHOD"))
    need(method == method_of_part, f"METHOD is {method}, the MIME part says {method_of_part}")
    need(method in ("REQUEST", "CANCEL"), f"METHOD {method} is neither REQUEST nor CANCEL")
    events = calendar.walk("VEVENT")
    need(len(events) == 1, f"{len(events)} events, expected one")
    event = events[0]
    need(not event.errors, f"event: {event.errors}")
    for name in ("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "ORGANIZER", "ATTENDEE",
                 "SUMMARY", "DESCRIPTION", "URL", "CLASS", "STATUS"):
        need(name in event and not isinstance(event[name], list), f"the event needs one {name}")
    for name in ("DTSTAMP", "DTSTART", "DTEND"):
        instant = event[name].dt
        need(getattr(instant, "tzinfo", None) is not None, f"{name} has no zone")
        need(instant.utcoffset() == timedelta(0), f"{name} is not UTC")
    need(event["DTEND"].dt > event["DTSTART"].dt, "the event ends before it starts")
    need(str(event["CLASS"]) == "PRIVATE", "CLASS is not PRIVATE")
    for name in ("ORGANIZER", "ATTENDEE"):
        need(str(event[name]).lower().startswith("mailto:"), f"{name} is no mailto address")
    attendee = event["ATTENDEE"].params
    alarms = event.walk("VALARM")
    if method == "REQUEST":
        need(str(event["STATUS"]) == "CONFIRMED", "a REQUEST needs STATUS:CONFIRMED")
        need(str(attendee.get("RSVP")) == "TRUE", "the attendee is not asked to answer")
        need(str(attendee.get("PARTSTAT")) == "NEEDS-ACTION", "PARTSTAT is not NEEDS-ACTION")
        need(len(alarms) == 1, f"{len(alarms)} alarms, expected one")
        need(alarms[0]["TRIGGER"].dt == timedelta(minutes=-5), "the alarm is not 5 minutes before")
        need(str(alarms[0]["ACTION"]) == "DISPLAY", "the alarm is not a DISPLAY")
    else:
        need(str(event["STATUS"]) == "CANCELLED", "a CANCEL needs STATUS:CANCELLED")
        need(not alarms, "a CANCEL has an alarm")
    utc = lambda name: event[name].dt.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "method": method,
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "start": utc("DTSTART"),
        "end": utc("DTEND"),
        "organizer": str(event["ORGANIZER"])[len("mailto:"):],
        "attendee": str(event["ATTENDEE"])[len("mailto:"):],
        "attendee_name": str(attendee.get("CN", "")),
        "summary": str(event["SUMMARY"]),
        "description": str(event["DESCRIPTION"]),
        "url": str(event["URL"]),
        "alarm_minutes": 5 if alarms else None,
    }


def check(path, expect):
    with open(path, "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    need(not mail.defects, f"defects: {mail.defects}")
    check_headers(mail)
    calendar = None
    if mail.get_content_type() == "multipart/mixed":
        parts = list(mail.iter_parts())
        need(len(parts) == 2, f"mixed holds {len(parts)} parts, expected alternative and invite.ics")
        plain, html, inline = check_alternative(parts[0], True)
        attached = parts[1]
        need(attached.get_content_disposition() == "attachment", "invite.ics is not an attachment")
        need(attached.get_filename() == "invite.ics", f"attachment `{attached.get_filename()}`")
        method = inline.get_param("method")
        need(method, "text/calendar has no parameter method")
        text_of(inline)
        raw = calendar_bytes(inline)
        need(raw == calendar_bytes(attached), "invite.ics differs from the inline part")
        calendar = check_calendar(raw, str(method))
    else:
        plain, html, _ = check_alternative(mail, False)
    need(expect != "invite" or calendar, "no invitation inside")
    need(expect != "plain" or not calendar, "an invitation where none was expected")
    header = lambda name: str(mail[name]).strip() if mail[name] is not None else None
    return {
        "file": path,
        "subject": header("Subject"),
        "from": header("From"),
        "to": header("To"),
        "date": header("Date"),
        "message_id": header("Message-ID"),
        "in_reply_to": header("In-Reply-To"),
        "references": header("References"),
        "list_id": header("List-Id"),
        "text_characters": len(plain),
        "html_characters": len(html),
        "first_line": plain.strip().splitlines()[0],
        "text": plain,
        "calendar": calendar,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--expect", choices=["invite", "plain"], help="which kind every file is")
    parser.add_argument("files", nargs="+", metavar="FILE.eml")
    arguments = parser.parse_args()
    status = 0
    for path in arguments.files:
        try:
            print(json.dumps(check(path, arguments.expect), ensure_ascii=False))
        except (Wrong, OSError, UnicodeError, ValueError) as reason:
            print(f"{path}: {reason}", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
