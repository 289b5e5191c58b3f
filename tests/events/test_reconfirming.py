"""Asked once more: silence costs a place only where somebody waits; clocks do nothing twice."""

from datetime import timedelta

import pytest

from events.domain.people.reconfirming import (
    ANSWER_DAYS,
    ask_reconfirmation,
    reconfirm,
    release_unconfirmed,
    run_people_clock,
)
from events.domain.people.registering import EventIsOver, cancel_person
from events.enums import EventState, MeetingState, ParticipantState, RequestState
from events.models import Event, Meeting, MeetingRequest, MeetingSide, Participant
from hubs.models import Hub
from kernel.errors import NotAllowed
from mailgate.models import OutgoingMail
from tests.events.arrivals import DAY, NOW, START, add_slots, comes, member, open_event
from tests.factories import ProfileFactory, UserFactory

S = ParticipantState
ASKED = NOW + 10 * DAY
LATE = ASKED + timedelta(days=ANSWER_DAYS)


@pytest.fixture
def event(hub: Hub) -> Event:
    return open_event(hub, capacity=3, reconfirm_at=ASKED)


def states(event: Event) -> list[str]:
    return list(Participant.objects.filter(event=event).order_by("pk").values_list("state", flat=True))


def asked_mails() -> int:
    return OutgoingMail.objects.filter(kind="event_reconfirm").count()


def test_everybody_with_a_place_is_asked_once(event: Event) -> None:
    for number in range(4):
        comes(event, number)

    counts = [ask_reconfirmation(event, now=ASKED), ask_reconfirmation(event, now=ASKED + DAY)]

    assert (counts, asked_mails()) == ([3, 0], 3)
    assert Participant.objects.filter(reconfirm_asked_at=ASKED).count() == 3


def test_clock_asks_when_it_is_time_and_not_before(event: Event) -> None:
    comes(event)

    done = [run_people_clock(moment) for moment in (ASKED - timedelta(seconds=1), ASKED, ASKED + DAY)]

    assert (done, asked_mails()) == ([0, 1, 0], 1)


@pytest.mark.parametrize("values", [{"is_simulated": True}, {"state": EventState.CANCELLED}, {"state": "draft"}])
def test_clock_leaves_dead_and_simulated_events_alone(event: Event, values: dict[str, object]) -> None:
    comes(event)
    Event.objects.update(**values)

    assert (run_people_clock(ASKED), asked_mails()) == (0, 0)


def test_clock_that_stood_still_asks_nobody_on_the_day(event: Event) -> None:
    comes(event)

    assert (run_people_clock(START), asked_mails()) == (0, 0)


def test_silent_people_keep_their_places_while_nobody_waits(event: Event) -> None:
    for number in range(3):
        comes(event, number)
    ask_reconfirmation(event, now=ASKED)

    assert release_unconfirmed(event, now=LATE + 5 * DAY) == 0
    assert states(event) == [S.REGISTERED] * 3


def test_silent_latest_comer_makes_room_for_the_one_who_waits(event: Event) -> None:
    people = [comes(event, number) for number in range(4)]
    ask_reconfirmation(event, now=ASKED)
    reconfirm(people[2], now=ASKED + DAY)

    moved = [release_unconfirmed(event, now=moment) for moment in (LATE - timedelta(seconds=1), LATE, LATE)]

    assert moved == [0, 1, 0]
    assert states(event) == [S.REGISTERED, S.STANDBY, S.REGISTERED, S.REGISTERED]


def test_people_with_published_meetings_keep_their_places(event: Event) -> None:
    people = [comes(event, number) for number in range(4)]
    ask_reconfirmation(event, now=ASKED)
    slot = add_slots(event, 1)[0]
    request = MeetingRequest.objects.create(
        hub=event.hub, event=event, sender=people[1], receiver=people[2], state=RequestState.ACCEPTED,
        asked_at=NOW, expires_at=NOW + DAY,
    )  # fmt: skip
    meeting = Meeting.objects.create(
        hub=event.hub, event=event, request=request, slot=slot, changed_at=NOW, state=MeetingState.PLANNED
    )
    for person in people[1:3]:
        MeetingSide.objects.create(hub=event.hub, meeting=meeting, participant=person)

    release_unconfirmed(event, now=LATE)

    assert states(event) == [S.STANDBY, S.REGISTERED, S.REGISTERED, S.REGISTERED]


