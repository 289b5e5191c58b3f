"""Seats: each meeting has one of its own, people stay where they are, and so do published meetings."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.scheduling.exact.board import filled
from events.scheduling.problem import Person, Pool, Problem, Slot, Wish
from events.scheduling.seating import seat
from events.scheduling.solving import solve
from events.scheduling.timetable import Place, Rule, Timetable, moves_of_people, violations
from tests.events.scheduling.random_problems import random_problem


def event(pairs: list[tuple[int, int]], *, slots: int, seats: int, pools: int = 1) -> Problem:
    people = max((person for pair in pairs for person in pair), default=1) + 1
    return Problem(
        slots=tuple(Slot(30 * number, 30 * number + 25) for number in range(slots)),
        people=tuple(Person(f"p{number}", frozenset(range(slots))) for number in range(people)),
        pools=tuple(Pool(f"hall {number}", "hall", (seats,) * slots) for number in range(pools)),
        wishes=tuple(Wish(f"w{number}", pair, tuple(range(pools))) for number, pair in enumerate(pairs)),
    )


def test_seat_lets_whoever_meets_all_day_stay() -> None:
    problem = event([(0, 1), (2, 3), (4, 5), (0, 6), (7, 8), (0, 9)], slots=3, seats=3)
    places = {0: Place(0, 0, 0), 1: Place(0, 0, 1), 2: Place(1, 0, 0), 3: Place(1, 0, 1)}
    places |= {4: Place(2, 0, 0), 5: Place(2, 0, 1)}

    seated = seat(problem, Timetable(places))

    assert violations(problem, seated) == []
    assert sum(moves_of_people(problem, Timetable(places))) == 1
    assert sum(moves_of_people(problem, seated)) == 0


def test_seat_looks_ahead_to_a_published_seat() -> None:
    problem = event([(0, 1), (2, 3), (0, 2)], slots=2, seats=3)
    places = {0: Place(0, 0), 1: Place(0, 0), 2: Place(1, 0)}

    seated = seat(problem, Timetable(places), before=Timetable({2: Place(1, 0, 2)}))

    assert 2 in (seated.places[0].seat, seated.places[1].seat)
    assert sum(moves_of_people(problem, seated)) == 1


def test_seat_keeps_published_seats_and_moves_others_round_them() -> None:
    problem = event([(0, 1), (2, 3), (4, 5)], slots=1, seats=3)
    before = Timetable({0: Place(0, 0, 2), 1: Place(0, 0, 0)})

    seated = seat(problem, Timetable({wish: Place(0, 0) for wish in range(3)}), before=before)

    assert [seated.places[wish].seat for wish in range(3)] == [2, 0, 1]


def test_seat_gives_up_published_seats_that_are_gone_doubled_or_elsewhere() -> None:
    problem = event([(0, 1), (2, 3), (4, 5), (6, 7)], slots=2, seats=2, pools=2)
    before = Timetable({0: Place(0, 0, 7), 1: Place(0, 0, 1), 2: Place(1, 0, 1), 3: Place(0, 1, -1)})

    now = {0: Place(0, 0), 1: Place(0, 0), 2: Place(0, 1), 3: Place(0, 1)}
    seated = seat(problem, Timetable(now), before=before)

    assert violations(problem, seated) == []
    assert seated.places[1] == Place(0, 0, 1)
    assert seated.places[0] == Place(0, 0, 0)
    assert {seated.places[wish].seat for wish in (2, 3)} == {0, 1}


def test_seat_numbers_on_where_a_place_holds_too_many() -> None:
    problem = event([(0, 1), (2, 3)], slots=1, seats=1)

    seated = seat(problem, Timetable({0: Place(0, 0), 1: Place(0, 0)}))

    assert sorted(place.seat for place in seated.places.values()) == [0, 1]
    assert [each.rule for each in violations(problem, seated)] == [Rule.CAPACITY]


def test_seat_of_nothing_is_nothing() -> None:
    assert seat(event([], slots=1, seats=1), Timetable({})).places == {}


@pytest.mark.parametrize("seed", range(6))
def test_seat_loses_nothing_of_a_better_seating(seed: int) -> None:
    """The same day in other orders is seated a little better or worse; the best of them stays as good."""
    random = Random(seed)
    meetings = [(slot, random.sample(range(10), 10)) for slot in range(6)]
    rows = [(slot, (order[2 * number], order[2 * number + 1])) for slot, order in meetings for number in range(4)]
    problem = event([pair for _slot, pair in rows], slots=6, seats=4)
    seatings = []
    for _order in range(12):
        order = random.sample(range(len(rows)), len(rows))
        other = event([rows[number][1] for number in order], slots=6, seats=4)
        seated = seat(other, Timetable({wish: Place(rows[number][0], 0) for wish, number in enumerate(order)}))
        seatings.append(Timetable({number: seated.places[wish] for wish, number in enumerate(order)}))
    best = min(seatings, key=lambda each: moves(problem, each))

    assert moves(problem, seat(problem, best)) <= moves(problem, best)


def halls(pairs: list[tuple[int, int]], *, slots: int, pools: tuple[Pool, ...], walk: int = 0) -> Problem:
    """The pause is 5 minutes; every meeting may be in every pool."""
    problem = event(pairs, slots=slots, seats=1, pools=len(pools))
    return Problem(problem.slots, problem.people, pools, problem.wishes, walking={("north", "south"): walk})


def test_seat_brings_a_day_in_two_halls_into_one() -> None:
    pools = Pool("n", "north", (2, 2, 2)), Pool("s", "south", (2, 2, 2))
    problem = halls([(0, 1), (0, 2), (0, 3)], slots=3, pools=pools)
    day = Timetable({0: Place(0, 0, 0), 1: Place(1, 1, 1), 2: Place(2, 0, 1)})

    assert sum(moves_of_people(problem, seat(problem, day))) == 2
    assert sum(moves_of_people(problem, seat(problem, day, in_any_pool=True))) == 0


def test_seat_keeps_the_hall_where_the_table_cannot_be_kept() -> None:
    """The first table is closed in the second slot; another in the hall, not one of the first that are free."""
    pools = Pool("s", "south", (1, 1)), Pool("n1", "north", (1, 0)), Pool("n2", "north", (0, 1))
    problem = halls([(0, 1), (0, 2)], slots=2, pools=pools)
    day = Timetable({0: Place(0, 1, 0), 1: Place(1, 0, 0)})

    now = seat(problem, day, in_any_pool=True, before=Timetable({0: Place(0, 1, 0)}))

    assert now.places == {0: Place(0, 1, 0), 1: Place(1, 2, 0)}


def test_seat_makes_no_walk_too_long() -> None:
    """Who has to be in the south afterwards cannot be drawn to the north by the others of the meeting."""
    pools = Pool("n", "north", (2, 2, 0)), Pool("s", "south", (2, 2, 2))
    problem = halls([(0, 1), (0, 2), (2, 3)], slots=3, pools=pools, walk=10)
    day = Timetable({0: Place(0, 0, 0), 1: Place(1, 1, 0), 2: Place(2, 1, 0)})
    published = Timetable({0: Place(0, 0, 0)})

    now = seat(problem, day, in_any_pool=True, before=published)

    assert now.places[1].pool == 1


def test_seat_leaves_meetings_at_the_stand_that_they_were_asked_for() -> None:
    pools = Pool("stand", "south", (1, 1)), Pool("tables", "north", (3, 3))
    plain = halls([(0, 1), (0, 2)], slots=2, pools=pools)
    at_stand, at_tables = (Wish(f"w{n}", pair, (n,)) for n, pair in enumerate(((0, 1), (0, 2))))
    problem = Problem(plain.slots, plain.people, pools, (at_stand, at_tables))

    now = seat(problem, Timetable({0: Place(0, 0, 0), 1: Place(1, 1, 2)}), in_any_pool=True)

    assert (now.places[0].pool, now.places[1].pool) == (0, 1)


def spread_day(slots: int) -> tuple[Problem, Timetable]:
    """Pairs of a random day on which nobody waits, put into three halls as they come; each must be held in its slot."""
    random = Random(4)
    pairs: list[tuple[int, int]] = []
    places: dict[int, Place] = {}
    for slot in range(slots):
        order = random.sample(range(48), 48)
        for number in range(24):
            places[len(pairs)] = Place(slot, number % 3, number // 3)
            pairs.append((order[2 * number], order[2 * number + 1]))
    plain = halls(pairs, slots=slots, pools=tuple(Pool(f"h{n}", f"h{n}", (8,) * slots) for n in range(3)))
    wishes = tuple(replace(wish, fixed_slot=places[number].slot) for number, wish in enumerate(plain.wishes))
    return replace(plain, wishes=wishes), Timetable(places)


def moves(problem: Problem, timetable: Timetable) -> int:
    return sum(moves_of_people(problem, timetable))


def test_seats_of_a_day_in_three_halls_are_nearly_as_good_as_in_one() -> None:
    three, day = spread_day(slots=8)
    one = halls([wish.people for wish in three.wishes], slots=8, pools=(Pool("all", "all", (24,) * 8),))  # type: ignore[misc]
    alone = seat(one, Timetable({w: Place(p.slot, 0, 8 * p.pool + p.seat) for w, p in day.places.items()}))

    across = seat(three, day, in_any_pool=True)

    assert violations(three, across) == []
    assert moves(three, across) <= 1.02 * moves(one, alone) < 0.85 * moves(three, seat(three, day))


def test_solving_looks_at_the_tables_of_all_halls() -> None:
    """A day with more choices of a seat than the exact model takes on."""
    three, day = spread_day(slots=30)

    solved = solve(three, seconds=60.0, start=day)

    assert violations(three, solved.timetable) == []
    assert moves(three, solved.timetable) < 0.85 * moves(three, seat(three, day))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 100_000))
def test_seat_in_any_pool_breaks_no_rule_and_moves_no_one_more(number: int) -> None:
    problem = random_problem(number, wishes=12, slots=5, people=6, rules=False)
    timetable = filled(problem, Timetable({}), [0] * len(problem.wishes))
    broken = {each.rule for each in violations(problem, timetable)}
    some = {wish: place for wish, place in timetable.places.items() if wish % 3 == 0}

    within = seat(problem, timetable)
    across = seat(problem, timetable, in_any_pool=True)
    again = seat(problem, timetable, in_any_pool=True, before=Timetable(some))

    moves = [sum(moves_of_people(problem, each)) for each in (across, within, timetable)]
    assert moves == sorted(moves)
    assert sum(moves_of_people(problem, again)) <= moves[-1]
    for found in (within, across, again):
        assert {each.rule for each in violations(problem, found)} <= broken <= {Rule.EQUAL_GAPS}
        assert {wish: place.slot for wish, place in found.places.items()} == {
            wish: place.slot for wish, place in timetable.places.items()
        }
    assert all(again.places[wish] == place for wish, place in some.items())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_seat_of_any_timetable_breaks_no_rule_and_moves_no_one_more(number: int) -> None:
    random = Random(number)
    problem, timetable = _random_day(random)
    some = {wish: place for wish, place in timetable.places.items() if random.random() < 0.5}

    seated = seat(problem, timetable)
    again = seat(problem, timetable, before=Timetable(some))

    assert sum(moves_of_people(problem, seated)) <= sum(moves_of_people(problem, timetable))
    for found in (seated, again):
        assert violations(problem, found) == []
        assert {wish: (place.slot, place.pool) for wish, place in found.places.items()} == {
            wish: (place.slot, place.pool) for wish, place in timetable.places.items()
        }
    assert all(again.places[wish] == place for wish, place in some.items())


def _random_day(random: Random) -> tuple[Problem, Timetable]:
    """A full day in which seats are numbered as they come."""
    slots, people, seats = random.randint(1, 5), random.randint(2, 10), random.randint(1, 4)
    pairs, places = [], {}
    for slot in range(slots):
        order = random.sample(range(people), people)
        for number in range(min(people // 2, seats)):
            places[len(pairs)] = Place(slot, 0, number)
            pairs.append((order[2 * number], order[2 * number + 1]))
    return event(pairs or [(0, 1)], slots=slots, seats=seats), Timetable(places)
