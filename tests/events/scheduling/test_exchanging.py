"""Fairer and tighter timetables: value never falls, no rule is broken, and what can be mended is."""

from hypothesis import given, settings
from hypothesis import strategies as st

from events.scheduling.large.constructing import construct
from events.scheduling.large.exchanging import close_gaps, improve_guarantee
from events.scheduling.problem import Person, Pool, Problem, Slot, Wish
from events.scheduling.timetable import (
    Place,
    Rule,
    Timetable,
    below_guarantee,
    gaps_of_people,
    value_of,
    violations,
)
from tests.events.scheduling.random_problems import random_problem

SLOTS = tuple(Slot(20 * number, 20 * number + 15) for number in range(3))


def event(wishes: list[tuple[int, int, float]], *, guaranteed: int = 1, tables: int = 1) -> Problem:
    people = tuple(Person(f"p{number}", frozenset(range(3)), guaranteed=guaranteed) for number in range(6))
    asked = tuple(Wish(f"{a}-{b}", (a, b), (0,), value=value) for a, b, value in wishes)
    return Problem(SLOTS, people, (Pool("hall", "hall", (tables,) * 3),), asked)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_nothing_that_was_reached_is_lost(seed: int) -> None:
    problem = random_problem(seed, wishes=20, slots=5, people=8)
    before = construct(problem, seconds=0.01)

    fairer = improve_guarantee(problem, before, seconds=0.02)
    tighter = close_gaps(problem, before, seconds=0.01)

    rules = {number for number, wish in enumerate(problem.wishes) if wish.is_rule and number in before.places}
    for after in (fairer, tighter):
        assert {each.rule for each in violations(problem, after)} <= {Rule.MUST_HOLD}
        assert value_of(problem, after) >= value_of(problem, before) - 1e-6
        assert rules <= after.places.keys()
    assert tighter.places.keys() == before.places.keys()
    assert sum(gaps_of_people(problem, tighter)) <= sum(gaps_of_people(problem, before))


def test_those_who_have_enough_make_way() -> None:
    problem = event([(0, 1, 2.0), (0, 2, 1.0), (1, 2, 1.0), (3, 4, 1.0)])
    before = Timetable({0: Place(0, 0), 1: Place(1, 0), 2: Place(2, 0)})

    after = improve_guarantee(problem, before, seconds=10)

    assert below_guarantee(problem, before) == [3, 4]
    assert below_guarantee(problem, after) == []
    assert value_of(problem, after) == 4.0


def test_value_is_not_given_up_for_fairness() -> None:
    problem = event([(0, 1, 2.0), (0, 2, 2.0), (1, 2, 2.0), (3, 4, 1.0)])
    before = Timetable({0: Place(0, 0), 1: Place(1, 0), 2: Place(2, 0)})

    after = improve_guarantee(problem, before, seconds=10)

    assert after.places.keys() == {0, 1, 2}


def test_meetings_move_together() -> None:
    problem = event([(0, 1, 1.0), (0, 2, 1.0)])
    before = Timetable({0: Place(0, 0), 1: Place(2, 0)})

    after = close_gaps(problem, before, seconds=10)

    assert sum(gaps_of_people(problem, before)) == 1
    assert sum(gaps_of_people(problem, after)) == 0
    assert violations(problem, after) == []


def test_idle_gaps_stay_as_equal_as_asked() -> None:
    problem = Problem(
        SLOTS,
        tuple(Person(f"p{number}", frozenset(range(3))) for number in range(4)),
        (Pool("hall", "hall", (2, 0, 2)),),
        tuple(Wish("", pair, (0,)) for pair in ((0, 1), (2, 3), (0, 3), (1, 2))),
        equal_within=0,
    )
    before = Timetable({0: Place(0, 0, 0), 1: Place(0, 0, 1), 2: Place(2, 0, 0), 3: Place(2, 0, 1)})

    after = close_gaps(problem, before, seconds=1)

    assert gaps_of_people(problem, before) == [1, 1, 1, 1]
    assert violations(problem, after) == []
