"""What every vector store must do, whichever engine is inside."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matching.engine.rows import StatementRows
from matching.engine.stores import BrokenIndexError, VectorStore
from tests.matching.engine.brute_force_stores import (
    EVERYTHING,
    FILTERS,
    BruteForceVectorStore,
    assert_right_hits,
    assert_same_rows,
    drawn_filter,
    drawn_rows,
    ids,
    open_rows,
    unit_vectors,
)
from tests.matching.engine.store_back_ends import DIMENSION, VECTOR_STORES


@pytest.fixture(params=VECTOR_STORES)
def vector_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    with VECTOR_STORES[request.param](tmp_path) as store:
        yield store


def filled(store: VectorStore, count: int = 60) -> BruteForceVectorStore:
    """`count` statements in the store, and the same ones in the model that is returned."""
    generator = np.random.default_rng(7)
    model = BruteForceVectorStore(store.dimension)
    rows = drawn_rows(generator, generator.permutation(count).tolist())
    vectors = unit_vectors(generator, count, store.dimension)
    for each in (store, model):
        each.upsert(rows, vectors)
    return model


def test_vectors_of_an_empty_store(vector_store: VectorStore) -> None:
    hits = vector_store.search(unit_vectors(np.random.default_rng(1), 2, DIMENSION), 5, EVERYTHING)

    assert (len(vector_store), vector_store.dimension, hits.statements.shape, hits.scores.shape) == (
        0,
        DIMENSION,
        (2, 0),
        (2, 0),
    )
    assert_same_rows(vector_store.rows(), StatementRows.empty())
    assert np.isnan(vector_store.vectors(ids(1, 2))).all()
    assert vector_store.vectors(ids()).shape == (0, DIMENSION)


@pytest.mark.parametrize("k", [1, 10, 1000])
def test_vector_search_finds_what_a_comparison_with_all_finds(vector_store: VectorStore, k: int) -> None:
    model = filled(vector_store)
    queries = unit_vectors(np.random.default_rng(2), 5, DIMENSION)

    assert_right_hits(vector_store.search(queries, k, EVERYTHING), model, queries, k, EVERYTHING)


def test_vector_search_looks_only_at_what_passes_the_filter(vector_store: VectorStore) -> None:
    model = filled(vector_store)
    queries = unit_vectors(np.random.default_rng(4), 2, DIMENSION)
    generator = np.random.default_rng(5)

    for where in (*FILTERS, *(drawn_filter(generator) for _ in range(20))):
        assert_right_hits(vector_store.search(queries, 8, where), model, queries, 8, where)


def test_vector_search_with_a_query_that_is_no_vector_finds_nothing(vector_store: VectorStore) -> None:
    filled(vector_store)
    queries = unit_vectors(np.random.default_rng(2), 3, DIMENSION)
    queries[1, 0] = np.nan

    hits = vector_store.search(queries, 4, EVERYTHING)

    assert hits.statements[1].tolist() == [-1] * 4
    assert hits.scores[1].tolist() == [-np.inf] * 4
    assert (hits.statements[[0, 2]] >= 0).all()


def test_vector_search_with_another_dimension_is_refused(vector_store: VectorStore) -> None:
    filled(vector_store)

    with pytest.raises(BrokenIndexError):
        vector_store.search(unit_vectors(np.random.default_rng(2), 1, DIMENSION + 1), 4, EVERYTHING)


def test_vector_search_for_nothing(vector_store: VectorStore) -> None:
    filled(vector_store)
    queries = unit_vectors(np.random.default_rng(2), 3, DIMENSION)

    assert vector_store.search(queries, 0, EVERYTHING).statements.shape == (3, 0)
    assert len(vector_store.search(queries[:0], 4, EVERYTHING).statements) == 0


def test_vector_search_puts_equal_scores_in_order_of_statement(vector_store: VectorStore) -> None:
    same = np.repeat(unit_vectors(np.random.default_rng(6), 1, DIMENSION), 300, axis=0)
    order = np.random.default_rng(8).permutation(300)
    for part in np.split(order, 3):
        vector_store.upsert(open_rows(part.tolist()), same[: len(part)])

    hits = vector_store.search(same[:2], 12, EVERYTHING)

    assert hits.statements.tolist() == [list(range(12))] * 2


def test_vector_upsert_replaces_columns_and_vector(vector_store: VectorStore) -> None:
    model = filled(vector_store)
    rows = open_rows([3, 4, 900])
    vectors = unit_vectors(np.random.default_rng(9), 3, DIMENSION)
    for each in (vector_store, model):
        each.upsert(rows, vectors)

    assert len(vector_store) == 61
    assert_same_rows(vector_store.rows(), model.rows())
    np.testing.assert_allclose(vector_store.vectors(rows.statement), vectors, atol=1e-6)
    assert_right_hits(vector_store.search(vectors, 61, EVERYTHING), model, vectors, 61, EVERYTHING)


def test_vector_delete_passes_over_what_is_not_there(vector_store: VectorStore) -> None:
    model = filled(vector_store)
    for each in (vector_store, model):
        each.delete(ids(5, 6, 6, 12_345, 5))
        each.delete(ids())

    assert len(vector_store) == 58
    assert_same_rows(vector_store.rows(), model.rows())
    assert np.isnan(vector_store.vectors(ids(5))).all()
    queries = unit_vectors(np.random.default_rng(4), 2, DIMENSION)
    assert_right_hits(vector_store.search(queries, 60, EVERYTHING), model, queries, 60, EVERYTHING)


def test_vector_delete_of_all_and_filling_again(vector_store: VectorStore) -> None:
    model = filled(vector_store)
    vector_store.delete(model.rows().statement)

    assert len(vector_store) == 0
    assert len(vector_store.rows()) == 0
    again = filled(vector_store)
    assert_same_rows(vector_store.rows(), again.rows())


def test_vectors_come_back_in_the_order_asked(vector_store: VectorStore) -> None:
    model = filled(vector_store)
    asked = ids(9, 3, 77_777, 9)

    found = vector_store.vectors(asked)

    assert found.dtype == np.float32
    np.testing.assert_allclose(found, model.vectors(asked), atol=1e-6)


def test_vector_rows_come_back_beyond_one_batch(vector_store: VectorStore) -> None:
    generator = np.random.default_rng(11)
    rows = drawn_rows(generator, generator.permutation(2_300).tolist())
    vector_store.upsert(rows, unit_vectors(generator, 2_300, DIMENSION))

    assert_same_rows(vector_store.rows(), rows.take(np.argsort(rows.statement)))


def test_vector_store_keeps_large_numbers(vector_store: VectorStore) -> None:
    rows = replace(open_rows([2**40]), profile=ids(2**41), organisation=ids(2**42))
    vectors = unit_vectors(np.random.default_rng(1), 1, DIMENSION)
    vector_store.upsert(rows, vectors)

    hits = vector_store.search(vectors, 3, replace(EVERYTHING, profiles=frozenset({2**41})))

    assert hits.statements.tolist() == [[2**40]]
    assert_same_rows(vector_store.rows(), rows)


@pytest.mark.parametrize("flaw", ["dimension", "flat", "length", "nan", "infinite", "twice"])
def test_vector_upsert_refuses_bad_input_and_changes_nothing(vector_store: VectorStore, flaw: str) -> None:
    model = filled(vector_store)
    rows, vectors = open_rows([1, 2, 500]), unit_vectors(np.random.default_rng(1), 3, DIMENSION)
    if flaw == "dimension":
        vectors = vectors[:, :-1]
    elif flaw == "flat":
        vectors = vectors[0]
    elif flaw == "length":
        vectors = vectors[:-1]
    elif flaw == "twice":
        rows = open_rows([1, 500, 1])
    else:
        vectors[2, 1] = np.nan if flaw == "nan" else np.inf

    with pytest.raises(BrokenIndexError):
        vector_store.upsert(rows, vectors)

    assert_same_rows(vector_store.rows(), model.rows())
    np.testing.assert_allclose(vector_store.vectors(ids(1, 2)), model.vectors(ids(1, 2)), atol=1e-6)


def test_vector_upsert_of_nothing(vector_store: VectorStore) -> None:
    vector_store.upsert(StatementRows.empty(), np.empty((0, DIMENSION), dtype=np.float32))

    assert len(vector_store) == 0
