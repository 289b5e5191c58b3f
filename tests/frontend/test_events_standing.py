"""What pages of an event promise follows how things stand: its kind, its state, and whether one has a place."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.people.stating import OwnText, set_event_statements
from events.enums import EventKind, EventState, ParticipantState
from events.models import Event, Meeting, Participant, ProgrammeSession, Slot, SuggestionRound
from events.templates import TEMPLATES
from frontend.event_links import place_token
from frontend.event_words import moment_words
from hubs.enums import Role
from hubs.models import Hub
from profiles.models import Profile
from tests.events.bazar import make_bazar
from tests.frontend.conftest import body, speaks_for
from tests.frontend.event_people import SOON, comes, event_fixture, profile_fixture  # noqa: F401

EVENT = "/en/events/medico-bazar"
PROMISE = "Your meetings stand here as soon as the timetable is published"
WAITS = [ParticipantState.WAITING, ParticipantState.STANDBY]


def signed_in(client: Client, profile: Profile) -> Client:
    """The client as the person of that address, who speaks for the profile."""
    client = speaks_for(client, profile)
    Participant.objects.update(user=client.session["_auth_user_id"])
    return client


@pytest.mark.parametrize("has_session", [True, False])
@pytest.mark.parametrize(
    ("values", "is_promised"),
    [
        ({}, True),
        ({"state": EventState.WISHES_CLOSED}, True),
        ({"state": EventState.PUBLISHED}, False),
        ({"kind": EventKind.ERFA}, False),
        ({"kind": EventKind.AIMDAY}, False),
        ({"request_mode": "first_free"}, False),
    ],
)
def test_plan_promises_a_timetable_only_where_one_comes(
    client: Client, event: Event, profile: Profile, has_session: bool, values: dict[str, str], is_promised: bool
) -> None:
    person = comes(event, profile, meets=True)
    Event.objects.update(**values)
    if has_session:
        ProgrammeSession.objects.create(
            hub=event.hub, event=event, title="Velkomst", is_for_all=True, starts_at=SOON,
            ends_at=SOON + timedelta(hours=1),
        )  # fmt: skip

    page = body(client, f"/en/events/agenda/{place_token(person)}/")

    assert (PROMISE in page, "Velkomst" in page) == (is_promised, has_session)


@pytest.mark.parametrize("state", WAITS)
def test_plan_opens_with_a_place_on_every_page_alike(
    client: Client, event: Event, profile: Profile, state: ParticipantState
) -> None:
    person = comes(event, profile, meets=True)
    signed_in(client, profile)
    Event.objects.update(state=EventState.PUBLISHED)
    pages = [f"{EVENT}/", f"{EVENT}/me/", f"/en/events/place/{place_token(person)}/"]
    plans = ("My plan", "Your agenda")
    placed = [any(words in body(client, page) for words in plans) for page in pages]

    Participant.objects.update(state=state)

    waiting = [any(words in body(client, page) for words in plans) for page in pages]
    plan = body(client, f"/en/events/agenda/{place_token(person)}/")
    assert (placed, waiting) == ([True] * 3, [False] * 3)
    assert ("your plan, open here as soon as you have a place" in plan, person.code in plan) == (True, False)


@pytest.mark.parametrize("state", WAITS)
def test_who_waits_has_no_place_already(
    client: Client, event: Event, profile: Profile, state: ParticipantState
) -> None:
    comes(event, profile)
    signed_in(client, profile)
    told = "You have a place already."
    placed = told in body(client, f"{EVENT}/register/")

    Participant.objects.update(state=state)

    page = body(client, f"{EVENT}/register/")
    assert (placed, told in page, "You wait for a place already." in page) == (True, False, True)


@pytest.mark.parametrize(("state", "on_their_way"), [("open", True), ("wishes_closed", True), ("published", False)])
def test_recommendations_are_on_their_way_only_while_they_are_made(
    client: Client, event: Event, profile: Profile, state: str, on_their_way: bool
) -> None:
    person = comes(event, profile, meets=True)
    set_event_statements(person.participation, own=[OwnText("need", "Vi søger en afdeling.", "da")])
    SuggestionRound.objects.create(hub=event.hub, event=event, computed_at=timezone.now() - timedelta(days=1))
    signed_in(client, profile)
    Event.objects.update(state=state)

    page = body(client, f"{EVENT}/people/")

    told = ("Recommendations are on their way" in page, "There are no recommendations for you" in page)
    assert told == (on_their_way, not on_their_way)


def test_who_calls_off_reads_who_is_told(client: Client, hub: Hub) -> None:
    bazar = make_bazar(hub)
    starts = timezone.now() + timedelta(days=1)
    Event.objects.update(starts_at=starts, ends_at=starts + timedelta(hours=8))
    Slot.objects.filter(meetings__isnull=False).update(starts_at=starts, ends_at=starts + timedelta(minutes=20))
    speaks_for(client, bazar.anna.participation.profile)
    both, other = "Both of you are told", "The other one is told, and no meeting is planned"
    planned = body(client, "/en/events/bazar/requests/")

    Meeting.objects.all().delete()

    agreed = body(client, "/en/events/bazar/requests/")
    assert [(both in page, other in page) for page in (planned, agreed)] == [(True, False), (False, True)]


@pytest.mark.usefixtures("english")
def test_agreed_meeting_tells_when_it_is_as_soon_as_it_stands(client: Client, hub: Hub) -> None:
    bazar = make_bazar(hub)
    speaks_for(client, bazar.anna.participation.profile)
    meeting = Meeting.objects.select_related("slot", "event").earliest("slot__starts_at")
    told = f"<strong>{moment_words(meeting.slot.starts_at, meeting.event)}</strong>"
    planned = told in body(client, "/en/events/bazar/requests/")

    Meeting.objects.all().delete()

    assert (planned, told in body(client, "/en/events/bazar/requests/")) == (True, False)


@pytest.mark.parametrize(("mode", "is_offered"), [("first_free", True), ("request_accept", False)])
def test_plan_is_offered_before_a_timetable_only_where_a_yes_fills_it(
    client: Client, event: Event, profile: Profile, mode: str, is_offered: bool
) -> None:
    comes(event, profile, meets=True)
    signed_in(client, profile)
    Event.objects.update(request_mode=mode, state=EventState.OPEN)

    assert ("My plan" in body(client, f"{EVENT}/")) == is_offered


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (EventKind.AIMDAY, "Hand in what you cannot answer yourselves"),
        (EventKind.AIMDAY, "See or hand in questions"),
        (EventKind.MEDICO_BAZAR, "planned for you beforehand"),
    ],
)
def test_page_of_an_event_asks_and_promises_while_it_is_on(
    client: Client, event: Event, kind: EventKind, words: str
) -> None:
    Event.objects.update(kind=kind)
    told = [words in body(client, f"{EVENT}/")]

    for state in (EventState.CANCELLED, EventState.OVER):
        Event.objects.update(state=state)
        told.append(words in body(client, f"{EVENT}/"))
    now = timezone.now()
    Event.objects.update(
        state=EventState.PUBLISHED, starts_at=now - timedelta(hours=8), ends_at=now - timedelta(hours=1)
    )
    told.append(words in body(client, f"{EVENT}/"))

    assert told == [True, False, False, False]


def test_questions_are_where_the_template_has_them(
    client: Client, event: Event, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {
        f"{EVENT}/": "See or hand in questions", f"{EVENT}/register/": 'name="is_senior"',
        f"{EVENT}/organise/": f'href="{EVENT}/organise/groups/"',
    }  # fmt: skip

    def shown() -> list[bool]:
        return [words in body(client, page) for page, words in pages.items()]

    user = speaks_for(client, profile).session["_auth_user_id"]
    event.hub.memberships.filter(user=user).update(role=Role.ORGANISER)
    before = shown()
    monkeypatch.setitem(TEMPLATES, event.kind, replace(TEMPLATES[event.kind], has_questions=True))

    assert (before, shown()) == ([False] * 3, [True] * 3)
