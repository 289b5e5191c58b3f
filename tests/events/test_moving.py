"""One meeting moved by hand: only where no rule breaks, both told, and two organisers at once notice."""

from datetime import datetime, timedelta

import pytest

from events.domain.setup.changing import ChangedMeanwhile
from events.domain.timetable.meeting_places import open_slots
from events.domain.timetable.moving import cancel_meeting, move_meeting, release_meeting
from events.domain.timetable.planning import problem_of
from events.domain.timetable.publishing import place_meeting
from events.domain.timetable.timetable_errors import MeetingGone, PlaceTaken
from events.models import Availability, Hall, Meeting, MeetingRequest, Table, Walk
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotAllowed, NotFound
from kernel.models import AuditRecord
from mailgate.models import OutgoingMail
from tests.events.timetable_days import NOW, Day, computed, organiser, place_of, small_day
from tests.factories import HubFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def viewer(hub: Hub) -> Viewer:
    return organiser(hub)


@pytest.fixture
def day(hub: Hub) -> Day:
    """Anna meets Bo in the first slot and Cai in the second, both at the first table."""
    made = small_day(hub)
    anna, bo, cai = made.person("Anna"), made.person("Bo"), made.person("Cai")
    for number, other in enumerate((bo, cai)):
        place_meeting(made.wish(anna, other), slot=made.slots[number], table=made.tables[0], now=NOW, actor=None)
    OutgoingMail.objects.all().delete()
    return made


def meeting_with(name: str) -> Meeting:
    return Meeting.objects.get(request__receiver__name=name)


def told(kind: str = "event_meeting_changed") -> list[str]:
    addresses = OutgoingMail.objects.filter(kind=kind).values_list("address", flat=True)
    return sorted(address.split("@")[0] for address in addresses)


def test_moving_changes_place_sequence_and_tells_both(day: Day, viewer: Viewer) -> None:
    meeting = meeting_with("Bo")
    version = day.fresh().version

    move_meeting(meeting, slot=day.slots[2], table=day.tables[1], viewer=viewer, version=1, now=LATER)

    moved = meeting_with("Bo")
    assert (moved.slot, moved.table, moved.sequence, moved.is_fixed) == (day.slots[2], day.tables[1], 1, True)
    assert (moved.request.fixed_slot, moved.request.fixed_table) == (day.slots[2], day.tables[1])
    assert (told(), day.fresh().version) == (["anna", "bo"], version + 1)
    assert AuditRecord.objects.filter(action="move_meeting", subject_id=moved.public_id).exists()


def test_hand_is_kept_by_the_next_computing(day: Day, viewer: Viewer) -> None:
    move_meeting(meeting_with("Bo"), slot=day.slots[2], table=day.tables[1], viewer=viewer, version=1, now=LATER)

    run = computed(day.fresh(), viewer)

    request = MeetingRequest.objects.get(receiver__name="Bo")
    assert run.plan[str(request.public_id)] == [str(day.slots[2].public_id), f"table:{day.tables[1].public_id}"]


def test_choosing_where_it_is_only_fixes_it(day: Day, viewer: Viewer) -> None:
    move_meeting(meeting_with("Bo"), slot=day.slots[0], table=day.tables[0], viewer=viewer, version=1, now=LATER)

    meeting = meeting_with("Bo")
    assert (meeting.sequence, meeting.is_fixed, meeting.version, told()) == (0, True, 2, [])


def test_second_organiser_is_told_and_nothing_is_lost(day: Day, hub: Hub, viewer: Viewer) -> None:
    meeting = meeting_with("Bo")
    move_meeting(meeting, slot=day.slots[2], table=day.tables[1], viewer=viewer, version=1, now=LATER)

    with pytest.raises(ChangedMeanwhile) as caught:
        move_meeting(meeting, slot=day.slots[2], table=day.tables[0], viewer=organiser(hub), version=1, now=LATER)
    with pytest.raises(ChangedMeanwhile):
        cancel_meeting(meeting, viewer=organiser(hub), version=1, now=LATER)

    assert caught.value.details["current_version"] == 2
    assert place_of(meeting.request) == ("planned", day.slots[2].pk, day.tables[1].pk)


