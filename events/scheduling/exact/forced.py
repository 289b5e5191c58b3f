"""Which meetings are held is often settled once the value is: then gaps and moves have sharper bounds."""

from dataclasses import replace

from events.scheduling.exact.costs import Costs
from events.scheduling.problem import Precedence, Problem
from events.scheduling.timetable import Place, Timetable


def all_settled(problem: Problem, costs: Costs, timetable: Timetable) -> bool:
    """Whether every timetable of this value holds exactly these wishes: all that can be are, and each counts."""
    return all(
        (number in timetable.places and (wish.is_rule or costs.weights[number] > 0))
        if problem.possible_slots[number]
        else number not in timetable.places
        for number, wish in enumerate(problem.wishes)
    )


def only_held(problem: Problem, timetable: Timetable) -> tuple[Problem, list[int]]:
    """The problem of holding all these wishes and no others, and for each of its wishes the number it has here."""
    held = sorted(timetable.places)
    numbers = {wish: number for number, wish in enumerate(held)}
    orders = tuple(
        Precedence(numbers[rule.before], numbers[rule.after])
        for rule in problem.precedences
        if rule.before in numbers and rule.after in numbers
    )
    wishes = tuple(replace(problem.wishes[wish], must_hold=True) for wish in held)
    return replace(problem, wishes=wishes, precedences=orders), held


def fewest_moves(problem: Problem, timetable: Timetable) -> int:
    """What these meetings cost in moves wherever they are: pools that share no meeting are not all in one place."""
    return sum(max(0, _apart(problem, timetable, person) - 1) for person in range(len(problem.people)))


def _apart(problem: Problem, timetable: Timetable, person: int) -> int:
    """Meetings of a person no two of which could be in one pool, as many as are found."""
    wishes = [problem.wishes[wish] for _place, wish in timetable.of_person(problem, person)]
    pools = [set(wish.pools if wish.fixed_pool is None else (wish.fixed_pool,)) for wish in wishes]
    seen: set[int] = set()
    count = 0
    for each in sorted(pools, key=len):
        if seen.isdisjoint(each):
            count += 1
            seen |= each
    return count


def renumbered(timetable: Timetable, held: list[int]) -> Timetable:
    """A timetable of `only_held`, in the numbers of the problem it was made from."""
    places: dict[int, Place] = {held[number]: place for number, place in timetable.places.items()}
    return Timetable(places)
