"""Lists of thousands: as many queries for many rows as for a few, one person never two, nothing lost in between."""

import pytest
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from events.domain.people import importing
from events.domain.people.import_rows import PersonRow, read_people
from events.domain.people.importing import ImportFailed, Outcome, import_people, plan_import
from events.enums import ParticipantState
from events.models import Event, Hall, Participant, Participation, Stand
from hubs.models import Hub
from kernel.errors import EditConflict
from kernel.models import AuditRecord
from mailgate.models import OutgoingMail
from matching.models import IndexChange
from profiles.models import Organisation, Profile
from tests.events.arrivals import DAY, NOW, comes, open_event, organiser
from tests.factories import OrganisationFactory, ProfileFactory, UserFactory

S = ParticipantState
pytestmark = pytest.mark.usefixtures("english")
HEADER = "Order code,Position ID,Status,Attendee name,Attendee email,Company"
MANY = 200


@pytest.fixture
def event(hub: Hub) -> Event:
    return open_event(hub, capacity=2)


def many(status: str = "paid", *, firms: int = MANY) -> bytes:
    rows = [f"O{n},1,{status},Person Nummer,p{n}@example.test,Firma {n % firms} ApS" for n in range(MANY)]
    return "\n".join((HEADER, *rows)).encode()


def brought_in(event: Event, content: bytes, *, tells: bool = False) -> dict[str, int]:
    plan = import_people(event, read_people(content), viewer=organiser(event.hub), now=NOW, tells=tells)
    return {outcome: number for outcome, number in plan.counts.items() if number}


