"""Exact search is exact: against brute force, against a slow model, and against files that were damaged."""

import errno
import tempfile
from dataclasses import fields
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.engine.vectors import (
    NEVER,
    BrokenIndexError,
    StatementIndex,
    StatementRows,
    Vectors,
)
from tests.matching.engine.index_rows import all_rows, filled_index, statement_rows, unit_vectors

DIMENSION = 12


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(20)


def brute_force(queries: Vectors, vectors: Vectors, allowed: NDArray[np.bool_], k: int) -> list[list[int]]:
    """Positions of the k best allowed rows for each query, equal scores in row order."""
    places = np.flatnonzero(allowed)
    scores = queries.astype(np.float64) @ vectors[places].T.astype(np.float64)
    return [[int(places[i]) for i in np.lexsort((places, -row))[:k]] for row in scores]


@pytest.mark.parametrize("k", [1, 7, 40, 120, 300])
@pytest.mark.parametrize("query_count", [1, 3, 30])
def test_search_equals_brute_force(generator: np.random.Generator, query_count: int, k: int) -> None:
    vectors, queries = (unit_vectors(generator, n, DIMENSION) for n in (300, query_count))

    positions, scores = filled_index(vectors).search(queries, k, np.ones(300, dtype=np.bool_))

    assert positions.tolist() == brute_force(queries, vectors, np.ones(300, dtype=np.bool_), k)
    expected = np.take_along_axis(queries @ vectors.T, positions, axis=1)
    np.testing.assert_allclose(scores, expected, atol=1e-6)


def test_search_filters_inside_and_still_gives_k_results(generator: np.random.Generator) -> None:
    vectors, queries = (unit_vectors(generator, n, DIMENSION) for n in (500, 2))
    allowed = np.zeros(500, dtype=np.bool_)
    worst = np.argsort(queries[0] @ vectors.T)[:20]
    allowed[worst] = True

    positions, _scores = filled_index(vectors).search(queries, 10, allowed)

    assert positions.shape == (2, 10)
    assert positions.tolist() == brute_force(queries, vectors, allowed, 10)


def test_search_with_fewer_allowed_than_k_gives_fewer_columns(generator: np.random.Generator) -> None:
    index = filled_index(unit_vectors(generator, 30, DIMENSION))
    allowed = np.zeros(30, dtype=np.bool_)
    allowed[[3, 17]] = True

    positions, scores = index.search(unit_vectors(generator, 3, DIMENSION), 10, allowed)

    assert positions.shape == scores.shape == (3, 2)
    assert {tuple(sorted(row)) for row in positions.tolist()} == {(3, 17)}


@pytest.mark.parametrize("query_count", [0, 2])
def test_search_of_nothing_gives_no_columns(generator: np.random.Generator, query_count: int) -> None:
    index = StatementIndex(DIMENSION)

    positions, scores = index.search(unit_vectors(generator, query_count, DIMENSION), 5, all_rows(index))

    assert positions.shape == scores.shape == (query_count, 0)


def test_search_without_queries_gives_no_rows(generator: np.random.Generator) -> None:
    index = filled_index(unit_vectors(generator, 5, DIMENSION))

    positions, _scores = index.search(np.empty((0, DIMENSION), np.float32), 5, all_rows(index))

    assert positions.shape == (0, 0)


def test_search_equal_scores_stand_in_row_order(generator: np.random.Generator) -> None:
    vectors = np.repeat(unit_vectors(generator, 3, DIMENSION), 40, axis=0)[generator.permutation(120)]
    queries = unit_vectors(generator, 5, DIMENSION)

    positions, _scores = filled_index(vectors).search(queries, 120, np.ones(120, dtype=np.bool_))

    assert positions.tolist() == brute_force(queries, vectors, np.ones(120, dtype=np.bool_), 120)


@pytest.mark.parametrize("count", [2, 7, 33, 64, 257])
def test_scores_of_equal_vectors_are_equal_wherever_they_stand(generator: np.random.Generator, count: int) -> None:
    vectors = np.repeat(unit_vectors(generator, 1, 384), count, axis=0)
    index = filled_index(vectors)

    scores = index.scores(unit_vectors(generator, 5, 384), np.arange(count))

    assert [len(set(row)) for row in scores.tolist()] == [1] * 5


def test_scores_are_inner_products_in_the_order_asked(generator: np.random.Generator) -> None:
    vectors, queries = (unit_vectors(generator, n, DIMENSION) for n in (20, 3))
    asked = np.array([7, 0, 19])

    scores = filled_index(vectors).scores(queries, asked)

    np.testing.assert_allclose(scores, queries @ vectors[asked].T, atol=1e-6)


def test_scores_of_nothing_are_empty(generator: np.random.Generator) -> None:
    index = filled_index(unit_vectors(generator, 3, DIMENSION))

    assert index.scores(unit_vectors(generator, 2, DIMENSION), np.empty(0, np.int64)).shape == (2, 0)
    assert index.scores(np.empty((0, DIMENSION), np.float32), np.arange(3)).shape == (0, 3)


