"""What becomes of a request: answered once, taken back, reminded of once, expired without a word."""

from datetime import timedelta

import pytest

from events.domain.wishes import answering
from events.domain.wishes.answering import answer_request, expire_due, withdraw_request
from events.domain.wishes.asking import ask_meeting
from events.domain.wishes.wish_errors import MeetingAgreed, NoFreeSlot, SaidNoThanks
from events.domain.wishes.wishing import prefer
from events.models import Availability, Event, Hall, Meeting, MeetingRequest, Participant, Preference, Slot, Table
from events.queries.wishes import received_requests
from kernel.errors import InvalidInput, NotAllowed, NotFound
from mailgate.models import OutgoingMail
from matching.domain.introductions.errors import AlreadyAnswered, AnswerTooLate
from matching.models import LoadPlace
from tests.events.wish_people import (  # noqa: F401
    DAY,
    NOW,
    STARTS,
    encoder_fixture,
    event_fixture,
    person,
    speaks_as,
    two,
)

REASON = "Vi vil gerne høre, om I kan afprøve vores sensor."


@pytest.fixture
def request_(event: Event) -> MeetingRequest:
    asta, bo = two(event)
    return ask_meeting(asta, receiver=bo, reason=REASON, now=NOW)


def mails(kind: str) -> list[str]:
    return list(OutgoingMail.objects.filter(kind=kind).values_list("address", flat=True))


def test_yes_is_kept_and_told_to_the_sender(request_: MeetingRequest) -> None:
    answered = answer_request(request_, accepts=True, viewer=speaks_as(request_.receiver), now=NOW + DAY)

    assert (answered.state, answered.answered_at) == ("accepted", NOW + DAY)
    assert mails("event_request_accepted") == ["asta@firma.example"]
    assert LoadPlace.objects.count() == 1


def test_no_carries_its_note(request_: MeetingRequest) -> None:
    answer_request(request_, accepts=False, note="Vi har for travlt.", now=NOW)

    row = MeetingRequest.objects.get()
    assert (row.state, row.decline_note) == ("declined", "Vi har for travlt.")
    assert mails("event_request_declined") == ["asta@firma.example"]


@pytest.mark.parametrize("first", [True, False])
def test_second_answer_changes_nothing(request_: MeetingRequest, first: bool) -> None:
    answer_request(request_, accepts=first, now=NOW)

    with pytest.raises(AlreadyAnswered):
        answer_request(request_, accepts=not first, now=NOW)

    assert MeetingRequest.objects.get().state == ("accepted" if first else "declined")
    assert OutgoingMail.objects.count() == 2


def test_only_the_receivers_people_answer(request_: MeetingRequest) -> None:
    with pytest.raises(NotAllowed):
        answer_request(request_, accepts=True, viewer=speaks_as(request_.sender), now=NOW)

    assert MeetingRequest.objects.get().state == "asked"


@pytest.mark.parametrize("note", ["x" * 601, "\x00"])
def test_note_that_cannot_be_kept_is_refused(request_: MeetingRequest, note: str) -> None:
    with pytest.raises(InvalidInput):
        answer_request(request_, accepts=False, note=note, now=NOW)

    assert MeetingRequest.objects.get().state == "asked"


def test_answer_after_the_last_moment_is_too_late_even_before_the_clock(request_: MeetingRequest) -> None:
    with pytest.raises(AnswerTooLate):
        answer_request(request_, accepts=True, now=request_.expires_at)

    assert MeetingRequest.objects.get().state == "asked"


@pytest.mark.parametrize("accepts", [True, False])
@pytest.mark.parametrize("side", ["sender_id", "receiver_id"])
@pytest.mark.parametrize("state", ["waiting", "standby", "cancelled"])
def test_request_of_two_of_whom_one_has_no_place_is_not_open(
    request_: MeetingRequest, state: str, side: str, accepts: bool
) -> None:
    Participant.objects.filter(pk=getattr(request_, side)).update(state=state)

    with pytest.raises(AnswerTooLate):
        answer_request(request_, accepts=accepts, now=NOW)

    assert MeetingRequest.objects.get().state == "asked"


def test_yes_to_somebody_to_whom_one_has_said_no_thanks_is_refused(request_: MeetingRequest) -> None:
    prefer(request_.receiver, other=request_.sender, wanting="no_thanks", now=NOW)

    with pytest.raises(SaidNoThanks):
        answer_request(request_, accepts=True, now=NOW)

    assert MeetingRequest.objects.get().state == "asked"


def test_sender_takes_an_open_request_back_quietly(request_: MeetingRequest) -> None:
    withdraw_request(request_, person=request_.sender, viewer=speaks_as(request_.sender), now=NOW)

    row = MeetingRequest.objects.get()
    assert (row.state, row.answered_at) == ("withdrawn", None)
    assert LoadPlace.objects.count() == 0
    assert mails("event_request_withdrawn") == []