def test_busy_people_and_taken_tables_are_refused(day: Day, hub: Hub, viewer: Viewer, english: None) -> None:
    other = day.wish(day.person("Dan"), day.person("Eva"))
    place_meeting(other, slot=day.slots[2], table=day.tables[1], now=NOW, actor=None)
    Availability.objects.create(hub=hub, participant=other.sender, slot=day.slots[1])
    tries = [
        ("Bo", day.slots[1], day.tables[1], "has another meeting"),
        ("Bo", day.slots[2], day.tables[1], "at that table"),
        ("Eva", day.slots[1], day.tables[1], "not free"),
    ]

    for name, slot, table, words in tries:
        with pytest.raises(PlaceTaken, match=words):
            move_meeting(meeting_with(name), slot=slot, table=table, viewer=viewer, version=1, now=LATER)
    assert set(Meeting.objects.values_list("sequence", flat=True)) == {0}


def test_walk_that_takes_longer_than_the_pause_is_refused(day: Day, hub: Hub, viewer: Viewer) -> None:
    far = Hall.objects.create(hub=hub, event=day.event, name="Hal B", position=1)
    table = Table.objects.create(hub=hub, event=day.event, hall=far, label="B1")
    Walk.objects.create(hub=hub, event=day.event, one=day.hall, other=far, minutes=6)
    meeting = meeting_with("Cai")

    with pytest.raises(PlaceTaken):
        move_meeting(meeting, slot=day.slots[1], table=table, viewer=viewer, version=1, now=LATER)
    Walk.objects.update(minutes=5)
    move_meeting(meeting, slot=day.slots[1], table=table, viewer=viewer, version=1, now=LATER)

    assert place_of(meeting.request)[2] == table.pk


def test_open_slots_are_those_that_moving_accepts(day: Day, viewer: Viewer) -> None:
    meeting = meeting_with("Bo")
    plan = problem_of(day.fresh())

    offered = {
        spot.key for each in open_slots(plan, plan.wish_of[meeting.request_id], now=LATER) for spot in each.spots
    }

    accepted = set()
    for slot in day.slots:
        for table in day.tables:
            row = meeting_with("Bo")
            try:
                move_meeting(row, slot=slot, table=table, viewer=viewer, version=row.version, now=LATER)
            except PlaceTaken:
                continue
            accepted.add((slot.pk, table.pk, None))
    assert offered == accepted
    assert len(offered) == 4  # both tables of the first and the last slot; in the second Anna meets Cai


def offered_to(meeting: Meeting, day: Day, now: datetime) -> set[tuple[int, int | None, int | None]]:
    plan = problem_of(day.fresh())
    return {s.key for each in open_slots(plan, plan.wish_of[meeting.request_id], now=now) for s in each.spots}


def test_time_that_has_begun_is_neither_offered_nor_taken(day: Day, viewer: Viewer, english: None) -> None:
    request = day.wish(day.person("Dan"), day.person("Eva"))
    meeting = place_meeting(request, slot=day.slots[2], table=day.tables[0], now=NOW, actor=None)
    now = day.slots[1].starts_at

    offered = offered_to(meeting, day, now)
    with pytest.raises(PlaceTaken, match="That time has begun already"):
        move_meeting(meeting, slot=day.slots[0], table=day.tables[1], viewer=viewer, version=1, now=now)

    assert offered == {(day.slots[2].pk, table.pk, None) for table in day.tables}
    assert place_of(request) == ("planned", day.slots[2].pk, day.tables[0].pk)