def test_dead_rows_are_never_returned(generator: np.random.Generator) -> None:
    vectors = unit_vectors(generator, 50, DIMENSION)
    index = filled_index(vectors, profiles=[number % 5 for number in range(50)])

    index.remove_profiles([1, 3, 99])
    positions, _scores = index.search(unit_vectors(generator, 20, DIMENSION), 50, all_rows(index))

    assert len(index) == 30
    assert positions.shape == (20, 30)
    assert sorted(set(index.rows.profile[positions].ravel().tolist())) == [0, 2, 4]


def test_remove_nobody_changes_nothing(generator: np.random.Generator) -> None:
    index = filled_index(unit_vectors(generator, 4, DIMENSION))

    index.remove_profiles([])

    assert len(index) == 4


def test_query_that_is_not_a_number_finds_nothing(generator: np.random.Generator) -> None:
    index = filled_index(unit_vectors(generator, 4, DIMENSION))
    queries = np.full((1, DIMENSION), np.nan, dtype=np.float32)

    positions, scores = index.search(queries, 2, all_rows(index))

    assert positions.tolist() == [[-1, -1]]
    assert scores.tolist() == [[-np.inf, -np.inf]]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_add_not_finite_is_refused_and_nothing_is_added(generator: np.random.Generator, value: float) -> None:
    index = filled_index(unit_vectors(generator, 3, DIMENSION))
    broken = unit_vectors(generator, 2, DIMENSION)
    broken[1, 4] = value

    with pytest.raises(BrokenIndexError, match="not a number"):
        index.add(statement_rows([10, 11]), broken)

    assert (len(index), len(index.rows), len(index.alive)) == (3, 3, 3)
    assert index.search(broken[:1], 9, all_rows(index))[0].shape == (1, 3)


@pytest.mark.parametrize(
    "shape", [(2, DIMENSION + 1), (2, DIMENSION - 1), (1, DIMENSION), (3, DIMENSION), (DIMENSION,)]
)
def test_add_wrong_shape_is_refused_and_nothing_is_added(
    generator: np.random.Generator, shape: tuple[int, ...]
) -> None:
    index = filled_index(unit_vectors(generator, 3, DIMENSION))

    with pytest.raises(BrokenIndexError, match="dimension 12"):
        index.add(statement_rows([10, 11]), np.ones(shape, dtype=np.float32))

    assert (len(index), len(index.rows), len(index.alive)) == (3, 3, 3)


def test_add_no_rows_is_fine() -> None:
    index = StatementIndex(DIMENSION)

    index.add(StatementRows.empty(), np.empty((0, DIMENSION), np.float32))

    assert len(index) == 0


def test_save_and_load_pack_the_dead_away(generator: np.random.Generator, tmp_path: Path) -> None:
    vectors, queries = (unit_vectors(generator, n, DIMENSION) for n in (40, 5))
    index = filled_index(vectors, profiles=[number % 4 for number in range(40)])
    index.remove_profiles([2])

    names = index.save(tmp_path)
    loaded = StatementIndex.load(tmp_path, dimension=DIMENSION)

    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())
    assert (len(loaded), len(loaded.rows), len(loaded.alive)) == (30, 30, 30)
    before, after = (each.search(queries, 30, all_rows(each)) for each in (index, loaded))
    assert loaded.rows.statement[after[0]].tolist() == index.rows.statement[before[0]].tolist()
    np.testing.assert_array_equal(after[1], before[1])


def test_save_and_load_keep_every_column(tmp_path: Path) -> None:
    rows = StatementRows(
        np.array([5, 2**40]), np.array([7, 8]), np.array([1, 2]),
        np.array([3, 4], np.int16), np.array([1081, 0], np.int16), np.array([0, 2], np.int16),
        np.array([NEVER, 739_000], np.int32),
    )  # fmt: skip
    index = StatementIndex(2)
    index.add(rows, np.eye(2, dtype=np.float32))

    index.save(tmp_path)
    loaded = StatementIndex.load(tmp_path, dimension=2)

    for column in fields(StatementRows):
        before, after = getattr(rows, column.name), getattr(loaded.rows, column.name)
        assert (after.tolist(), after.dtype) == (before.tolist(), before.dtype)


def test_save_and_load_empty_index(tmp_path: Path) -> None:
    StatementIndex(DIMENSION).save(tmp_path)

    assert len(StatementIndex.load(tmp_path, dimension=DIMENSION)) == 0


@pytest.mark.parametrize("name", ["vectors.faiss", "rows.npz"])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_load_cut_off_file_is_refused(generator: np.random.Generator, tmp_path: Path, name: str, share: float) -> None:
    filled_index(unit_vectors(generator, 40, DIMENSION)).save(tmp_path)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: int(len(content) * share)])

    with pytest.raises(BrokenIndexError, match="cannot be read"):
        StatementIndex.load(tmp_path, dimension=DIMENSION)


