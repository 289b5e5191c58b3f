"""The steps of an event: only those that exist, each once, and calling it off tells everybody."""

from datetime import UTC, datetime, timedelta

import pytest

from events.domain.setup.changing import ChangedMeanwhile, EventCalledOff
from events.domain.setup.states import StepNotOpen, call_off, move_on, next_steps
from events.enums import EventState, MeetingState, ParticipantState, RunState
from events.models import Event, Meeting, Publication, TimetableRun
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from mailgate.models import OutgoingMail
from tests.events.setting_up import draft, event_fixture, meeting_in, organiser_of, person_at, viewer_fixture  # noqa: F401
from tests.factories import HubFactory

NOW = datetime(2027, 3, 1, tzinfo=UTC)
S = EventState


def go(event: Event, viewer: Viewer, *states: EventState, now: datetime = NOW) -> Event:
    for state in states:
        event = move_on(event, viewer=viewer, to=state, version=event.version, now=now)
    return event


def test_event_without_meetings_goes_all_the_way(viewer: Viewer) -> None:
    event = draft(viewer, kind="erfa")

    event = go(event, viewer, S.OPEN, S.WISHES_CLOSED, S.PUBLISHED)
    event = go(event, viewer, S.OVER, now=event.ends_at)

    assert (event.state, next_steps(event)) == (S.OVER, ())


def test_meetings_are_published_by_their_timetable(viewer: Viewer, event: Event) -> None:
    event = go(event, viewer, S.OPEN, S.WISHES_CLOSED)

    with pytest.raises(StepNotOpen):
        go(event, viewer, S.PUBLISHED)
    Publication.objects.create(hub=event.hub, event=event, number=1, at=NOW)

    assert go(event, viewer, S.PUBLISHED).state == S.PUBLISHED


def test_first_free_needs_no_timetable(viewer: Viewer) -> None:
    event = draft(viewer, kind="meet_the_experts")

    assert go(event, viewer, S.OPEN, S.WISHES_CLOSED, S.PUBLISHED).state == S.PUBLISHED


def test_wishes_can_be_opened_again(viewer: Viewer, event: Event) -> None:
    assert go(event, viewer, S.OPEN, S.WISHES_CLOSED, S.OPEN).state == S.OPEN


def test_event_is_hidden_again_only_while_nobody_comes(viewer: Viewer, event: Event) -> None:
    event = go(event, viewer, S.OPEN, S.DRAFT, S.OPEN)
    person_at(event)

    with pytest.raises(StepNotOpen):
        go(event, viewer, S.DRAFT)


@pytest.mark.parametrize("to", [S.WISHES_CLOSED, S.PUBLISHED, S.OVER, S.CANCELLED, "", "open "])
def test_step_that_does_not_exist_is_refused(viewer: Viewer, event: Event, to: str) -> None:
    with pytest.raises(StepNotOpen):
        move_on(event, viewer=viewer, to=to, version=1, now=NOW)

    event.refresh_from_db()
    assert (event.state, event.version) == (S.DRAFT, 1)


def test_terms_come_before_registration(viewer: Viewer, event: Event) -> None:
    event.terms.all().delete()

    with pytest.raises(StepNotOpen):
        go(event, viewer, S.OPEN)


def test_event_that_has_ended_is_not_opened(viewer: Viewer, event: Event) -> None:
    with pytest.raises(StepNotOpen):
        go(event, viewer, S.OPEN, now=event.ends_at)


def test_event_is_over_when_it_has_ended(viewer: Viewer) -> None:
    event = go(draft(viewer, kind="erfa"), viewer, S.OPEN, S.WISHES_CLOSED, S.PUBLISHED)

    with pytest.raises(StepNotOpen):
        go(event, viewer, S.OVER, now=event.ends_at - timedelta(seconds=1))


def test_pressing_twice_is_once(viewer: Viewer, event: Event) -> None:
    opened = go(event, viewer, S.OPEN)

    again = move_on(event, viewer=viewer, to=S.OPEN, version=1, now=NOW)

    assert (again.state, again.version) == (S.OPEN, opened.version)


def test_step_under_an_old_version_is_refused(viewer: Viewer, event: Event) -> None:
    go(event, viewer, S.OPEN)

    with pytest.raises(ChangedMeanwhile):
        move_on(event, viewer=viewer, to=S.WISHES_CLOSED, version=1, now=NOW)


def test_only_the_hubs_organisers_take_steps(hub: Hub, event: Event) -> None:
    with pytest.raises(NotFound):
        go(event, organiser_of(HubFactory(slug="nordbro")), S.OPEN)
    with pytest.raises(NotAllowed):
        go(event, Viewer(hub.pk, user_id=1), S.OPEN)


def test_calling_off_takes_meetings_and_computing_with_it_and_tells_each_once(viewer: Viewer, event: Event) -> None:
    event = go(event, viewer, S.OPEN)
    meeting = meeting_in(event.slots.all()[0], now=NOW)
    gone = person_at(event, "Væk")
    gone.state = ParticipantState.CANCELLED
    gone.save()
    TimetableRun.objects.create(hub=event.hub, event=event)

    call_off(event, viewer=viewer, version=event.version, reason="Hallen er lukket.", now=NOW)

    meeting.refresh_from_db()
    assert (meeting.state, meeting.sequence) == (MeetingState.CANCELLED, 1)
    assert TimetableRun.objects.get().state == RunState.CANCELLED
    told = OutgoingMail.objects.filter(kind="event_called_off").values_list("address", flat=True)
    assert sorted(told) == sorted([meeting.request.sender.email, meeting.request.receiver.email])
    event.refresh_from_db()
    assert (event.state, event.cancel_reason) == (S.CANCELLED, "Hallen er lukket.")


def test_draft_is_called_off_in_silence(viewer: Viewer, event: Event) -> None:
    person_at(event)

    call_off(event, viewer=viewer, version=1, reason="Ingen sal.", now=NOW)

    assert OutgoingMail.objects.count() == 0


def test_nothing_is_changed_after_calling_off(viewer: Viewer, event: Event) -> None:
    off = call_off(event, viewer=viewer, version=1, reason="Ingen sal.", now=NOW)

    with pytest.raises(EventCalledOff):
        go(off, viewer, S.OPEN)
    with pytest.raises(EventCalledOff):
        call_off(off, viewer=viewer, version=off.version, reason="Igen.", now=NOW)


@pytest.mark.parametrize("reason", ["", "  ", "!!", "x" * 601, "a\x00b"])
def test_calling_off_needs_a_reason(viewer: Viewer, event: Event, reason: str) -> None:
    meeting_in(event.slots.all()[0], now=NOW)

    with pytest.raises(InvalidInput) as refusal:
        call_off(event, viewer=viewer, version=1, reason=reason, now=NOW)

    assert refusal.value.details["field"] == "reason"
    assert Meeting.objects.get().state == MeetingState.PLANNED
    assert Event.objects.get().state == S.DRAFT
