"""What is FAISS's own, beyond the contract of all stores: layouts, tuning, ties, bases and deltas."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matching.engine import faiss_store
from matching.engine.faiss_store import FaissVectorStore
from matching.engine.stores import BrokenIndexError, Hits, Vectors
from tests.matching.engine.brute_force_stores import (
    EVERYTHING,
    assert_right_hits,
    assert_same_rows,
    coarse_vectors,
    drawn_filter,
    drawn_rows,
    unit_vectors,
)
from tests.matching.engine.faiss_stores import DIMENSION, LAYOUTS, assert_same_answers, built, model_of, plain_rows


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(20)


def shares_found(hits: Hits, vectors: Vectors, queries: Vectors, k: int) -> float:
    """Recall@k against exact search of all vectors, whose statement is their number."""
    true = np.argsort(-(queries @ vectors.T), axis=1)[:, :k]
    return float(
        np.mean([len(set(a) & set(b)) / k for a, b in zip(hits.statements.tolist(), true.tolist(), strict=True)])
    )


# Building and layouts


def test_build_in_any_order_of_rows(generator: np.random.Generator) -> None:
    rows, vectors = drawn_rows(generator, generator.permutation(300).tolist()), unit_vectors(generator, 300, DIMENSION)
    queries = unit_vectors(generator, 4, DIMENSION)

    store = FaissVectorStore.build(rows, vectors)

    assert (store.layout, store.measured_recall, len(store)) == ("flat", 1.0, 300)
    assert_right_hits(store.search(queries, 9, EVERYTHING), model_of(rows, vectors), queries, 9, EVERYTHING)


def test_build_takes_lists_above_the_limit(generator: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faiss_store, "FLAT_UP_TO", 400)

    assert built(generator, 400, None)[0].layout == "flat"
    assert built(generator, 401, None)[0].layout == "inverted"


@pytest.mark.parametrize("count", [1, 2, 7, 9, 40])
def test_build_lists_of_very_few(generator: np.random.Generator, count: int) -> None:
    store, vectors = built(generator, count, "inverted")

    hits = store.search(vectors, 3, EVERYTHING)

    assert store.layout == "inverted"
    assert hits.statements[:, 0].tolist() == list(range(count))


@pytest.mark.parametrize("layout", [None, *LAYOUTS])
def test_build_of_nothing(generator: np.random.Generator, layout: str | None) -> None:
    store, _vectors = built(generator, 0, layout)

    assert (len(store), store.dimension, store.layout) == (0, DIMENSION, "flat")
    assert store.search(unit_vectors(generator, 2, DIMENSION), 3, EVERYTHING).statements.shape == (2, 0)


@pytest.mark.parametrize("flaw", ["dimension", "length", "nan", "infinite", "twice", "columns", "layout"])
def test_build_refuses_bad_input(generator: np.random.Generator, flaw: str) -> None:
    rows, vectors = plain_rows(range(20)), unit_vectors(generator, 20, DIMENSION)
    vectors[19, 3] = {"nan": np.nan, "infinite": np.inf}.get(flaw, 0)
    changed = {
        "dimension": (rows, vectors.reshape(-1)),
        "length": (rows, vectors[:19]),
        "twice": (plain_rows([*range(19), 4]), vectors),
        "columns": (replace(rows, region=rows.region[:7]), vectors),
    }
    rows, vectors = changed.get(flaw, (rows, vectors))

    with pytest.raises(BrokenIndexError):
        FaissVectorStore.build(rows, vectors, layout="graph" if flaw == "layout" else None)


@pytest.mark.parametrize("target", [0.6, 0.95])
def test_lists_reach_their_recall_target_and_look_into_no_more_than_needed(
    generator: np.random.Generator, target: float
) -> None:
    vectors, queries = (unit_vectors(generator, count, DIMENSION) for count in (6_000, 300))

    store = FaissVectorStore.build(plain_rows(range(6_000)), vectors, layout="inverted", recall_target=target)
    recall = shares_found(store.search(queries, 10, EVERYTHING), vectors, queries, 10)

    assert recall == pytest.approx(store.measured_recall, abs=0.05)
    assert target - 0.05 < recall < target + 0.1


def test_lists_are_tuned_on_the_queries_given(generator: np.random.Generator) -> None:
    easy, hard = unit_vectors(generator, 40, DIMENSION), unit_vectors(generator, 300, DIMENSION)
    vectors = np.repeat(easy, 75, axis=0) + unit_vectors(generator, 3_000, DIMENSION) * np.float32(0.2)
    rows = plain_rows(range(3_000))

    for_easy, for_hard = (
        FaissVectorStore.build(rows, vectors, layout="inverted", queries=queries) for queries in (easy, hard)
    )
    recalls = [shares_found(store.search(hard, 10, EVERYTHING), vectors, hard, 10) for store in (for_easy, for_hard)]

    assert recalls[1] == pytest.approx(for_hard.measured_recall, abs=0.01)
    assert recalls[1] > recalls[0] + 0.02


# Searching


@pytest.mark.parametrize("query_count", [1, 15, 16, 70])
@pytest.mark.parametrize("k", [1, 30, 500])
def test_flat_search_equals_brute_force_for_few_and_many_queries(
    generator: np.random.Generator, query_count: int, k: int
) -> None:
    store, vectors = built(generator, 400, "flat")
    queries = unit_vectors(generator, query_count, DIMENSION)

    hits = store.search(queries, k, EVERYTHING)

    assert_right_hits(hits, model_of(plain_rows(range(400)), vectors), queries, k, EVERYTHING)


@pytest.mark.parametrize("share", [0.002, 0.03, 0.5])
def test_lists_give_k_results_under_any_filter_and_the_right_ones_under_a_strict_one(
    generator: np.random.Generator, share: float
) -> None:
    store, vectors = built(generator, 5_000, "inverted")
    # The rows farthest from the query: a search that filters afterwards, or gives up early, finds none of them.
    query = unit_vectors(generator, 1, DIMENSION)
    farthest = np.argsort(query[0] @ vectors.T)[: int(5_000 * share)]
    where = replace(EVERYTHING, statements=frozenset(farthest.tolist()))

    hits = store.search(query, 10, where)

    assert hits.statements.shape == (1, 10)
    assert set(hits.statements[0].tolist()) <= set(farthest.tolist())
    if share < 0.01:
        true = farthest[np.argsort(-(query[0] @ vectors[farthest].T))][:10]
        assert len(set(hits.statements[0].tolist()) & set(true.tolist())) >= 9


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("split", [0, 4_000, 10_000])
def test_ten_thousand_identical_vectors_stand_by_id_wherever_they_lie(
    generator: np.random.Generator, layout: str, split: int
) -> None:
    same = np.repeat(unit_vectors(generator, 1, DIMENSION), 10_000, axis=0)
    ids = generator.permutation(10_000)
    store = FaissVectorStore.build(plain_rows(ids[split:].tolist()), same[split:], layout=layout)
    # As the base keeps it, which in lists is rounded.
    kept = store.vectors(ids[-1:]) if split < 10_000 else same[:1]
    store.upsert(plain_rows(ids[:split].tolist()), np.repeat(kept, split, axis=0))

    hits = store.search(np.concatenate([same[:1], unit_vectors(generator, 2, DIMENSION)]), 25, EVERYTHING)

    assert hits.statements.tolist() == [list(range(25))] * 3
    assert [len(set(row)) for row in hits.scores.tolist()] == [1, 1, 1]


def test_equal_vectors_at_the_cut_are_the_same_ones_after_catching_up_and_after_a_rebuild(
    generator: np.random.Generator,
) -> None:
    rows, vectors = drawn_rows(generator, generator.permutation(600).tolist()), coarse_vectors(generator, 600, 5)
    rebuilt = FaissVectorStore.build(rows, vectors)
    caught_up = FaissVectorStore.build(rows.take(np.arange(300)), vectors[300:])
    caught_up.upsert(rows.take(np.arange(200, 600)), vectors[200:])
    caught_up.upsert(rows.take(np.arange(200)), vectors[:200])

    for k in (1, 3, 17, 100, 600):
        assert_same_answers(rebuilt, caught_up, coarse_vectors(generator, 30, 5), k)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_query_of_zeros_gives_the_first_ids(generator: np.random.Generator, layout: str) -> None:
    store, _vectors = built(generator, 300, layout)
    store.delete(np.array([0, 2]))
    store.upsert(plain_rows([1]), unit_vectors(generator, 1, DIMENSION))

    hits = store.search(np.zeros((1, DIMENSION), np.float32), 4, EVERYTHING)

    assert hits.statements.tolist() == [[1, 3, 4, 5]]
    assert hits.scores.tolist() == [[0, 0, 0, 0]]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_query_that_is_not_finite_finds_nothing_and_spoils_no_other(
    generator: np.random.Generator, layout: str, value: float
) -> None:
    store, vectors = built(generator, 300, layout)
    queries = vectors[:3].copy()
    queries[1, 5] = value

    hits = store.search(queries, 2, EVERYTHING)

    assert hits.statements[1].tolist() == [-1, -1]
    assert hits.scores[1].tolist() == [-np.inf, -np.inf]
    assert hits.statements[[0, 2], 0].tolist() == [0, 2]


@pytest.mark.parametrize("shape", [(2, DIMENSION + 1), (2, DIMENSION - 1), (DIMENSION,)])
def test_query_of_another_dimension_is_refused(generator: np.random.Generator, shape: tuple[int, ...]) -> None:
    store, _vectors = built(generator, 30, None)

    with pytest.raises(BrokenIndexError, match="dimension 16"):
        store.search(np.ones(shape, np.float32), 2, EVERYTHING)


def test_filter_that_changes_nothing_but_the_day_is_not_answered_from_memory(generator: np.random.Generator) -> None:
    vectors = unit_vectors(generator, 2, DIMENSION)
    store = FaissVectorStore.build(plain_rows([1, 2], expires=EVERYTHING.today), vectors)

    found = [store.search(vectors[:1], 2, replace(EVERYTHING, today=EVERYTHING.today + day)) for day in (0, 1, 0)]

    assert [hits.statements.shape[1] for hits in found] == [2, 0, 2]


def test_more_filters_than_are_remembered(generator: np.random.Generator) -> None:
    rows, vectors = drawn_rows(generator, range(200)), unit_vectors(generator, 200, DIMENSION)
    store, model = FaissVectorStore.build(rows, vectors), model_of(rows, vectors)

    for _round in range(2):
        filters = np.random.default_rng(1)
        for _number in range(60):
            where = drawn_filter(filters)
            assert_right_hits(store.search(vectors[:1], 200, where), model, vectors[:1], 200, where)


# Changing


@pytest.mark.parametrize("layout", LAYOUTS)
def test_refused_upsert_leaves_base_and_delta_as_they_were(generator: np.random.Generator, layout: str) -> None:
    store, vectors = built(generator, 200, layout)
    store.upsert(plain_rows([3, 700]), vectors[:2])
    before = store.search(vectors[:20], 10, EVERYTHING)
    broken = vectors[:2].copy()
    broken[1, 0] = np.nan

    with pytest.raises(BrokenIndexError, match="not a number"):
        store.upsert(plain_rows([4, 700]), broken)

    after = store.search(vectors[:20], 10, EVERYTHING)
    assert (after.statements.tolist(), after.scores.tolist()) == (before.statements.tolist(), before.scores.tolist())
    assert len(store) == 201


@pytest.mark.parametrize("layout", LAYOUTS)
def test_compacted_answers_as_before_and_leaves_the_old_store_alone(
    generator: np.random.Generator, layout: str
) -> None:
    store, vectors = built(generator, 1_000, layout)
    store.delete(np.arange(0, 1_000, 9))
    store.upsert(plain_rows(range(990, 1_090)), vectors[:100])
    rows = store.rows()

    new = store.compacted()

    assert (new.layout, len(new), len(store)) == (layout, len(rows), len(rows))
    assert_same_rows(new.rows(), rows)
    assert new.needs_compaction is False
    kept = rows.statement[rows.statement < 990]
    assert new.vectors(kept).tolist() == store.vectors(kept).tolist()
    np.testing.assert_allclose(new.vectors(rows.statement), store.vectors(rows.statement), atol=0.01)


def test_compacted_lists_keep_no_trace_of_what_is_gone(generator: np.random.Generator, tmp_path: Path) -> None:
    store, vectors = built(generator, 500, "inverted")
    store.delete(np.arange(100))

    store.save(tmp_path)

    content = FaissVectorStore.load(tmp_path, dimension=DIMENSION)._state.base
    assert len(content) == 400
    held = content.vectors(np.arange(400))
    assert np.abs(held[:, None, :] - vectors[None, :100, :]).max(axis=2).min() > 0.02


def test_compacted_lists_are_made_anew_for_vectors_unlike_all_before(
    generator: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faiss_store, "FLAT_UP_TO", 0)
    near = np.tile(np.eye(DIMENSION, dtype=np.float32)[0], (200, 1)) + unit_vectors(generator, 200, DIMENSION) / 50
    store = FaissVectorStore.build(plain_rows(range(200)), near.astype(np.float32), layout="inverted")
    far = -np.eye(DIMENSION, dtype=np.float32)[:3]
    store.upsert(plain_rows([500, 501, 502]), far)

    new = store.compacted()

    assert new.layout == "inverted"
    np.testing.assert_allclose(new.vectors(np.array([500, 501, 502])), far, atol=0.02)


def test_compacted_lists_are_made_anew_when_rows_have_doubled(generator: np.random.Generator) -> None:
    store, _vectors = built(generator, 300, "inverted")
    store.upsert(plain_rows(range(300, 901)), unit_vectors(generator, 601, DIMENSION))

    assert (len(store.compacted()), store.compacted().layout) == (901, "flat")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_needs_compaction_when_much_has_changed(
    generator: np.random.Generator, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    monkeypatch.setattr(faiss_store, "_DELTA_AT_LEAST", 20)
    added, thinned = (built(generator, 200, layout)[0] for _number in range(2))

    added.upsert(plain_rows(range(20)), unit_vectors(generator, 20, DIMENSION))
    thinned.delete(np.arange(40))
    assert (added.needs_compaction, thinned.needs_compaction) == (False, False)

    added.upsert(plain_rows([20]), unit_vectors(generator, 1, DIMENSION))
    thinned.delete(np.array([40]))
    assert (added.needs_compaction, thinned.needs_compaction) == (True, True)