@pytest.mark.parametrize("name", ["vectors.faiss", "rows.npz"])
@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 not a zip", b"\x00" * 400, b"not an index at all"])
def test_load_missing_or_foreign_file_is_refused(
    generator: np.random.Generator, tmp_path: Path, name: str, content: bytes | None
) -> None:
    filled_index(unit_vectors(generator, 4, DIMENSION)).save(tmp_path)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(BrokenIndexError, match="cannot be read"):
        StatementIndex.load(tmp_path, dimension=DIMENSION)


def test_load_other_dimension_is_refused(generator: np.random.Generator, tmp_path: Path) -> None:
    filled_index(unit_vectors(generator, 4, DIMENSION)).save(tmp_path)

    with pytest.raises(BrokenIndexError, match="does not fit"):
        StatementIndex.load(tmp_path, dimension=DIMENSION + 1)


def test_load_columns_of_another_index_are_refused(generator: np.random.Generator, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    filled_index(unit_vectors(generator, 4, DIMENSION)).save(tmp_path)
    filled_index(unit_vectors(generator, 5, DIMENSION)).save(tmp_path / "other")
    (tmp_path / "other" / "rows.npz").replace(tmp_path / "rows.npz")

    with pytest.raises(BrokenIndexError, match="does not fit"):
        StatementIndex.load(tmp_path, dimension=DIMENSION)


def test_save_on_a_full_disk_is_an_os_error(
    generator: np.random.Generator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise RuntimeError("Error: write error: No space left on device")

    monkeypatch.setattr(faiss, "write_index", refuse)

    with pytest.raises(OSError, match="No space left on device") as caught:
        filled_index(unit_vectors(generator, 4, DIMENSION)).save(tmp_path)

    assert caught.value.errno == errno.EIO


def test_rows_take_and_join_keep_columns_together() -> None:
    rows = statement_rows([1, 2, 3], [10, 20, 30])

    picked = rows.take(np.array([2, 0])).joined(rows.take(np.array([False, True, False])))

    assert (picked.statement.tolist(), picked.profile.tolist()) == ([3, 1, 2], [30, 10, 20])
    assert picked.organisation.tolist() == [1030, 1010, 1020]
    assert len(picked) == 3


class SlowModel:
    """What the index should be: a plain list of rows, searched one by one in double precision."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, list[float]]] = []

    def add(self, statements: list[int], profile: int, vectors: Vectors) -> None:
        self.rows += [(item, profile, row) for item, row in zip(statements, vectors.tolist(), strict=True)]

    def remove(self, profiles: list[int]) -> None:
        self.rows = [row for row in self.rows if row[1] not in profiles]

    def scores(self, query: list[float], allowed_profiles: set[int]) -> dict[int, float]:
        return {
            statement: sum(a * b for a, b in zip(query, vector, strict=True))
            for statement, profile, vector in self.rows
            if profile in allowed_profiles
        }


PROFILES = st.integers(0, 5)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), PROFILES, st.integers(0, 6)),
        st.tuples(st.just("remove"), st.lists(PROFILES, max_size=3)),
        st.tuples(
            st.just("save"),
        ),
        st.tuples(st.just("search"), st.sets(PROFILES), st.integers(1, 12)),
    ),
    max_size=14,
)


@settings(max_examples=60)
@given(STEPS, st.integers(0, 2**32 - 1))
def test_index_behaves_like_a_slow_list(steps: list[tuple[object, ...]], seed: int) -> None:
    generator = np.random.default_rng(seed)
    index, model, next_id = StatementIndex(4), SlowModel(), 0
    for step in [*steps, ("search", {0, 1, 2, 3, 4, 5}, 100)]:
        match step:
            case ("add", int(profile), int(count)):
                statements = list(range(next_id, next_id + count))
                vectors = unit_vectors(generator, 8, 4)[generator.integers(0, 8, count)]
                index.add(statement_rows(statements, [profile] * count), vectors)
                model.add(statements, profile, vectors)
                next_id += count
            case ("remove", list(profiles)):
                index.remove_profiles(profiles)
                model.remove(profiles)
            case ("save",):
                with tempfile.TemporaryDirectory() as folder:
                    index.save(Path(folder))
                    index = StatementIndex.load(Path(folder), dimension=4)
                assert len(index.alive) == len(model.rows)
            case ("search", set(profiles), int(k)):
                assert_same_answer(index, model, profiles, k, unit_vectors(generator, 1, 4))
        assert len(index) == len(model.rows)


def assert_same_answer(index: StatementIndex, model: SlowModel, profiles: set[int], k: int, query: Vectors) -> None:
    """The k best scores are the model's, each row has its own score, and none comes twice."""
    expected = model.scores(query[0].tolist(), profiles)

    positions, scores = index.search(query, k, np.isin(index.rows.profile, list(profiles)))

    found = index.rows.statement[positions[0]].tolist()
    assert len(found) == len(set(found)) == min(k, len(expected))
    np.testing.assert_allclose(scores[0], [expected[statement] for statement in found], atol=1e-6)
    np.testing.assert_allclose(scores[0], sorted(expected.values(), reverse=True)[: len(found)], atol=1e-6)
