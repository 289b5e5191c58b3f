"""What is held in a few slots: the best choice, within seats, caps and what must not fall."""

import numpy as np

from events.scheduling.large.choosing import Floor, choose, columns_of
from events.scheduling.large.columns import Layout
from events.scheduling.problem import Person, Pool, Problem, Slot, Wish


def layout_of(pairs: list[tuple[int, int, float]], *, slots: int = 2, tables: int = 9) -> Layout:
    grid = tuple(Slot(20 * number, 20 * number + 15) for number in range(slots))
    people = tuple(Person(f"p{number}", frozenset(range(slots))) for number in range(6))
    wishes = tuple(Wish(f"{a}-{b}", (a, b), (0,), value=value) for a, b, value in pairs)
    return Layout(Problem(grid, people, (Pool("hall", "hall", (tables,) * slots),), wishes))


def chosen(layout: Layout, slots: list[int], *, most: float = np.inf, floor: Floor | None = None) -> list[int]:
    """Wishes held, in order."""
    open_ = np.ones(len(layout.values), dtype=bool)
    columns = columns_of(layout, slots, open_, lambda wish, slot, group: True)
    found = choose(layout, slots, columns, layout.values, np.full(6, most), 10.0, floor)
    assert found is not None
    return sorted(columns.wishes[found].tolist())


def test_odd_cycle_is_settled_to_whole_meetings() -> None:
    triangle = layout_of([(0, 1, 3.0), (1, 2, 3.0), (0, 2, 4.0)])

    assert chosen(triangle, [0]) == [2]


def test_two_slots_hold_what_one_cannot() -> None:
    path = layout_of([(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0)])

    assert chosen(path, [0, 1]) == [0, 1, 2]
    assert chosen(path, [0]) == [0, 2]


def test_tables_go_to_the_most_valued() -> None:
    pairs = layout_of([(0, 1, 1.0), (2, 3, 3.0), (4, 5, 2.0)], tables=1)

    assert chosen(pairs, [0, 1]) == [1, 2]


def test_people_meet_no_more_than_they_may() -> None:
    star = layout_of([(0, 1, 2.0), (0, 2, 1.0)])

    assert chosen(star, [0, 1], most=1) == [0]


def test_floor_is_kept_while_something_else_is_made_greatest() -> None:
    path = layout_of([(0, 1, 3.0), (1, 2, 5.0), (2, 3, 1.0)])
    counted = np.ones(3)

    assert chosen(path, [0]) == [1]
    assert chosen(path, [0], floor=Floor(counted, 2.0)) == [0, 2]


def test_columns_are_asked_only_where_a_rule_reaches_further() -> None:
    layout = layout_of([(0, 1, 1.0), (2, 3, 1.0)])
    layout.tricky[1] = True
    asked: list[int] = []

    def never(wish: int, slot: int, group: int) -> bool:
        asked.append(wish)
        return False

    columns = columns_of(layout, [0], np.ones(2, dtype=bool), never)

    assert columns.wishes.tolist() == [0]
    assert asked == [1]
