"""Why a wish is not met: each reason once by hand, and what reasons claim tried on random problems."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from events.scheduling.problem import Person, Pool, Precedence, Problem, Slot, Wish
from events.scheduling.reasons import Reason, ReasonCode, why_not
from events.scheduling.timetable import Place, Timetable, violations
from tests.events.scheduling.random_problems import every_timetable, random_problem

DAY = tuple(Slot(20 * number, 20 * number + 20) for number in range(3))
ALWAYS = frozenset(range(3))
POOLS = (Pool("tables", "hall", (2, 2, 2)), Pool("stand", "attic", (1, 1, 1)))


def problem_of(*wishes: Wish, **rules: object) -> Problem:
    return Problem(DAY, tuple(Person(f"p{n}", ALWAYS) for n in range(6)), POOLS, wishes, **rules)  # type: ignore[arg-type]


def with_person(problem: Problem, number: int, **changes: object) -> Problem:
    people = list(problem.people)
    people[number] = replace(people[number], **changes)  # type: ignore[arg-type]
    return replace(problem, people=tuple(people))


def test_a_wish_that_is_held_says_where() -> None:
    problem = problem_of(Wish("a", (0, 1), (0,)))

    assert why_not(problem, Timetable({0: Place(2, 0)}), 0) == Reason(ReasonCode.HELD, slots=(2,), pools=(0,))


def test_people_kept_apart_are_named() -> None:
    problem = problem_of(Wish("a", (3, 0, 1), (0,)), apart=frozenset({(1, 0), (4, 5)}))

    assert why_not(problem, Timetable({}), 0) == Reason(ReasonCode.APART, people=(0, 1))


def test_people_without_a_free_slot_in_common_are_named_with_the_slots_allowed() -> None:
    problem = problem_of(Wish("a", (0, 1), (0,), forbidden=frozenset({2})))
    problem = with_person(with_person(problem, 0, free=frozenset({0, 2})), 1, free=frozenset({1, 2}))

    assert why_not(problem, Timetable({}), 0) == Reason(ReasonCode.NO_COMMON_SLOT, people=(0, 1), slots=(0, 1))


def test_pools_that_are_closed_all_day_are_named() -> None:
    problem = replace(problem_of(Wish("a", (0, 1), (1,))), pools=(POOLS[0], Pool("stand", "attic", (0, 0, 0))))

    assert why_not(problem, Timetable({}), 0) == Reason(ReasonCode.NO_POOL, slots=(0, 1, 2), pools=(1,))


def test_a_person_with_as_many_meetings_as_it_wants_is_named_with_them() -> None:
    problem = with_person(problem_of(Wish("a", (0, 1), (0,)), Wish("b", (0, 2), (0,))), 0, most=1)

    assert why_not(problem, Timetable({1: Place(0, 0)}), 0) == Reason(ReasonCode.PERSON_FULL, (1,), (0,))


def test_meetings_worth_more_are_named_the_cheapest_of_them() -> None:
    wishes = [Wish(f"w{n}", (0, n + 1), (0,), value=value) for n, value in enumerate((1.0, 5.0, 3.0, 4.0))]
    held = Timetable({1: Place(0, 0), 2: Place(1, 0), 3: Place(2, 0)})

    assert why_not(problem_of(*wishes), held, 0) == Reason(ReasonCode.WORTH_MORE, (2,), (0,), (1,), (0,))


def test_meetings_worth_no_more_are_told_apart_from_those_worth_more() -> None:
    wishes = [Wish(f"w{n}", (0, n + 1), (0,), value=value) for n, value in enumerate((3.0, 5.0, 3.0, 4.0))]
    held = Timetable({1: Place(0, 0), 2: Place(1, 0), 3: Place(2, 0)})

    assert why_not(problem_of(*wishes), held, 0) == Reason(ReasonCode.WORTH_NO_MORE, (2,), slots=(1,), pools=(0,))


def test_a_meeting_that_must_be_held_is_worth_more_than_any() -> None:
    wishes = (
        Wish("a", (0, 1), (0,), 9.0, slots=frozenset({0})), Wish("b", (0, 2), (0,), 0.0, fixed_slot=0)
    )  # fmt: skip

    assert why_not(problem_of(*wishes), Timetable({1: Place(0, 0)}), 0).code is ReasonCode.WORTH_MORE


def test_full_pools_are_named_where_everybody_is_free() -> None:
    wishes = [Wish(f"w{n}", (2 * n, 2 * n + 1), (1,), value=1.0 + n, slots=frozenset({0})) for n in range(2)]
    held = Timetable({1: Place(0, 1)})

    assert why_not(problem_of(*wishes), held, 0) == Reason(ReasonCode.POOLS_FULL, (1,), slots=(0,), pools=(1,))


def test_an_order_is_named_with_the_other_meeting() -> None:
    wishes = (Wish("a", (0, 1), (0,)), Wish("b", (2, 3), (0,)))
    problem = problem_of(*wishes, precedences=(Precedence(0, 1),))

    assert why_not(problem, Timetable({1: Place(0, 0)}), 0) == Reason(ReasonCode.ORDER, (1,), slots=(0, 1, 2))


def test_a_walk_is_named_with_who_walks_and_from_which_meeting() -> None:
    wishes = (Wish("a", (0, 1), (0,), slots=frozenset({1})), Wish("b", (2, 1), (1,)))
    problem = problem_of(*wishes, walking={("hall", "attic"): 5})

    assert why_not(problem, Timetable({1: Place(0, 1)}), 0) == Reason(ReasonCode.WALKING, (1,), (1,), (1,), (0,))


def test_equal_gaps_are_named_where_nothing_else_is_in_the_way() -> None:
    wishes = (Wish("a", (0, 1), (0,), slots=frozenset({2})), Wish("b", (0, 1), (0,)), Wish("c", (2, 3), (0,)))
    held = Timetable({1: Place(0, 0), 2: Place(0, 0, 1)})

    assert why_not(problem_of(*wishes, equal_within=0), held, 0) == Reason(ReasonCode.EQUAL_GAPS, slots=(2,))


def test_a_wish_that_fits_says_where() -> None:
    problem = problem_of(Wish("a", (0, 1), (0, 1)), Wish("b", (1, 2), (0,)))

    reason = why_not(problem, Timetable({1: Place(1, 0)}), 0)

    assert reason == Reason(ReasonCode.POSSIBLE, slots=(0, 2), pools=(0, 1))


def added(problem: Problem, timetable: Timetable, wish: int) -> Iterator[Timetable]:
    """Valid timetables with the wish besides, everything else as it was."""
    for slot in range(len(problem.slots)):
        for pool in range(len(problem.pools)):
            trial = Timetable({**timetable.places, wish: Place(slot, pool, 99)})
            if not violations(problem, trial):
                yield trial


@pytest.mark.parametrize("part", range(3))
def test_reasons_are_true_of_any_small_problem(part: int) -> None:
    seen = set()
    for seed in range(2000 + 200 * part, 2000 + 200 * part + 120):
        problem = random_problem(seed, wishes=6)
        for number, timetable in zip(range(6), every_timetable(problem), strict=False):
            for wish in set(range(len(problem.wishes))) - timetable.places.keys():
                reason = why_not(problem, timetable, wish)
                seen.add(reason.code)
                fits = any(added(problem, timetable, wish))
                assert (reason.code is ReasonCode.POSSIBLE) == fits, (seed, number, wish, reason)
                if reason.code is ReasonCode.WORTH_NO_MORE:
                    rest = {held: place for held, place in timetable.places.items() if held not in reason.wishes}
                    price = sum(problem.wishes[held].value for held in reason.wishes)
                    assert price <= problem.wishes[wish].value
                    assert any(added(problem, Timetable(rest), wish)), (seed, number, wish, reason)
    assert len(seen) >= 8