def test_standby_says_yes_and_gets_the_next_place_after_those_who_wait(event: Event) -> None:
    people = [comes(event, number) for number in range(5)]
    ask_reconfirmation(event, now=ASKED)
    for person in people[:2]:
        reconfirm(person, now=ASKED)
    release_unconfirmed(event, now=LATE)
    assert states(event) == [S.REGISTERED, S.REGISTERED, S.STANDBY, S.REGISTERED, S.WAITING]

    still = reconfirm(people[2], now=LATE)
    cancel_person(people[0], now=LATE)
    cancel_person(people[1], now=LATE)

    assert still.state == S.STANDBY
    assert states(event) == [S.CANCELLED, S.CANCELLED, S.REGISTERED, S.REGISTERED, S.REGISTERED]


def test_silent_standby_gets_no_place_by_itself(event: Event) -> None:
    people = [comes(event, number) for number in range(4)]
    ask_reconfirmation(event, now=ASKED)
    for person in people[:2]:
        reconfirm(person, now=ASKED)
    release_unconfirmed(event, now=LATE)

    cancel_person(people[0], now=LATE)
    run_people_clock(LATE + DAY)

    assert states(event) == [S.CANCELLED, S.REGISTERED, S.STANDBY, S.REGISTERED]
    assert reconfirm(people[2], now=LATE + DAY).state == S.REGISTERED


def test_yes_twice_is_once_and_after_no_it_is_too_late(event: Event) -> None:
    person = comes(event)
    ask_reconfirmation(event, now=ASKED)

    answers = [reconfirm(person, now=ASKED + number * DAY).reconfirmed_at for number in (1, 2)]
    cancel_person(person, now=ASKED + 3 * DAY)

    assert answers == [ASKED + DAY, ASKED + DAY]
    with pytest.raises(EventIsOver, match=r"cancel|afbud|meldt"):
        reconfirm(person, now=ASKED + 4 * DAY)


def test_others_do_not_answer_for_a_person(event: Event) -> None:
    person = comes(event)

    with pytest.raises(NotAllowed):
        reconfirm(person, now=ASKED, actor=member(ProfileFactory()))

    assert Participant.objects.get().reconfirmed_at is None


def test_clock_fills_raised_places_and_learns_accounts(event: Event) -> None:
    people = [comes(event, number) for number in range(4)]
    account = UserFactory(email=people[0].email)
    UserFactory(email="unknown@example.test")
    Event.objects.update(capacity=4)

    done = [run_people_clock(NOW + DAY), run_people_clock(NOW + DAY)]

    assert (done, states(event)) == ([2, 0], [S.REGISTERED] * 4)
    assert list(Participant.objects.exclude(user=None).values_list("pk", "user")) == [(people[0].pk, account.pk)]


def test_who_gets_a_place_after_the_question_was_mailed_has_confirmed_by_it(event: Event) -> None:
    people = [comes(event, number) for number in range(4)]
    for person in people[:3]:
        reconfirm(person, now=NOW)
    cancel_person(people[0], now=LATE)

    people[3].refresh_from_db()
    assert (people[3].state, people[3].reconfirmed_at) == (S.REGISTERED, LATE)
    run_people_clock(LATE)
    assert asked_mails() == 0


def test_who_comes_back_is_asked_again_before_the_place_is_lost(event: Event) -> None:
    person = comes(event)
    ask_reconfirmation(event, now=NOW + DAY)
    cancel_person(person, now=NOW + 2 * DAY)
    comes(event, profile=person.participation.profile, at=NOW + 3 * DAY)

    assert ask_reconfirmation(event, now=NOW + 4 * DAY) == 1
    assert asked_mails() == 2
