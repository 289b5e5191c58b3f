"""On the day: what has begun counts in each day and makes nothing impossible, and only what lies ahead is planned."""

from collections.abc import Callable
from datetime import datetime

import pytest

from events.domain.timetable.begun_meetings import Passed
from events.domain.timetable.meetings import make_meeting
from events.domain.timetable.planning import problem_of
from events.domain.timetable.publishing import publish_run
from events.domain.timetable.repairing import apply_repair, damage_of
from events.domain.timetable.stored_timetables import Spot
from events.domain.timetable.timetable_errors import PlaceTaken, TimetableOutdated
from events.domain.wishes.meeting_rules import fix_meeting
from events.domain.wishes.organiser_requests import plan_meeting_between
from events.enums import MeetingState, RunKind, RunState, Wanting
from events.models import Availability, Event, Hall, Meeting, MeetingRequest, Participant, Preference, Table, Walk
from events.scheduling.timetable import Rule
from frontend.forms.events_meeting_rules import FixForm
from frontend.forms.events_plan_meeting import PlanMeetingForm
from frontend.timetable_page import result_of
from frontend.timetable_words import Names, reason_words
from hubs.models import Hub
from hubs.policies import Viewer
from tests.events.timetable_days import NOW, Day, computed, organiser, place_of, small_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
VERY, LITTLE = 3.0, 0.1
Change = Callable[[Day], None]


@pytest.fixture
def viewer(hub: Hub) -> Viewer:
    return organiser(hub)


@pytest.fixture
def day(hub: Hub) -> Day:
    """Anna meets Bo in the first of four slots, which is published; meeting Cai and Dan, not planned, counts more."""
    made = small_day(hub, slots=4, state="published")
    anna = made.person("Anna")
    for name, worth in (("Bo", LITTLE), ("Cai", VERY), ("Dan", VERY)):
        made.wish(anna, made.person(name), worth=worth)
    held(made, "Bo", 0)
    return made


def with_(day: Day, name: str) -> MeetingRequest:
    return MeetingRequest.objects.select_related("event").get(event=day.event, receiver__name=name)


def person(day: Day, name: str) -> Participant:
    return day.event.people.get(name=name)


def held(day: Day, name: str, slot: int) -> Meeting:
    """Anna's meeting with somebody, published."""
    request = with_(day, name)
    return make_meeting(request, Spot(day.slots[slot], day.tables[0]), (request.sender, request.receiver), now=NOW)


def wants(day: Day, most: int) -> None:
    Participant.objects.filter(event=day.event, name="Anna").update(most_meetings=most)


def closes(day: Day, name: str, *slots: int) -> None:
    for slot in slots:
        Availability.objects.create(hub=day.event.hub, participant=person(day, name), slot=day.slots[slot])


def at_far_stand(day: Day, name: str) -> None:
    """Anna meets somebody where she comes to from the tables in 9 minutes; the pause is 5."""
    hub, event = day.event.hub, day.event
    far = Hall.objects.create(hub=hub, event=event, name="Hal B", position=1)
    Walk.objects.create(hub=hub, event=event, one=day.hall, other=far, minutes=9)
    stand = event.stands.create(hub=hub, hall=far, number="S1")
    MeetingRequest.objects.filter(pk=with_(day, name).pk).update(stand=stand)


def sets_time(day: Day, name: str, slot: int) -> None:
    MeetingRequest.objects.filter(pk=with_(day, name).pk).update(fixed_slot=day.slots[slot])


def starts(day: Day, slot: int) -> datetime:
    return day.slots[slot].starts_at


def planned(day: Day) -> dict[str, int]:
    """With whom Anna meets, and in which slot."""
    rows = Meeting.objects.filter(event=day.event, state=MeetingState.PLANNED).select_related("request__receiver")
    numbers = {slot.pk: number for number, slot in enumerate(day.slots)}
    return {row.request.receiver.name: numbers[row.slot_id] for row in rows}


def renewed(day: Day, viewer: Viewer, *, now: datetime, kind: RunKind = RunKind.TIMETABLE) -> dict[str, dict[str, str]]:
    """Computed and published; why each request is not held."""
    run = computed(day.fresh(), viewer, kind=kind, most_moved=0, now=now)
    assert run.state == RunState.DONE
    publish_run(run, viewer=viewer, version=day.fresh().version, now=now)
    return run.unmet


# What has begun counts in the days of its people


@pytest.mark.parametrize("kind", [RunKind.TIMETABLE, RunKind.REPAIR])
def test_meeting_that_was_held_counts_towards_the_most_that_somebody_wants(
    day: Day, viewer: Viewer, kind: RunKind
) -> None:
    wants(day, 2)

    renewed(day, viewer, now=starts(day, 0), kind=kind)

    assert (planned(day)["Bo"], len(planned(day))) == (0, 2)


def test_way_from_a_meeting_that_was_held_is_walked(day: Day, viewer: Viewer) -> None:
    at_far_stand(day, "Cai")
    closes(day, "Cai", 2, 3)

    unmet = renewed(day, viewer, now=starts(day, 0))

    assert (planned(day)["Bo"], "Cai" in planned(day)) == (0, False)
    assert unmet[str(with_(day, "Cai").public_id)]["code"] == "walking"


