# Prints what Python's `email` and the package `icalendar` read out of one mail.
import email, email.policy, sys
import icalendar

mail = email.message_from_bytes(open(sys.argv[1], "rb").read(), policy=email.policy.default)
for name in ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
             "List-Id", "Auto-Submitted", "MIME-Version"]:
    for value in mail.get_all(name, []):
        print(f"{name} = {value}")

def walk(part, depth):
    print(f"part {depth} = {part.get_content_type()}")
    if part.defects:
        print(f"defects = {part.defects}")
    if part.is_multipart():
        for inner in part.iter_parts():
            walk(inner, depth + 1)
        return
    text = part.get_content()
    if isinstance(text, bytes):
        text = text.decode()
    if part.get_content_type() == "text/plain":
        print(f"text = {text!r}"[:70])
    if part.get_content_type() == "text/calendar":
        print(f"method = {part['Content-Type'].params.get('method')}")
        print(f"charset = {part['Content-Type'].params.get('charset')}")
        print(f"file = {part.get_filename()}")
        calendar = icalendar.Calendar.from_ical(text)
        event, = calendar.walk("VEVENT")
        print(f"calendar = {calendar['METHOD']} {event['UID']} {event.decoded('DTSTART')}")
        print(f"description = {len(event['DESCRIPTION'])} {str(event['DESCRIPTION'])[:40]}")

walk(mail, 0)
