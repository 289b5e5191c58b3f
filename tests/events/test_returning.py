"""Whoever comes again counts anew what was agreed; what was held has kept its place, and one failure stops nobody."""

from datetime import datetime, timedelta

import pytest

from events.domain.people.registering import cancel_person
from events.domain.timetable.publishing import place_meeting
from events.enums import ParticipantState, RequestState
from events.models import Event, MeetingRequest, Participant
from hubs.models import Hub
from matching.domain.introductions.capacity import take_place
from matching.enums import Channel
from matching.models import ContactRules, LoadPlace
from tests.events.timetable_days import NOW, START, Day, small_day

pytestmark = pytest.mark.django_db
IN_THE_MEETING = START + timedelta(minutes=1)


@pytest.fixture
def day(hub: Hub) -> Day:
    """Anna meets Bo, whose month takes one, in the first slot; Cai meets nobody, and nobody else has a place."""
    made = small_day(hub, state="published", capacity=3)
    anna, bo = made.person("Anna"), made.person("Bo")
    made.person("Cai")
    request = made.wish(anna, bo)
    place_meeting(request, slot=made.slots[0], table=made.tables[0], now=NOW, actor=None)
    ContactRules.objects.create(hub=hub, profile=bo.participation.profile, monthly_cap=1)
    take_place(bo.participation.profile, channel=Channel.EVENT, subject=request.public_id, now=NOW)
    return made


def someone(name: str) -> Participant:
    return Participant.objects.select_related("event").get(name=name)


def cancel(name: str, *, now: datetime) -> None:
    cancel_person(someone(name), now=now)


def waits(name: str) -> None:
    """As after signing up again at an event that is full."""
    Participant.objects.filter(name=name).update(state=ParticipantState.WAITING, queued_at=NOW, cancelled_at=None)


@pytest.mark.parametrize(("now", "kept"), [(NOW, 0), (IN_THE_MEETING, 1)])
def test_only_a_meeting_that_has_begun_keeps_its_place_of_the_month(day: Day, now: datetime, kept: int) -> None:
    cancel("Anna", now=now)

    assert LoadPlace.objects.count() == kept


def test_who_comes_again_after_the_meeting_hinders_nobody_from_cancelling(
    day: Day, caplog: pytest.LogCaptureFixture
) -> None:
    """The month is full of others by then, and the meeting was held: there is nothing to count and nothing to end."""
    cancel("Anna", now=IN_THE_MEETING)
    waits("Anna")
    LoadPlace.objects.all().delete()
    partner = someone("Bo").participation.profile
    take_place(partner, channel=Channel.EVENT, subject=day.event.public_id, now=IN_THE_MEETING)

    cancel("Cai", now=IN_THE_MEETING)

    assert (someone("Cai").state, someone("Anna").state) == (ParticipantState.CANCELLED, ParticipantState.REGISTERED)
    assert (MeetingRequest.objects.get().state, caplog.text) == (RequestState.ACCEPTED, "")


def test_agreements_that_cannot_be_counted_hinder_nobody_from_cancelling(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel("Anna", now=NOW)
    waits("Anna")

    def fail(*_what: object, **_named: object) -> None:
        LoadPlace.objects.create(
            hub=day.event.hub, profile=someone("Bo").participation.profile, month=NOW.date(), number=9,
            channel=Channel.EVENT, subject=day.event.public_id,
        )  # fmt: skip
        raise RuntimeError("no")

    monkeypatch.setattr("events.domain.wishes.returning.take_place_of", fail)

    cancel("Cai", now=NOW)

    assert (someone("Cai").state, someone("Anna").state) == (ParticipantState.CANCELLED, ParticipantState.REGISTERED)
    assert not LoadPlace.objects.exists()
    assert Event.objects.get().people.filter(state=ParticipantState.REGISTERED).count() == 2
