"""After the day has changed: what cannot stand is named, the repair is shown, bounded, applied and told."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from events.domain.setup.places import lose_table
from events.domain.timetable.day_changes import note_cancellation
from events.domain.timetable.moving import move_meeting
from events.domain.timetable.planning import problem_of
from events.domain.timetable.publishing import prospect_of, publish_run
from events.domain.timetable.repairing import apply_repair, damage_of, propose_repair, usual_most_moved
from events.domain.timetable.timetable_errors import TimetableOutdated
from events.enums import RunKind, RunState
from events.models import Availability, Meeting, Participant, Publication
from hubs.models import Hub
from hubs.policies import Viewer
from mailgate.models import OutgoingMail
from tests.events.timetable_days import NOW, Day, computed, organiser, place_of, published, small_day

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
Renew = Callable[..., Publication]


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
    assert not damage_of(problem_of(day.fresh()), now=NOW)


def test_lost_table_is_damage_and_the_repair_moves_only_its_meeting(day: Day, viewer: Viewer) -> None:
    hit = Meeting.objects.filter(table__isnull=False).order_by("pk").first()
    assert hit is not None
    assert hit.table is not None
    lose_table(hit.table, viewer=viewer, version=day.fresh().version)
    others = {row.pk: (row.slot_id, row.table_id, row.sequence) for row in Meeting.objects.exclude(table=hit.table)}

    damage = damage_of(problem_of(day.fresh()), now=NOW)
    run = computed(day.fresh(), viewer, kind=RunKind.REPAIR, most_moved=0)
    before = place_of(hit.request)
    apply_repair(run, viewer=viewer, version=day.fresh().version, now=LATER)

    assert ("lost_table" in [code for _row, code in damage.meetings], before[2]) == (True, hit.table_id)
    assert place_of(hit.request)[2] != hit.table_id
    after = {row.pk: (row.slot_id, row.table_id, row.sequence) for row in Meeting.objects.filter(pk__in=others)}
    assert after == others
    assert not damage_of(problem_of(day.fresh()), now=NOW)


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
    prospect = prospect_of(run, now=LATER)

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


# When the day has begun


@pytest.fixture
def full(hub: Hub, viewer: Viewer) -> Day:
    """Anna would meet four in three slots; three meetings are published."""
    made = small_day(hub)
    anna = made.person("Anna")
    for other in ("Bo", "Cai", "Dan", "Eli"):
        made.wish(anna, made.person(other))
    published(made, viewer)
    OutgoingMail.objects.all().delete()
    return made


def meeting_in(day: Day, slot: int) -> Meeting:
    return Meeting.objects.select_related("request__receiver", "slot").get(slot=day.slots[slot])


def cancels(meeting: Meeting, *, now: datetime) -> str:
    """Who was asked does not come any more; whose meeting that was."""
    person = meeting.request.receiver
    Participant.objects.filter(pk=person.pk).update(state="cancelled")
    note_cancellation(person, now=now)
    return person.name.lower()


def computed_anew(day: Day, viewer: Viewer, *, now: datetime, applied: datetime | None = None) -> Publication:
    run = computed(day.fresh(), viewer, now=now)
    return publish_run(run, viewer=viewer, version=day.fresh().version, now=applied or now)


def repaired(day: Day, viewer: Viewer, *, now: datetime, applied: datetime | None = None) -> Publication:
    run = computed(day.fresh(), viewer, kind=RunKind.REPAIR, most_moved=0, now=now)
    return apply_repair(run, viewer=viewer, version=day.fresh().version, now=applied or now)


@pytest.mark.parametrize("renew", [repaired, computed_anew])
def test_day_leaves_what_was_held_and_plans_ahead_only(full: Day, viewer: Viewer, renew: Renew) -> None:
    held, ahead = meeting_in(full, 0), meeting_in(full, 2)
    now = held.slot.ends_at
    waits = full.event.requests.get(meeting=None)
    cancels(held, now=now)
    gone = cancels(ahead, now=now)

    publication = renew(full, viewer, now=now)

    assert place_of(held.request) == ("planned", full.slots[0].pk, held.table_id)
    assert (place_of(ahead.request)[0], place_of(waits)[:2]) == ("cancelled", ("planned", full.slots[2].pk))
    assert (publication.moved, publication.dropped, publication.added) == (0, 0, 1)
    assert gone not in told("event_meeting_changed") | told("event_timetable") | told("event_meeting_cancelled")
    assert told("event_meeting_changed") | told("event_timetable") == {"anna", waits.receiver.name.lower()}


@pytest.mark.parametrize("renew", [repaired, computed_anew])
def test_meeting_that_was_held_stays_when_somebody_is_away_then_afterwards(
    full: Day, viewer: Viewer, renew: Renew
) -> None:
    held, waits = meeting_in(full, 0), full.event.requests.get(meeting=None)
    closes(full, held, "Anna")

    publication = renew(full, viewer, now=held.slot.starts_at)

    assert place_of(held.request) == ("planned", full.slots[0].pk, held.table_id)
    assert (publication.moved, publication.dropped, publication.added) == (0, 0, 0)
    assert (Meeting.objects.filter(request=waits).exists(), OutgoingMail.objects.exists()) == (False, False)


def test_what_has_begun_is_no_damage(full: Day) -> None:
    held = meeting_in(full, 0)
    closes(full, held, "Anna")
    plan = problem_of(full.fresh())

    found = [damage_of(plan, now=now).meetings for now in (NOW, held.slot.starts_at)]

    assert found == [((held, "availability"),), ()]


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("renew", [repaired, computed_anew])
def test_plan_that_would_use_a_time_that_has_begun_meanwhile_is_refused(
    full: Day, viewer: Viewer, renew: Renew
) -> None:
    first = meeting_in(full, 0)
    cancels(first, now=NOW)

    with pytest.raises(TimetableOutdated, match="has begun meanwhile"):
        renew(full, viewer, now=NOW, applied=first.slot.starts_at)

    assert Publication.objects.count() == 1
    assert not Meeting.objects.filter(slot=first.slot, state="planned").exists()


def test_computing_anew_keeps_to_a_time_set_by_hand_that_was_held(full: Day, viewer: Viewer) -> None:
    held = meeting_in(full, 0)
    full.event.requests.filter(pk=held.request_id).update(fixed_slot=held.slot, fixed_table=held.table)
    closes(full, held, "Anna")

    publication = computed_anew(full, viewer, now=held.slot.starts_at)

    assert place_of(held.request) == ("planned", full.slots[0].pk, held.table_id)
    assert (publication.dropped, publication.added) == (0, 0)
