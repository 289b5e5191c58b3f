"""Timetables of large generated events: how near to the proven bound, how fast, and what people get.

Nobody publishes an event of this size, so a generated one stands in. What makes it hard is kept: few stars whom
many ask for, people who are away in some slots, and fewer tables than people.
"""

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from events.scheduling.large.bounds import value_bound
from events.scheduling.large.constructing import construct
from events.scheduling.large.exchanging import close_gaps
from events.scheduling.problem import Person, Pool, Problem, Slot, Wish
from events.scheduling.seating import seat
from events.scheduling.timetable import gaps_of_people, meetings_of_people, value_of, violations
from kernel.errors import InvalidInput

Figures = dict[str, float]

SEED = 20261123
WISHES = 14
_FREE = 0.85
_TABLES = 0.8  # share of the people who can sit at a table at once
# How uneven attention is: the most wished-for tenth of the people receives about a third of all wishes.
_POPULARITY = 0.75
# A third of the wishes are musts, worth twice a want, each times a predicted chance of success.
_MUST_SHARE, _MUST, _WANT = 1 / 3, 2.0, 1.0
_LEAST_CHANCE = 0.5
_SLOTS = ((150, 12), (500, 13), (1500, 15))
_MOST_SLOTS = 16
_SECONDS = ((0, 30.0), (150, 30.0), (500, 60.0), (1500, 120.0), (3700, 300.0))
_MEETING, _PAUSE, _START = 15, 5, 9 * 60
_SHARE = 0.5  # of the time allowed, for the meetings; idle gaps and seats get a tenth
_GAPS_SHARE = 0.1
_ENOUGH = 0.002  # a gap of 0.2 % ends the search


def generate(people: int, seed: int = SEED) -> Problem:
    """An event of 12 to 16 slots and one hall; two who wish for each other make one wish worth both.

    Raises:
        InvalidInput: the number of people is negative.
    """
    if people < 0:
        raise InvalidInput("The number of people must be 0 or more.")
    random = np.random.default_rng([seed, people])
    slots = next((slots for size, slots in _SLOTS if people <= size), _MOST_SLOTS)
    free = random.random((people, slots)) < _FREE
    tables = int(_TABLES * people / 2)
    return Problem(
        slots=tuple(_slot(number, slots) for number in range(slots)),
        people=tuple(Person(f"p{number}", frozenset(np.flatnonzero(row).tolist())) for number, row in enumerate(free)),
        pools=(Pool("hall", "hall", (tables,) * slots),),
        wishes=_wishes(people, random),
    )


def measure_size(people: int, *, say: Callable[[str], None] = lambda _words: None, seed: int = SEED) -> Figures:
    """Figures of one event; `seconds` is wall-clock for all but generating it and checking the result.

    `gap_percent` is (bound - value) / bound, 0 where the bound is 0; `idle_gaps` are runs of idle slots between the
    first and last meeting, over all people; `broken_rules` must be 0; memory is the greatest of the whole process.

    Raises:
        InvalidInput: the number of people is negative.
    """
    problem = generate(people, seed)
    say(f"{people} people, {len(problem.slots)} slots, {len(problem.wishes)} wishes, {_tables(problem)} tables")
    allowed = seconds_for(people)
    began, worked = time.perf_counter(), time.process_time()
    bound = value_bound(problem)
    timetable = construct(problem, seconds=_SHARE * allowed, seed=seed, enough=_ENOUGH)
    say(f"{time.perf_counter() - began:.1f} s: value {value_of(problem, timetable):.1f} of at most {bound:.1f}")
    timetable = close_gaps(problem, timetable, seconds=_GAPS_SHARE * allowed, seed=seed)
    timetable = seat(problem, timetable)
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    value, meetings = value_of(problem, timetable), meetings_of_people(problem, timetable)
    return {
        "people": people,
        "slots": len(problem.slots),
        "wishes": len(problem.wishes),
        "gap_percent": 100 * (bound - value) / bound if bound else 0.0,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "peak_rss_mb": peak_rss_mb(),
        "meetings_min": min(meetings, default=0),
        "meetings_median": float(np.median(meetings)) if meetings else 0.0,
        "meetings_max": max(meetings, default=0),
        "idle_gaps": sum(gaps_of_people(problem, timetable)),
        "value": value,
        "bound": bound,
        "held": len(timetable.places),
        "broken_rules": len(violations(problem, timetable)),
    }


def seconds_for(people: int) -> float:
    """The time allowed: 30, 60, 120 and 300 s at 150, 500, 1,500 and 3,700 people, in proportion between and beyond."""
    sizes, seconds = zip(*_SECONDS, strict=True)
    if people > sizes[-1]:
        return float(seconds[-1] * people / sizes[-1])
    return float(np.interp(people, sizes, seconds))


def peak_rss_mb() -> float:
    """The most memory that this process has held, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _slot(number: int, slots: int) -> Slot:
    start = _START + number * (_MEETING + _PAUSE)
    return Slot(start, start + _MEETING, session=int(number >= slots // 2))


def _tables(problem: Problem) -> int:
    return problem.pools[0].capacity[0]


def _wishes(people: int, random: np.random.Generator) -> tuple[Wish, ...]:
    """Everybody asks for 14 others, as many as there are; whom, by popularity (Gumbel-top-k sampling)."""
    fame = random.normal(0.0, _POPULARITY, people)
    values: dict[tuple[int, int], float] = {}
    for person in range(people):
        keys = fame + random.gumbel(size=people)
        keys[person] = -np.inf
        asked = np.argsort(-keys, kind="stable")[: min(WISHES, people - 1)]
        for other, value in zip(asked.tolist(), _values(asked.size, random).tolist(), strict=True):
            pair = (min(person, other), max(person, other))
            values[pair] = values.get(pair, 0.0) + value
    return tuple(Wish(f"{a}-{b}", (a, b), (0,), value=value) for (a, b), value in values.items())


def _values(count: int, random: np.random.Generator) -> NDArray[np.float64]:
    weights = np.where(random.random(count) < _MUST_SHARE, _MUST, _WANT)
    values: NDArray[np.float64] = weights * random.uniform(_LEAST_CHANCE, 1.0, count)
    return values