def stays(_day: Day) -> None:
    """Nothing changes."""


def leaves(day: Day) -> None:
    Participant.objects.filter(pk=person(day, "Bo").pk).update(state="cancelled")


def is_away(day: Day) -> None:
    closes(day, "Bo", 0)


def refuses(day: Day) -> None:
    values = {"person": person(day, "Bo"), "other": person(day, "Anna"), "wanting": Wanting.NO_THANKS}
    Preference.objects.create(hub=day.event.hub, event=day.event, **values)


def loses_table(day: Day) -> None:
    day.event.tables.filter(pk=day.tables[0].pk).update(is_lost=True)


@pytest.mark.parametrize("kind", [RunKind.TIMETABLE, RunKind.REPAIR])
@pytest.mark.parametrize("change", [leaves, is_away, refuses, loses_table])
def test_what_changes_after_a_meeting_makes_nothing_impossible_and_it_still_counts(
    day: Day, viewer: Viewer, kind: RunKind, change: object
) -> None:
    wants(day, 2)
    assert callable(change)
    change(day)

    renewed(day, viewer, now=starts(day, 0), kind=kind)

    assert (planned(day)["Bo"], len(planned(day))) == (0, 2)
    assert place_of(with_(day, "Bo")) == ("planned", day.slots[0].pk, day.tables[0].pk)


def test_whoever_has_had_more_than_is_wanted_now_has_no_more(day: Day, viewer: Viewer) -> None:
    held(day, "Cai", 1)
    wants(day, 1)

    renewed(day, viewer, now=starts(day, 1))

    assert planned(day) == {"Bo": 0, "Cai": 1}


def test_who_has_waited_longer_than_others_makes_nothing_impossible(day: Day, viewer: Viewer) -> None:
    Event.objects.filter(pk=day.event.pk).update(equal_within=0)
    held(day, "Cai", 2)

    renewed(day, viewer, now=starts(day, 2))

    assert planned(day) == {"Bo": 0, "Cai": 2, "Dan": 3}


def test_plan_without_a_meeting_that_has_begun_meanwhile_is_refused(day: Day, viewer: Viewer) -> None:
    wants(day, 1)
    closes(day, "Cai", 0)
    closes(day, "Dan", 0, 1, 2, 3)
    run = computed(day.fresh(), viewer, now=NOW)

    with pytest.raises(TimetableOutdated, match="has begun meanwhile"):
        publish_run(run, viewer=viewer, version=day.fresh().version, now=starts(day, 0))

    assert (set(run.plan), planned(day)) == ({str(with_(day, "Cai").public_id)}, {"Bo": 0})


def test_meeting_that_was_to_come_before_one_that_has_begun_stays(day: Day, viewer: Viewer) -> None:
    held(day, "Cai", 2)
    MeetingRequest.objects.filter(pk=with_(day, "Cai").pk).update(before=with_(day, "Bo"))
    codes = [
        [code for _row, code in damage_of(problem_of(day.fresh()), now=now).meetings] for now in (NOW, starts(day, 0))
    ]

    run = computed(day.fresh(), viewer, kind=RunKind.REPAIR, most_moved=0, now=starts(day, 0))
    apply_repair(run, viewer=viewer, version=day.fresh().version, now=starts(day, 0))

    assert codes == [[Rule.PRECEDENCE, Rule.PRECEDENCE], []]
    assert {name: slot for name, slot in planned(day).items() if name != "Dan"} == {"Bo": 0, "Cai": 2}


def wants_one_meeting(day: Day) -> None:
    wants(day, 1)
    sets_time(day, "Cai", 2)


def has_far_to_walk(day: Day) -> None:
    at_far_stand(day, "Cai")
    sets_time(day, "Cai", 1)


def waits_between(day: Day) -> None:
    Event.objects.filter(pk=day.event.pk).update(equal_within=0)
    sets_time(day, "Cai", 2)


def waits_for_a_table(day: Day) -> None:
    Event.objects.filter(pk=day.event.pk).update(equal_within=0)
    MeetingRequest.objects.filter(pk=with_(day, "Cai").pk).update(fixed_table=day.tables[1])
    closes(day, "Cai", 1, 3)


@pytest.mark.parametrize("later", [stays, leaves])
@pytest.mark.parametrize(
    ("change", "slot"), [(wants_one_meeting, 2), (has_far_to_walk, 1), (waits_between, 2), (waits_for_a_table, 2)]
)
def test_what_a_hand_set_ahead_comes_before_what_follows_from_a_meeting_that_was_held(
    day: Day, viewer: Viewer, later: Change, change: Change, slot: int
) -> None:
    change(day)
    later(day)
    closes(day, "Dan", 0, 1, 2, 3)

    renewed(day, viewer, now=starts(day, 0))

    assert planned(day) == {"Bo": 0, "Cai": slot}


