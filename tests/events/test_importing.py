"""Bringing people in: pretix and spreadsheets in three languages, hostile files, once and again."""

import io
import zipfile
from collections.abc import Iterable

import openpyxl
import pytest

from events.domain.people.import_rows import PersonRow, read_people
from events.domain.people.importing import Outcome, import_people, plan_import
from events.domain.people.registering import cancel_person, change_person
from events.domain.people.sheets import MOST_COLUMNS, MOST_ROWS, SheetRefused, read_sheet
from events.enums import ParticipantState, PeopleKind
from events.models import Event, Participant
from hubs.models import Hub
from kernel.errors import EditConflict, NotAllowed, NotFound
from kernel.models import AuditRecord
from mailgate.models import OutgoingMail
from profiles.models import Organisation, Profile
from tests.events.arrivals import NOW, comes, member, open_event, organiser, written
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory

S = ParticipantState
pytestmark = pytest.mark.usefixtures("english")
PRETIX = (
    "Event slug,Order code,Position ID,Status,Email,Phone number,Order date,Product,Attendee name,"
    "Attendee name: Given name,Attendee name: Family name,Attendee email,Company,Order comment,Company,Order locale"
)


@pytest.fixture
def event(hub: Hub) -> Event:
    return open_event(hub, capacity=2)


def pretix(*rows: str) -> bytes:
    return "\r\n".join((PRETIX, *rows)).encode()


def order(
    code: str, name: str = "Ida Lund", email: str = "ida@example.test", status: str = "paid", **options: str
) -> str:
    cells = {"position": "1", "buyer": "indkoeb@example.test", "product": "Visitor", "company": "Lund ApS", **options}
    return (
        f'bazar,{code},{cells["position"]},{status},{cells["buyer"]},,2027-01-02,"{cells["product"]}","{name}",,,'
        f'{email},"{cells["company"]}",,Køber A/S,da'
    )


def workbook(rows: Iterable[Iterable[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def brought_in(event: Event, content: bytes) -> dict[str, int]:
    plan = import_people(event, read_people(content), viewer=organiser(event.hub), now=NOW)
    return {outcome: number for outcome, number in plan.counts.items() if number}


def test_pretix_positions_are_read() -> None:
    rows = read_people(pretix(order("ABC12", product="Exhibitor ticket"), order("DEF34", email="", status="pending")))

    assert rows == [
        PersonRow(2, "Ida Lund", "ida@example.test", "Lund ApS", kind="exhibitor", key="ABC12-1"),
        PersonRow(3, "Ida Lund", "indkoeb@example.test", "Lund ApS", state="waiting", key="DEF34-1"),
    ]  # fmt: skip


def test_empty_company_falls_back_on_the_invoice() -> None:
    assert [row.organisation for row in read_people(pretix(order("A", company="")))] == ["Køber A/S"]


@pytest.mark.parametrize(
    ("header", "status", "state"),
    [
        ("Navn;E-mail;Virksomhed;Status;Billet", "annulleret", "cancelled"),
        ("Teilnehmername;Teilnehmer-E-Mail;Firma;Status;Produkt", "ausstehend", "waiting"),
        ("NAME\tEmail address\tCompany\tState\tProduct", "paid", "registered"),
        ("navn,E-MAILADRESSE,organisation,tilstand,kommer som", "Registered", "registered"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_headings_separators_and_encodings_are_understood(header: str, status: str, state: str, encoding: str) -> None:
    separator = next(mark for mark in ";\t," if mark in header)
    line = separator.join(("Søren Ærø", "SOEREN@example.test", "Østjysk Måling", status, "Udstiller"))

    rows = read_people(f"{header}\n{line}\n\n".encode(encoding))

    kind = PeopleKind.EXHIBITOR
    assert rows == [PersonRow(2, "Søren Ærø", "soeren@example.test", "Østjysk Måling", kind=kind, state=state)]


def test_names_in_two_columns_are_joined() -> None:
    content = b"First name,Last name,Email,Company\nIda,Lund,ida@example.test,Lund ApS\n"

    assert read_people(content)[0].name == "Ida Lund"


def test_excel_is_read_and_formulas_stay_text() -> None:
    content = workbook(
        [["Name", "Email", "Company", "Phone"], ["=1+1", "a@example.test", '=HYPERLINK("x")', 12345678.0]]
    )

    row = read_people(content)[0]

    assert (row.name, row.organisation, row.phone) == ("=1+1", '=HYPERLINK("x")', "12345678")
    assert row.problem != ""


def refused(content: bytes) -> str:
    with pytest.raises(SheetRefused) as refusal:
        read_people(content)
    return str(refusal.value)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * (61 * 1024 * 1024))
    return out.getvalue()


def with_doctype() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([["Name"]]))) as old, zipfile.ZipFile(out, "w") as parts:
        for name in old.namelist():
            parts.writestr(name, b"<!DOCTYPE x>" + old.read(name) if "sheet1" in name else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n\n",
        b"PK\x03\x04 no zip",
        b"\x00\x01\x02" * 500,
        b"\xff\xfe\x00",
        b"\x81\x8d\x8f",
        b"Ida Lund,ida@example.test\n",
        b"Name,Company\nIda,Lund\n",
        b"{}",
        b"<html><body>Sign in</body></html>",
        workbook([]),
    ],
    ids=[
        "empty", "blank", "no zip", "binary", "half utf-16", "no encoding", "no header", "no e-mail", "json", "html",
        "empty book",
    ],
)  # fmt: skip
def test_what_is_no_list_of_people_is_refused(content: bytes) -> None:
    assert refused(content)


def test_quote_that_is_never_closed_is_a_problem_of_its_row() -> None:
    rows = read_people(b'Name,Email,Company\n"unclosed,a@example.test,b\nIda,ida@example.test,Lund')

    assert [bool(row.problem) for row in rows] == [True]


def test_bounds_are_kept() -> None:
    assert "5 MB" in refused(b"Name,Email\n" + b"x" * (6 * 1024 * 1024))
    assert str(MOST_COLUMNS) in refused(b"Name," * 1_000_000 + b"Email")
    assert str(MOST_ROWS) in refused(b"Name,Email,Company\n" + b"a,b@example.test,c\n" * (MOST_ROWS + 1))
    assert "unpacks" in refused(bomb())
    assert "table" in refused(with_doctype())
    assert len(read_sheet(b"Name,Email\n" + b"a,b\n" * MOST_ROWS)) == MOST_ROWS + 1


def test_sheet_that_claims_the_last_column_and_row_is_refused_quickly() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Name", "Email", "Company"])
    book.active.cell(row=1_048_576, column=16_384, value="x")
    out = io.BytesIO()
    book.save(out)

    assert read_people(out.getvalue()) == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (order("A", name=" "), "name"),
        (order("A", email="ida"), "e-mail"),
        (order("A", name="x" * 130), "120"),
        (order("A", company="!"), "organisation"),
        (order("A", name="Ida\x01"), "cannot be stored"),
    ],
)
def test_broken_row_says_what_is_wrong(event: Event, row: str, words: str) -> None:
    rows = read_people(pretix(row, order("B", name="Bo Dam", email="bo@example.test")))

    assert words in rows[0].problem
    assert brought_in(event, pretix(row, order("B", name="Bo Dam", email="bo@example.test"))) == {
        "problem": 1, "create": 1,
    }  # fmt: skip
    assert list(Participant.objects.values_list("name", flat=True)) == ["Bo Dam"]


