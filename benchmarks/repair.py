"""`bench repair`: what changing a published day costs, against planning the whole day anew.

A generated event is planned and published; then some cancel and others join late, with as many wishes as everybody.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.schedule_size import generate
from events.scheduling.large.bounds import value_bound
from events.scheduling.large.constructing import construct
from events.scheduling.problem import Person, Problem, Wish
from events.scheduling.repair.renumbering import renumber
from events.scheduling.repair.repairing import Repaired, repair
from events.scheduling.seating import seat
from events.scheduling.timetable import Rule, Timetable, value_of, violations
from kernel.errors import InvalidInput

Say = Callable[[str], None]

PEOPLE, SEED = 500, 1
WISHES = 14
_SHARE = 0.05
_AVAILABLE = 0.85
_REPAIR_SECONDS = 8.0  # of the ten that a repair may take, seats and figures besides


@dataclass(frozen=True)
class Effort:
    """Seconds for the plan that is published, for its repair, and for the plan anew."""

    publish: float = 60.0
    repair: float = _REPAIR_SECONDS
    replan: float = 30.0


def measure_repair(people: int = PEOPLE, *, say: Say, seed: int = SEED, effort: Effort | None = None) -> dict[str, Any]:
    """Figures of one event: percentages are of the untouched meetings, and of the value of the plan anew.

    `moved_percent` counts untouched meetings that are held elsewhere or not at all; `elsewhere_percent` only those
    held elsewhere. `least_loss_percent` is proven: no repair with so few changes loses less. `seconds` is wall-clock
    time of the repair with all that belongs to it.

    Raises:
        InvalidInput: the number of people, or the seed, is negative.
    """
    if seed < 0:
        raise InvalidInput("The seed must be 0 or more.")
    effort = effort or Effort()
    problem = generate(people, seed)
    published = seat(problem, construct(problem, seconds=effort.publish, seed=seed))
    changed = changed_event(problem, np.random.default_rng(seed + 1))
    say(f"{people} people, {len(published.places)} meetings published, {changed.cancelled} cancel, {changed.late} join")
    began, used = time.perf_counter(), time.process_time()
    standing = renumber(problem, published, changed.problem)
    repaired = repair(changed.problem, standing, seconds=effort.repair, seed=seed)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - used
    anew = construct(changed.problem, seconds=effort.replan, seed=seed + 1)
    figures = _figures(changed.problem, repaired, anew)
    figures |= {"seconds": round(seconds, 2), "cpu_seconds": round(cpu_seconds, 2)}
    figures |= {"cancelled": changed.cancelled, "late": changed.late}
    say(
        f"{figures['moved_percent']} % moved in {figures['seconds']} s, {figures['value_loss_percent']} % less value; "
        f"no repair with so few changes is below {figures['least_loss_percent']} %"
    )
    return figures


@dataclass(frozen=True)
class ChangedEvent:
    """An event after people cancelled, who are free no more, and others joined."""

    problem: Problem
    cancelled: int
    late: int


def changed_event(problem: Problem, generator: np.random.Generator, share: float = _SHARE) -> ChangedEvent:
    """Cancelling and joining people each are `share` of all; late wishes are worth what wishes are worth."""
    count = len(problem.people)
    some = max(1, round(count * share)) if count else 0
    gone = set(generator.choice(count, size=some, replace=False).tolist()) if count else set()
    people = [replace(person, free=frozenset()) if n in gone else person for n, person in enumerate(problem.people)]
    here = [number for number in range(count) if number not in gone]
    values = [wish.value for wish in problem.wishes] or [1.0]
    pools = tuple(range(len(problem.pools)))
    wishes = list(problem.wishes)
    for late in range(some):
        free = np.flatnonzero(generator.random(len(problem.slots)) < _AVAILABLE).tolist()
        people.append(Person(f"late {late}", frozenset(free)))
        others = generator.choice(here, size=min(WISHES, len(here)), replace=False).tolist() if here else []
        for other in others:
            value = float(generator.choice(values))
            wishes.append(Wish(f"late {late} with {problem.people[other].key}", (other, count + late), pools, value))
    return ChangedEvent(replace(problem, people=tuple(people), wishes=tuple(wishes)), some, some)


def run(say: Callable[[str], None]) -> dict[str, Any]:
    """The event of the bar."""
    return measure_repair(say=say)


def run_event(say: Callable[[str], None], size: int | None = None, seed: int | None = None) -> dict[str, Any]:
    """An event of so many participants, drawn by a seed; None: as that of the bar."""
    people = PEOPLE if size is None else size
    return measure_repair(people, say=say, seed=SEED if seed is None else seed)


def _figures(problem: Problem, repaired: Repaired, anew: Timetable) -> dict[str, Any]:
    broken = [each for each in violations(problem, repaired.timetable) if each.rule is not Rule.MUST_HOLD]
    ours = value_of(problem, repaired.timetable)
    theirs = value_of(problem, anew)
    most = value_bound(problem)
    return {
        "moved_percent": round(100 * repaired.changed / max(1, repaired.untouched), 2),
        "elsewhere_percent": round(100 * len(repaired.moved) / max(1, repaired.untouched), 2),
        "value_loss_percent": _percent_below(theirs, ours),
        "least_loss_percent": _percent_below(theirs, repaired.reached[0].bound),
        "untouched": repaired.untouched,
        "changed": repaired.changed,
        "dropped": len(repaired.dropped),
        "added": len(repaired.added),
        "value": round(ours, 2),
        "value_anew": round(theirs, 2),
        "gap_percent": round(100 * repaired.reached[0].gap, 2),
        "gap_to_anew_bound_percent": _percent_below(most, ours),
        "gap_anew_percent": _percent_below(most, theirs),
        "violations": len(broken),
    }


def _percent_below(most: float, value: float) -> float:
    return round(100 * (most - value) / most, 2) if most > 0 else 0.0