def test_ways_between_hands_ahead_come_before_the_way_from_a_meeting_that_was_held(day: Day, viewer: Viewer) -> None:
    at_far_stand(day, "Dan")
    Table.objects.create(hub=day.event.hub, event=day.event, hall=day.event.halls.get(name="Hal B"), label="B1")
    sets_time(day, "Cai", 1)
    sets_time(day, "Dan", 2)

    renewed(day, viewer, now=starts(day, 0))

    assert planned(day) == {"Bo": 0, "Cai": 1, "Dan": 2}


def test_hands_ahead_that_contradict_each_other_stay_impossible(day: Day, viewer: Viewer) -> None:
    wants(day, 1)
    sets_time(day, "Cai", 2)
    sets_time(day, "Dan", 3)

    run = computed(day.fresh(), viewer, now=starts(day, 0))

    assert run.state == RunState.IMPOSSIBLE


def test_reason_of_damage_is_the_one_that_the_organiser_can_see(day: Day) -> None:
    held(day, "Cai", 3)
    closes(day, "Cai", 1, 2, 3)

    found = damage_of(problem_of(day.fresh()), now=starts(day, 0)).meetings

    assert [code for _row, code in found] == [Rule.AVAILABILITY]


# What has passed, and is told as such


def set_time(day: Day) -> None:
    MeetingRequest.objects.filter(pk=with_(day, "Cai").pk).update(fixed_slot=day.slots[0])


def set_table_of_who_leaves_early(day: Day) -> None:
    MeetingRequest.objects.filter(pk=with_(day, "Cai").pk).update(fixed_table=day.tables[1])
    closes(day, "Cai", 1, 2, 3)


def leaves_early(day: Day) -> None:
    closes(day, "Cai", 1, 2, 3)


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        (set_time, Passed.TIME, "The time that was set for it has passed."),
        (set_table_of_who_leaves_early, Passed.SLOTS, "are free have passed"),
        (leaves_early, Passed.SLOTS, "Anna (Firma Anna), Cai (Firma Cai): the times"),
    ],
)
def test_what_can_be_held_no_more_is_left_out_and_told(
    day: Day, viewer: Viewer, change: object, code: Passed, told: str
) -> None:
    assert callable(change)
    change(day)

    unmet = renewed(day, viewer, now=starts(day, 0))

    reason = unmet[str(with_(day, "Cai").public_id)]
    assert (planned(day).keys(), reason["code"]) == ({"Bo", "Dan"}, code)
    assert told in reason_words(reason, Names(day.event))


def test_those_who_could_never_meet_are_told_so_on_the_day_too(day: Day, viewer: Viewer) -> None:
    closes(day, "Cai", 0, 1, 2, 3)

    unmet = renewed(day, viewer, now=starts(day, 0))

    assert unmet[str(with_(day, "Cai").public_id)]["code"] == "no_common_slot"


@pytest.mark.parametrize("change", [leaves, is_away])
def test_meeting_that_was_held_is_not_told_as_unmet(day: Day, viewer: Viewer, change: object) -> None:
    assert callable(change)
    change(day)
    closes(day, "Dan", 0, 1, 2, 3)

    run = computed(day.fresh(), viewer, now=starts(day, 0))

    assert run.unmet.keys() == {str(with_(day, "Dan").public_id)}


def test_people_count_what_was_held_whatever_is_planned(day: Day, viewer: Viewer) -> None:
    is_away(day)
    run, plan = computed(day.fresh(), viewer, now=starts(day, 0)), problem_of(day.fresh())

    result = result_of(run, plan, Names(day.event), now=starts(day, 0))

    assert sorted(result.held) == sorted(plan.wish_of[with_(day, name).pk] for name in ("Bo", "Cai", "Dan"))


# What a hand may set


def test_hand_sets_no_time_that_has_begun(day: Day, viewer: Viewer) -> None:
    eva, fie = day.person("Eva"), day.person("Fie")
    now, values = starts(day, 1), {"slot": day.slots[1], "viewer": viewer}

    with pytest.raises(PlaceTaken, match="has begun already"):
        fix_meeting(with_(day, "Cai"), spot=None, version=1, now=now, **values)
    with pytest.raises(PlaceTaken, match="has begun already"):
        plan_meeting_between(
            day.event, version=day.fresh().version, people=[eva, fie], reason="Fordi det passer.", now=now, **values
        )
    fixed = fix_meeting(with_(day, "Cai"), slot=day.slots[2], spot=None, viewer=viewer, version=1, now=now)

    assert fixed.fixed_slot == day.slots[2]
    assert not MeetingRequest.objects.filter(sender=eva).exists()


@pytest.mark.parametrize("form", [FixForm, PlanMeetingForm])
def test_hand_is_offered_no_time_that_has_begun(day: Day, form: type[FixForm | PlanMeetingForm]) -> None:
    offered = [key for key, _label in form(None, event=day.event, now=starts(day, 1)).fields["slot"].choices]

    assert offered == ["", str(day.slots[2].public_id), str(day.slots[3].public_id)]
