"""Clashes: that the rules named cannot hold together, and that each of them is needed, shown by trying."""

from dataclasses import replace

import pytest

from events.scheduling.clashes import smallest_clash
from events.scheduling.problem import Person, Pool, Precedence, Problem, Slot, Wish
from events.scheduling.solved import Clash
from tests.events.scheduling.random_problems import best_score, random_problem

DAY = tuple(Slot(30 * number, 30 * number + 20) for number in range(3))
ALWAYS = frozenset(range(3))


def problem_of(*wishes: Wish, people: int = 6, pools: tuple[Pool, ...] = (), **rules: object) -> Problem:
    pools = pools or (Pool("hall", "hall", (9, 9, 9)),)
    who = tuple(Person(f"p{number}", ALWAYS) for number in range(people))
    return Problem(DAY, who, pools, wishes, **rules)  # type: ignore[arg-type]


def fixed(key: str, people: tuple[int, ...], slot: int, pool: int = 0) -> Wish:
    return Wish(key, people, (pool,), fixed_slot=slot)


def only(problem: Problem, clash: Clash) -> Problem:
    """The problem with no rules that can be given up but those of the clash."""
    for wish in range(len(problem.wishes)):
        problem = problem if wish in clash.wishes else without_wish(problem, wish)
    for person in range(len(problem.people)):
        problem = problem if person in clash.people else without_person(problem, person)
    for pool in range(len(problem.pools)):
        problem = problem if pool in clash.pools else without_pool(problem, pool)
    orders = tuple(rule for number, rule in enumerate(problem.precedences) if number in clash.precedences)
    return replace(problem, precedences=orders, equal_within=problem.equal_within if clash.equal_gaps else None)


def without_wish(problem: Problem, number: int) -> Problem:
    """Nobody must hold the wish any more; when and where it may be is its own."""
    wish = problem.wishes[number]
    slots = frozenset(range(len(problem.slots))) if wish.slots is None else wish.slots
    wish = replace(
        wish,
        must_hold=False,
        slots=slots if wish.fixed_slot is None else slots & {wish.fixed_slot},
        pools=wish.pools if wish.fixed_pool is None else (wish.fixed_pool,),
        fixed_slot=None,
        fixed_pool=None,
    )
    return replace(problem, wishes=(*problem.wishes[:number], wish, *problem.wishes[number + 1 :]))


def without_person(problem: Problem, number: int) -> Problem:
    person = replace(problem.people[number], free=frozenset(range(len(problem.slots))), most=None)
    return replace(problem, people=(*problem.people[:number], person, *problem.people[number + 1 :]))


def without_pool(problem: Problem, number: int) -> Problem:
    pool = replace(problem.pools[number], capacity=(9,) * len(problem.slots))
    return replace(problem, pools=(*problem.pools[:number], pool, *problem.pools[number + 1 :]))


def weaker(problem: Problem, clash: Clash) -> list[Problem]:
    """The problem of the clash alone, with each of its rules given up in turn."""
    alone = only(problem, clash)
    orders = alone.precedences
    return [
        *(without_wish(alone, wish) for wish in clash.wishes),
        *(without_person(alone, person) for person in clash.people),
        *(without_pool(alone, pool) for pool in clash.pools),
        *(replace(alone, precedences=orders[:n] + orders[n + 1 :]) for n in range(len(orders))),
        *([replace(alone, equal_within=None)] if clash.equal_gaps else []),
    ]


@pytest.mark.parametrize("part", range(3))
def test_clash_of_any_small_problem_cannot_hold_and_needs_each_of_its_rules(part: int) -> None:
    found = 0
    for seed in range(1000 + 100 * part, 1070 + 100 * part):
        problem = random_problem(seed, wishes=4)

        clash = smallest_clash(problem, seconds=60)

        assert (clash is None) == (best_score(problem) is not None), seed
        if clash is not None:
            found += 1
            assert best_score(only(problem, clash)) is None, (seed, clash)
            assert all(best_score(each) is not None for each in weaker(problem, clash)), (seed, clash)
    assert found > 5


def test_two_meetings_fixed_for_one_person_at_a_time_clash_and_nothing_else_is_named() -> None:
    problem = problem_of(
        fixed("a", (0, 1), 1), fixed("b", (2, 3), 1), fixed("c", (1, 4), 1), Wish("d", (0, 4), (0,), must_hold=True)
    )

    assert smallest_clash(problem, seconds=60) == Clash(wishes=(0, 2))


