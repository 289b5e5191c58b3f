"""A timetable of one problem read as one of another: people join, leave and change, and numbers with them.

Keys are what stays: wishes, people and pools are matched by key, slots by when they are.
"""

from collections.abc import Hashable, Iterable

from events.scheduling.errors import InvalidProblem
from events.scheduling.problem import Problem
from events.scheduling.timetable import Place, Timetable


def renumber(old_problem: Problem, timetable: Timetable, new_problem: Problem) -> Timetable:
    """The timetable in the numbers of the new problem; meetings that it does not know (`vanished`) are left out.

    A wish is the same if its key and the keys of its people are. Places are taken over as they were, be they
    possible now or not.

    Raises:
        InvalidProblem: two wishes, people or pools of a problem have one key.
    """
    wishes, slots, pools = (match(old_problem, new_problem) for match in (_wishes, _slots, _pools))
    return Timetable(
        {
            wishes[wish]: Place(slots[place.slot], pools[place.pool], place.seat)
            for wish, place in sorted(timetable.places.items())
            if wish in wishes and place.slot in slots and place.pool in pools
        }
    )


def vanished(old_problem: Problem, timetable: Timetable, new_problem: Problem) -> tuple[int, ...]:
    """Meetings, by their old numbers, whose wish, slot or pool is no more: whoever had them must be told.

    Raises:
        InvalidProblem: two wishes, people or pools of a problem have one key.
    """
    wishes, slots, pools = (match(old_problem, new_problem) for match in (_wishes, _slots, _pools))
    return tuple(
        wish
        for wish, place in sorted(timetable.places.items())
        if wish not in wishes or place.slot not in slots or place.pool not in pools
    )


def _wishes(old: Problem, new: Problem) -> dict[int, int]:
    for problem in (old, new):
        _unique([person.key for person in problem.people], "people")
    matched = _matched([wish.key for wish in old.wishes], [wish.key for wish in new.wishes], "wishes")
    return {one: other for one, other in matched.items() if _who(old, one) == _who(new, other)}


def _who(problem: Problem, wish: int) -> frozenset[str]:
    return frozenset(problem.people[person].key for person in problem.wishes[wish].people)


def _slots(old: Problem, new: Problem) -> dict[int, int]:
    return _matched([(s.start, s.end) for s in old.slots], [(s.start, s.end) for s in new.slots], "slots")


def _pools(old: Problem, new: Problem) -> dict[int, int]:
    return _matched([pool.key for pool in old.pools], [pool.key for pool in new.pools], "pools")


def _matched(old: Iterable[Hashable], new: Iterable[Hashable], what: str) -> dict[int, int]:
    before, after = _unique(old, what), _unique(new, what)
    return {number: after[key] for key, number in before.items() if key in after}


def _unique(keys: Iterable[Hashable], what: str) -> dict[Hashable, int]:
    numbers: dict[Hashable, int] = {}
    for number, key in enumerate(keys):
        if key in numbers:
            raise InvalidProblem(f"Two {what} have the key {key}.")
        numbers[key] = number
    return numbers
