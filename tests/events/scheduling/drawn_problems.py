"""Problems drawn by hypothesis, with every kind of rule, and the value of the best timetable by trying all."""

from collections.abc import Iterator

from hypothesis import strategies as st

from events.scheduling.problem import Person, Pool, Precedence, Problem, Slot, Wish
from events.scheduling.timetable import Place, Rule, Timetable, value_of, violations

_ZONES = ("hall", "foyer")


@st.composite
def problems(draw: st.DrawFn, *, slots: int = 4, people: int = 6, wishes: int = 12) -> Problem:
    """A problem of at most so many slots, people and wishes; any rule may occur in it."""
    slots = draw(st.integers(1, slots))
    people = draw(st.integers(2, people))
    pools = draw(st.integers(1, 3))
    asked = tuple(draw(st.lists(_wish(slots, people, pools), max_size=wishes)))
    numbers = st.integers(0, len(asked) - 1) if asked else st.nothing()
    orders = draw(st.lists(st.builds(Precedence, numbers, numbers), max_size=2)) if asked else []
    pause = draw(st.sampled_from((0, 10, 30)))
    return Problem(
        slots=tuple(Slot(start := number * (20 + pause), start + 20, number // 2) for number in range(slots)),
        people=tuple(draw(_person(number, slots)) for number in range(people)),
        pools=tuple(
            Pool(f"pool {number}", draw(st.sampled_from(_ZONES)), tuple(draw(_capacity(slots))))
            for number in range(pools)
        ),
        wishes=asked,
        precedences=tuple(orders),
        walking=draw(st.sampled_from(({}, {("hall", "foyer"): 15}, {("foyer", "hall"): 45}))),
        equal_within=draw(st.sampled_from((None, None, 0, 1))),
        gaps_over_breaks=draw(st.booleans()),
        apart=draw(st.sampled_from((frozenset(), frozenset({(0, 1)})))),
    )


def _capacity(slots: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, 2), min_size=slots, max_size=slots)


@st.composite
def _person(draw: st.DrawFn, number: int, slots: int) -> Person:
    free = draw(st.frozensets(st.integers(0, slots - 1)))
    busy = draw(st.dictionaries(st.integers(0, slots - 1), st.sampled_from(_ZONES), max_size=1))
    most, guaranteed = draw(st.sampled_from((None, None, 0, 1, 2))), draw(st.integers(0, 2))
    return Person(f"person {number}", free, most=most, guaranteed=guaranteed, busy_at=busy)


@st.composite
def _wish(draw: st.DrawFn, slots: int, people: int, pools: int) -> Wish:
    who = draw(st.lists(st.integers(0, people - 1), min_size=2, max_size=min(3, people), unique=True))
    some = st.frozensets(st.integers(0, slots - 1))
    rare = st.integers(0, 9).map(lambda number: number == 0)
    return Wish(
        "wish",
        tuple(who),
        tuple(sorted(draw(st.sets(st.integers(0, pools - 1), min_size=1)))),
        value=draw(st.sampled_from((0.0, 1.0, 2.0, 2.5))),
        must_hold=draw(rare),
        slots=draw(some) if draw(rare) else None,
        forbidden=draw(some) if draw(rare) else frozenset(),
        fixed_slot=draw(st.integers(0, slots - 1)) if draw(rare) else None,
        fixed_pool=draw(st.integers(0, pools - 1)) if draw(rare) else None,
    )


def broken(problem: Problem, timetable: Timetable) -> set[Rule]:
    """Kinds of rules that a timetable breaks, but for wishes that must be held and are not."""
    return {each.rule for each in violations(problem, timetable)} - {Rule.MUST_HOLD}


def best_value(problem: Problem) -> float | None:
    """The greatest value of any timetable that breaks no rule; None where there is none."""
    tried = (Timetable(places) for places in _choices(problem, 0, {}))
    return max((value_of(problem, each) for each in tried if not violations(problem, each)), default=None)


def _choices(problem: Problem, wish: int, places: dict[int, Place]) -> Iterator[dict[int, Place]]:
    if wish == len(problem.wishes):
        yield places
        return
    yield from _choices(problem, wish + 1, places)
    for slot in problem.possible_slots[wish]:
        for pool in sorted(set(problem.pools_of(problem.wishes[wish], slot))):
            seat = sum(place.slot == slot and place.pool == pool for place in places.values())
            yield from _choices(problem, wish + 1, {**places, wish: Place(slot, pool, seat)})
