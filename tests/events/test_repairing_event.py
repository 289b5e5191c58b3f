"""After the day has changed: what cannot stand is named, the repair is shown, bounded, applied and told."""

from datetime import timedelta

import pytest

from events.domain.setup.places import lose_table
from events.domain.timetable.moving import move_meeting
from events.domain.timetable.planning import problem_of
from events.domain.timetable.publishing import prospect_of
from events.domain.timetable.repairing import apply_repair, damage_of, propose_repair, usual_most_moved
from events.domain.timetable.timetable_errors import TimetableOutdated
from events.enums import RunKind, RunState
from events.models import Availability, Meeting, Publication
from hubs.models import Hub
from hubs.policies import Viewer
from mailgate.models import OutgoingMail
from tests.events.timetable_days import NOW, Day, computed, organiser, place_of, published, small_day

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def viewer(hub: Hub) -> Viewer:
    return organiser(hub)


@pytest.fixture
def day(hub: Hub, viewer: Viewer) -> Day:
    """Two pairs, three slots, two tables, published."""
    made = small_day(hub)
    for one, other in (("Anna", "Bo"), ("Cai", "Dan")):
        made.wish(made.person(one), made.person(other))
    published(made, viewer)
    OutgoingMail.objects.all().delete()
    return made


def told(kind: str) -> set[str]:
    return {each.split("@")[0] for each in OutgoingMail.objects.filter(kind=kind).values_list("address", flat=True)}


def closes(day: Day, meeting: Meeting, name: str) -> None:
    person = day.event.people.get(name=name)
    Availability.objects.create(hub=day.event.hub, participant=person, slot=meeting.slot)


def test_published_timetable_without_changes_has_no_damage(day: Day) -> None:
    assert not damage_of(problem_of(day.fresh()))


def test_lost_table_is_damage_and_the_repair_moves_only_its_meeting(day: Day, viewer: Viewer) -> None:
    hit = Meeting.objects.filter(table__isnull=False).order_by("pk").first()
    assert hit is not None
    assert hit.table is not None
    lose_table(hit.table, viewer=viewer, version=day.fresh().version)
    others = {row.pk: (row.slot_id, row.table_id, row.sequence) for row in Meeting.objects.exclude(table=hit.table)}

    damage = damage_of(problem_of(day.fresh()))
    run = computed(day.fresh(), viewer, kind=RunKind.REPAIR, most_moved=0)
    before = place_of(hit.request)
    apply_repair(run, viewer=viewer, version=day.fresh().version, now=LATER)

    assert ("lost_table" in [code for _row, code in damage.meetings], before[2]) == (True, hit.table_id)
    assert place_of(hit.request)[2] != hit.table_id
    after = {row.pk: (row.slot_id, row.table_id, row.sequence) for row in Meeting.objects.filter(pk__in=others)}
    assert after == others
    assert not damage_of(problem_of(day.fresh()))


def test_person_who_cannot_then_moves_and_both_are_told(day: Day, viewer: Viewer) -> None:
    meeting = Meeting.objects.get(request__sender__name="Anna")
    closes(day, meeting, "Anna")

    run = computed(day.fresh(), viewer, kind=RunKind.REPAIR, most_moved=0)
    publication = apply_repair(run, viewer=viewer, version=day.fresh().version, now=LATER)

    moved = Meeting.objects.get(pk=meeting.pk)
    assert (moved.slot_id == meeting.slot_id, moved.sequence, moved.state) == (False, 1, "planned")
    assert run.changes == {"moved": [str(meeting.request.public_id)], "dropped": [], "added": []}
    assert (publication.number, publication.moved) == (2, 1)
    assert told("event_meeting_changed") == {"anna", "bo"}


def test_late_joiner_is_added_without_moving_anybody(day: Day, viewer: Viewer) -> None:
    late = day.wish(day.person("Eva"), day.event.people.get(name="Anna"))
    before = {row.pk: (row.slot_id, row.table_id) for row in Meeting.objects.all()}

    run = computed(day.fresh(), viewer, kind=RunKind.REPAIR, most_moved=0)
    apply_repair(run, viewer=viewer, version=day.fresh().version, now=LATER)

    assert run.changes == {"moved": [], "dropped": [], "added": [str(late.public_id)]}
    assert {row.pk: (row.slot_id, row.table_id) for row in Meeting.objects.filter(pk__in=before)} == before
    assert told("event_meeting_changed") == {"anna", "eva"}


def test_what_was_set_by_hand_and_is_impossible_is_called_off(day: Day, viewer: Viewer) -> None:
    meeting = Meeting.objects.get(request__sender__name="Anna")
    where = {"slot": meeting.slot, "table": meeting.table}
    move_meeting(meeting, **where, viewer=viewer, version=1, now=NOW)
    closes(day, meeting, "Anna")

    run = computed(day.fresh(), viewer, kind=RunKind.REPAIR, most_moved=0)
    apply_repair(run, viewer=viewer, version=day.fresh().version, now=LATER)

    gone = Meeting.objects.get(pk=meeting.pk)
    assert (run.state, gone.state, gone.request.fixed_slot) == (RunState.DONE, "cancelled", None)
    assert run.unmet[str(meeting.request.public_id)]["code"] == "no_common_slot"
    assert told("event_meeting_cancelled") == {"anna", "bo"}


def test_repair_shows_before_it_is_applied(day: Day, viewer: Viewer) -> None:
    meeting = Meeting.objects.get(request__sender__name="Anna")
    closes(day, meeting, "Anna")

    run = computed(day.fresh(), viewer, kind=RunKind.REPAIR, most_moved=0)
    prospect = prospect_of(run)

    assert ([person.name for person in prospect.mailed], len(prospect.changes.moved)) == (["Anna", "Bo"], 1)
    assert place_of(meeting.request)[1] == meeting.slot_id
    assert not OutgoingMail.objects.exists()


def test_repair_that_is_out_of_date_is_refused(day: Day, viewer: Viewer) -> None:
    meeting = Meeting.objects.get(request__sender__name="Anna")
    closes(day, meeting, "Anna")
    run = computed(day.fresh(), viewer, kind=RunKind.REPAIR, most_moved=0)
    closes(day, Meeting.objects.get(request__sender__name="Cai"), "Cai")

    with pytest.raises(TimetableOutdated):
        apply_repair(run, viewer=viewer, version=day.fresh().version, now=LATER)
    assert Publication.objects.count() == 1


def test_repair_needs_something_published(hub: Hub, viewer: Viewer) -> None:
    made = small_day(hub)
    made.wish(made.person("Anna"), made.person("Bo"))

    with pytest.raises(TimetableOutdated):
        propose_repair(made.event, viewer=viewer, now=NOW)


def test_repair_is_bounded_unless_somebody_says_otherwise(day: Day, viewer: Viewer) -> None:
    run = propose_repair(day.fresh(), viewer=viewer, now=NOW)

    assert (run.kind, run.most_moved, usual_most_moved(day.event)) == (RunKind.REPAIR, 3, 3)
