"""Any sequence of writes, deletions, searches and restarts leaves a vector store as the brute-force model is."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.matching.engine.brute_force_stores import (
    EVERYTHING,
    BruteForceVectorStore,
    assert_right_hits,
    assert_same_rows,
    coarse_vectors,
    drawn_filter,
    drawn_rows,
)
from tests.matching.engine.store_back_ends import DIMENSION, FaissRestarts, MilvusRestarts

STATEMENTS = st.integers(0, 39)
SEED = st.integers(0, 2**32 - 1)
STEP = st.one_of(
    st.tuples(st.just("upsert"), SEED, st.lists(STATEMENTS, max_size=25, unique=True)),
    st.tuples(st.just("delete"), SEED, st.lists(STATEMENTS, max_size=10)),
    st.tuples(st.just("search"), SEED, st.just([])),
    st.tuples(st.just("restart"), SEED, st.just([])),
)
STEPS = st.lists(STEP, min_size=3, max_size=14)
Steps = list[tuple[str, int, list[int]]]


def follow(subject: FaissRestarts | MilvusRestarts, steps: Steps) -> None:
    """Takes the steps with the subject and the model, and compares them after each search and at the end."""
    model = BruteForceVectorStore(DIMENSION)
    for verb, seed, statements in steps:
        generator = np.random.default_rng(seed)
        if verb == "upsert":
            rows, vectors = drawn_rows(generator, statements), coarse_vectors(generator, len(statements), DIMENSION)
            subject.store.upsert(rows, vectors)
            model.upsert(rows, vectors)
        elif verb == "delete":
            subject.store.delete(np.array(statements, dtype=np.int64))
            model.delete(np.array(statements, dtype=np.int64))
        elif verb == "restart":
            subject.restart()
        else:
            compare_searches(subject, model, generator)
    compare_searches(subject, model, np.random.default_rng(1))
    everything = np.arange(40)
    assert len(subject.store) == len(model)
    assert_same_rows(subject.store.rows(), model.rows())
    np.testing.assert_allclose(subject.store.vectors(everything), model.vectors(everything), atol=1e-6)


def compare_searches(
    subject: FaissRestarts | MilvusRestarts, model: BruteForceVectorStore, generator: np.random.Generator
) -> None:
    queries = coarse_vectors(generator, 3, DIMENSION)
    for where in (EVERYTHING, drawn_filter(generator)):
        k = int(generator.integers(1, 45))
        assert_right_hits(subject.store.search(queries, k, where), model, queries, k, where)


@settings(max_examples=60)
@given(STEPS)
def test_faiss_store_does_what_the_model_does(steps: Steps) -> None:
    with tempfile.TemporaryDirectory() as folder:
        follow(FaissRestarts(Path(folder)), steps)


@settings(max_examples=10)
@given(STEPS)
def test_milvus_store_does_what_the_model_does(steps: Steps) -> None:
    with tempfile.TemporaryDirectory() as folder:
        subject = MilvusRestarts(Path(folder))
        try:
            follow(subject, steps)
        finally:
            subject.stop()
