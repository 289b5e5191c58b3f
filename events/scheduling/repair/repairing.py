"""The day changes: the published timetable is mended so that few meetings change, and then is worth as much as it can.

What has to change is settled first, with the fewest changes; after that a bounded number of the untouched meetings
may change where that makes room for others.
"""

from dataclasses import dataclass, replace

import numpy as np

from events.scheduling.exact.board import filled
from events.scheduling.exact.searching import Effort, Watch
from events.scheduling.problem import Problem
from events.scheduling.repair.proposing import Proposals
from events.scheduling.repair.rearranging import Places, Task, Worth, at_home, without_musts
from events.scheduling.seating import seat
from events.scheduling.solved import Objective, OnProgress, Reached, go_on
from events.scheduling.timetable import Timetable, value_of, violations

_SHARE_MOVED = 0.02
_SMALL = 3_000  # choices of slots for wishes, up to which all is solved at once
_PEOPLE = 6  # whose meetings are looked at together
_FRUITLESS = 30  # parts without gain after which no more are tried
_CLOSE = 5e-4  # share of the value by which a proposal may miss the bound before parts are looked at


@dataclass(frozen=True)
class Repaired:
    """A repaired timetable, and how it differs from the published one; meetings are numbers of wishes, ascending.

    `moved` are held in another slot or pool, `reseated` at another seat of the same pool, `dropped` no longer,
    `added` were not published. Of the `untouched` published meetings, which could have stayed, `changed` did not:
    the number that `most_moved` bounds. `missing` must be held by a rule, but cannot be, or were not managed.
    """

    timetable: Timetable
    moved: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    added: tuple[int, ...] = ()
    reseated: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    untouched: int = 0
    changed: int = 0
    reached: tuple[Reached, ...] = ()
    seconds: float = 0.0
    cancelled: bool = False


def repair(
    problem: Problem,
    published: Timetable,
    *,
    most_moved: int | None = None,
    seconds: float = 10.0,
    seed: int = 0,
    on_progress: OnProgress = go_on,
    workers: int = 2,
) -> Repaired:
    """The published timetable, mended for a problem that has changed; wishes are numbered as in `problem`.

    See `renumbering.renumber` for a timetable of the problem before it changed. Meetings that are no longer possible
    where they are, and the fewest others that have to give way, are touched; at most `most_moved` of the rest (None:
    2 in 100) are held elsewhere or dropped. The answer breaks no rule, except that `missing` are not held.
    """
    watch = Watch(seconds, on_progress)
    task, standing = _settled(problem, published, most_moved, watch, Effort(seconds * 0.4, seed, workers))
    standing, bound = _improved(task, standing, watch, Effort(seconds, seed, workers))
    timetable = seat(task.problem, standing, before=published)
    return _report(problem, published, task, timetable, bound, watch)


def _settled(
    problem: Problem, published: Timetable, most_moved: int | None, watch: Watch, effort: Effort
) -> tuple[Task, Timetable]:
    """What stays of the published timetable once all that has to give way does, and what may be done from there."""
    plain = without_musts(problem)
    musts = frozenset(number for number, wish in enumerate(problem.wishes) if wish.is_rule)
    home = _still_possible(plain, published)
    standing = Timetable(dict(home))
    missing = [wish for wish in musts if wish not in home and plain.possible_slots[wish]]
    if missing or violations(plain, standing):
        standing = _fewest_changes(problem, plain, home, musts, watch, effort)
    stay = {wish: place for wish, place in home.items() if at_home(place, standing.places.get(wish))}
    most = int(len(stay) * _SHARE_MOVED) if most_moved is None else max(0, most_moved)
    return Task(plain, stay, most, Worth.of_value(problem), musts), standing


def _still_possible(plain: Problem, published: Timetable) -> Places:
    """Published places that are possible on their own, each at a seat of its own."""
    home = {
        wish: place
        for wish, place in published.places.items()
        if place.slot in plain.possible_slots[wish] and place.pool in plain.pools_of(plain.wishes[wish], place.slot)
    }
    return seat(plain, Timetable(home), before=published).places


def _fewest_changes(
    problem: Problem, plain: Problem, home: Places, musts: frozenset[int], watch: Watch, effort: Effort
) -> Timetable:
    """Most musts, and then most meetings at home; what has no must and cannot stay is left out for now."""
    free = home.keys() | musts
    narrowed = plain if plain.equal_within is not None else _narrowed(plain, home, musts)
    task = Task(narrowed, home, len(home), Worth.of_keeping(problem), musts)
    start = filled(narrowed, Timetable(dict(home)), [-worth for worth in task.worth.held])
    if violations(plain, start):
        start = Timetable({})
    return task.better(task.rearrange(free, start, watch, effort).timetable, start)


