"""The waiting list: the last place goes to one, freed places to the longest waiting, and two at once never share."""

from pathlib import Path

import pytest

from events.domain.people.registering import Source, cancel_person
from events.domain.people.waiting import promote_person, promote_waiting
from events.enums import EventState, ParticipantState
from events.models import Event, Participant
from events.queries.people import place_in_queue, places_left, queue_of
from hubs.models import Hub
from kernel.errors import NotAllowed, NotFound
from mailgate.models import OutgoingMail
from tests.events.arrivals import DAY, NOW, comes, member, open_event, organiser
from tests.factories import HubFactory
from tests.programs import answer_of, embedded

S = ParticipantState
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def event(hub: Hub) -> Event:
    return open_event(hub, capacity=2)


def states(event: Event) -> list[str]:
    return list(Participant.objects.filter(event=event).order_by("pk").values_list("state", flat=True))


def test_full_event_lets_people_wait_in_turn(event: Event) -> None:
    people = [comes(event, number, at=NOW + number * DAY) for number in range(4)]

    assert states(event) == [S.REGISTERED, S.REGISTERED, S.WAITING, S.WAITING]
    assert [place_in_queue(person) for person in people] == [0, 0, 1, 2]
    assert (places_left(event), people[2].queued_at) == (0, NOW + 2 * DAY)
    assert OutgoingMail.objects.filter(kind="event_waiting").count() == 2


def test_freed_place_goes_to_the_longest_waiting(event: Event) -> None:
    people = [comes(event, number, at=NOW + number * DAY) for number in range(4)]

    cancel_person(people[0], now=NOW + 5 * DAY)

    assert states(event) == [S.CANCELLED, S.REGISTERED, S.REGISTERED, S.WAITING]
    mail = OutgoingMail.objects.get(kind="event_place_free")
    assert (mail.address, mail.not_before) == (people[2].email, NOW + 5 * DAY)


def test_nobody_new_overtakes_those_who_wait(event: Event) -> None:
    for number in range(3):
        comes(event, number)
    Event.objects.update(capacity=3)
    event.refresh_from_db()

    newcomer = comes(event, 9)
    given = promote_waiting(event, now=NOW)

    assert (newcomer.state, given) == (S.WAITING, 1)
    assert states(event) == [S.REGISTERED, S.REGISTERED, S.REGISTERED, S.WAITING]


def test_promoting_twice_gives_once(event: Event) -> None:
    for number in range(3):
        comes(event, number)
    Event.objects.update(capacity=5)
    event.refresh_from_db()

    assert [promote_waiting(event, now=NOW), promote_waiting(event, now=NOW)] == [1, 0]
    assert OutgoingMail.objects.filter(kind="event_place_free").count() == 1


def test_lifted_limit_takes_everybody_in(event: Event) -> None:
    for number in range(5):
        comes(event, number)
    Event.objects.update(capacity=None)
    event.refresh_from_db()

    assert (promote_waiting(event, now=NOW), places_left(event)) == (3, None)


@pytest.mark.parametrize("state", [EventState.CANCELLED, EventState.OVER, EventState.DRAFT])
def test_dead_event_gives_no_places(event: Event, state: EventState) -> None:
    for number in range(3):
        comes(event, number)
    Event.objects.update(capacity=9, state=state)
    event.refresh_from_db()

    assert promote_waiting(event, now=NOW) == 0
    assert queue_of(event).count() == 1


def test_organiser_gives_a_place_out_of_turn_and_over_the_limit(hub: Hub, event: Event) -> None:
    people = [comes(event, number) for number in range(4)]

    promote_person(people[3], viewer=organiser(hub), now=NOW)

    assert states(event) == [S.REGISTERED, S.REGISTERED, S.WAITING, S.REGISTERED]
    assert places_left(event) == -1
    cancel_person(people[0], now=NOW)
    assert states(event)[2] == S.WAITING


def test_nobody_else_gives_places(hub: Hub, event: Event) -> None:
    waiting = [comes(event, number) for number in range(3)][2]

    with pytest.raises(NotAllowed):
        promote_person(waiting, viewer=member(waiting.participation.profile), now=NOW)
    with pytest.raises(NotFound):
        promote_person(waiting, viewer=organiser(HubFactory(slug="nordbro")), now=NOW)

    assert Participant.objects.get(pk=waiting.pk).state == S.WAITING


def test_who_cancelled_waits_again_at_the_end(event: Event) -> None:
    people = [comes(event, number, at=NOW + number * DAY) for number in range(4)]
    cancel_person(people[2], now=NOW + 5 * DAY)

    again = comes(event, 2, profile=people[2].participation.profile, at=NOW + 6 * DAY)

    assert (again.state, [row.pk for row in queue_of(event)]) == (S.WAITING, [people[3].pk, people[2].pk])


def test_organisers_additions_wait_too_when_it_is_full(event: Event) -> None:
    for number in range(2):
        comes(event, number)

    assert comes(event, 3, source=Source.ORGANISER).state == S.WAITING


def test_last_place_goes_to_one_of_those_who_take_it_together(tmp_path: Path, empty_database: Path) -> None:
    assert answer_of("tests.events.simultaneous_sign_ups", embedded(tmp_path, empty_database)) == {
        "outcomes": ["saved"] * 4,
        "states": {"registered": 1, "waiting": 3},
        "after_cancelling": {"cancelled": 1, "registered": 1, "waiting": 2},
        "same_person_twice": 1,
    }
