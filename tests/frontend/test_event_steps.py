"""What an organiser does next, and that no page of theirs says what is not so."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.test.client import RequestFactory

from events.domain.people.headings import unread_headings
from events.domain.people.import_rows import read_people
from events.enums import EventKind, EventState
from events.models import Event
from events.queries.setup import set_up_of
from events.templates import template_of
from frontend.accounts import AccountAdapter
from frontend.event_steps import steps_of
from hubs.enums import Role
from hubs.models import Hub
from tests.events.bazar import make_bazar
from tests.events.setting_up import event_fixture, viewer_fixture  # noqa: F401
from tests.factories import MembershipFactory
from tests.frontend.conftest import body, works_as
from tests.frontend.event_setting_up import organiser_fixture, page  # noqa: F401

pytestmark = pytest.mark.usefixtures("english")


def next_of(event: Event, state: EventState, *, days_before: float = 90, **figures: int) -> list[str]:
    """Titles of the steps marked as next in an event that is ready for its people."""
    event.state, event.summary = state, "Firms and clinicians meet."
    there = {"slots": 12, "tables": 40, "stands": 24, "registered": 27, **figures}
    now = event.starts_at - timedelta(days=days_before)
    steps = steps_of(event, replace(set_up_of(event), **there), template_of(event.kind), now=now)
    return [step.title for step in steps if step.is_next]


def test_wishes_are_not_closed_before_anybody_was_told_of_them(event: Event) -> None:
    assert next_of(event, EventState.OPEN) == ["Send recommendations"]
    assert next_of(event, EventState.OPEN, rounds_asked=1) == ["Close wishes"]
    assert next_of(event, EventState.OPEN, requests_accepted=3) == ["Close wishes"]


@pytest.mark.parametrize(
    ("state", "days_before", "stranded", "following"),
    [
        (EventState.PUBLISHED, 90, 0, []),
        (EventState.PUBLISHED, 90, 2, ["Repair the timetable"]),
        (EventState.PUBLISHED, 0.5, 0, ["Receive people on the day"]),
        (EventState.PUBLISHED, -1, 0, ["Close the event"]),
        (EventState.OVER, -1, 0, ["Read the report"]),
    ],
)
def test_no_step_is_offered_before_its_time(
    event: Event, state: EventState, days_before: float, stranded: int, following: list[str]
) -> None:
    figures = {"requests_accepted": 3, "stranded": stranded}

    assert next_of(event, state, days_before=days_before, **figures) == following


@pytest.mark.parametrize(
    ("state", "days_before", "following"),
    [
        (EventState.PUBLISHED, 0.1, ["Compose the groups"]),
        (EventState.PUBLISHED, -1, ["Close the event"]),
        (EventState.OVER, -1, ["Read the report"]),
    ],
)
def test_group_that_lacks_somebody_is_composed_anew_until_the_day_has_ended(
    event: Event, state: EventState, days_before: float, following: list[str]
) -> None:
    event.kind = EventKind.AIMDAY

    assert next_of(event, state, days_before=days_before, groups=6, groups_lacking=1) == following


def test_recommendations_of_a_draft_are_to_come_not_closed(organiser: Client, event: Event) -> None:
    shown = body(organiser, page(event, "recommend/"))

    assert "Wishes are closed" not in shown
    assert "Recommendations are made once registration is open" in shown


def test_somebody_without_a_badge_is_checked_in_from_the_list(client: Client, hub: Hub) -> None:
    bazar = make_bazar(hub)
    works_as(client, hub, Role.ORGANISER)
    address = "/events/bazar/organise/check-in/"

    button = f'name="listed" value="{bazar.anna.code}"'
    before = button in body(client, address)
    client.post(address, {"code": "", "listed": bazar.anna.code})
    bazar.anna.refresh_from_db()

    assert (before, button in body(client, address)) == (True, False)
    assert bazar.anna.checked_in_at is not None


def test_columns_of_danish_sheets_are_read_and_others_named() -> None:
    header = ["Navn", "Mail", "Firma", "Tlf.", "Billettype", "Skostørrelse", ""]

    (row,) = read_people((";".join(header) + "\nIda Lund;ida@x.example;Lund ApS;12345678;Udstiller;42").encode())

    assert (row.phone, row.kind, unread_headings(header)) == ("12345678", "exhibitor", ["Skostørrelse"])


def test_row_without_an_address_says_so() -> None:
    (row,) = read_people(b"Name,Email,Company\nIda Lund,,Lund ApS\n")

    assert row.problem.startswith("No e-mail address")


@pytest.mark.parametrize(("role", "first"), [(Role.ORGANISER, "/en/events/"), (Role.FACILITATOR, "/en/for-you/")])
def test_organisers_land_where_their_work_is(hub: Hub, role: Role, first: str) -> None:
    request = RequestFactory().get("/en/")
    request.user = MembershipFactory(hub=hub, role=role).user
    request.hub = hub  # type: ignore[attr-defined]

    assert AccountAdapter(request).get_login_redirect_url(request) == first


def ticked(event: Event, state: EventState, *, days_before: float, **figures: int) -> set[str]:
    event.state = state
    now = event.starts_at - timedelta(days=days_before)
    steps = steps_of(event, replace(set_up_of(event), **figures), template_of(event.kind), now=now)
    return {step.title for step in steps if step.is_done}


def test_recommendations_are_ticked_when_a_round_was_sent_and_for_nothing_else(event: Event) -> None:
    told = "Send recommendations"

    assert told not in ticked(event, EventState.OPEN, days_before=90, requests_asked=3, requests_accepted=4)
    assert told in ticked(event, EventState.OPEN, days_before=90, rounds_asked=1)


def test_nobody_was_received_where_nobody_came(event: Event) -> None:
    received = "Receive people on the day"

    assert received not in ticked(event, EventState.PUBLISHED, days_before=-1, registered=0, came=0)
    assert received in ticked(event, EventState.PUBLISHED, days_before=-1, registered=9, came=7)
    assert next_of(event, EventState.PUBLISHED, days_before=-1, came=0) == ["Close the event"]


def test_mutual_wishes_are_a_step_of_their_own_before_the_timetable(event: Event) -> None:
    event.request_mode = "mutual"
    closed = EventState.WISHES_CLOSED

    assert next_of(event, closed, pairs_waiting=2) == ["Make meetings of mutual wishes"]
    assert next_of(event, closed, pairs_waiting=0) == ["Compute and publish the timetable"]
    assert next_of(event, closed, requests_accepted=2) == ["Compute and publish the timetable"]
    assert next_of(event, EventState.OPEN, pairs_waiting=2) == ["Close wishes"]
    assert next_of(event, EventState.PUBLISHED, pairs_waiting=1) == ["Make meetings of mutual wishes"]
    assert next_of(event, EventState.OVER, days_before=-1, pairs_waiting=1) == ["Read the report"]


def test_first_free_meetings_are_published_without_computing(event: Event) -> None:
    event.request_mode, closed = "first_free", EventState.WISHES_CLOSED

    assert next_of(event, closed, meetings=4) == ["Publish the programme"]
    assert next_of(event, closed, unplaced=1) == ["Compute and publish the timetable"]
