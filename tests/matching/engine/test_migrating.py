"""Copying between back ends: everything arrives, nothing superfluous stays, a second run has nothing to do."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from matching.engine.faiss_store import FaissVectorStore
from matching.engine.migrating import Migration, migrate
from matching.engine.milvus_connection import MilvusConnection
from matching.engine.milvus_store import MilvusVectorStore
from matching.engine.milvus_terms import MilvusTermIndex
from matching.engine.rows import StatementRows
from matching.engine.stores import BrokenIndexError, TermDocument, VectorStore
from matching.engine.terms import TantivyTermIndex
from tests.matching.engine.brute_force_stores import (
    EVERYTHING,
    BruteForceVectorStore,
    assert_right_hits,
    assert_same_rows,
    drawn_rows,
    ids,
    unit_vectors,
)

DIMENSION = 8


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[MilvusConnection]:
    with MilvusConnection(str(tmp_path / "milvus.db")) as opened:
        yield opened


def written(seed: int, statements: list[int]) -> tuple[StatementRows, np.ndarray]:
    generator = np.random.default_rng(seed)
    return drawn_rows(generator, statements), unit_vectors(generator, len(statements), DIMENSION)


def faiss_of(seed: int, statements: list[int]) -> FaissVectorStore:
    return FaissVectorStore.build(*written(seed, statements))


def assert_same_vectors(one: VectorStore, other: VectorStore) -> None:
    rows = one.rows()
    assert_same_rows(other.rows(), rows)
    np.testing.assert_allclose(other.vectors(rows.statement), one.vectors(rows.statement), atol=1e-3)


def test_vectors_go_from_faiss_to_milvus_and_back(connection: MilvusConnection) -> None:
    source = faiss_of(1, list(range(0, 500, 2)))
    between, back = MilvusVectorStore(connection, "vectors", DIMENSION), FaissVectorStore(DIMENSION)

    assert migrate(source, between, batch=64) == Migration(copied=250, unchanged=0, removed=0)
    assert migrate(between, back) == Migration(copied=250, unchanged=0, removed=0)

    assert_same_vectors(source, between)
    assert_same_vectors(source, back)
    model = BruteForceVectorStore(DIMENSION)
    model.upsert(*written(1, list(range(0, 500, 2))))
    queries = unit_vectors(np.random.default_rng(2), 3, DIMENSION)
    assert_right_hits(back.search(queries, 10, EVERYTHING), model, queries, 10, EVERYTHING)


def test_second_run_writes_nothing(connection: MilvusConnection) -> None:
    source, target = faiss_of(1, list(range(100))), MilvusVectorStore(connection, "vectors", DIMENSION)
    migrate(source, target)

    assert migrate(source, target, batch=30) == Migration(copied=0, unchanged=100, removed=0)


def test_target_ends_up_as_the_source_whatever_it_held(connection: MilvusConnection) -> None:
    source, target = faiss_of(1, list(range(50))), MilvusVectorStore(connection, "vectors", DIMENSION)
    migrate(source, target)
    target.upsert(*written(9, [*range(40, 50), *range(200, 220)]))
    rows, vectors = written(1, list(range(50)))
    target.upsert(rows.take(np.arange(3)), -vectors[:3])

    assert migrate(source, target, batch=7) == Migration(copied=13, unchanged=37, removed=20)

    assert_same_vectors(source, target)


def test_run_that_was_broken_off_is_finished_by_the_next(connection: MilvusConnection) -> None:
    source, target = faiss_of(1, list(range(90))), MilvusVectorStore(connection, "vectors", DIMENSION)

    def stop(done: int, _all: int) -> None:
        if done >= 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(source, target, batch=30, progress=stop)
    assert len(target) == 60

    assert migrate(source, target) == Migration(copied=30, unchanged=60, removed=0)


def test_progress_is_told_after_each_batch() -> None:
    told: list[tuple[int, int]] = []

    migrate(
        faiss_of(1, list(range(25))),
        FaissVectorStore(DIMENSION),
        batch=10,
        progress=lambda done, total: told.append((done, total)),
    )

    assert told == [(10, 25), (20, 25), (25, 25)]


def test_empty_source_empties_the_target() -> None:
    target = faiss_of(1, [1, 2, 3])

    assert migrate(FaissVectorStore(DIMENSION), target) == Migration(copied=0, unchanged=0, removed=3)
    assert len(target) == 0


def test_words_go_from_tantivy_to_milvus_and_back(connection: MilvusConnection) -> None:
    source, back = TantivyTermIndex.create(None), TantivyTermIndex.create(None)
    between = MilvusTermIndex(connection, "words")
    rows, _ = written(4, list(range(40)))
    documents = [TermDocument(f"ord{each} på dansk", f"omgivelse{each % 3}", "da") for each in range(40)]
    source.upsert(rows, documents)
    between.upsert(written(5, [3, 99])[0], [TermDocument("gammelt", "", "en")] * 2)

    assert migrate(source, between, batch=16) == Migration(copied=40, unchanged=0, removed=1)
    assert migrate(source, between) == Migration(copied=0, unchanged=40, removed=0)
    assert migrate(between, back) == Migration(copied=40, unchanged=0, removed=0)

    assert_same_rows(back.rows(), rows)
    assert back.documents(rows.statement) == documents
    source.close()
    back.close()


def test_changed_words_are_copied_although_the_columns_are_the_same() -> None:
    source, target = TantivyTermIndex.create(None), TantivyTermIndex.create(None)
    rows, _ = written(4, [1, 2])
    target.upsert(rows, [TermDocument("før", "", "da"), TermDocument("samme", "", "da")])
    source.upsert(rows, [TermDocument("efter", "", "da"), TermDocument("samme", "", "da")])

    assert migrate(source, target) == Migration(copied=1, unchanged=1, removed=0)
    assert target.documents(ids(1)) == [TermDocument("efter", "", "da")]
    source.close()
    target.close()


def test_migration_of_what_does_not_fit_is_refused() -> None:
    source, target = faiss_of(1, [1]), FaissVectorStore(DIMENSION + 1)

    with pytest.raises(BrokenIndexError, match="of 8 numbers, the target of 9"):
        migrate(source, target)
    with pytest.raises(BrokenIndexError, match="give at least 1"):
        migrate(source, FaissVectorStore(DIMENSION), batch=0)
    with pytest.raises(BrokenIndexError, match="the other one words"):
        migrate(source, TantivyTermIndex.create(None))  # type: ignore[type-var]
