"""Who has to be let wait: found from refusals, and never at the cost of a wrong answer."""

from dataclasses import replace

import pytest

from events.scheduling.gaps.gap_narrowing import Finding, Narrowing
from events.scheduling.problem import Problem
from events.scheduling.timetable import gaps_of_people, violations
from tests.events.scheduling.gap_problems import fewest_gaps, plain_problem, random_problem

CONFLICTS = 10_000
REFUSALS = 50


def answered(narrowing: Narrowing, most: int | None) -> Finding:
    """The answer once enough people may wait."""
    for _refusal in range(REFUSALS):
        if (found := narrowing.ask(most, CONFLICTS)) is not None:
            return found
    raise AssertionError("Asked on for ever.")


def closed_in_the_middle() -> Problem:
    """Person 0 is closed in the middle and has to wait once, with everybody else there for one meeting."""
    problem = plain_problem([(0, 1), (0, 2), (0, 3)], slots=4)
    return replace(problem, people=(replace(problem.people[0], free=frozenset({0, 1, 3})), *problem.people[1:]))


@pytest.mark.parametrize("seed", range(20))
def test_narrowed_answers_are_those_of_trying_everything(seed: int) -> None:
    problem = random_problem(seed)
    expected = fewest_gaps(problem)
    narrowing = Narrowing(problem, seed=seed)
    narrowing.narrow()

    if expected is None:
        assert answered(narrowing, None).infeasible
        return
    found = answered(narrowing, expected)
    assert found.timetable is not None
    assert violations(problem, found.timetable) == []
    assert sum(gaps_of_people(problem, found.timetable)) == expected
    if expected > 0:
        assert answered(narrowing, expected - 1) == Finding(bound=expected)


def test_only_the_one_who_must_is_let_wait() -> None:
    narrowing = Narrowing(closed_in_the_middle())
    narrowing.narrow()
    assert narrowing.size == 0

    refused, found = narrowing.ask(None, CONFLICTS), narrowing.ask(None, CONFLICTS)

    assert (refused, narrowing.size) == (None, 1)
    assert found is not None
    assert found.timetable is not None


def test_who_must_be_let_wait_is_kept_when_narrowed_again() -> None:
    narrowing = Narrowing(closed_in_the_middle())
    narrowing.narrow()
    narrowing.ask(None, CONFLICTS)

    narrowing.narrow()

    assert narrowing.size == 1
    assert answered(narrowing, 0) == Finding(bound=1)
