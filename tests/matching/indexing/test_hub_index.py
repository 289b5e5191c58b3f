"""Which rows a search may touch, and that a changed profile replaces itself in columns, vectors and words alike."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from matching.engine.calibration import Background
from matching.engine.centring import Centring
from matching.engine.faiss_store import FaissVectorStore
from matching.engine.rows import NEVER, RowFilter, StatementRows
from matching.engine.terms import TantivyTermIndex
from matching.indexing.hub_index import Entries, HubIndex, IndexVersion, Stores
from tests.matching.domain.watching import held_statements
from tests.matching.engine.index_rows import EVERYTHING, documents, facts, statement_rows, unit_vectors

TODAY = 739_000
DIMENSION = 4
ROWS = statement_rows(
    range(6),
    [1, 1, 2, 3, 4, 5],
    statement_kind=[0, 1, 2, 0, 1, 0],
    kind=[0, 0, 1, 2, 0, 3],
    region=[1081, 1081, 1082, 0, 1081, 1084],
    stage=[7, 0, 0, 8, 7, 0],
    level=[0, 1, 0, 0, 2, 0],
    expires=[NEVER, NEVER, TODAY, TODAY - 1, NEVER, NEVER],
)
OPEN = RowFilter(levels=frozenset({0, 1, 2}), today=TODAY)


@pytest.mark.parametrize(
    ("changes", "passing"),
    [
        ({}, [0, 1, 2, 4, 5]),
        ({"today": TODAY + 1}, [0, 1, 4, 5]),
        ({"today": TODAY - 1}, [0, 1, 2, 3, 4, 5]),
        ({"levels": frozenset({0})}, [0, 2, 5]),
        ({"levels": frozenset({0, 1})}, [0, 1, 2, 5]),
        ({"levels": frozenset()}, []),
        ({"statement_kinds": frozenset({1, 2})}, [1, 2, 4]),
        ({"kinds": frozenset({0})}, [0, 1, 4]),
        ({"kinds": frozenset()}, []),
        ({"regions": frozenset({1081, 1084})}, [0, 1, 4, 5]),
        ({"stages": frozenset({7, 8})}, [0, 4]),
        ({"stages": frozenset()}, []),
        ({"profiles": frozenset({2, 5, 77})}, [2, 5]),
        ({"profiles": frozenset()}, []),
        ({"statements": frozenset({0, 3, 5, 99})}, [0, 5]),
        ({"without_organisations": frozenset({1001})}, [2, 4, 5]),
        ({"kinds": frozenset({0}), "levels": frozenset({0}), "regions": frozenset({1081})}, [0]),
    ],
)
def test_filter_lets_exactly_these_rows_pass(changes: dict[str, object], passing: list[int]) -> None:
    mask = replace(OPEN, **changes).mask(ROWS)

    assert np.flatnonzero(mask).tolist() == passing


def test_filter_of_no_rows_is_empty() -> None:
    assert OPEN.mask(StatementRows.empty()).shape == (0,)


def empty_index() -> HubIndex:
    stores = Stores(FaissVectorStore(DIMENSION), TantivyTermIndex.create())
    return HubIndex(IndexVersion("e", 1, 1), stores, Centring(), Background.none(DIMENSION))


def entries(statements: Sequence[int], profiles: Sequence[int]) -> Entries:
    rows = statement_rows(statements, profiles)
    vectors = unit_vectors(np.random.default_rng(len(statements)), len(statements), DIMENSION)
    return Entries(rows, facts(rows), vectors, documents(rows))


def test_replace_profiles_puts_new_rows_in_place_of_old() -> None:
    index = empty_index()
    index.replace_profiles([], entries([1, 2], [1, 2]), index.version)

    index.replace_profiles([1], entries([3], [1]), IndexVersion("e", 1, 2))

    assert held_statements(index) == {2, 3}
    assert index.rows.profile.tolist() == [2, 1]
    assert index.facts.themes.tolist() == [6, 9]
    assert index.version.published == 2


def test_replace_profiles_twice_does_not_double() -> None:
    index = empty_index()

    for _time in range(3):
        index.replace_profiles([1], entries([1, 2], [1, 1]), index.version)

    assert (len(index), held_statements(index)) == (2, {1, 2})


def test_replace_profiles_keeps_columns_in_order_of_statement() -> None:
    index = empty_index()
    index.replace_profiles([], entries([5, 9], [1, 2]), index.version)

    index.replace_profiles([3], entries([2, 7], [3, 3]), index.version)

    assert index.rows.statement.tolist() == [2, 5, 7, 9]
    assert index.facts.themes.tolist() == [6, 15, 21, 27]


def test_profile_that_is_gone_takes_all_its_texts_along() -> None:
    index = empty_index()
    index.replace_profiles([], entries([1, 2, 3], [1, 1, 2]), index.version)

    index.replace_profiles([1], entries([], []), index.version)

    assert held_statements(index) == {3}


def test_statement_that_changes_hands_is_there_once() -> None:
    index = empty_index()
    index.replace_profiles([], entries([1], [1]), index.version)

    index.replace_profiles([1, 2], entries([1], [2]), index.version)

    assert (held_statements(index), index.rows.profile.tolist()) == ({1}, [2])


@pytest.mark.parametrize("asked", [[], [1], [4], [3, 1, 9, 0]])
def test_positions_say_where_statements_stand(asked: list[int]) -> None:
    index = empty_index()
    index.replace_profiles([], entries([1, 3, 4], [1, 2, 3]), index.version)

    found = index.positions(np.array(asked, dtype=np.int64))

    assert found.tolist() == [{1: 0, 3: 1, 4: 2}.get(each, -1) for each in asked]


def test_positions_in_an_empty_index_are_none() -> None:
    assert empty_index().positions(np.array([0, 7])).tolist() == [-1, -1]


def test_passing_rows_are_those_of_the_filter() -> None:
    index = empty_index()
    index.replace_profiles([], entries([1, 3, 4], [1, 2, 3]), index.version)

    assert index.passing(replace(EVERYTHING, profiles=frozenset({1, 3}))).statement.tolist() == [1, 4]
