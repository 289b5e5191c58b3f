"""Random upserts, deletes, compactions and restarts: a FAISS store stays what a slow and simple one is."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.faiss_store import FaissVectorStore
from matching.engine.rows import RowFilter
from tests.matching.engine.brute_force_stores import (
    BruteForceVectorStore,
    assert_right_hits,
    assert_same_rows,
    coarse_vectors,
    drawn_filter,
    drawn_rows,
    unit_vectors,
)
from tests.matching.engine.faiss_stores import LAYOUTS, model_of

IDS = st.lists(st.integers(0, 40), max_size=12, unique=True)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("upsert"), IDS),
        st.tuples(st.just("delete"), IDS),
        st.tuples(st.sampled_from(["compact", "restart", "copy"])),
        st.tuples(st.just("search"), st.integers(1, 45)),
    ),
    max_size=14,
)


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=60)
@given(steps=STEPS, seed=st.integers(0, 2**32 - 1))
def test_store_behaves_like_a_slow_one(layout: str, steps: list[tuple[object, ...]], seed: int) -> None:
    generator = np.random.default_rng(seed)
    # Numbers that one byte holds as they are, so that rounding hides no mistake.
    pool = coarse_vectors(generator, 8, 6)
    rows, vectors = drawn_rows(generator, list(range(25))), pool[generator.integers(0, 8, 25)]
    store = FaissVectorStore.build(rows, vectors, layout=layout, recall_target=1.0)
    model = model_of(rows, vectors)
    for step in [*steps, ("search", 100)]:
        match step:
            case ("upsert", list(ids)):
                rows, vectors = drawn_rows(generator, ids), pool[generator.integers(0, 8, len(ids))]
                store.upsert(rows, vectors)
                model.upsert(rows, vectors)
            case ("delete", list(ids)):
                store.delete(np.array(ids, dtype=np.int64))
                model.delete(np.array(ids, dtype=np.int64))
            case ("search", int(k)):
                check_search(store, model, generator, k, exact=layout == "flat")
            case (str(change),):
                store = changed(store, change)
        assert_same_rows(store.rows(), model.rows())
        assert len(store) == len(model)
        np.testing.assert_allclose(store.vectors(np.arange(41)), model.vectors(np.arange(41)), atol=0.1)


def changed(store: FaissVectorStore, change: str) -> FaissVectorStore:
    """The store compacted, or saved and loaded."""
    if change == "compact":
        return store.compacted()
    with tempfile.TemporaryDirectory() as folder:
        store.save(Path(folder))
        return FaissVectorStore.load(Path(folder), dimension=store.dimension, memory_map=change == "restart")


def check_search(
    store: FaissVectorStore, model: BruteForceVectorStore, generator: np.random.Generator, k: int, *, exact: bool
) -> None:
    where: RowFilter = drawn_filter(generator)
    queries = unit_vectors(generator, 2, store.dimension)
    hits = store.search(queries, k, where)
    if exact:
        assert_right_hits(hits, model, queries, k, where)
        return
    for query, statements in zip(queries, hits.statements.tolist(), strict=True):
        passing = {statement for statement, _score in model.ranked(query, where)}
        assert len(statements) == len(set(statements)) == min(k, len(passing))
        assert set(statements) <= passing
    assert (np.diff(hits.scores, axis=1) <= 0).all()