def _narrowed(plain: Problem, home: Places, musts: frozenset[int]) -> Problem:
    """Wishes with a published place may be held there only, unless they must be held anyhow."""
    return replace(
        plain,
        wishes=tuple(
            replace(wish, slots=frozenset({home[number].slot}), pools=(home[number].pool,))
            if number in home and number not in musts
            else wish if number in musts else replace(wish, slots=frozenset())
            for number, wish in enumerate(plain.wishes)
        ),
    )  # fmt: skip


def _improved(task: Task, standing: Timetable, watch: Watch, effort: Effort) -> tuple[Timetable, float]:
    """The best timetable that was found, and what the value of none exceeds."""
    if sum(map(len, task.problem.possible_slots)) <= _SMALL:
        found = task.rearrange(range(len(task.problem.wishes)), standing, watch, effort)
        standing = task.better(found.timetable, standing)
        if found.proven and found.timetable is not None:
            return standing, value_of(task.problem, standing)
        proposals = _proposals(task, standing, watch, effort)
        proposals.sharpen()
        return standing, proposals.bound
    proposals = _proposals(task, standing, watch, effort)
    standing = _by_proposals(task, proposals, standing, watch)
    if value_of(task.problem, standing) < proposals.bound * (1 - _CLOSE) and not _is_plain(task.problem):
        standing = _by_parts(task, proposals.bound, standing, watch, effort)
    return standing, proposals.bound


def _is_plain(problem: Problem) -> bool:
    """Whether a relaxation knows all rules."""
    return not problem.walking and not problem.precedences and problem.equal_within is None


def _proposals(task: Task, standing: Timetable, watch: Watch, effort: Effort) -> Proposals:
    return Proposals(task, watch, effort, len(task.musts & standing.places.keys()))


def _by_proposals(task: Task, proposals: Proposals, standing: Timetable, watch: Watch) -> Timetable:
    standing = task.better(proposals.filled(standing), standing)
    for each in proposals.rounds():
        standing = task.better(proposals.propose(standing, each), standing)
        watch.tell(Objective.VALUE, value_of(task.problem, standing), proposals.bound, standing)
    return standing


def _by_parts(task: Task, bound: float, standing: Timetable, watch: Watch, effort: Effort) -> Timetable:
    """A few people who wish to meet at a time: their meetings are arranged anew, all others stay."""
    random, fruitless = np.random.default_rng(effort.seed), 0
    while not watch.over and fruitless < _FRUITLESS:
        free = _part(task.problem, random)
        found = task.rearrange(free, standing, watch, replace(effort, seconds=effort.seconds / 10))
        better = task.better(found.timetable, standing)
        fruitless = fruitless + 1 if better is standing else 0
        standing = better
        watch.tell(Objective.VALUE, value_of(task.problem, standing), bound, standing)
    return standing


def _part(problem: Problem, random: np.random.Generator) -> set[int]:
    possible = [wish for wish, slots in enumerate(problem.possible_slots) if slots]
    people = set(problem.wishes[int(random.choice(possible))].people) if possible else set()
    for _try in range(4 * _PEOPLE):
        known = problem.wishes_of[int(random.choice(sorted(people)))] if people else ()
        if known and len(people) < _PEOPLE:
            people |= set(problem.wishes[int(random.choice(known))].people)
    return {wish for person in people for wish in problem.wishes_of[person] if problem.possible_slots[wish]}


def _report(
    problem: Problem, published: Timetable, task: Task, timetable: Timetable, bound: float, watch: Watch
) -> Repaired:
    now, then = timetable.places, published.places
    both = sorted(now.keys() & then.keys())
    value = value_of(problem, timetable)
    return Repaired(
        timetable=timetable,
        moved=tuple(wish for wish in both if not at_home(then[wish], now[wish])),
        dropped=tuple(sorted(then.keys() - now.keys())),
        added=tuple(sorted(now.keys() - then.keys())),
        reseated=tuple(wish for wish in both if at_home(then[wish], now[wish]) and then[wish] != now[wish]),
        missing=tuple(sorted(task.musts - now.keys())),
        untouched=len(task.home),
        changed=task.changed(timetable),
        reached=(Reached(Objective.VALUE, value, max(bound, value), bound - value <= 1e-6 * max(1.0, abs(bound))),),
        seconds=watch.spent,
        cancelled=watch.cancelled,
    )
