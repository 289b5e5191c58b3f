"""Random problems small enough to try every timetable, with all kinds of rules, and the best one found by trying."""

from collections.abc import Iterator
from random import Random

from events.scheduling.problem import Person, Pool, Precedence, Problem, Slot, Wish
from events.scheduling.timetable import (
    Place,
    Timetable,
    gaps_of_people,
    meetings_of_people,
    promised,
    value_of,
    violations,
)

ZONES = ("hall", "foyer", "attic")
Score = tuple[float, int, int]


def random_problem(seed: int, *, wishes: int = 5, slots: int = 4, people: int = 4, rules: bool = True) -> Problem:
    """Any rule may occur, each in some of the problems; `rules` tells whether meetings may have to be held."""
    random = Random(seed)
    slots = random.randint(1, slots)
    people = random.randint(2, people)
    pools = tuple(_pool(random, number, slots) for number in range(random.randint(1, 3)))
    asked = tuple(
        _wish(random, number, people, len(pools), slots, rules) for number in range(random.randint(0, wishes))
    )
    return Problem(
        slots=_slots(random, slots),
        people=tuple(_person(random, number, slots) for number in range(people)),
        pools=pools,
        wishes=asked,
        precedences=_precedences(random, len(asked)),
        walking={(a, b): random.choice((5, 20, 45)) for a in ZONES for b in ZONES if a < b and random.random() < 0.4},
        equal_within=random.choice((None, None, 0, 1)),
        gaps_over_breaks=random.random() < 0.6,
        apart=frozenset({(0, 1)} if random.random() < 0.1 else ()),
    )


def _slots(random: Random, count: int) -> tuple[Slot, ...]:
    start = 0
    found = []
    for number in range(count):
        start += random.choice((0, 10, 30))
        found.append(Slot(start, start + 20, session=random.choice((0, number // 2, 1 - number % 2))))
        start += 20
    return tuple(found)


def _pool(random: Random, number: int, slots: int) -> Pool:
    capacity = tuple(random.choice((0, 1, 1, 2)) for _slot in range(slots))
    return Pool(f"pool {number}", random.choice(ZONES), capacity)


def _person(random: Random, number: int, slots: int) -> Person:
    free = frozenset(slot for slot in range(slots) if random.random() < 0.8)
    busy = {slot: random.choice(ZONES) for slot in range(slots) if slot not in free and random.random() < 0.5}
    if random.random() < 0.1:
        busy[random.randrange(slots)] = random.choice(ZONES)
    most = random.choice((None, None, None, 0, 1, 2))
    return Person(f"person {number}", free, most=most, guaranteed=random.choice((0, 0, 1, 2)), busy_at=busy)


def _wish(random: Random, number: int, people: int, pools: int, slots: int, rules: bool) -> Wish:
    who = random.sample(range(people), min(people, random.choice((2, 2, 2, 3))))
    where = tuple(pool for pool in range(pools) if random.random() < 0.7)
    some = frozenset(slot for slot in range(slots) if random.random() < 0.7)
    return Wish(
        f"wish {number}",
        tuple(who),
        where,
        value=random.choice((0.0, 1.0, 1.0, 2.0, 2.5)),
        must_hold=rules and random.random() < 0.1,
        slots=some if random.random() < 0.2 else None,
        forbidden=some if random.random() < 0.1 else frozenset(),
        fixed_slot=random.randrange(slots) if rules and random.random() < 0.08 else None,
        fixed_pool=random.randrange(pools) if rules and random.random() < 0.05 else None,
    )


def _precedences(random: Random, wishes: int) -> tuple[Precedence, ...]:
    if wishes == 0 or random.random() < 0.5:
        return ()
    return tuple(
        Precedence(random.randrange(wishes), random.randrange(wishes)) for _rule in range(random.choice((1, 1, 2)))
    )


def every_timetable(problem: Problem) -> Iterator[Timetable]:
    """Every timetable without a violation; seats are numbered as they come."""
    for places in _choices(problem, 0, {}):
        timetable = Timetable(places)
        if not violations(problem, timetable):
            yield timetable


def _choices(problem: Problem, wish: int, places: dict[int, Place]) -> Iterator[dict[int, Place]]:
    if wish == len(problem.wishes):
        yield dict(places)
        return
    if not problem.wishes[wish].is_rule:
        yield from _choices(problem, wish + 1, places)
    taken = {
        place.slot
        for other, place in places.items()
        if not set(problem.wishes[other].people).isdisjoint(problem.wishes[wish].people)
    }
    for slot in set(problem.possible_slots[wish]) - taken:
        for pool in set(problem.pools_of(problem.wishes[wish], slot)):
            seat = sum(place.slot == slot and place.pool == pool for place in places.values())
            if seat < problem.pools[pool].capacity[slot]:
                yield from _choices(problem, wish + 1, {**places, wish: Place(slot, pool, seat)})


def score(problem: Problem, timetable: Timetable) -> Score:
    """What is made small, in order: the value (negative), meetings missing to guarantees, idle gaps."""
    held = meetings_of_people(problem, timetable)
    missing = sum(max(0, promised(problem, person) - count) for person, count in enumerate(held))
    return (-value_of(problem, timetable), missing, sum(gaps_of_people(problem, timetable)))


def best_score(problem: Problem) -> Score | None:
    """The least score of any timetable; None where there is none."""
    return min((score(problem, timetable) for timetable in every_timetable(problem)), default=None)


def fair(*, people: int = 40, wishes: int = 200, slots: int = 8, seed: int = 0) -> Problem:
    """A day at which a few stands are asked for by many, and tables are short."""
    random = Random(seed)
    stands = people // 4
    pairs = sorted({tuple(sorted(random.sample(range(people), 2))) for _pair in range(wishes)})
    return Problem(
        slots=tuple(Slot(20 * number, 20 * number + 20, number // (slots // 2)) for number in range(slots)),
        people=tuple(
            Person(f"person {number}", frozenset(s for s in range(slots) if random.random() < 0.85), guaranteed=2)
            for number in range(people)
        ),
        pools=(
            *(Pool(f"stand {n}", "hall", (1,) * slots) for n in range(stands)),
            Pool("tables", "foyer", (8,) * slots),
        ),
        wishes=tuple(
            Wish(f"{a}-{b}", (a, b), (a,) if a < stands else (stands,), value=random.choice((1.0, 2.0, 4.0)))
            for a, b in pairs
        ),
    )
