"""Files with people that say more than who comes, and what became of them at an event."""

import csv
import io

from events.domain.people.import_rows import read_people
from events.domain.people.importing import Plan, import_people
from events.models import Event, EventStatement
from tests.events.arrivals import NOW, organiser

PERSON = {"Name": "Ida Lund", "Email": "ida@example.test", "Company": "Lund ApS"}


def sheet(*rows: dict[str, str]) -> bytes:
    """A CSV of Ida Lund once a row, with what the row says otherwise."""
    header = list(dict.fromkeys(heading for row in rows for heading in {**PERSON, **row}))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header)
    writer.writeheader()
    writer.writerows({**PERSON, **row} for row in rows)
    return out.getvalue().encode()


def brought_in(event: Event, content: bytes) -> Plan:
    """What importing the file did."""
    return import_people(event, read_people(content), viewer=organiser(event.hub), now=NOW)


def said(event: Event) -> list[tuple[str, str, str]]:
    """Profile, kind and text of all that is said at the event."""
    rows = EventStatement.objects.filter(participation__event=event)
    return list(rows.values_list("participation__profile__name", "kind", "text"))