def test_address_twice_is_a_problem_of_the_later_row() -> None:
    rows = read_people(
        pretix(order("A"), order("B", name="Bo Dam", email="IDA@example.test"), order("C", status="canceled"))
    )

    assert [bool(row.problem) for row in rows] == [False, True, True]
    assert "row 2" in rows[1].problem


def test_cancelled_order_before_a_paid_one_of_the_same_address_does_not_shut_it_out() -> None:
    rows = read_people(pretix(order("A", status="canceled"), order("B")))

    assert [bool(row.problem) for row in rows] == [True, False]


def test_preview_changes_nothing(event: Event) -> None:
    plan = plan_import(event, read_people(pretix(order("A"))), viewer=organiser(event.hub))

    assert (dict(plan.counts), plan.new_organisations) == ({"create": 1}, ("Lund ApS",))
    assert (Participant.objects.count(), Profile.objects.count(), AuditRecord.objects.count()) == (0, 0, 0)


def test_import_makes_people_and_profiles_that_members_see(event: Event) -> None:
    rows = [order("A"), order("B", name="Bo Dam", email="bo@example.test", company="lund aps")]

    counts = brought_in(event, pretix(*rows))

    profile = Profile.objects.get()
    assert (counts, profile.name, profile.visibility) == ({"create": 2}, "Lund ApS", "members")
    assert Organisation.objects.get().affiliations.count() == 0
    people = Participant.objects.order_by("pk").values_list(
        "name", "state", "meets", "imported_key", "participation__profile"
    )
    assert list(people) == [
        ("Ida Lund", S.REGISTERED, False, "A-1", profile.pk), ("Bo Dam", S.REGISTERED, False, "B-1", profile.pk),
    ]  # fmt: skip
    assert OutgoingMail.objects.count() == 0


def test_new_people_are_mailed_where_the_organiser_says_so(event: Event) -> None:
    import_people(event, read_people(pretix(order("A"))), viewer=organiser(event.hub), now=NOW, tells=True)

    assert list(OutgoingMail.objects.values_list("kind", "address")) == [("event_registered", "ida@example.test")]


