"""The exported list: everything organisers may see, harmless in a spreadsheet, and read again by the import."""

import csv
import io

import openpyxl
import pytest
from django.utils import translation

from events.domain.people.exporting import export_people, harmless
from events.domain.people.import_rows import read_people
from events.domain.people.importing import import_people
from events.domain.people.registering import cancel_person
from events.models import Event, Participant
from hubs.models import Hub
from kernel.errors import InvalidInput, NotAllowed, NotFound
from kernel.models import AuditRecord
from tests.events.arrivals import NOW, comes, member, open_event, organiser
from tests.factories import HubFactory, ProfileFactory

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def event(hub: Hub) -> Event:
    event = open_event(hub)
    profile = ProfileFactory(name="Måling", organisation__name="Østjysk Måling")
    comes(event, 1, profile=profile, phone="+45 12 34 56 78", title="=cmd|' /C calc'!A0", access_needs="Kørestol")
    cancel_person(comes(event, 2, profile=profile), now=NOW)
    return event


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_holds_what_organisers_see_and_runs_nothing(hub: Hub, event: Event) -> None:
    content = export_people(event, viewer=organiser(hub), file_format="csv")

    header, first, second = rows_of(content)
    assert content.startswith(b"\xef\xbb\xbf")
    assert (first[0], first[2], first[5], first[4]) == (
        "Person Nummer 1", "Østjysk Måling", "'+45 12 34 56 78", "'=cmd|' /C calc'!A0",
    )  # fmt: skip
    assert ("Kørestol" in first, second[7], len(header)) == (True, "Has cancelled", len(first))
    assert AuditRecord.objects.filter(action="export_people", subject_id=event.public_id).count() == 1


def test_xlsx_holds_text_only(hub: Hub, event: Event) -> None:
    content = export_people(event, viewer=organiser(hub), file_format="xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert (sheet["E2"].value, sheet["F2"].value) == ("=cmd|' /C calc'!A0", "+45 12 34 56 78")


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_what_could_run_is_marked(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Kim", "1=1", "kim@example.test", "'"])
def test_the_rest_stays(cell: str) -> None:
    assert harmless(cell) == cell


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_own_export_is_imported_as_nothing_new(hub: Hub, event: Event, file_format: str, language: str) -> None:
    viewer = organiser(hub)
    with translation.override(language):
        content = export_people(event, viewer=viewer, file_format=file_format)
        rows = read_people(content)
        plan = import_people(event, rows, viewer=viewer, now=NOW)
        elsewhere = import_people(open_event(hub, slug="anden"), rows, viewer=viewer, now=NOW)

    assert dict(plan.counts) == {"nothing": 2}
    assert dict(elsewhere.counts) == {"create": 1, "nothing": 1}
    copy = Participant.objects.get(event__slug="anden")
    assert (copy.phone, copy.title) == ("+45 12 34 56 78", "=cmd|' /C calc'!A0")


def test_empty_event_is_a_header(hub: Hub) -> None:
    content = export_people(open_event(hub), viewer=organiser(hub), file_format="xlsx")

    assert openpyxl.load_workbook(io.BytesIO(content)).active.max_row == 1


def test_only_organisers_of_the_hub_export(event: Event) -> None:
    with pytest.raises(NotAllowed):
        export_people(event, viewer=member(ProfileFactory()), file_format="csv")
    with pytest.raises(NotFound):
        export_people(event, viewer=organiser(HubFactory(slug="nordbro")), file_format="csv")
    with pytest.raises(InvalidInput):
        export_people(event, viewer=organiser(event.hub), file_format="pdf")

    assert not AuditRecord.objects.filter(action="export_people").exists()
