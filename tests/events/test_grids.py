"""The time grid: real minutes, no overlap, nothing in it ever dropped without a word."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.clock import clock_words
from events.domain.setup.changing import ChangedMeanwhile
from events.domain.setup.creating import update_event
from events.domain.setup.details import EventFields
from events.domain.setup.grids import LaidGrid, SlotHasMeetings, lay_grid, planned_slots, remove_slot
from events.enums import MeetingState, OfferState
from events.models import Availability, Event, Meeting, MeetingRequest, Question, Slot, StandbyOffer
from events.templates import GridRules
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.events.setting_up import (  # noqa: F401
    NOON,
    ONE,
    TEN,
    clocks,
    event_fixture,
    meeting_in,
    organiser_of,
    person_at,
    request_between,
    viewer_fixture,
)
from tests.factories import HubFactory

RULES = GridRules(TEN, time(15), 30, 0, ((NOON, ONE),))
NOW = datetime(2027, 3, 1, tzinfo=UTC)


def unsaved(starts: datetime, ends: datetime, zone: str = "Europe/Copenhagen") -> Event:
    fields = EventFields(name="Nat", starts=starts, ends=ends, time_zone=zone).cleaned()
    return Event(**fields)


def lay(event: Event, viewer: Viewer, rules: GridRules = RULES, **options: Any) -> LaidGrid:
    version = Event.objects.get(pk=event.pk).version
    return lay_grid(event, viewer=viewer, version=version, rules=rules, now=NOW, **options)


def test_slots_lie_around_the_break(event: Event) -> None:
    slots = planned_slots(event, RULES)

    assert [clock_words(slot.starts_at, event.zone) for slot in slots] == [
        "10:00", "10:30", "11:00", "11:30", "13:00", "13:30", "14:00", "14:30",
    ]  # fmt: skip
    assert [slot.part for slot in slots] == [0, 0, 0, 0, 1, 1, 1, 1]


def test_short_break_parts_nothing(event: Event) -> None:
    rules = GridRules(TEN, NOON, 30, 5, ((time(11), time(11, 10)),))

    slots = planned_slots(event, rules)

    assert [clock_words(slot.starts_at, event.zone) for slot in slots] == ["10:00", "11:10"]
    assert {slot.part for slot in slots} == {0}


@pytest.mark.parametrize(
    ("first", "last", "hours", "labels"),
    [
        (date(2026, 10, 24), date(2026, 10, 25), 5, ["01:00", "02:00 CEST", "02:00 CET", "03:00", "04:00"]),
        (date(2027, 3, 27), date(2027, 3, 28), 3, ["01:00", "03:00", "04:00"]),
    ],
    ids=["clock goes back", "clock goes forward"],
)
def test_night_of_a_clock_change_keeps_real_minutes(first: date, last: date, hours: int, labels: list[str]) -> None:
    event = unsaved(datetime.combine(first, time(20)), datetime.combine(last, time(8)))

    slots = planned_slots(event, GridRules(time(1), time(5), 60), days=[last])

    assert [clock_words(slot.starts_at, event.zone) for slot in slots] == labels
    assert {slot.ends_at - slot.starts_at for slot in slots} == {timedelta(hours=1)}
    assert slots[-1].ends_at - slots[0].starts_at == timedelta(hours=hours)


def test_night_over_the_change_goes_on_to_the_next_morning() -> None:
    event = unsaved(datetime(2026, 10, 24, 20), datetime(2026, 10, 25, 8))

    slots = planned_slots(
        event, GridRules(time(22), time(4), 60, 0, ((time(23, 30), time(0, 30)),)), days=[date(2026, 10, 24)]
    )

    assert [clock_words(slot.starts_at, event.zone) for slot in slots] == [
        "22:00", "00:30", "01:30", "02:30 CEST", "02:30 CET",
    ]  # fmt: skip


def test_two_days_with_a_change_between_show_the_same_clock() -> None:
    event = unsaved(datetime(2027, 3, 27, 9), datetime(2027, 3, 28, 17))

    slots = planned_slots(event, GridRules(TEN, NOON, 60))

    assert [clock_words(slot.starts_at, event.zone) for slot in slots] == ["10:00", "11:00"] * 2
    assert slots[2].starts_at - slots[0].starts_at == timedelta(hours=23)
    assert [slot.part for slot in slots] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (GridRules(time(15), TEN, 20), "day_end"),
        (GridRules(TEN, TEN, 20), "day_end"),
        (GridRules(time(8), NOON, 20), "day_start"),
        (GridRules(TEN, time(23), 20), "day_end"),
        (GridRules(TEN, time(15), 0), "slot_minutes"),
        (GridRules(TEN, time(15), -20), "slot_minutes"),
        (GridRules(TEN, time(15), 10**9), "slot_minutes"),
        (GridRules(TEN, time(10, 10), 20), "slot_minutes"),
        (GridRules(TEN, time(15), 20, -1), "pause_minutes"),
        (GridRules(TEN, time(15), 20, 10**9), "pause_minutes"),
        (GridRules(TEN, time(15), 20, 0, ((ONE, NOON),)), "breaks"),
        (GridRules(TEN, time(15), 20, 0, ((NOON, NOON),)), "breaks"),
        (GridRules(TEN, time(15), 20, 0, ((NOON, ONE), (time(12, 30), time(14)))), "breaks"),
        (GridRules(TEN, time(15), 20, 0, ((time(8), time(9)),)), "breaks"),
        (GridRules(TEN, time(15), 20, 0, ((NOON, ONE),) * 21), "breaks"),
    ],
)
def test_hostile_rules_are_refused(event: Event, rules: GridRules, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        planned_slots(event, rules)

    assert refusal.value.details["field"] == field


def test_ten_thousand_slots_are_refused() -> None:
    event = unsaved(datetime(2027, 3, 1), datetime(2027, 3, 14, 23))

    with pytest.raises(InvalidInput) as refusal:
        planned_slots(event, GridRules(time(0), time(22), 5))

    assert refusal.value.details["field"] == "slot_minutes"


def test_days_of_another_week_are_refused(event: Event) -> None:
    for days in ([], [date(2027, 3, 19)]):
        with pytest.raises(InvalidInput):
            planned_slots(event, RULES, days=days)


@given(
    start=st.integers(0, 20), hours=st.integers(1, 20), length=st.integers(5, 120), pause=st.integers(0, 60),
    pauses=st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23)), max_size=3),
    day=st.sampled_from([date(2027, 3, 28), date(2026, 10, 25), date(2027, 6, 1)]),
)  # fmt: skip
def test_any_grid_is_in_order_of_equal_length_outside_breaks_or_refused(
    start: int, hours: int, length: int, pause: int, pauses: list[tuple[int, int]], day: date
) -> None:
    event = unsaved(datetime.combine(day, time(0)) - timedelta(days=1), datetime.combine(day, time(0)) + timedelta(2))
    breaks = tuple((time(one), time(other)) for one, other in pauses)
    try:
        slots = planned_slots(
            event, GridRules(time(start), time((start + hours) % 24), length, pause, breaks), days=[day]
        )
    except InvalidInput:
        return

    assert {slot.ends_at - slot.starts_at for slot in slots} == {timedelta(minutes=length)}
    for one, other in pairwise(slots):
        assert other.starts_at - one.ends_at >= timedelta(minutes=pause) or other.starts_at >= one.ends_at
        assert other.part - one.part in {0, 1}


def test_laying_the_same_grid_again_keeps_every_slot(viewer: Viewer, event: Event) -> None:
    first = lay(event, viewer)
    keys = set(event.slots.values_list("pk", flat=True))

    again = lay(event, viewer)

    assert (first.added, again) == (8, LaidGrid(kept=8, added=0, removed=0, called_off=0))
    assert set(event.slots.values_list("pk", flat=True)) == keys


def test_slot_that_stays_keeps_its_meeting(viewer: Viewer, event: Event) -> None:
    lay(event, viewer)
    meeting = meeting_in(event.slots.all()[0], now=NOW)

    laid = lay(event, viewer, GridRules(TEN, NOON, 30))

    assert (laid.kept, laid.removed) == (4, 4)
    assert Meeting.objects.get().slot_id == meeting.slot_id


def test_grid_that_would_drop_a_meeting_changes_nothing(viewer: Viewer, event: Event) -> None:
    meeting_in(event.slots.all()[3], now=NOW)
    before = clocks(event)

    with pytest.raises(SlotHasMeetings) as refusal:
        lay(event, viewer)

    assert (refusal.value.code, refusal.value.details) == ("slot_has_meetings", {"number": 1})
    assert clocks(event) == before
    assert Meeting.objects.get().state == MeetingState.PLANNED


def test_grid_laid_anew_carries_closed_times_over(viewer: Viewer, event: Event) -> None:
    person = person_at(event)
    # 10:25 to 10:45, which the new grid covers with 10:00 and 10:30.
    Availability.objects.create(hub=event.hub, participant=person, slot=event.slots.all()[1])

    lay(event, viewer)

    assert [clock_words(row.slot.starts_at, event.zone) for row in person.closed_slots.all()] == ["10:00", "10:30"]


def hold_meeting(slot: Slot) -> None:
    meeting_in(slot, now=NOW)


def hold_fixed(slot: Slot) -> None:
    request_between(slot.event, now=NOW, fixed_slot=slot)


def hold_question(slot: Slot) -> None:
    Question.objects.create(hub=slot.hub, event=slot.event, asker=person_at(slot.event), title="Hvordan?", slot=slot)


def hold_offer(slot: Slot) -> None:
    StandbyOffer.objects.create(
        hub=slot.hub, event=slot.event, request=request_between(slot.event, now=NOW), slot=slot, expires_at=NOW
    )


HOLDERS = [hold_meeting, hold_fixed, hold_question, hold_offer]


@pytest.mark.parametrize("hold", HOLDERS)
def test_slot_that_holds_something_is_not_removed(viewer: Viewer, event: Event, hold: Any) -> None:
    slot = event.slots.all()[0]
    hold(slot)

    with pytest.raises(SlotHasMeetings) as refusal:
        remove_slot(slot, viewer=viewer, version=1, now=NOW)

    assert refusal.value.details == {"number": 1}
    assert event.slots.filter(pk=slot.pk).exists()


@pytest.mark.parametrize("hold", HOLDERS)
def test_slot_goes_when_what_it_holds_is_planned_anew(viewer: Viewer, event: Event, hold: Any) -> None:
    slot = event.slots.all()[0]
    hold(slot)

    called_off = remove_slot(slot, viewer=viewer, version=1, and_replan=True, now=NOW)

    assert called_off == (1 if hold is hold_meeting else 0)
    assert not event.slots.filter(pk=slot.pk).exists()
    assert not MeetingRequest.objects.filter(fixed_slot=slot).exists()
    assert not Question.objects.filter(slot=slot).exists()
    assert not StandbyOffer.objects.filter(state=OfferState.OFFERED).exists()


def test_called_off_meeting_keeps_its_time_for_the_calendars(viewer: Viewer, event: Event) -> None:
    slot = event.slots.all()[0]
    meeting = meeting_in(slot, now=NOW)

    remove_slot(slot, viewer=viewer, version=1, and_replan=True, now=NOW)

    meeting.refresh_from_db()
    assert (meeting.state, meeting.sequence) == (MeetingState.CANCELLED, 1)
    assert meeting.slot.starts_at == slot.starts_at
    assert meeting.request.state == "accepted"


def test_time_of_a_lost_slot_can_be_used_again(viewer: Viewer, event: Event) -> None:
    slot = event.slots.all()[0]
    meeting_in(slot, now=NOW)
    remove_slot(slot, viewer=viewer, version=1, and_replan=True, now=NOW)

    lay(event, viewer, GridRules(TEN, NOON, 20, 5))

    assert clocks(event)[0] == "10:00"


def test_empty_slot_is_deleted_once(viewer: Viewer, event: Event) -> None:
    slot = event.slots.all()[0]

    remove_slot(slot, viewer=viewer, version=1, now=NOW)

    assert not Slot.lost_too.filter(pk=slot.pk).exists()
    with pytest.raises(NotFound):
        remove_slot(slot, viewer=viewer, version=2, now=NOW)


def test_grid_under_an_old_version_is_refused(viewer: Viewer, event: Event) -> None:
    lay(event, viewer)

    with pytest.raises(ChangedMeanwhile):
        lay_grid(event, viewer=viewer, version=1, rules=GridRules(TEN, NOON, 20), now=NOW)

    assert len(clocks(event)) == 8


def test_only_the_hubs_organisers_lay_grids(hub: Hub, event: Event) -> None:
    stranger = organiser_of(HubFactory(slug="nordbro"))

    with pytest.raises(NotFound):
        lay(event, stranger)
    with pytest.raises(NotAllowed):
        lay(event, Viewer(hub.pk, user_id=1))


def test_grid_follows_when_the_hour_of_the_event_grows(viewer: Viewer, event: Event) -> None:
    fields = EventFields(name="Nat", starts=datetime(2027, 3, 18, 8), ends=datetime(2027, 3, 18, 20))

    longer = update_event(event, viewer=viewer, version=1, fields=fields)

    assert lay(longer, viewer, GridRules(time(8), time(20), 60)).added == 12
