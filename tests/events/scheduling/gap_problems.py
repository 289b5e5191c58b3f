"""Problems small enough to try every timetable: random ones of every kind of rule, and the trying."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from events.scheduling.problem import Person, Pool, Precedence, Problem, Slot, Wish
from events.scheduling.timetable import Place, Timetable, gaps_of_people, violations


def plain_problem(pairs: list[tuple[int, int]], *, slots: int, tables: int = 99, pause: int = 0) -> Problem:
    """Meetings of pairs that must all be held, everybody always free, slots of 20 minutes."""
    people = 1 + max((person for pair in pairs for person in pair), default=-1)
    return Problem(
        slots=tuple(Slot(number * (20 + pause), number * (20 + pause) + 20) for number in range(slots)),
        people=tuple(Person(f"p{number}", frozenset(range(slots))) for number in range(people)),
        pools=(Pool("hall", "hall", (tables,) * slots),),
        wishes=tuple(Wish(f"w{number}", pair, (0,), must_hold=True) for number, pair in enumerate(pairs)),
    )


def random_problem(seed: int) -> Problem:
    """Up to four meetings in four or five slots, with some rule of every kind in many of them."""
    rng = random.Random(seed)
    number = rng.randint(4, 5)
    slots = tuple(Slot(n * 25, n * 25 + 20, session=rng.choice((0, 0, n // 2))) for n in range(number))
    people = tuple(_random_person(rng, n, number) for n in range(rng.randint(3, 5)))
    pools = tuple(
        Pool(f"pool{n}", f"zone{n}", tuple(rng.choice((0, 1, 1, 2)) for _slot in slots))
        for n in range(rng.randint(1, 2))
    )
    wishes = tuple(_random_wish(rng, n, number, len(people), len(pools)) for n in range(rng.randint(2, 4)))
    order = tuple(Precedence(*rng.sample(range(len(wishes)), 2)) for _rule in range(rng.choice((0, 0, 1))))
    return Problem(
        slots,
        people,
        pools,
        wishes,
        precedences=order,
        walking={("zone0", "zone1"): rng.choice((0, 5, 10, 40)), ("hall", "zone0"): rng.choice((0, 10))},
        equal_within=rng.choice((None, 0, 1, 2)),
        gaps_over_breaks=rng.random() < 0.5,
        apart=frozenset({(0, 1)}) if rng.random() < 0.05 else frozenset(),
    )


def _random_person(rng: random.Random, number: int, slots: int) -> Person:
    in_session = frozenset(slot for slot in range(slots) if rng.random() < 0.15)
    return Person(
        f"p{number}",
        frozenset(range(slots)) - (in_session if rng.random() < 0.7 else frozenset()),
        most=rng.choice((None, None, 3)),
        busy_at=dict.fromkeys(sorted(in_session), "hall"),
    )


def _random_wish(rng: random.Random, number: int, slots: int, people: int, pools: int) -> Wish:
    wish = Wish(
        f"w{number}",
        tuple(rng.sample(range(people), rng.choice((2, 2, 3)))),
        tuple(sorted(rng.sample(range(pools), rng.randint(1, pools)))),
        must_hold=True,
        slots=rng.choice((None, None, frozenset(range(1, slots)))),
        forbidden=frozenset({rng.randrange(slots)}) if rng.random() < 0.3 else frozenset(),
    )
    if rng.random() < 0.1:
        wish = replace(wish, fixed_slot=rng.randrange(slots))
    return replace(wish, fixed_pool=rng.randrange(pools)) if rng.random() < 0.1 else wish


def every_timetable(problem: Problem) -> Iterator[Timetable]:
    """Every valid timetable that holds all wishes, seats apart."""
    places = [
        [(slot, pool) for slot in problem.possible_slots[number] for pool in problem.pools_of(wish, slot)]
        for number, wish in enumerate(problem.wishes)
    ]
    for chosen in product(*places):
        seats: Counter[tuple[int, int]] = Counter()
        held = {}
        for wish, place in enumerate(chosen):
            held[wish] = Place(*place, seat=seats[place])
            seats[place] += 1
        timetable = Timetable(held)
        if not violations(problem, timetable):
            yield timetable


def fewest_gaps(problem: Problem) -> int | None:
    """By trying everything; None if there is no timetable."""
    return min((sum(gaps_of_people(problem, timetable)) for timetable in every_timetable(problem)), default=None)
