"""One order of locks: the event, its people, what they have made, then profiles.

That no two wait in a circle on PostgreSQL is tested with the services, on their database.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import QuerySet

from events.domain.day.checking_in import Scan, check_in
from events.domain.day.rating import RatingFields, rate_meeting
from events.domain.groups.questions import QuestionFields, hand_in_question, take_question_back
from events.domain.people.opening_up import CannotBeAsked, ask_to_open_up
from events.domain.people.reconfirming import run_people_clock
from events.domain.people.registering import cancel_person
from events.domain.people.waiting import promote_person
from events.domain.timetable.standby import lapse_due
from events.domain.wishes.answering import answer_request, expire_due
from events.domain.wishes.asking import ask_meeting
from events.domain.wishes.mutual import make_mutual_requests
from events.domain.wishes.returning import note_return
from events.domain.wishes.rounds import ask_round, mail_round
from events.domain.wishes.suggesting import suggest_people
from events.domain.wishes.wish_errors import NotComing
from events.domain.wishes.wishing import prefer
from events.enums import EventKind, RequestMode, RequestState
from events.models import (
    Event,
    Meeting,
    MeetingRequest,
    MeetingSide,
    Participant,
    Preference,
    Question,
    Slot,
    StandbyOffer,
)
from matching.domain.introductions.leaving import erase_profile
from matching.models import ContactRules, Introduction
from tests.events.bazar import END, make_bazar
from tests.events.wish_people import (  # noqa: F401
    NOW,
    STARTS,
    encoder_fixture,
    event_fixture,
    make_event,
    organiser,
    person,
    speaks_as,
    two,
)
from tests.factories import UserFactory

RANKS = {
    "Event": 0, "Participant": 1, "Question": 2, "MeetingRequest": 2, "Meeting": 2, "MeetingSide": 2,
    "SuggestionRound": 2, "Organisation": 3, "Profile": 3, "Introduction": 4,
}  # fmt: skip
REASON = "Vi vil gerne vise sensoren."


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the tables that are locked, each when it is locked first."""
    names: list[str] = []
    lock = QuerySet.select_for_update

    def noting(rows: QuerySet, *args: object, **options: object) -> QuerySet:
        name = rows.model.__name__
        names.extend([name] if name not in names else [])
        return lock(rows, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(QuerySet, "select_for_update", noting)
    return names


def asks(event: Event, asta: Participant, bo: Participant) -> None:
    # Where the day is made of groups nobody asks.
    Event.objects.filter(pk=event.pk).update(kind=EventKind.MEDICO_BAZAR)
    ask_meeting(asta, receiver=bo, reason=REASON, now=NOW)


def marks(event: Event, asta: Participant, bo: Participant) -> None:
    prefer(asta, other=bo, wanting="want", now=NOW)


def answers(event: Event, asta: Participant, bo: Participant) -> None:
    answer_request(asked(asta, bo), accepts=False, now=NOW)


def comes(event: Event, asta: Participant, bo: Participant) -> None:
    check_in(event, viewer=organiser(event), scans=[Scan(uuid4(), asta.code, NOW)], now=NOW)


def hands_in(event: Event, asta: Participant, bo: Participant) -> None:
    hand_in_question(asta, viewer=speaks_as(asta), fields=QuestionFields("Hvordan måler vi tryk?"), now=NOW)


def takes_back(event: Event, asta: Participant, bo: Participant) -> None:
    question = Question.objects.create(hub=event.hub, event=event, asker=asta, title="Hvordan måler vi tryk?")
    take_question_back(question, viewer=speaks_as(asta), now=NOW)


def cancels(event: Event, asta: Participant, bo: Participant) -> None:
    asked(asta, bo, state=RequestState.ACCEPTED)
    cancel_person(bo, now=NOW)


def returns(event: Event, asta: Participant, bo: Participant) -> None:
    """As the end of coming again, which is done under the event's lock."""
    asked(asta, bo, state=RequestState.ACCEPTED)
    note_return(bo, now=NOW)


def recommends(event: Event, asta: Participant, bo: Participant) -> None:
    suggest_people(event, now=NOW)


def mails_recommendations(event: Event, asta: Participant, bo: Participant) -> None:
    mail_round(event, now=NOW)


def agrees_mutually(event: Event, asta: Participant, bo: Participant) -> None:
    Event.objects.filter(pk=event.pk).update(request_mode=RequestMode.MUTUAL)
    for one, other in ((asta, bo), (bo, asta)):
        Preference.objects.create(hub=event.hub, event=event, person=one, other=other, wanting="want")
    make_mutual_requests(event, viewer=organiser(event), now=NOW)


def offers_lapse(event: Event, asta: Participant, bo: Participant) -> None:
    slot = Slot.objects.create(hub=event.hub, event=event, starts_at=STARTS, ends_at=STARTS + timedelta(minutes=20))
    request = asked(asta, bo, state=RequestState.ACCEPTED)
    StandbyOffer.objects.create(hub=event.hub, event=event, request=request, slot=slot, expires_at=NOW)
    assert lapse_due(NOW) == 1


def expires(event: Event, asta: Participant, bo: Participant) -> None:
    assert expire_due(asked(asta, bo).expires_at) == 1


def learns_accounts(event: Event, asta: Participant, bo: Participant) -> None:
    UserFactory(email=asta.email)
    assert run_people_clock(NOW) == 1


def comes_again(event: Event, asta: Participant, bo: Participant) -> None:
    """To a partner whose month others have filled meanwhile."""
    request = asked(asta, bo, state=RequestState.ACCEPTED)
    Participant.objects.filter(pk=asta.pk).update(state="waiting")
    ContactRules.objects.create(hub=event.hub, profile=bo.participation.profile, monthly_cap=0)
    promote_person(asta, viewer=organiser(event), now=NOW)
    assert MeetingRequest.objects.get(pk=request.pk).state == RequestState.WITHDRAWN


def rates(event: Event, asta: Participant, bo: Participant) -> None:
    """The second yes, with which a contact goes on."""
    held, yes = make_bazar(event.hub, slug="holdt"), RatingFields(True, 4, goes_on=True, shares_contact=True)
    MeetingSide.objects.filter(participant=held.bo).update(other_came=True, goes_on=True, shares_contact=True)
    rate_meeting(held.side(held.anna), fields=yes, actor=None, now=END)
    assert Introduction.objects.count() == 1


def erases(event: Event, asta: Participant, bo: Participant) -> None:
    """Whose event is long past."""
    held = make_bazar(event.hub, slug="holdt")
    erase_profile(held.anna.participation.profile, viewer=speaks_as(held.anna), now=END + timedelta(days=90))
    assert not Meeting.objects.exists()


def asked(one: Participant, other: Participant, state: str = RequestState.ASKED) -> MeetingRequest:
    return MeetingRequest.objects.create(
        hub=one.hub, event=one.event, sender=one, receiver=other, reason=REASON, state=state,
        asked_at=NOW, expires_at=STARTS,
    )  # fmt: skip


STARTS_WITH_EVENT = (
    asks, marks, answers, comes, hands_in, takes_back, cancels, recommends, mails_recommendations, agrees_mutually,
    offers_lapse, expires, learns_accounts, comes_again, rates, erases,
)  # fmt: skip


@pytest.mark.parametrize("act", STARTS_WITH_EVENT, ids=lambda act: act.__name__)
def test_event_is_locked_first_and_the_rest_in_order(
    event: Event, locked: list[str], act: Callable[[Event, Participant, Participant], None]
) -> None:
    Event.objects.filter(pk=event.pk).update(kind=EventKind.AIMDAY)
    event.refresh_from_db()
    asta, bo = two(event)
    if act is mails_recommendations:
        suggest_people(event, now=NOW)
        ask_round(event, viewer=organiser(event), number=0, now=NOW)
        locked.clear()

    act(event, asta, bo)

    assert locked[0] == "Event"
    assert [RANKS[name] for name in locked] == sorted(RANKS[name] for name in locked)


@pytest.mark.parametrize("act", [returns, agrees_mutually])
def test_profiles_whose_places_are_taken_are_locked_at_once_and_in_order(
    event: Event, act: Callable[[Event, Participant, Participant], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[list[int]] = []
    for module in ("returning", "mutual"):
        monkeypatch.setattr(f"events.domain.wishes.{module}.lock_profiles", lambda keys: taken.append(sorted(keys)))
    asta, bo = two(event)

    act(event, asta, bo)

    assert [bo.participation.profile_id in keys for keys in taken] == [True]


def test_somebody_of_another_event_is_refused_before_anything_is_locked(event: Event, locked: list[str]) -> None:
    asta, _bo = two(event)
    stranger = person(make_event(event.hub, slug="anden"), "Xenia", meets=False)

    with pytest.raises(CannotBeAsked):
        ask_to_open_up(stranger, asker=asta, viewer=speaks_as(asta), now=NOW)

    assert locked == []


def test_who_cancelled_a_moment_ago_asks_nobody(event: Event) -> None:
    asta, bo = two(event)
    Participant.objects.filter(pk=asta.pk).update(state="cancelled")

    with pytest.raises(NotComing):
        ask_meeting(asta, receiver=bo, reason=REASON, now=NOW)

    assert not MeetingRequest.objects.exists()
