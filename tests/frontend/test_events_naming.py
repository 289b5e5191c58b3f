"""Organisers name people and meetings at an event of any size: looked up as written, listed only while it is short."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.utils import translation

from events.enums import RequestOrigin, RequestState
from events.models import MeetingRequest, Participant
from events.queries.timetable import requests_to_hold
from events.queries.wishes import agendas_with_meetings
from frontend.forms.events_meeting_rules import GuestForm, OrderForm
from frontend.forms.events_names import MeetingNames, PeopleNames
from frontend.forms.events_plan_meeting import PlanMeetingForm
from hubs.enums import Role
from hubs.models import Hub
from tests.events.timetable_days import NOW, START, Day, small_day
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory
from tests.frontend.conftest import SCRIPT, body, text_of, works_as
from tests.frontend.timetable_day import day_fixture  # noqa: F401

pytestmark = pytest.mark.django_db
TIMETABLE = "/en/events/bazar/organise/timetable/"
PLAN = f"{TIMETABLE}plan-meeting/"
REASON = "De to arbejder med det samme."
MaxQueries = Callable[[int], AbstractContextManager[object]]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def crowd(day: Day, number: int, *, with_meetings: bool) -> list[Participant]:
    """So many more people of one firm, each agreed to meet its first one if wanted."""
    first = day.person("Per")
    people = Participant.objects.bulk_create(
        Participant(
            hub=day.event.hub, event=day.event, participation=first.participation, name=f"Per {index:04}", meets=True,
            email=f"per{index}@firma.example", language="da", code=f"P{index:04}",
        )
        for index in range(number)
    )  # fmt: skip
    if with_meetings:
        MeetingRequest.objects.bulk_create(
            MeetingRequest(
                hub=day.event.hub, event=day.event, sender=first, receiver=each, state=RequestState.ACCEPTED,
                asked_at=NOW, expires_at=START,
            )
            for each in people
        )  # fmt: skip
    return people


def with_(day: Day, name: str) -> MeetingRequest:
    return MeetingRequest.objects.get(event=day.event, receiver__name=name, state=RequestState.ACCEPTED)


def address(request: MeetingRequest, part: str = "") -> str:
    return f"{TIMETABLE}requests/{request.public_id}/{part}"


def guest_errors(day: Day, written: str) -> str:
    """What is said of a guest written so; empty where somebody is found."""
    form = GuestForm({"version": "1", "guest": written}, people=agendas_with_meetings(day.event))
    return "" if form.is_valid() else " ".join(form.errors["guest"])


def guest(day: Day, written: str) -> Participant:
    form = GuestForm({"version": "1", "guest": written}, people=agendas_with_meetings(day.event))
    assert form.is_valid(), form.errors
    return form.person()


def order_form(day: Day, written: str) -> OrderForm:
    return OrderForm({"version": "1", "before": written}, others=requests_to_hold(day.event))


def test_page_of_a_large_event_lists_nobody_and_takes_what_is_written(
    client: Client, day: Day, hub: Hub, django_assert_max_num_queries: MaxQueries
) -> None:
    crowd(day, 400, with_meetings=True)
    works_as(client, hub, Role.ORGANISER)
    row, dea = with_(day, "Bo"), day.person("Dea")

    with django_assert_max_num_queries(25):
        page = body(client, address(row))
    client.post(address(row, "order/"), {"version": "1", "before": "Per 0399"})
    client.post(address(row, "guests/"), {"version": "2", "guest": "per 0007"})
    client.post(address(row, "guests/"), {"version": "3", "guest": dea.code.lower()})

    now = with_(day, "Bo")
    assert ("<datalist" in page, " list=" in page, "Per 0" in page) == (False, False, False)
    assert ("too many people for a list" in page, "too many meetings for a list" in page) == (True, True)
    assert now.before == with_(day, "Per 0399")
    assert {each.participant.name for each in now.guests.all()} == {"Per 0007", "Dea"}


def test_page_that_plans_a_meeting_lists_no_more_than_a_thousand(
    client: Client, day: Day, hub: Hub, django_assert_max_num_queries: MaxQueries
) -> None:
    crowd(day, 1_000, with_meetings=False)
    day.person("Dea")
    works_as(client, hub, Role.ORGANISER)

    with django_assert_max_num_queries(25):
        page = body(client, PLAN)
    posted = {"version": str(day.fresh().version), "reason": REASON, "first": "P0001", "second": "Dea"}
    with django_assert_max_num_queries(60):
        client.post(PLAN, posted | {"guest_3": "Bo", "before": "Anna - Bo"})

    made = MeetingRequest.objects.get(origin=RequestOrigin.ORGANISER)
    assert ("people-names" in page, "Per 0" in page, 'id="meeting-names"' in page) == (False, False, True)
    assert (made.sender.name, made.receiver.name, made.before) == ("Per 0001", "Dea", with_(day, "Bo"))
    assert [each.participant.name for each in made.guests.all()] == ["Bo"]


def test_who_could_be_meant_is_told_and_listed(client: Client, day: Day, hub: Hub) -> None:
    people = crowd(day, 400, with_meetings=True)
    works_as(client, hub, Role.ORGANISER)
    row = with_(day, "Bo")

    several = text_of(client.post(address(row, "order/"), {"version": "1", "before": "Per"}), 422)  # type: ignore[arg-type]
    part = text_of(client.post(address(row, "guests/"), {"version": "1", "guest": "0399 per"}), 422)  # type: ignore[arg-type]

    assert ("Several are called that: Per (Firma Per) – Per 0000 (Firma Per) · " in several) is True
    assert "and 392 more" in several
    assert several.count('<option value="Per (Firma Per) – ') == 20
    told = f"Per 0399 (Firma Per) · {people[399].code}"
    assert (f"It could be: {told}." in part, part.count(f'<option value="{told}">')) == (True, 1)
    assert guest(day, told) == people[399]


@pytest.mark.parametrize(
    "written", ["Dea (Firma Dea)", " Dea  (Firma Dea) ", "dea (firma dea)", "Dea", "DEA", "code", "CODE", "with code"]
)
def test_person_is_found_by_name_and_by_code(day: Day, written: str) -> None:
    dea = day.person("Dea")
    day.person("Dea Marie")
    said = {"code": dea.code.lower(), "CODE": dea.code, "with code": f"Dea (Firma Dea) · {dea.code}"}

    assert guest(day, said.get(written, written)) == dea


def test_namesakes_are_told_apart_by_their_codes(day: Day) -> None:
    one = day.person("Dea")
    other = day.person("Dea", email="dea2@firma.example", profile=one.participation.profile)

    error = guest_errors(day, "Dea")

    assert error.startswith("Several are called that: ")
    assert (f"Dea (Firma Dea) · {one.code}" in error, f"Dea (Firma Dea) · {other.code}" in error) == (True, True)
    assert guest(day, f"Dea (Firma Dea) · {other.code}") == other


@pytest.mark.parametrize("written", ["Nobody", "Anna (Firma Bo)", "foreign", "gone", "%", "_", "()", "· ·", "x" * 900])
def test_words_that_mean_nobody_find_nobody(day: Day, written: str) -> None:
    elsewhere = small_day(HubFactory(slug="nordbro"), slug="andet").person("Ina")
    gone = day.person("Gro", state="cancelled")
    said = {"foreign": elsewhere.code, "gone": gone.code}

    assert guest_errors(day, said.get(written, written)).startswith("Choose somebody from the list")


def test_part_of_a_name_never_means_somebody(day: Day) -> None:
    """Bo is signed off meanwhile: Bodil is told of, and not taken in the place of Bo."""
    day.person("Bodil")
    day.event.people.filter(name="Bo").update(state="cancelled")

    assert "It could be: Bodil (Firma Bodil) · " in guest_errors(day, "Bo")


def test_every_name_of_the_list_finds_its_own(day: Day) -> None:
    day.person("Mi – Ra")
    day.person("100 % (Æ_ø)")
    owner = OrganisationFactory(hub=day.event.hub)
    same = day.person("Selv", profile=ProfileFactory(hub=day.event.hub, organisation=owner, name="Selv"))
    day.wish(same, day.person("Selv", email="selv2@firma.example"))
    day.wish(day.event.people.get(name="Mi – Ra"), day.event.people.get(name="100 % (Æ_ø)"))
    people, meetings = PeopleNames(agendas_with_meetings(day.event)), MeetingNames(requests_to_hold(day.event))

    assert [people.find(name).name for name in people.names] == sorted(day.event.people.values_list("name", flat=True))
    assert len({people.find(name).pk for name in people.names}) == 7
    assert len({meetings.find(name).pk for name in meetings.names}) == 4


@pytest.mark.parametrize(
    "written",
    ["Anna (Firma Anna) – Cai (Firma Cai)", "anna - cai", "Anna – Cai", "Cai", "Cai (Firma Cai)", "codes", "code"],
)
def test_meeting_is_found_by_both_or_by_the_one_who_has_no_other(day: Day, written: str) -> None:
    row = with_(day, "Cai")
    said = {"codes": f"{row.sender.code} - {row.receiver.code}", "code": row.receiver.code.lower()}

    form = order_form(day, said.get(written, written))

    assert form.is_valid(), form.errors
    assert form.before_request() == row


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Anna", "Several are called that: Anna (Firma Anna) – Bo (Firma Bo) · "),
        ("Cai – Anna", "It could be: Anna (Firma Anna) – Cai (Firma Cai) · "),
        ("Nobody", "Choose a meeting from the list"),
        ("", "Fill this in."),
        (" – ", "Choose a meeting from the list"),
        ("\x00", "Null characters are not allowed"),
    ],
)
def test_meeting_that_is_not_clear_is_asked_for_again(day: Day, written: str, told: str) -> None:
    form = order_form(day, written)

    assert (form.is_valid(), told in " ".join(form.errors["before"])) == (False, True)


def test_meeting_of_another_event_is_none(day: Day) -> None:
    other = small_day(HubFactory(slug="nordbro"), slug="andet")
    other.wish(other.person("Ina"), other.person("Jon"))

    assert order_form(day, "Ina (Firma Ina) – Jon (Firma Jon)").is_valid() is False


def test_same_name_twice_and_markup_are_told_beside_their_lines(client: Client, day: Day, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)
    posted = {"version": str(day.fresh().version), "reason": REASON, "first": "Anna", "second": "Anna (Firma Anna)"}

    twice = text_of(client.post(PLAN, posted), 422)  # type: ignore[arg-type]
    hostile = text_of(client.post(PLAN, posted | {"second": SCRIPT, "guest_3": SCRIPT}), 422)  # type: ignore[arg-type]

    assert 'id="id_second_error"' in twice
    assert "one person, or share one agenda" in twice
    assert ('id="id_guest_3_error"' in hostile, "<script>alert" in hostile) == (True, False)
    assert not MeetingRequest.objects.filter(origin=RequestOrigin.ORGANISER).exists()


def test_long_form_of_a_short_event_lists_everybody_once(day: Day) -> None:
    form = PlanMeetingForm(None, event=day.event, now=NOW)

    assert form.known_people.names == ["Anna (Firma Anna)", "Bo (Firma Bo)", "Cai (Firma Cai)"]
    assert form.known_meetings.names == ["Anna (Firma Anna) – Bo (Firma Bo)", "Anna (Firma Anna) – Cai (Firma Cai)"]
    assert form.fields["guest_8"].widget.attrs["list"] == "people-names"
