"""Timetables by construction: no rule is ever broken, the best is found on small problems, and time is kept."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.scheduling.large.bounds import value_bound
from events.scheduling.large.constructing import construct
from events.scheduling.problem import Person, Pool, Problem, Slot, Wish
from events.scheduling.solved import Progress
from events.scheduling.timetable import Rule, Timetable, meetings_of_people, value_of, violations
from tests.events.scheduling.random_problems import best_score, random_problem


def event(people: int, *, slots: int = 6, seed: int = 0, guaranteed: int = 0) -> Problem:
    """Everybody wishes for five others; some are away; tables for four in five."""
    random = np.random.default_rng(seed)
    pairs = {tuple(sorted(random.choice(people, 2, replace=False).tolist())) for _wish in range(5 * people)}
    grid = tuple(Slot(20 * number, 20 * number + 15) for number in range(slots))
    free = random.random((people, slots)) < 0.85
    return Problem(
        grid,
        tuple(
            Person(f"p{n}", frozenset(np.flatnonzero(free[n]).tolist()), guaranteed=guaranteed) for n in range(people)
        ),
        (Pool("hall", "hall", (int(0.4 * people),) * slots),),
        tuple(Wish(f"{a}-{b}", (a, b), (0,), value=float(random.integers(1, 4))) for a, b in sorted(pairs)),
    )


def broken(problem: Problem, timetable: Timetable) -> set[Rule]:
    """Kinds of rules that are broken, but for wishes that must be held and are not."""
    return {each.rule for each in violations(problem, timetable)} - {Rule.MUST_HOLD}


@pytest.mark.parametrize("block", range(4))
def test_no_rule_is_ever_broken(block: int) -> None:
    for seed in range(500 * block, 500 * (block + 1)):
        problem = random_problem(seed)

        timetable = construct(problem, seconds=0.002, seed=seed)

        assert broken(problem, timetable) == set(), f"seed {seed}"


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_no_rule_is_broken_where_there_is_much_to_choose(seed: int) -> None:
    problem = random_problem(seed, wishes=40, slots=7, people=10)

    timetable = construct(problem, seconds=0.03)

    assert broken(problem, timetable) == set()
    assert value_of(problem, timetable) <= value_bound(problem) + 1e-9


@pytest.mark.parametrize("block", range(2))
def test_small_problems_are_held_as_well_as_can_be(block: int) -> None:
    for seed in range(50 * block, 50 * (block + 1)):
        problem = replace(random_problem(seed), equal_within=None, precedences=(), walking={})
        best = best_score(problem)

        timetable = construct(problem, seconds=5)

        assert best is None or value_of(problem, timetable) == pytest.approx(-best[0]), f"seed {seed}"
        assert best is None or violations(problem, timetable) == []


def test_larger_event_comes_near_the_bound() -> None:
    problem = event(60)

    timetable = construct(problem, seconds=20, enough=0.01)

    assert value_of(problem, timetable) >= 0.98 * value_bound(problem)
    assert violations(problem, timetable) == []


def test_fixed_and_necessary_meetings_are_held_before_others_of_more_value() -> None:
    people = tuple(Person(f"p{number}", frozenset({0, 1})) for number in range(4))
    wishes = (
        Wish("much", (0, 1), (0,), value=9.0),
        Wish("fixed", (0, 2), (0,), value=0.0, fixed_slot=0),
        Wish("must", (1, 3), (0,), value=0.0, must_hold=True),
    )
    problem = Problem((Slot(0, 15), Slot(20, 35)), people, (Pool("hall", "hall", (1, 1)),), wishes)

    timetable = construct(problem, seconds=5)

    assert {wish: place.slot for wish, place in timetable.places.items()} == {1: 0, 2: 1}


def test_of_equals_those_below_their_guarantee_come_first() -> None:
    people = tuple(Person(f"p{number}", frozenset({0, 1}), guaranteed=1) for number in range(4))
    wishes = tuple(Wish("", pair, (0,), value=1.0) for pair in ((0, 1), (0, 1), (0, 1), (2, 3)))
    problem = Problem((Slot(0, 15), Slot(20, 35)), people, (Pool("hall", "hall", (1, 1)),), wishes)

    timetable = construct(problem, seconds=5, seed=1, enough=-1.0)

    assert meetings_of_people(problem, timetable) == [1, 1, 1, 1]


def test_start_is_never_made_worse() -> None:
    problem = event(20)
    start = construct(problem, seconds=5, enough=0.0)

    timetable = construct(problem, seconds=0, start=start)

    assert value_of(problem, timetable) >= value_of(problem, start)


def test_listener_can_stop_it_and_has_seen_valid_timetables() -> None:
    problem = event(40)
    heard: list[Progress] = []

    def listen(progress: Progress) -> bool:
        heard.append(progress)
        return len(heard) < 3

    timetable = construct(problem, seconds=60, on_progress=listen, enough=-1.0)

    assert len(heard) == 3
    assert all(violations(problem, each.timetable) == [] for each in heard)
    assert value_of(problem, timetable) >= heard[-1].reached


@pytest.mark.parametrize("slots", [0, 3])
def test_nobody_or_no_wish_makes_an_empty_timetable(slots: int) -> None:
    grid = tuple(Slot(20 * number, 20 * number + 15) for number in range(slots))
    pools = (Pool("hall", "hall", (1,) * slots),)

    assert construct(Problem(grid, (), pools, ()), seconds=1) == Timetable({})
    assert construct(Problem(grid, (Person("p", frozenset()),), pools, ()), seconds=1) == Timetable({})


def test_two_who_are_never_free_together_do_not_meet() -> None:
    people = (Person("a", frozenset({0})), Person("b", frozenset({1})))
    problem = Problem(
        (Slot(0, 15), Slot(20, 35)), people, (Pool("hall", "hall", (1, 1)),), (Wish("", (0, 1), (0,), must_hold=True),)
    )

    assert construct(problem, seconds=1) == Timetable({})