def test_new_people_and_firms_take_no_query_each(
    event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(60):
        counts = brought_in(event, many(), tells=True)

    assert counts == {"create": MANY}
    people = Participant.objects.filter(event=event)
    assert (people.count(), len(set(people.values_list("code", flat=True)))) == (MANY, MANY)
    assert (Profile.objects.count(), Organisation.objects.count(), Participation.objects.count()) == (MANY,) * 3
    assert set(Profile.objects.values_list("visibility", "organisation__name")) == {
        ("members", f"Firma {n} ApS") for n in range(MANY)
    }
    assert IndexChange.objects.values("profile_id").distinct().count() == MANY
    assert AuditRecord.objects.filter(action="register", subject_type="event_participant").count() == MANY
    assert OutgoingMail.objects.filter(kind="event_registered", state="waiting").count() == MANY


def test_people_who_have_paid_meanwhile_take_no_query_each(
    event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    brought_in(event, many("pending", firms=1))

    with django_assert_max_num_queries(60):
        counts = brought_in(event, many(firms=1))

    assert counts == {"update": MANY}
    rows = set(Participant.objects.values_list("state", "queued_at", "version"))
    assert rows == {(S.REGISTERED.value, None, 2)}
    assert OutgoingMail.objects.filter(kind="event_place_free").count() == MANY
    assert AuditRecord.objects.filter(action="promote").count() == MANY


def test_people_who_are_signed_off_or_change_take_no_query_each(
    event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    brought_in(event, many(firms=1))
    content = many("canceled", firms=1).replace(b"canceled,Person Nummer,p1@", b"paid,Nyt Navn,ny@")

    with django_assert_max_num_queries(60):
        counts = brought_in(event, content)

    assert counts == {"cancel": MANY - 1, "update": 1}
    assert Participant.objects.filter(state=S.CANCELLED, cancelled_at=NOW, version=2).count() == MANY - 1
    stays = Participant.objects.get(state=S.REGISTERED)
    assert (stays.name, stays.email, stays.imported_key) == ("Nyt Navn", "ny@example.test", "O1-1")


def test_who_signs_in_with_the_address_and_whose_stand_it_is_are_known(event: Event, hub: Hub) -> None:
    user = UserFactory(email="p0@example.test")
    firm = ProfileFactory(organisation=OrganisationFactory(name="Firma 0 ApS"), name="Nul")
    hall = Hall.objects.create(hub=hub, event=event, name="Hal A")
    stand = Stand.objects.create(hub=hub, event=event, hall=hall, number="7", organisation=firm.organisation)

    brought_in(event, many())

    known = Participant.objects.get(email="p0@example.test")
    assert (known.user, known.stand, known.participation.profile) == (user, stand, firm)
    assert Participant.objects.filter(user__isnull=True, stand__isnull=True).count() == MANY - 1


def test_two_people_of_one_order_without_positions_are_not_made_one(event: Event) -> None:
    content = b"Order code,Status,Name,Email,Company\nA,paid,Ida Lund,ida@a.test,Lund\nA,paid,Bo Dam,bo@a.test,Lund\n"

    plan = import_people(event, read_people(content), viewer=organiser(event.hub), now=NOW)

    assert [each.outcome for each in plan.rows] == [Outcome.CREATE, Outcome.PROBLEM]
    assert ("row 2" in plan.rows[1].told, "Position ID" in plan.rows[1].told) == (True, True)
    assert list(Participant.objects.values_list("name", "email")) == [("Ida Lund", "ida@a.test")]


def test_characters_that_nobody_sees_make_no_second_firm_and_no_second_person(event: Event) -> None:
    rows = [
        "A,1,paid,Ida Lund,ida@example.test,Lund ApS",
        "B,1,paid,Bo Dam,bo@example.test,Lu\u00adnd  ApS",
        "C,1,paid,Ida Lund,id\u200ba@example.test,Lund ApS",
    ]

    counts = brought_in(event, "\n".join((HEADER, *rows)).encode())

    assert counts == {"create": 2, "problem": 1}
    assert list(Profile.objects.values_list("name", flat=True)) == ["Lund ApS"]


def test_rows_of_one_address_that_come_by_another_way_are_not_both_stored(event: Event) -> None:
    rows = [PersonRow(number, "Ida Lund", "ida@example.test", "Lund ApS") for number in (2, 3)]

    for plan in (
        plan_import(event, rows, viewer=organiser(event.hub)),
        import_people(event, rows, viewer=organiser(event.hub), now=NOW),
    ):
        assert [each.outcome for each in plan.rows] == [Outcome.CREATE, Outcome.PROBLEM]
    assert Participant.objects.count() == 1


def test_firm_of_an_organisation_that_has_no_profile_yet_gets_one(event: Event) -> None:
    owner = OrganisationFactory(name="FIRMA 0 APS")

    brought_in(event, many(firms=1))

    assert (Profile.objects.get().organisation_id, Organisation.objects.count()) == (owner.pk, 1)


def test_freed_places_go_to_those_who_wait_when_all_rows_are_done(event: Event) -> None:
    for number in range(3):
        comes(event, number)
    gone, _stays, waits = Participant.objects.order_by("pk")
    content = f"{HEADER}\nA,1,canceled,Person Nummer 0,{gone.email},Lund\nB,1,paid,Bo Dam,bo@example.test,Lund\n"

    brought_in(event, content.encode())
    waits.refresh_from_db()
    first = waits.state
    brought_in(event, f"{HEADER}\nB,1,canceled,Bo Dam,bo@example.test,Lund\n".encode())
    waits.refresh_from_db()

    assert (first, waits.state) == (S.WAITING, S.REGISTERED)


def test_clash_with_another_writer_stores_nothing_and_says_so(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "draft_profiles", refuse)

    with pytest.raises(EditConflict, match="Nothing was stored"):
        brought_in(event, many())
    assert (Profile.objects.count(), Organisation.objects.count(), AuditRecord.objects.count()) == (0, 0, 0)


def test_what_the_database_refuses_otherwise_is_no_clash_and_its_words_are_not_logged(
    event: Event, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(importing, "register_people", refuse)

    with pytest.raises(ImportFailed, match="nothing of it was") as told:
        brought_in(event, many())

    assert (Profile.objects.count(), Organisation.objects.count(), AuditRecord.objects.count()) == (0, 0, 0)
    assert (caplog.messages, told.value.__cause__) == ([f"Import into event {event.pk}: IntegrityError"], None)
    assert "p1@example.test" not in caplog.text + str(told.value)


def refuse(*_given: object, **_named: object) -> None:
    """The database, in words that tell of the rows."""
    raise IntegrityError("Key (email)=(p1@example.test) is refused.")


def test_cancelling_rows_of_an_event_that_is_over_are_told_and_the_rest_is_stored(event: Event) -> None:
    brought_in(event, many(firms=1))
    Event.objects.filter(pk=event.pk).update(ends_at=NOW - DAY, starts_at=NOW - 2 * DAY)
    content = many("canceled", firms=1).replace(b"O0,1,canceled,Person Nummer,p0", b"N0,1,paid,Ny Person,ny0")

    counts = brought_in(event, content)

    assert counts == {"problem": MANY - 1, "create": 1}
    assert not Participant.objects.filter(state=S.CANCELLED).exists()
