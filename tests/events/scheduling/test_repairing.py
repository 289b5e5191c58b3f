"""Repairs: few published meetings change, no rule is broken, and as much is held as the bound on changes allows."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.scheduling.errors import InvalidProblem
from events.scheduling.problem import Person, Pool, Precedence, Problem, Slot, Wish
from events.scheduling.repair import repairing
from events.scheduling.repair.rearranging import at_home, without_musts
from events.scheduling.repair.renumbering import renumber, vanished
from events.scheduling.repair.repairing import Repaired, repair
from events.scheduling.repair.standby import Offer, freed_slots, offers
from events.scheduling.solved import Progress
from events.scheduling.timetable import Place, Rule, Timetable, value_of, violations
from tests.events.scheduling.random_problems import every_timetable, random_problem

HALL = (0,)


def event(wishes: list[tuple[int, int, float]], *, people: int, slots: int = 2, tables: int = 2) -> Problem:
    return Problem(
        slots=tuple(Slot(30 * number, 30 * number + 25) for number in range(slots)),
        people=tuple(Person(f"p{number}", frozenset(range(slots))) for number in range(people)),
        pools=(Pool("hall", "hall", (tables,) * slots),),
        wishes=tuple(Wish(f"{a}-{b}", (a, b), HALL, value) for a, b, value in wishes),
    )


def free_in(problem: Problem, person: int, slots: set[int]) -> Problem:
    people = list(problem.people)
    people[person] = replace(people[person], free=frozenset(slots))
    return replace(problem, people=tuple(people))


def check(problem: Problem, published: Timetable, repaired: Repaired, most: int) -> None:
    """What is true of every repair."""
    now = repaired.timetable
    missing = tuple(number for number, wish in enumerate(problem.wishes) if wish.is_rule and number not in now.places)
    assert repaired.missing == missing
    assert violations(without_musts(problem), now) == []
    assert {each.rule for each in violations(problem, now)} <= {Rule.MUST_HOLD}
    assert repaired.changed <= most
    assert set(repaired.dropped) == published.places.keys() - now.places.keys()
    assert set(repaired.added) == now.places.keys() - published.places.keys()
    both = published.places.keys() & now.places.keys()
    assert set(repaired.moved) == {w for w in both if not at_home(published.places[w], now.places[w])}
    assert repaired.reached[0].reached == pytest.approx(value_of(problem, now))
    assert repaired.reached[0].bound >= value_of(problem, now) - 1e-6


def test_cancelled_person_frees_partners_and_tables_for_others() -> None:
    problem = event([(0, 1, 2.0), (2, 3, 2.0), (1, 2, 1.0)], people=4, slots=1)
    published = Timetable({0: Place(0, 0, 0), 1: Place(0, 0, 1)})

    kept = repair(free_in(problem, 3, set()), published, most_moved=0, workers=1)

    assert dict(kept.timetable.places) == {0: Place(0, 0, 0)}
    assert (kept.dropped, kept.added, kept.changed) == ((1,), (), 0)
    assert kept.reached[0].proven


def test_late_joiner_is_served_without_a_change_where_that_can_be() -> None:
    old = event([(0, 1, 2.0)], people=2)
    new = replace(
        old,
        people=(Person("late", frozenset({0, 1})), *old.people),
        wishes=(Wish("late-0", (0, 1), HALL, 5.0), Wish("0-1", (1, 2), HALL, 2.0)),
    )
    published = renumber(old, Timetable({0: Place(0, 0, 1)}), new)

    repaired = repair(new, published, workers=1)

    assert dict(repaired.timetable.places) == {1: Place(0, 0, 1), 0: Place(1, 0, repaired.timetable.places[0].seat)}
    assert (repaired.added, repaired.moved, repaired.dropped) == ((0,), (), ())


def test_budget_decides_whether_a_meeting_makes_room() -> None:
    problem = event([(0, 1, 2.0), (0, 2, 5.0)], people=3, slots=2)
    problem = free_in(problem, 2, {0})
    published = Timetable({0: Place(0, 0, 0)})

    strict, lenient = (repair(problem, published, most_moved=most, workers=1) for most in (0, 1))

    assert (strict.added, strict.changed) == ((), 0)
    assert (lenient.added, lenient.moved, lenient.changed) == ((1,), (0,), 1)
    assert lenient.timetable.places[0].slot == 1


def test_lost_table_moves_the_least_of_its_meetings() -> None:
    problem = event([(0, 1, 2.0), (2, 3, 1.0), (4, 5, 3.0)], people=6, slots=2)
    published = Timetable({0: Place(0, 0, 0), 1: Place(0, 0, 1), 2: Place(1, 0, 1)})
    lost = replace(problem, pools=(Pool("hall", "hall", (1, 2)),))

    repaired = repair(lost, published, most_moved=0, workers=1)

    check(lost, published, repaired, 0)
    assert repaired.moved == (1,)
    assert repaired.timetable.places[0] == Place(0, 0, 0)
    assert repaired.timetable.places[2] == Place(1, 0, 1)
    assert repaired.untouched == 2


def test_lost_table_whose_seat_is_no_more_changes_only_the_seat() -> None:
    problem = event([(0, 1, 1.0)], people=2, slots=1)
    published = Timetable({0: Place(0, 0, 1)})

    repaired = repair(replace(problem, pools=(Pool("hall", "hall", (1,)),)), published, workers=1)

    assert dict(repaired.timetable.places) == {0: Place(0, 0, 0)}
    assert (repaired.reseated, repaired.moved) == ((0,), ())


def test_delayed_session_moves_only_who_sits_in_it() -> None:
    problem = event([(0, 1, 1.0), (2, 3, 1.0)], people=4, slots=3)
    published = Timetable({0: Place(0, 0, 0), 1: Place(0, 0, 1)})

    repaired = repair(free_in(problem, 0, {2}), published, workers=1)

    assert repaired.moved == (0,)
    assert {wish: place.slot for wish, place in repaired.timetable.places.items()} == {0: 2, 1: 0}


def test_must_that_became_impossible_is_reported() -> None:
    problem = event([(0, 1, 1.0), (0, 2, 1.0)], people=3, slots=1)
    wishes = tuple(replace(wish, must_hold=True) for wish in problem.wishes)
    problem = replace(problem, wishes=wishes)

    repaired = repair(problem, Timetable({0: Place(0, 0)}), workers=1)

    assert (repaired.timetable.places.keys(), repaired.missing) == ({0}, (1,))


def test_must_set_by_hand_goes_before_the_bound_on_changes() -> None:
    problem = event([(0, 1, 3.0), (0, 2, 1.0)], people=3, slots=2)
    fixed = replace(problem, wishes=(problem.wishes[0], replace(problem.wishes[1], fixed_slot=0)))

    repaired = repair(fixed, Timetable({0: Place(0, 0)}), most_moved=0, workers=1)

    assert {wish: place.slot for wish, place in repaired.timetable.places.items()} == {0: 1, 1: 0}
    assert repaired.missing == ()


def test_nobody_left_leaves_an_empty_day() -> None:
    problem = event([(0, 1, 1.0), (2, 3, 1.0)], people=4)
    published = Timetable({0: Place(0, 0, 0), 1: Place(1, 0, 0)})
    for person in range(4):
        problem = free_in(problem, person, set())

    repaired = repair(problem, published, workers=1)

    assert (dict(repaired.timetable.places), repaired.dropped) == ({}, (0, 1))


def test_nothing_published_and_nobody_there() -> None:
    empty = Problem((), (), (), ())

    repaired = repair(empty, Timetable({}), workers=1)

    assert (dict(repaired.timetable.places), repaired.untouched, repaired.reached[0].gap) == ({}, 0, 0.0)


def test_nothing_to_do_changes_nothing() -> None:
    problem = event([(0, 1, 1.0), (2, 3, 1.0), (0, 2, 0.0)], people=4, slots=1)
    published = Timetable({0: Place(0, 0, 1), 1: Place(0, 0, 0)})

    repaired = repair(problem, published, workers=1)

    assert dict(repaired.timetable.places) == dict(published.places)
    assert (repaired.moved, repaired.dropped, repaired.added, repaired.reseated) == ((), (), (), ())


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 3))
def test_any_repair_breaks_no_rule_and_keeps_its_bound(seed: int, most: int) -> None:
    random = Random(seed)
    problem = random_problem(seed)
    timetables = list(every_timetable(without_musts(random_problem(seed))))
    published = random.choice(timetables)
    if random.random() < 0.7 and problem.people:
        problem = free_in(problem, random.randrange(len(problem.people)), {0} if random.random() < 0.5 else set())
    if random.random() < 0.5:
        fewer = (tuple(max(0, room - 1) for room in pool.capacity) for pool in problem.pools)
        pools = tuple(replace(pool, capacity=room) for pool, room in zip(problem.pools, fewer, strict=True))
        problem = replace(problem, pools=pools)

    repaired = repair(problem, published, most_moved=most, workers=1)

    check(problem, published, repaired, most)


@pytest.mark.parametrize("seed", range(30))
def test_repair_is_as_good_as_the_best_of_all(seed: int) -> None:
    random = Random(seed)
    problem = without_musts(random_problem(seed, wishes=4))
    everything = list(every_timetable(problem))
    published = random.choice(everything)
    most = random.randint(0, 2)

    repaired = repair(problem, published, most_moved=most, workers=1)

    homes = published.places
    allowed = [t for t in everything if sum(not at_home(p, t.places.get(w)) for w, p in homes.items()) <= most]
    assert value_of(problem, repaired.timetable) == max(value_of(problem, each) for each in allowed)
    assert repaired.reached[0].proven


def test_large_events_go_by_proposals_and_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairing, "_SMALL", 0)
    monkeypatch.setattr(repairing, "_FRUITLESS", 5)
    for seed in range(12):
        random = Random(seed)
        problem = random_problem(seed, wishes=5)
        published = random.choice(list(every_timetable(without_musts(problem))))
        problem = free_in(problem, 0, set())

        repaired = repair(problem, published, most_moved=1, workers=1)

        check(problem, published, repaired, 1)


def test_proposals_reach_the_best_of_a_plain_event(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(3)
    pairs = [(a, b) for a in range(12) for b in range(a) if random.random() < 0.7]
    problem = event([(a, b, float(random.randint(1, 9))) for a, b in pairs], people=12, slots=4, tables=4)
    published = repair(problem, Timetable({}), workers=1).timetable
    changed = free_in(problem, 5, set())
    exact = repair(changed, published, most_moved=2, workers=1)
    monkeypatch.setattr(repairing, "_SMALL", 0)

    proposed = repair(changed, published, most_moved=2, workers=1)

    check(changed, published, proposed, 2)
    assert exact.reached[0].proven
    assert 0.98 * exact.reached[0].reached <= proposed.reached[0].reached <= exact.reached[0].reached
    assert proposed.reached[0].bound >= exact.reached[0].reached - 1e-6


def test_listener_is_told_and_can_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairing, "_SMALL", 0)
    problem = event([(0, 1, 1.0), (2, 3, 1.0)], people=4)
    told: list[Progress] = []

    def stop(progress: Progress) -> bool:
        told.append(progress)
        return False

    repaired = repair(problem, Timetable({}), on_progress=stop, workers=1)

    assert repaired.cancelled
    assert len(told) == 1
    check(problem, Timetable({}), repaired, 0)


def test_renumber_goes_by_keys_and_vanished_tells_the_rest() -> None:
    old = event([(0, 1, 1.0), (2, 3, 1.0), (0, 3, 1.0)], people=4, slots=3)
    people = tuple(Person(key, frozenset({0, 1})) for key in ("new", "p0", "p1", "p3"))
    wishes = (Wish("0-3", (1, 3), HALL), Wish("0-1", (1, 2), HALL), Wish("2-3", (0, 3), HALL))
    new = Problem(old.slots[1:], people, (Pool("hall", "hall", (2, 2)),), wishes)
    timetable = Timetable({0: Place(1, 0, 1), 1: Place(1, 0, 0), 2: Place(0, 0, 0)})

    assert dict(renumber(old, timetable, new).places) == {1: Place(0, 0, 1)}
    assert vanished(old, timetable, new) == (1, 2)


def test_renumber_refuses_keys_that_are_not_one() -> None:
    problem = event([(0, 1, 1.0), (0, 1, 2.0)], people=2)

    with pytest.raises(InvalidProblem, match="wishes have the key 0-1"):
        renumber(problem, Timetable({}), problem)


def test_offers_are_what_fits_besides() -> None:
    problem = event([(0, 1, 1.0), (2, 3, 1.0), (1, 2, 4.0), (1, 3, 2.0)], people=4, slots=2, tables=1)
    problem = replace(problem, precedences=(Precedence(3, 1),))
    published = Timetable({0: Place(0, 0), 1: Place(1, 0)})
    now = Timetable({1: Place(1, 0)})

    assert freed_slots(problem, now, published) == {0: (0,), 1: (0,)}
    assert offers(problem, now, person=1) == (
        Offer(2, Place(0, 0)),
        Offer(3, Place(0, 0)),
        Offer(0, Place(0, 0)),
    )
    assert offers(problem, now, slot=1) == ()
    assert offers(problem, now, person=0, slot=0) == (Offer(0, Place(0, 0)),)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_any_offer_can_be_taken(seed: int) -> None:
    problem = without_musts(random_problem(seed))
    timetable = Random(seed).choice(list(every_timetable(problem)))

    for offer in offers(problem, timetable):
        taken = Timetable({**timetable.places, offer.wish: offer.place})
        assert offer.wish not in timetable.places
        assert violations(problem, taken) == []