def test_no_clash_where_everything_can_be_held() -> None:
    assert smallest_clash(problem_of(fixed("a", (0, 1), 1), fixed("b", (1, 2), 2)), seconds=60) is None
    assert smallest_clash(Problem((), (), (), ()), seconds=60) is None


def test_a_person_who_is_away_clashes_with_a_meeting_fixed_then() -> None:
    problem = problem_of(fixed("a", (0, 1), 1), fixed("b", (2, 3), 1))
    problem = replace(problem, people=(Person("away", frozenset({0, 2})), *problem.people[1:]))

    assert smallest_clash(problem, seconds=60) == Clash(wishes=(0,), people=(0,))


def test_a_cap_clashes_with_one_meeting_more() -> None:
    wishes = [Wish(f"w{other}", (0, other), (0,), must_hold=True) for other in (1, 2, 3)]
    problem = problem_of(*wishes, Wish("spare", (4, 5), (0,), must_hold=True))
    problem = replace(problem, people=(Person("busy", ALWAYS, most=2), *problem.people[1:]))

    assert smallest_clash(problem, seconds=60) == Clash(wishes=(0, 1, 2), people=(0,))


def test_a_pool_that_is_too_small_is_named_with_as_many_meetings_as_it_takes() -> None:
    pools = (Pool("stand", "hall", (1, 1, 0)), Pool("hall", "hall", (9, 9, 9)))
    wishes = [Wish(f"w{n}", (2 * n, 2 * n + 1), (0,), must_hold=True) for n in range(3)]
    problem = problem_of(*wishes, fixed("elsewhere", (0, 2), 2, pool=1), pools=pools)

    assert smallest_clash(problem, seconds=60) == Clash(wishes=(0, 1, 2), pools=(0,))


def test_orders_that_go_round_in_a_circle_are_all_named() -> None:
    wishes = [Wish(f"w{n}", (2 * n, 2 * n + 1), (0,), must_hold=True) for n in range(3)]
    orders = (Precedence(0, 1), Precedence(2, 1), Precedence(1, 2), Precedence(2, 0))
    problem = problem_of(*wishes, precedences=orders)

    clash = smallest_clash(problem, seconds=60)

    assert clash in (
        Clash(wishes=(1, 2), precedences=(1, 2)),
        Clash(wishes=(0, 1, 2), precedences=(0, 2, 3)),
    )


def test_unequal_gaps_that_must_be_are_named_with_the_meetings_that_make_them() -> None:
    problem = problem_of(
        fixed("first", (0, 1), 0), fixed("last", (0, 1), 2), fixed("once", (2, 3), 0), people=4, equal_within=0
    )

    assert smallest_clash(problem, seconds=60) == Clash(wishes=(0, 1, 2), equal_gaps=True)


def test_walks_and_pairs_kept_apart_are_nobodys_to_give_up() -> None:
    pools = (Pool("hall", "hall", (9, 9, 9)), Pool("attic", "attic", (9, 9, 9)))
    walk = problem_of(
        fixed("a", (0, 1), 0), fixed("b", (0, 2), 1, pool=1), pools=pools, walking={("hall", "attic"): 15}
    )
    apart = problem_of(Wish("a", (0, 1), (0,), must_hold=True), fixed("b", (0, 2), 1), apart=frozenset({(1, 0)}))

    assert smallest_clash(walk, seconds=60) == Clash(wishes=(0, 1))
    assert smallest_clash(apart, seconds=60) == Clash(wishes=(0,))


def test_clash_among_hundreds_of_meetings_names_the_few() -> None:
    wishes = [Wish(f"w{n}", (n, n + 1), (0,), must_hold=True) for n in range(200)]
    wishes += [fixed("x", (50, 60), 1), fixed("y", (60, 70), 1)]
    slots = tuple(Slot(20 * number, 20 * number + 20) for number in range(6))
    people = tuple(Person(f"p{number}", frozenset(range(6))) for number in range(201))
    problem = Problem(slots, people, (Pool("hall", "hall", (99,) * 6),), tuple(wishes))

    assert smallest_clash(problem, seconds=60) == Clash(wishes=(200, 201))