def test_meeting_that_has_begun_keeps_its_time_and_may_change_its_place(
    day: Day, viewer: Viewer, english: None
) -> None:
    meeting, now = meeting_with("Bo"), day.slots[0].starts_at

    offered = offered_to(meeting, day, now)
    with pytest.raises(PlaceTaken, match="keeps its time"):
        move_meeting(meeting, slot=day.slots[2], table=day.tables[0], viewer=viewer, version=1, now=now)
    move_meeting(meeting, slot=day.slots[0], table=day.tables[1], viewer=viewer, version=1, now=now)

    assert offered == {(day.slots[0].pk, table.pk, None) for table in day.tables}
    assert place_of(meeting.request) == ("planned", day.slots[0].pk, day.tables[1].pk)


@pytest.mark.parametrize("most", [None, 1])
def test_meeting_that_has_begun_may_change_its_place_where_its_hall_is_lost(
    day: Day, hub: Hub, viewer: Viewer, most: int | None
) -> None:
    day.event.people.update(most_meetings=most)
    far = Hall.objects.create(hub=hub, event=day.event, name="Hal B", position=1)
    table = Table.objects.create(hub=hub, event=day.event, hall=far, label="B1")
    day.event.tables.exclude(pk=table.pk).update(is_lost=True)
    meeting, slot = meeting_with("Bo"), day.slots[0]

    move_meeting(meeting, slot=slot, table=table, viewer=viewer, version=1, now=slot.starts_at)

    assert place_of(meeting.request) == ("planned", slot.pk, table.pk)


def test_slot_or_table_of_another_event_is_refused(day: Day, hub: Hub, viewer: Viewer) -> None:
    other = small_day(hub, slug="anden")

    for slot, table in ((other.slots[0], day.tables[0]), (day.slots[2], other.tables[0])):
        with pytest.raises(PlaceTaken):
            move_meeting(meeting_with("Bo"), slot=slot, table=table, viewer=viewer, version=1, now=LATER)


def test_released_meeting_may_move_again(day: Day, viewer: Viewer) -> None:
    move_meeting(meeting_with("Bo"), slot=day.slots[2], table=day.tables[1], viewer=viewer, version=1, now=LATER)
    OutgoingMail.objects.all().delete()

    release_meeting(meeting_with("Bo"), viewer=viewer, version=2)

    meeting = meeting_with("Bo")
    assert (meeting.is_fixed, meeting.request.fixed_slot, meeting.request.fixed_table) == (False, None, None)
    assert (meeting.slot, meeting.sequence, OutgoingMail.objects.count()) == (day.slots[2], 1, 0)


def test_calling_off_is_for_good_and_told(day: Day, viewer: Viewer) -> None:
    meeting = meeting_with("Bo")

    cancel_meeting(meeting, viewer=viewer, version=1, now=LATER)

    gone = meeting_with("Bo")
    assert (gone.state, gone.sequence, gone.request.state) == ("cancelled", 1, "withdrawn")
    assert told("event_meeting_cancelled") == ["anna", "bo"]
    assert str(gone.request.public_id) not in computed(day.fresh(), viewer).plan
    with pytest.raises(MeetingGone):
        cancel_meeting(gone, viewer=viewer, version=2, now=LATER)
    with pytest.raises(MeetingGone):
        move_meeting(gone, slot=day.slots[2], table=day.tables[0], viewer=viewer, version=2, now=LATER)


def test_strangers_move_nothing(day: Day, hub: Hub) -> None:
    meeting, slot, table = meeting_with("Bo"), day.slots[2], day.tables[0]

    with pytest.raises(NotAllowed):
        move_meeting(meeting, slot=slot, table=table, viewer=organiser(hub, Role.MEMBER), version=1, now=LATER)
    elsewhere = organiser(HubFactory(slug="nordbro"))
    with pytest.raises(NotFound):
        move_meeting(meeting, slot=slot, table=table, viewer=elsewhere, version=1, now=LATER)
    assert place_of(meeting.request)[1] == day.slots[0].pk