def test_taking_back_locks_the_event_before_the_request(
    request_: MeetingRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked: list[str] = []
    for name in ("lock_event", "lock_request"):
        take = getattr(answering, name)
        monkeypatch.setattr(answering, name, lambda row, name=name, take=take: locked.append(name) or take(row))

    withdraw_request(request_, person=request_.sender, now=NOW)

    assert locked == ["lock_event", "lock_request"]


def test_receiver_does_not_take_back_what_was_only_asked(request_: MeetingRequest) -> None:
    with pytest.raises(NotFound):
        withdraw_request(request_, person=request_.receiver, now=NOW)

    assert MeetingRequest.objects.get().state == "asked"


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_either_calls_an_agreement_off_and_the_other_is_told(request_: MeetingRequest, side: str) -> None:
    answer_request(request_, accepts=True, now=NOW)

    withdraw_request(request_, person=getattr(request_, side), now=NOW)

    other = {"sender": "bo", "receiver": "asta"}[side]
    assert mails("event_request_withdrawn") == [f"{other}@firma.example"]
    with pytest.raises(AlreadyAnswered):
        withdraw_request(request_, person=getattr(request_, side), now=NOW)


def planned(request_: MeetingRequest) -> Meeting:
    answer_request(request_, accepts=True, now=NOW)
    event = request_.event
    slot = Slot.objects.create(hub=event.hub, event=event, starts_at=STARTS, ends_at=STARTS + timedelta(minutes=20))
    return Meeting.objects.create(hub=event.hub, event=event, request=request_, slot=slot, changed_at=NOW)


def test_either_calls_a_planned_meeting_off_and_both_calendars_are_told(request_: MeetingRequest) -> None:
    meeting = planned(request_)

    withdraw_request(request_, person=request_.receiver, now=NOW)

    meeting.refresh_from_db()
    assert (meeting.state, meeting.sequence) == ("cancelled", 1)
    assert MeetingRequest.objects.get().state == "withdrawn"


def test_meeting_that_has_begun_is_not_called_off(request_: MeetingRequest) -> None:
    planned(request_)

    with pytest.raises(MeetingAgreed):
        withdraw_request(request_, person=request_.sender, now=STARTS)

    assert MeetingRequest.objects.get().state == "accepted"


def test_unanswered_request_is_reminded_of_once_then_expires_and_its_sender_is_told(request_: MeetingRequest) -> None:
    assert expire_due(NOW + DAY) == 0
    assert [expire_due(NOW + 4 * DAY), expire_due(NOW + 5 * DAY)] == [1, 0]
    assert mails("event_request_reminder") == ["bo@firma.example"]

    assert [expire_due(request_.expires_at), expire_due(request_.expires_at)] == [1, 0]

    row = MeetingRequest.objects.get()
    assert (row.state, row.answered_at) == ("expired", None)
    assert mails("event_request_expired") == ["asta@firma.example"]
    assert LoadPlace.objects.count() == 0


def test_request_ends_when_one_of_the_two_does_not_come(request_: MeetingRequest) -> None:
    Participant.objects.filter(pk=request_.receiver_id).update(state="cancelled")

    assert expire_due(NOW) == 1

    assert MeetingRequest.objects.get().state == "withdrawn"
    assert mails("event_request_withdrawn") == ["asta@firma.example"]


def test_demonstration_stands_still(request_: MeetingRequest) -> None:
    Event.objects.update(is_simulated=True)

    assert expire_due(request_.expires_at + DAY) == 0


def test_request_from_somebody_declined_privately_is_in_no_list(request_: MeetingRequest) -> None:
    assert received_requests(request_.receiver).count() == 1

    prefer(request_.receiver, other=request_.sender, wanting="no_thanks", now=NOW)
    Preference.objects.update(updated_at=NOW)
    expire_due(request_.expires_at)

    assert received_requests(request_.receiver).count() == 0


def grid(event: Event, count: int) -> list[Slot]:
    hall = Hall.objects.create(hub=event.hub, event=event, name="A")
    Table.objects.create(hub=event.hub, event=event, hall=hall, label="1")
    step = timedelta(minutes=30)
    return [
        Slot.objects.create(
            hub=event.hub, event=event, starts_at=STARTS + number * step, ends_at=STARTS + (number + 1) * step
        )
        for number in range(count)
    ]


def test_yes_takes_the_first_slot_that_both_have_free(request_: MeetingRequest) -> None:
    Event.objects.update(request_mode="first_free")
    first, second = grid(request_.event, 2)
    Availability.objects.create(hub=request_.hub, participant=request_.sender, slot=first)

    answer_request(MeetingRequest.objects.get(), accepts=True, now=NOW)

    assert list(Meeting.objects.values_list("slot", "state")) == [(second.pk, "planned")]


def test_yes_without_a_common_free_slot_is_not_kept(request_: MeetingRequest) -> None:
    Event.objects.update(request_mode="first_free")
    for slot, side in zip(grid(request_.event, 2), (request_.sender, request_.receiver), strict=True):
        Availability.objects.create(hub=request_.hub, participant=side, slot=slot)

    with pytest.raises(NoFreeSlot):
        answer_request(MeetingRequest.objects.get(), accepts=True, now=NOW)

    assert MeetingRequest.objects.get().state == "asked"
    assert Meeting.objects.count() == 0