def test_same_file_twice_is_once(event: Event) -> None:
    content = pretix(order("A"), order("B", name="Bo Dam", email="bo@example.test", status="pending"))

    counts = [brought_in(event, content), brought_in(event, content)]

    assert counts == [{"create": 2}, {"nothing": 2}]
    assert (Participant.objects.count(), Profile.objects.count()) == (2, 1)


def test_paid_ticket_is_a_place_even_when_the_event_is_full(event: Event) -> None:
    for number in range(3):
        comes(event, number)

    counts = brought_in(event, pretix(order("A")))

    assert counts == {"create": 1}
    assert Participant.objects.get(imported_key="A-1").state == S.REGISTERED


def test_later_file_pays_renames_cancels_and_never_overwrites(event: Event) -> None:
    names = {"A": "Ida Lund", "B": "Bo Dam", "C": "Eva Dal", "D": "Ole Krog"}
    first = [order(code, name=name, email=f"{code}@example.test") for code, name in names.items()]
    first[1] = first[1].replace("paid", "pending")
    brought_in(event, pretix(*first))
    own = Participant.objects.get(imported_key="D-1")
    Participant.objects.filter(pk=own.pk).update(name="Ole Selv", title="Chef", version=2)
    cancel_person(Participant.objects.get(imported_key="C-1"), now=NOW)

    counts = brought_in(event, pretix(
        order("A", name="Ida Lund", email="A@example.test", status="canceled"),
        order("B", name="Bo Damgaard", email="bo.ny@example.test"),
        order("C", name="Eva Dal", email="C@example.test"),
        order("D", name="Ole Krog", email="D@example.test"),
    ))  # fmt: skip

    people = {row.imported_key: (row.name, row.email, row.state) for row in Participant.objects.all()}
    assert counts == {"cancel": 1, "update": 1, "nothing": 2}
    assert people == {
        "A-1": ("Ida Lund", "a@example.test", S.CANCELLED),
        "B-1": ("Bo Damgaard", "bo.ny@example.test", S.REGISTERED),
        "C-1": ("Eva Dal", "c@example.test", S.CANCELLED),
        "D-1": ("Ole Selv", "d@example.test", S.REGISTERED),
    }


def test_file_that_fills_a_field_makes_an_open_form_a_conflict(event: Event) -> None:
    person = comes(event)

    brought_in(event, f"Name,Email,Company,Phone\nPerson,{person.email},Lund ApS,12345678".encode())

    stored = Participant.objects.get()
    assert (stored.phone, stored.version) == ("12345678", 2)
    with pytest.raises(EditConflict):
        change_person(person, fields=written(email=person.email), version=1, now=NOW)


def test_person_who_signed_up_alone_is_known_by_the_address(event: Event) -> None:
    person = comes(event)

    counts = brought_in(event, pretix(order("A", email=person.email, company="Andet ApS")))

    person.refresh_from_db()
    assert (counts, person.imported_key, person.name) == ({"update": 1}, "A-1", "Person Nummer 1")
    assert Participant.objects.count() == 1


def test_known_units_and_organisations_are_used(event: Event) -> None:
    hospital = OrganisationFactory(name="Regionshospitalet Horsens")
    unit = ProfileFactory(organisation=hospital, name="Akutafdelingen")
    older = ProfileFactory(organisation=OrganisationFactory(name="Lund ApS"), name="Lund")
    ProfileFactory(organisation=older.organisation, name="Lund Lab")

    brought_in(event, pretix(order("A", company="akutafdelingen"), order("B", email="b@example.test")))

    profiles = Participant.objects.order_by("pk").values_list("participation__profile", flat=True)
    assert (list(profiles), Organisation.objects.count()) == ([unit.pk, older.pk], 2)


def test_firms_of_another_hub_are_not_ours(event: Event) -> None:
    foreign = ProfileFactory(organisation__hub=HubFactory(slug="nordbro"), organisation__name="Lund ApS")

    brought_in(event, pretix(order("A")))

    assert Participant.objects.get().participation.profile_id != foreign.pk


def test_only_organisers_of_the_hub_import(event: Event) -> None:
    rows = read_people(pretix(order("A")))

    with pytest.raises(NotAllowed):
        import_people(event, rows, viewer=member(ProfileFactory()), now=NOW)
    with pytest.raises(NotFound):
        plan_import(event, rows, viewer=organiser(HubFactory(slug="nordbro")))

    assert Participant.objects.count() == 0


def test_row_that_the_domain_refuses_holds_up_no_other(event: Event) -> None:
    rows = [
        PersonRow(2, "Ida Lund", "ida@example.test", "Lund ApS", kind="king"),
        PersonRow(3, "Bo Dam", "bo@example.test", "Lund ApS"),
    ]

    plan = import_people(event, rows, viewer=organiser(event.hub), now=NOW)

    assert [each.outcome for each in plan.rows] == [Outcome.PROBLEM, Outcome.CREATE]
    assert list(Participant.objects.values_list("name", flat=True)) == ["Bo Dam"]
