"""FAISS stores in either layout, filled plainly, for the tests of what is FAISS's own."""

from dataclasses import replace

import numpy as np

from matching.engine.faiss_store import FaissVectorStore
from matching.engine.rows import NEVER, StatementRows
from matching.engine.stores import Vectors
from tests.matching.engine.brute_force_stores import EVERYTHING, BruteForceVectorStore, drawn_rows, unit_vectors

DIMENSION = 16
LAYOUTS = ("flat", "inverted")


def plain_rows(statements: list[int] | range, **columns: int) -> StatementRows:
    """Rows that every filter on level and day lets through."""
    rows = drawn_rows(np.random.default_rng(3), list(statements))
    columns = {"level": 0, "expires": NEVER, **columns}
    return replace(rows, **{name: np.full_like(getattr(rows, name), value) for name, value in columns.items()})


def built(generator: np.random.Generator, count: int, layout: str | None) -> tuple[FaissVectorStore, Vectors]:
    """A store of statements 0..count-1 in one layout, and their vectors."""
    vectors = unit_vectors(generator, count, DIMENSION)
    return FaissVectorStore.build(plain_rows(range(count)), vectors, layout=layout), vectors


def model_of(rows: StatementRows, vectors: Vectors) -> BruteForceVectorStore:
    model = BruteForceVectorStore(vectors.shape[1])
    model.upsert(rows, vectors)
    return model


def assert_same_answers(one: FaissVectorStore, other: FaissVectorStore, queries: Vectors, k: int = 10) -> None:
    before, after = (store.search(queries, k, EVERYTHING) for store in (one, other))
    assert after.statements.tolist() == before.statements.tolist()
    assert after.scores.tolist() == before.scores.tolist()
