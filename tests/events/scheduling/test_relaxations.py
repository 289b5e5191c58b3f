"""The relaxation of a repair: its bound holds after any number of steps, and rounding it settles the rest exactly."""

from random import Random

import numpy as np
import pytest

from events.scheduling.exact.searching import Effort, Watch
from events.scheduling.problem import Person, Pool, Problem, Slot, Wish
from events.scheduling.repair.estimating import estimate
from events.scheduling.repair.keeping import Relaxation
from events.scheduling.repair.rearranging import Task, Worth, at_home
from events.scheduling.repair.rounding import Shares, rounded
from events.scheduling.solved import go_on
from events.scheduling.timetable import Place, Timetable, value_of
from tests.events.scheduling.random_problems import every_timetable

CHANGES = 1


def plain_event(seed: int, *, people: int = 5, wishes: int = 5) -> Problem:
    random = Random(seed)
    pairs = random.sample([(a, b) for a in range(people) for b in range(a)], wishes)
    return Problem(
        slots=(Slot(0, 25), Slot(30, 55)),
        people=tuple(Person(f"p{number}", frozenset({0, 1})) for number in range(people)),
        pools=(Pool("hall", "hall", (2, 1)),),
        wishes=tuple(Wish(f"{a}-{b}", (a, b), (0,), float(random.randint(1, 9))) for a, b in pairs),
    )


def relaxation_of(problem: Problem, published: Timetable) -> Relaxation:
    task = Task(problem, published.places, CHANGES, Worth.of_value(problem))
    worth = np.array([wish.value for wish in problem.wishes])
    return Relaxation(problem, task.sites, task.home_cells, CHANGES, worth)


def best_value(problem: Problem, published: Timetable) -> float:
    """Of all timetables with so few changes."""
    homes = published.places
    return max(
        value_of(problem, each)
        for each in every_timetable(problem)
        if sum(not at_home(place, each.places.get(wish)) for wish, place in homes.items()) <= CHANGES
    )


@pytest.mark.parametrize("seed", range(8))
def test_bound_holds_after_few_steps_and_is_near_after_many(seed: int) -> None:
    problem = plain_event(seed)
    published = Random(seed).choice(list(every_timetable(problem)))
    relaxation = relaxation_of(problem, published)

    few = estimate(relaxation, steps=3, seconds=60.0)
    many = estimate(relaxation, steps=2_000, seconds=60.0, start=few)

    assert few is not None
    assert many is not None
    exact = relaxation.solve(np.arange(len(relaxation.columns)), seconds=60.0)
    assert exact is not None
    optimum = float(relaxation.worth @ exact) - relaxation.bonus * max(0, len(published.places) - CHANGES)
    assert min(relaxation.bound(few.prices), relaxation.bound(many.prices)) >= best_value(problem, published) - 1e-6
    assert relaxation.bound(many.prices) == pytest.approx(optimum, rel=1e-3)
    assert min(few.prices.min(), many.prices.min(), many.amounts.min()) >= 0.0
    assert many.amounts.max() <= 1.0


def test_estimate_is_the_same_each_time() -> None:
    relaxation = relaxation_of(plain_event(3), Timetable({0: Place(0, 0)}))

    one, other = (estimate(relaxation, steps=25, seconds=60.0) for _time in range(2))

    assert one is not None
    assert other is not None
    np.testing.assert_array_equal(one.prices, other.prices)


def test_estimate_of_nothing_is_nothing() -> None:
    relaxation = relaxation_of(Problem((), (), (), ()), Timetable({}))

    found = estimate(relaxation, steps=10, seconds=60.0)

    assert found is not None
    assert (len(found.amounts), relaxation.bound(found.prices)) == (0, 0.0)


@pytest.mark.parametrize("seed", range(8))
def test_rounding_without_anything_sure_is_the_best_of_all(seed: int) -> None:
    problem = plain_event(seed)
    published = Random(seed).choice(list(every_timetable(problem)))
    relaxation = relaxation_of(problem, published)
    everything = np.arange(len(relaxation.columns))
    shares = Shares(everything, np.full(len(everything), 0.5), np.ones(len(everything), dtype=np.bool_))

    chosen = rounded(relaxation, shares, everything[:0], Watch(60.0, go_on), Effort(60.0))

    assert chosen is not None
    value = sum(problem.wishes[wish].value for wish in relaxation.columns.wish[chosen].tolist())
    assert value == best_value(problem, published)


def test_rounding_keeps_what_is_sure_and_fills_what_is_left() -> None:
    problem = Problem(
        slots=(Slot(0, 25),),
        people=tuple(Person(f"p{number}", frozenset({0})) for number in range(4)),
        pools=(Pool("hall", "hall", (2,)),),
        wishes=(Wish("0-1", (0, 1), (0,), 1.0), Wish("1-2", (1, 2), (0,), 9.0), Wish("2-3", (2, 3), (0,), 1.0)),
    )
    relaxation = relaxation_of(problem, Timetable({}))
    amounts = np.array([1.0, 0.0, 0.4])

    kept, free = (
        rounded(relaxation, Shares(np.arange(3), amounts, np.array([sure] * 3)), np.arange(0), watch, Effort(60.0))
        for sure in (True, False)
        for watch in [Watch(60.0, go_on)]
    )

    assert kept is not None
    assert free is not None
    assert (kept.tolist(), free.tolist()) == ([0, 2], [1])
