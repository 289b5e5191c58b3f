"""Seats: each meeting has one of its own, people stay where they are, and so do published meetings."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from events.scheduling.problem import Person, Pool, Problem, Slot, Wish
from events.scheduling.seating import seat
from events.scheduling.timetable import Place, Rule, Timetable, moves_of_people, violations


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


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_seat_of_any_timetable_breaks_no_rule_and_moves_no_one_more(number: int) -> None:
    random = Random(number)
    problem, timetable = _random_day(random)
    some = {wish: place for wish, place in timetable.places.items() if random.random() < 0.5}

    seated = seat(problem, timetable)
    again = seat(problem, timetable, before=Timetable(some))

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
