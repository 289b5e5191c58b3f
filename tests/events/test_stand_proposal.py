"""Who is proposed which stand: nobody and no stand twice, themes together, the same every time."""

from itertools import groupby
from random import Random

import pytest

from events.queries.stand_proposal import Applicant, FreeStand, propose_stands

THEMES = (None, "theme:a", "theme:b", "theme:c")


def applicant(key: int, theme: str | None = None, name: str = "") -> Applicant:
    return Applicant(key, name or f"N{key:03}", theme, THEMES.index(theme), signed_up=key)


def stands(*themes: str | None) -> list[FreeStand]:
    """Stands 101, 102 and so on, along the hall."""
    return [FreeStand(101 + place, theme) for place, theme in enumerate(themes)]


def crowd(seed: int, number: int) -> list[Applicant]:
    draw = Random(seed)
    return [applicant(key, draw.choice(THEMES)) for key in range(1, number + 1)]


def hall(seed: int, number: int) -> list[FreeStand]:
    draw = Random(seed + 1)
    return stands(*(draw.choice((None, None, *THEMES)) for _each in range(number)))


@pytest.mark.parametrize(("people", "places"), [(0, 5), (5, 0), (8, 20), (20, 8), (30, 30), (125, 125)])
@pytest.mark.parametrize("seed", range(5))
def test_everybody_has_one_stand_as_far_as_they_go(seed: int, people: int, places: int) -> None:
    waiting, free = crowd(seed, people), hall(seed, places)

    proposed = propose_stands(waiting, free)

    assert len(proposed) == len(set(proposed.values())) == min(people, places)
    assert set(proposed) <= {each.key for each in waiting}
    assert set(proposed.values()) <= {stand.key for stand in free}


@pytest.mark.parametrize("seed", range(5))
def test_proposal_does_not_depend_on_the_order_of_the_exhibitors(seed: int) -> None:
    waiting, free = crowd(seed, 40), hall(seed, 30)
    mixed = Random(seed).sample(waiting, len(waiting))

    assert propose_stands(mixed, free) == propose_stands(waiting, free)


@pytest.mark.parametrize("seed", range(5))
def test_those_of_one_theme_stand_beside_each_other(seed: int) -> None:
    waiting = crowd(seed, 30)

    proposed = propose_stands(waiting, stands(*[None] * 40))

    theme = {each.key: each.theme for each in waiting}
    along = [theme[key] for key, _stand in sorted(proposed.items(), key=lambda row: row[1])]
    assert [each for each, _rows in groupby(along)] == ["theme:a", "theme:b", "theme:c", None]


def test_names_decide_within_a_theme_whatever_their_capitals() -> None:
    waiting = [applicant(1, "theme:a", "Zeta"), applicant(2, "theme:a", "alfa"), applicant(3, "theme:a", "Beta")]

    assert propose_stands(waiting, stands(None, None, None)) == {2: 101, 3: 102, 1: 103}


def test_stand_kept_for_a_theme_goes_to_that_theme_first() -> None:
    waiting = [applicant(1, "theme:a"), applicant(2, "theme:c"), applicant(3, "theme:c"), applicant(4)]

    proposed = propose_stands(waiting, stands("theme:c", None, None, None))

    assert proposed == {2: 101, 1: 102, 3: 103, 4: 104}


def test_stand_kept_for_another_theme_is_used_last() -> None:
    free = stands("theme:b", None, "theme:c", None)

    assert propose_stands([applicant(1, "theme:a"), applicant(2)], free) == {1: 102, 2: 104}
    assert propose_stands([applicant(1, "theme:a"), applicant(2), applicant(3)], free) == {1: 101, 2: 102, 3: 104}


def test_those_who_signed_up_last_have_none_where_stands_are_too_few() -> None:
    waiting = [applicant(1, None, "Zeta"), applicant(2, "theme:c", "Ypsilon"), applicant(3, "theme:a"), applicant(4)]

    assert propose_stands(waiting, stands("theme:a", None)) == {2: 101, 1: 102}
