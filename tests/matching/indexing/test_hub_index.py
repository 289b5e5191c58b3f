"""Which rows a search may touch, and that a changed profile replaces itself."""

from dataclasses import replace

import numpy as np
import pytest

from matching.engine.centring import Centring
from matching.engine.vectors import NEVER, StatementRows
from matching.indexing.hub_index import HubIndex, IndexVersion, RowFilter
from tests.matching.engine.index_rows import statement_rows

TODAY = 739_000
ROWS = StatementRows(
    statement=np.arange(6),
    profile=np.array([1, 1, 2, 3, 4, 5]),
    organisation=np.array([10, 10, 10, 30, 40, 50]),
    kind=np.array([0, 0, 1, 2, 0, 3], np.int16),
    region=np.array([1081, 1081, 1082, 0, 1081, 1084], np.int16),
    level=np.array([0, 1, 0, 0, 2, 0], np.int16),
    expires=np.array([NEVER, NEVER, TODAY, TODAY - 1, NEVER, NEVER], np.int32),
)
EVERYTHING = RowFilter(levels=frozenset({0, 1, 2}), today=TODAY)


@pytest.mark.parametrize(
    ("changes", "passing"),
    [
        ({}, [0, 1, 2, 4, 5]),
        ({"today": TODAY + 1}, [0, 1, 4, 5]),
        ({"today": TODAY - 1}, [0, 1, 2, 3, 4, 5]),
        ({"levels": frozenset({0})}, [0, 2, 5]),
        ({"levels": frozenset({0, 1})}, [0, 1, 2, 5]),
        ({"levels": frozenset()}, []),
        ({"kinds": frozenset({0})}, [0, 1, 4]),
        ({"kinds": frozenset()}, []),
        ({"regions": frozenset({1081, 1084})}, [0, 1, 4, 5]),
        ({"profiles": frozenset({2, 5, 77})}, [2, 5]),
        ({"profiles": frozenset()}, []),
        ({"without_organisations": frozenset({10})}, [4, 5]),
        ({"without_profiles": frozenset({1, 5})}, [2, 4]),
        ({"kinds": frozenset({0}), "levels": frozenset({0}), "regions": frozenset({1081})}, [0]),
    ],
)
def test_filter_lets_exactly_these_rows_pass(changes: dict[str, object], passing: list[int]) -> None:
    mask = replace(EVERYTHING, **changes).mask(ROWS)

    assert np.flatnonzero(mask).tolist() == passing


def test_filter_of_no_rows_is_empty() -> None:
    assert EVERYTHING.mask(StatementRows.empty()).shape == (0,)


def test_replace_profiles_puts_new_rows_in_place_of_old() -> None:
    index = HubIndex(IndexVersion("e", 1, 1), 2, Centring())
    both = np.eye(2, dtype=np.float32)
    index.replace_profiles([], {"offer": (statement_rows([1, 2], [1, 2]), both)}, index.version)

    index.replace_profiles([1], {"need": (statement_rows([3], [1]), both[:1])}, IndexVersion("e", 1, 2))

    assert (len(index.offers), len(index.needs), len(index)) == (1, 1, 2)
    assert index.offers.rows.profile[index.offers.alive].tolist() == [2]
    assert index.version.published == 2


def test_replace_profiles_twice_does_not_double() -> None:
    index = HubIndex(IndexVersion("e", 1, 1), 2, Centring())
    rows = {"offer": (statement_rows([1, 2], [1, 1]), np.eye(2, dtype=np.float32))}

    for _time in range(3):
        index.replace_profiles([1], rows, index.version)

    assert len(index) == 2
