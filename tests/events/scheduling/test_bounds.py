"""The bound without slots: never below what a timetable reaches, and sharp where slots are no matter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.scheduling.large.bounds import prices, value_bound
from events.scheduling.large.columns import Layout
from events.scheduling.problem import Person, Pool, Problem, Slot, Wish
from tests.events.scheduling.random_problems import best_score, random_problem

SLOTS = tuple(Slot(20 * number, 20 * number + 15) for number in range(3))


def event(
    people: int, wishes: list[tuple[int, int, float]], *, tables: int = 9, most: int | None = None, slots: int = 3
) -> Problem:
    """Everybody free in the first `slots` of three, one hall."""
    free = frozenset(range(slots))
    return Problem(
        SLOTS,
        tuple(Person(f"p{number}", free, most=most) for number in range(people)),
        (Pool("hall", "hall", (tables,) * 3),),
        tuple(Wish(f"{a}-{b}", (a, b), (0,), value=value) for a, b, value in wishes),
    )


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_bound_is_never_below_the_best_timetable(seed: int) -> None:
    problem = random_problem(seed)
    best = best_score(problem)

    assert best is None or value_bound(problem) >= -best[0] - 1e-9


def test_bound_counts_what_each_person_can_meet() -> None:
    star = event(5, [(0, 1, 4.0), (0, 2, 3.0), (0, 3, 2.0), (0, 4, 1.0)])

    assert value_bound(star) == 9.0


def test_bound_counts_caps_of_people() -> None:
    star = event(5, [(0, 1, 4.0), (0, 2, 3.0), (0, 3, 2.0), (0, 4, 1.0)], most=1)

    assert value_bound(star) == 4.0


def test_bound_counts_tables_over_all_slots() -> None:
    pairs = event(8, [(0, 1, 1.0), (2, 3, 1.0), (4, 5, 1.0), (6, 7, 1.0)], tables=1)

    assert value_bound(pairs) == 3.0


def test_bound_counts_the_seats_of_each_set_of_pools() -> None:
    people = tuple(Person(f"p{number}", frozenset({0})) for number in range(6))
    pools = (Pool("stand", "hall", (1,)), Pool("hall", "hall", (5,)))
    wishes = tuple(Wish(f"w{number}", (2 * number, 2 * number + 1), (0,), value=1.5) for number in range(3))

    problem = Problem(SLOTS[:1], people, pools, wishes)

    assert value_bound(problem) == pytest.approx(1.5)


def test_bound_of_whole_values_is_whole() -> None:
    triangle = event(3, [(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0)], slots=1)

    assert value_bound(triangle) == 1.0


@pytest.mark.parametrize("problem", [event(0, []), event(2, []), event(2, [(0, 1, 1.0)], slots=0)])
def test_bound_is_zero_where_nobody_can_meet(problem: Problem) -> None:
    assert value_bound(problem) == 0.0


def test_wishes_that_crowd_out_others_are_worth_less_than_nothing() -> None:
    worth = prices(Layout(event(5, [(0, 1, 4.0), (0, 2, 3.0), (0, 3, 2.0), (0, 4, 1.0)], slots=1))).worth

    assert (worth > 1e-9).sum() <= 1
    assert worth[3] < 0
