"""The list of people as organisers take it along, CSV or XLSX; nothing that a person wrote can run as a formula."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _

from events.enums import ParticipantState
from events.models import Event, EventStatement, Participant
from events.queries.people import people_of
from hubs.enums import Visibility
from hubs.policies import Viewer, require_organiser
from kernel.audit import record_change
from kernel.errors import InvalidInput, NotFound
from profiles.enums import StatementKind

FORMATS = ("csv", "xlsx")
_PUBLIC = frozenset({Visibility.PUBLIC.value})
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@transaction.atomic
def export_people(event: Event, *, viewer: Viewer, file_format: str) -> bytes:
    """All people of the event with what organisers may see of them; that it was taken out is recorded.

    Raises:
        NotAllowed: the viewer is no organiser.
        NotFound: another hub's event.
        InvalidInput: neither csv nor xlsx.
    """
    require_organiser(viewer)
    if event.hub_id != viewer.hub_id:
        raise NotFound(_("We cannot find that event."))
    if file_format not in FORMATS:
        raise InvalidInput(_("Choose csv or xlsx."), field="format")
    record_change(
        event.hub_id, actor_id=viewer.user_id, action="export_people", subject_type="event", subject_id=event.public_id
    )
    people = list(people_of(event))
    said = _said(event, people)
    rows = [_header(), *(_line(person, said.get(person.pk, {})) for person in people)]
    return _csv(rows) if file_format == "csv" else _xlsx(rows)


def _header() -> list[str]:
    """Headings that an import of ours knows again."""
    return [
        _("name"), _("e-mail address"), _("organisation"), _("profile that takes part"), _("title or task"),
        _("telephone on the day"), _("comes as"), _("state"), _("found at stand"), _("takes booked meetings"),
        _("meetings at most"), _("shares the agenda of"), _("what you need to take part"), _("language"),
        _("code on the badge"), _("order code"), _("agreed to terms number"), _("has said again that they come"),
        _("has checked in"), _("senior researcher or clinician"), _("what we offer"), _("what we seek"),
        _("kind of organisation"),
    ]  # fmt: skip


def _said(event: Event, people: Iterable[Participant]) -> dict[int, dict[str, str]]:
    """Key of a person -> kind -> what the profile brings that everybody may read, beside the first who comes for it.

    An import makes own words of it, which are for all; so what stands on a profile for fewer eyes is not among them.
    """
    texts: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in EventStatement.objects.filter(participation__event=event).select_related("statement"):
        if row.is_open_to(_PUBLIC):
            texts[row.participation_id][row.kind].append(row.text)
    beside: dict[int, int] = {}
    for person in sorted(people, key=lambda each: each.state == ParticipantState.CANCELLED):
        beside.setdefault(person.participation_id, person.pk)
    return {
        beside[key]: {kind: "\n\n".join(each) for kind, each in kinds.items()}
        for key, kinds in texts.items()
        if key in beside
    }


def _line(person: Participant, said: Mapping[str, str]) -> list[str]:
    profile = person.participation.profile
    return [
        person.name, person.email, profile.organisation.name, profile.name, person.title, person.phone,
        str(person.get_kind_display()), str(person.get_state_display()), person.stand.number if person.stand else "",
        _("Yes") if person.meets else _("No"), str(person.most_meetings or ""), person.host.name if person.host else "",
        person.access_needs, person.language, person.code, person.imported_key, str(person.terms_number or ""),
        _("Yes") if person.reconfirmed_at else "", _("Yes") if person.checked_in_at else "",
        _("Yes") if person.is_senior else _("No"), said.get(StatementKind.OFFER.value, ""),
        said.get(StatementKind.NEED.value, ""), str(profile.get_kind_display()),
    ]  # fmt: skip


def harmless(cell: str) -> str:
    """The cell so that no spreadsheet computes it. Source: OWASP, CSV injection."""
    return f"'{cell}" if cell.startswith(_RUNS) else cell


def _csv(rows: list[list[str]]) -> bytes:
    """With a byte order mark, so that Excel reads Danish letters."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(rows: list[list[str]]) -> bytes:
    """Every cell is written as text: Excel keeps it so."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, bold if number == 0 else None)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)
        for column, width in enumerate(_widths(rows)):
            sheet.set_column(column, column, width)
    return out.getvalue()


def _widths(rows: list[list[str]]) -> Iterator[int]:
    for column in zip(*rows, strict=True):
        yield min(40, max(8, *(len(cell) for cell in column)) + 2)
