"""From rows to the engine's problem: who, when, where, what, and a fingerprint that tells when it changed."""

from datetime import timedelta

import pytest
from django.db.models import F

from events.domain.timetable.planning import LeftOut, problem_of
from events.domain.timetable.stored_timetables import stored_timetable, written
from events.domain.timetable.timetable_errors import SlotsOverlap
from events.models import Availability, Hall, Preference, ProgrammeSession, RequestGuest, SessionSeat, Slot, Walk
from events.scheduling.problem import Precedence
from events.scheduling.timetable import Place, Timetable
from hubs.models import Hub
from tests.events.timetable_days import MINUTE, START, small_day

pytestmark = pytest.mark.django_db


def test_people_are_hosts_who_come_and_meet(hub: Hub) -> None:
    day = small_day(hub)
    anna, _shy, _away = day.person("Anna"), day.person("Bo", meets=False), day.person("Cai", state="cancelled")
    day.person("Dan", host=anna, meets=False)

    plan = problem_of(day.event)

    assert [person.name for person in plan.people] == ["Anna"]
    assert plan.problem.people[0].free == frozenset({0, 1, 2})


def test_availability_sessions_and_plenaries_close_slots(hub: Hub) -> None:
    day = small_day(hub, slots=4)
    anna, bo = day.person("Anna"), day.person("Bo")
    side_hall = Hall.objects.create(hub=hub, event=day.event, name="Sal", position=1)
    Availability.objects.create(hub=hub, participant=anna, slot=day.slots[0])
    talk = ProgrammeSession.objects.create(
        hub=hub, event=day.event, hall=side_hall, title="Tale", starts_at=day.slots[1].starts_at + 5 * MINUTE,
        ends_at=day.slots[1].ends_at,
    )  # fmt: skip
    SessionSeat.objects.create(hub=hub, session=talk, participant=bo, part="speaks")
    ProgrammeSession.objects.create(
        hub=hub, event=day.event, title="Velkomst", is_for_all=True, starts_at=day.slots[3].starts_at,
        ends_at=day.slots[3].ends_at,
    )  # fmt: skip

    people = problem_of(day.event).problem.people

    assert [sorted(person.free) for person in people] == [[1, 2], [0, 2]]
    assert people[1].busy_at == {1: f"hall:{side_hall.pk}"}


def test_session_that_ends_as_a_slot_begins_closes_it_not(hub: Hub) -> None:
    day = small_day(hub, slots=1)
    anna = day.person("Anna")
    talk = ProgrammeSession.objects.create(
        hub=hub, event=day.event, title="Tale", starts_at=START - timedelta(hours=1), ends_at=START
    )
    SessionSeat.objects.create(hub=hub, session=talk, participant=anna)

    assert problem_of(day.event).problem.people[0].free == frozenset({0})


def test_wishes_know_values_places_rules_and_order(hub: Hub) -> None:
    day = small_day(hub)
    stand = day.stand("12", meetings_at_once=2)
    anna, bo, cai = day.person("Anna"), day.person("Bo"), day.person("Cai")
    first = day.wish(anna, bo, worth=0.25, fixed_slot=day.slots[1], fixed_table=day.tables[1])
    second = day.wish(anna, cai, worth=0.5, is_must=True, stand=stand, before=first)
    third = day.wish(bo, cai, worth=0.0)
    Preference.objects.create(hub=hub, event=day.event, person=cai, other=bo, wanting="must")

    problem = problem_of(day.event).problem

    assert [wish.key for wish in problem.wishes] == [str(each.public_id) for each in (first, second, third)]
    assert [wish.value for wish in problem.wishes] == [0.75, 2.0, 1.0]
    assert (problem.wishes[0].fixed_slot, problem.wishes[0].is_rule, problem.wishes[2].is_rule) == (1, True, False)
    assert [pool.capacity for pool in problem.pools] == [(1, 1, 1), (1, 1, 1), (2, 2, 2)]
    assert (problem.wishes[0].fixed_pool, problem.wishes[1].pools, problem.wishes[2].pools) == (1, (2,), (0, 1))
    assert problem.precedences == (Precedence(1, 0),)


def test_guests_make_a_group_and_colleagues_share_the_agenda(hub: Hub) -> None:
    day = small_day(hub)
    anna, bo, cai = day.person("Anna"), day.person("Bo"), day.person("Cai")
    helper = day.person("Dan", host=bo)
    group = day.wish(anna, helper)
    RequestGuest.objects.create(hub=hub, request=group, participant=cai)
    inner = day.wish(bo, helper)

    plan = problem_of(day.event)

    assert [wish.people for wish in plan.problem.wishes] == [(0, 1, 2)]
    assert plan.left_out == {inner.pk: LeftOut.ONE_AGENDA}


