"""The screen in the hall on days of groups and on days that are called off, and the cards for their rooms."""

from typing import Any

import pytest

from events import day_papers
from events.day_papers import has_table_cards, typeset_table_cards
from events.enums import EventKind, EventState, QuestionState
from events.models import Event, GroupSeat, Meeting, Question
from events.queries.wall import Gathering, wall_of
from hubs.models import Hub
from tests.events.bazar import Bazar, join, make_bazar
from tests.factories import ProfileFactory

TITLE = "Hvordan måler vi tryk under en forbinding?"


@pytest.fixture
def aimday(hub: Hub) -> Bazar:
    """A published day with one question of Anna's in the second slot, which Bo and Carl answer."""
    made = make_bazar(hub)
    Event.objects.update(kind=EventKind.AIMDAY)
    made.event.refresh_from_db()
    asked = Question.objects.create(
        hub=hub, event=made.event, asker=made.anna, title=TITLE, state=QuestionState.TAKEN, slot=made.slots[1],
        hall=made.table.hall,
    )  # fmt: skip
    carl = join(made.event, "Carl Klitmose", ProfileFactory(hub=hub, name="Klitmose"), "KCARL")
    for member in (made.bo, carl):
        GroupSeat.objects.create(hub=hub, question=asked, participant=member)
    return made


def cards(monkeypatch: pytest.MonkeyPatch, event: Event) -> list[dict[str, Any]]:
    """What the cards are set from."""
    taken: list[dict[str, Any]] = []
    monkeypatch.setattr(day_papers, "typeset", lambda _name, data: taken.append(data) or b"")
    typeset_table_cards(event, language="da")
    made: list[dict[str, Any]] = taken[0]["cards"]
    return made


def test_screen_shows_the_groups_of_a_slot_with_room_and_asker(aimday: Bazar) -> None:
    wall = wall_of(aimday.event, now=aimday.slots[1].starts_at)

    assert wall.now is not None
    assert wall.now.gatherings == (Gathering("Hal A", TITLE, "Saarvang bazar"),)
    assert wall.now.sittings == ()


def test_groups_of_a_programme_that_is_not_published_stay_off_the_screen(aimday: Bazar) -> None:
    Event.objects.update(state=EventState.WISHES_CLOSED)
    aimday.event.refresh_from_db()

    wall = wall_of(aimday.event, now=aimday.slots[1].starts_at)

    assert wall.now is not None
    assert wall.now.gatherings == ()


def test_screen_of_a_day_that_is_called_off_sends_nobody_anywhere(aimday: Bazar) -> None:
    Event.objects.update(state=EventState.CANCELLED)
    aimday.event.refresh_from_db()

    wall = wall_of(aimday.event, now=aimday.slots[0].starts_at)

    assert (wall.now, wall.next, wall.sessions) == (None, None, ())


def test_room_with_groups_has_a_card_with_question_time_and_members(
    aimday: Bazar, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, table = cards(monkeypatch, aimday.event)

    members = "Anna Saarvang, Saarvang bazar · Bo Fjordby, Fjordby bazar · Carl Klitmose, Klitmose"
    assert (room["label"], table["label"]) == ("Hal A", "T5")
    assert room["meetings"] == [{"time": "11:00–11:20", "title": TITLE, "who": members}]


def test_groups_alone_are_enough_for_cards(aimday: Bazar) -> None:
    Meeting.objects.all().delete()
    with_groups = has_table_cards(aimday.event)
    Question.objects.update(slot=None)

    assert (with_groups, has_table_cards(aimday.event)) == (True, False)


def test_cards_with_groups_are_set(aimday: Bazar) -> None:
    assert typeset_table_cards(aimday.event, language="en")[:5] == b"%PDF-"