def test_request_of_somebody_who_does_not_come_is_left_out(hub: Hub) -> None:
    day = small_day(hub)
    kept = day.wish(day.person("Anna"), day.person("Bo"))
    gone = day.wish(kept.sender, day.person("Cai", state="cancelled"))
    day.wish(kept.receiver, day.person("Eva"), state="asked")

    plan = problem_of(day.event)

    assert [request.pk for request in plan.requests] == [kept.pk]
    assert plan.left_out == {gone.pk: LeftOut.NOT_COMING}


@pytest.mark.parametrize("of_stand", [False, True])
def test_no_thanks_of_one_side_keeps_the_two_apart(hub: Hub, of_stand: bool) -> None:
    day = small_day(hub)
    stand = day.stand("12")
    anna, bo = day.person("Anna"), day.person("Bo")
    day.wish(anna, bo, stand=stand)
    aim = {"stand": stand} if of_stand else {"other": bo}
    Preference.objects.create(hub=hub, event=day.event, person=anna, wanting="no_thanks", **aim)

    problem = problem_of(day.event).problem

    assert problem.apart == frozenset({(0, 1)})
    assert problem.possible_slots == ((),)


@pytest.mark.parametrize(("keeps", "apart"), [(True, {(0, 1)}), (False, set())])
def test_colleagues_are_kept_apart_where_the_event_says_so(hub: Hub, keeps: bool, apart: set[tuple[int, int]]) -> None:
    day = small_day(hub, keeps_colleagues_apart=keeps)
    anna = day.person("Anna")
    bo = day.person("Bo", profile=anna.participation.profile)
    day.wish(anna, bo)

    assert problem_of(day.event).problem.apart == frozenset(apart)


def test_caps_lost_tables_and_walks_are_told(hub: Hub) -> None:
    day = small_day(hub, most_meetings=5)
    day.person("Anna", most_meetings=2)
    day.person("Bo")
    other = Hall.objects.create(hub=hub, event=day.event, name="Hal B", position=1)
    Walk.objects.create(hub=hub, event=day.event, one=day.hall, other=other, minutes=7)
    day.tables[0].is_lost = True
    day.tables[0].save()

    problem = problem_of(day.event).problem

    assert [person.most for person in problem.people] == [2, 5]
    assert [pool.capacity for pool in problem.pools] == [(1, 1, 1)]
    assert problem.walk(f"hall:{other.pk}", f"hall:{day.hall.pk}") == 7


def test_fingerprint_changes_with_the_problem_and_only_then(hub: Hub) -> None:
    day = small_day(hub)
    request = day.wish(day.person("Anna"), day.person("Bo"))
    before = problem_of(day.event).fingerprint

    type(day.event).objects.filter(pk=day.event.pk).update(name="Andet navn", version=F("version") + 1)
    same = problem_of(day.fresh()).fingerprint
    Availability.objects.create(hub=hub, participant=request.sender, slot=day.slots[2])
    changed = problem_of(day.fresh()).fingerprint

    assert (len(before), same == before, changed == before) == (64, True, False)


def test_summer_time_counts_real_minutes(hub: Hub) -> None:
    day = small_day(hub, slots=0)
    for begins in ("2027-03-28T00:30:00+00:00", "2027-03-28T01:30:00+00:00"):  # 01:30 and 03:30 on the wall
        Slot.objects.create(hub=hub, event=day.event, starts_at=begins, ends_at=begins.replace(":30:", ":50:"))

    slots = problem_of(day.event).problem.slots

    assert [(slot.start, slot.end) for slot in slots] == [(0, 20), (60, 80)]


def test_overlapping_slots_are_told_in_words(hub: Hub, english: None) -> None:
    day = small_day(hub, slots=2)
    Slot.objects.filter(pk=day.slots[0].pk).update(ends_at=day.slots[1].ends_at)

    with pytest.raises(SlotsOverlap, match="Correct the grid"):
        problem_of(day.event)


def test_stored_plan_leads_back_to_the_same_timetable(hub: Hub) -> None:
    day = small_day(hub)
    stand = day.stand("12", meetings_at_once=2)
    people = [day.person(name) for name in ("Anna", "Bo", "Cai", "Dan")]
    day.wish(people[0], people[1])
    day.wish(people[2], people[3])
    day.wish(people[0], people[2], stand=stand)
    plan = problem_of(day.event)
    timetable = Timetable({0: Place(1, 0, 1), 1: Place(1, 0, 0), 2: Place(2, 1, 0)})

    stored = written(plan, timetable)

    assert stored[str(plan.requests[0].public_id)] == [
        str(day.slots[1].public_id),
        f"table:{day.tables[1].public_id}",
    ]
    assert stored[str(plan.requests[2].public_id)][1] == f"stand:{stand.public_id}"
    assert stored_timetable(plan, stored).places == timetable.places
    assert stored_timetable(plan, {"unknown": ["x", "y"]}).places == {}


def test_event_without_anything_is_a_problem_without_anything(hub: Hub) -> None:
    plan = problem_of(small_day(hub, slots=0, tables=0).event)

    assert (plan.problem.wishes, plan.problem.people, plan.problem.slots) == ((), (), ())
