"""Milvus: its filters, its failures in our words, what stands in a collection, and agreement with FAISS and tantivy."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from demo.loading import read_profile_rows
from matching.engine.milvus_collections import MAX_TEXT_BYTES
from matching.engine.milvus_connection import MilvusConnection, MilvusUnreachable
from matching.engine.milvus_filters import filter_expression
from matching.engine.milvus_store import MilvusVectorStore
from matching.engine.milvus_terms import MilvusTermIndex
from matching.engine.rows import RowFilter
from matching.engine.stores import BrokenIndexError, TermDocument, TermIndex, TermQuery
from matching.engine.terms import TantivyTermIndex
from tests.matching.engine.brute_force_stores import (
    EVERYTHING,
    FILTERS,
    TODAY,
    assert_same_rows,
    drawn_filter,
    drawn_rows,
    ids,
    open_rows,
    unit_vectors,
)
from tests.matching.engine.store_back_ends import FaissVectorStore

SHARED_OF_TEN = 0.7
SHORT_QUERIES = [
    ("sårpleje sensor", "da"),
    ("genoptræning hjemme", "da"),
    ("medicin dosering", "da"),
    ("plejehjem fald", "da"),
    ("physiotherapy for the elderly", "en"),
    ("wound infection", "en"),
    ("training robots", "en"),
]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[MilvusConnection]:
    with MilvusConnection(str(tmp_path / "milvus.db")) as opened:
        yield opened


def test_filter_expression_names_each_limit() -> None:
    where = RowFilter(
        levels=frozenset({1, 0}), today=TODAY, regions=frozenset({3}), without_organisations=frozenset({9, 8})
    )

    assert filter_expression(where) == (
        f"expires >= {TODAY} and region in [3] and level in [0, 1] and organisation not in [8, 9]"
    )


def test_filter_expression_is_none_when_nothing_can_pass() -> None:
    assert filter_expression(RowFilter(frozenset({0}), TODAY, kinds=frozenset())) is None
    assert filter_expression(RowFilter(frozenset(), TODAY)) is None


def test_filter_expression_takes_numbers_of_numpy() -> None:
    where = RowFilter(frozenset({np.int16(1)}), TODAY, profiles=frozenset({np.int64(2**40)}))  # type: ignore[arg-type]

    assert filter_expression(where) == f"expires >= {TODAY} and profile in [{2**40}] and level in [1]"


def test_filter_in_milvus_passes_what_the_mask_passes(connection: MilvusConnection) -> None:
    generator = np.random.default_rng(21)
    rows = drawn_rows(generator, range(300))
    store = MilvusVectorStore(connection, "vectors", 4)
    store.upsert(rows, unit_vectors(generator, 300, 4))

    for where in (*FILTERS, *(drawn_filter(generator) for _ in range(40))):
        hits = store.search(unit_vectors(generator, 1, 4), 300, where)
        assert sorted(hits.statements[0].tolist()) == rows.statement[where.mask(rows)].tolist()


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "not an address", "no/such/folder/milvus.db"])
def test_connection_to_nobody_says_what_to_do(address: str) -> None:
    with pytest.raises(MilvusUnreachable, match="Start it, or set its address") as caught:
        MilvusConnection(address, timeout_s=2)

    assert caught.value.details == {"address": address}


def test_connection_that_was_closed_says_so(tmp_path: Path) -> None:
    with MilvusConnection(str(tmp_path / "milvus.db")) as connection:
        store = MilvusVectorStore(connection, "vectors", 4)
    connection.close()

    with pytest.raises(MilvusUnreachable, match="closed"):
        store.rows()


def test_connections_to_one_file_share_its_server_until_the_last_closes(tmp_path: Path) -> None:
    address = str(tmp_path / "milvus.db")
    first = MilvusConnection(address)
    with MilvusConnection(address) as second:
        MilvusVectorStore(second, "vectors", 4).upsert(open_rows([1]), unit_vectors(np.random.default_rng(1), 1, 4))
    store = MilvusVectorStore(first, "vectors", 4)

    assert len(store) == 1
    first.close()


def test_server_that_goes_away_is_reported(tmp_path: Path) -> None:
    from milvus_lite.adapter.grpc.server import start_server_in_thread

    server, database, port = start_server_in_thread(data_dir=str(tmp_path / "served"))
    connection = MilvusConnection(f"http://127.0.0.1:{port}", timeout_s=2)
    store = MilvusVectorStore(connection, "vectors", 4)
    server.stop(grace=None).wait()
    database.close()

    with pytest.raises(MilvusUnreachable, match="Start it"):
        store.search(unit_vectors(np.random.default_rng(1), 1, 4), 3, EVERYTHING)
    connection.close()


def test_collection_of_another_dimension_is_refused(connection: MilvusConnection) -> None:
    MilvusVectorStore(connection, "vectors", 4)

    with pytest.raises(BrokenIndexError, match="holds vectors of 4 numbers, the encoder makes 5"):
        MilvusVectorStore(connection, "vectors", 5)


def test_collection_of_something_else_is_refused(connection: MilvusConnection) -> None:
    MilvusTermIndex(connection, "words")

    with pytest.raises(BrokenIndexError, match="does not have the fields"):
        MilvusVectorStore(connection, "words", 4)


def test_words_of_another_version_are_refused(connection: MilvusConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.engine.milvus_terms.SCHEMA_VERSION", 0)
    MilvusTermIndex(connection, "words")
    monkeypatch.undo()

    with pytest.raises(BrokenIndexError, match="does not have the fields"):
        MilvusTermIndex(connection, "words")


@pytest.mark.parametrize("name", ["", "1st", "hub-7", "x; drop", "å"])
def test_collection_name_that_milvus_cannot_take_is_refused(connection: MilvusConnection, name: str) -> None:
    with pytest.raises(BrokenIndexError, match="cannot name a collection"):
        MilvusVectorStore(connection, name, 4)


def test_dropped_collection_is_gone(connection: MilvusConnection) -> None:
    MilvusVectorStore(connection, "vectors", 4).drop()

    assert len(MilvusVectorStore(connection, "vectors", 7)) == 0


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    generator = np.random.default_rng(5)
    rows, vectors = drawn_rows(generator, range(30)), unit_vectors(generator, 30, 4)
    documents = [TermDocument(f"statement number{each}", "context", "en") for each in range(30)]
    with MilvusConnection(str(tmp_path / "milvus.db")) as connection:
        MilvusVectorStore(connection, "vectors", 4).upsert(rows, vectors)
        MilvusTermIndex(connection, "words").upsert(rows, documents)

    with MilvusConnection(str(tmp_path / "milvus.db")) as connection:
        store, index = MilvusVectorStore(connection, "vectors", 4), MilvusTermIndex(connection, "words")
        assert_same_rows(store.rows(), rows)
        np.testing.assert_allclose(store.vectors(rows.statement), vectors, atol=1e-6)
        assert index.documents(rows.statement) == documents
        assert_same_rows(index.rows(), rows)


def test_text_that_milvus_cannot_hold_is_refused_whole(connection: MilvusConnection) -> None:
    index = MilvusTermIndex(connection, "words")
    texts = [TermDocument("kort", "", "da"), TermDocument("å" * (MAX_TEXT_BYTES // 2 + 1), "", "da")]

    with pytest.raises(BrokenIndexError, match="statement 2 is longer"):
        index.upsert(open_rows([1, 2]), texts)

    assert len(index) == 0


def test_vector_search_beyond_the_limit_of_milvus_gives_what_it_gives(connection: MilvusConnection) -> None:
    generator = np.random.default_rng(5)
    store = MilvusVectorStore(connection, "vectors", 4)
    store.upsert(open_rows(range(20)), unit_vectors(generator, 20, 4))

    assert store.search(unit_vectors(generator, 1, 4), 50_000, EVERYTHING).statements.shape == (1, 20)


def test_pymilvus_is_not_imported_before_a_connection_is_made() -> None:
    modules = "matching.engine.milvus_store, matching.engine.milvus_terms, matching.engine.migrating"
    program = f"import sys; sys.path.insert(0, 'platform'); import {modules}; print('pymilvus' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "False"


def test_ten_best_vectors_are_those_of_faiss(connection: MilvusConnection) -> None:
    generator = np.random.default_rng(31)
    rows, vectors = open_rows(range(2_000)), unit_vectors(generator, 2_000, 384)
    local, remote = FaissVectorStore.build(rows, vectors), MilvusVectorStore(connection, "vectors", 384)
    remote.upsert(rows, vectors)
    queries = unit_vectors(generator, 20, 384)

    ours, theirs = local.search(queries, 10, EVERYTHING), remote.search(queries, 10, EVERYTHING)

    np.testing.assert_allclose(ours.scores, theirs.scores, atol=1e-4)
    apart = -np.diff(ours.scores, axis=1, prepend=np.inf) > 1e-4
    certain = apart & np.roll(apart, -1, axis=1)
    certain[:, -1] = False  # its neighbour below is not known
    assert certain.mean() > 0.5
    np.testing.assert_array_equal(ours.statements[certain], theirs.statements[certain])


@pytest.fixture(scope="module")
def demo_indexes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TermIndex, TermIndex]]:
    """The demo's statements in tantivy and in Milvus, numbered as in the files."""
    documents = [document for _, document in demo_statements()]
    rows = open_rows(range(len(documents)))
    local = TantivyTermIndex.create(None)
    with MilvusConnection(str(tmp_path_factory.mktemp("demo") / "milvus.db")) as connection:
        remote = MilvusTermIndex(connection, "words")
        for index in (local, remote):
            index.upsert(rows, documents)
        connection.call("flush", "words")  # milvus-lite searches what lies on disk several times faster
        yield local, remote
    local.close()


def demo_statements() -> list[tuple[str, TermDocument]]:
    """Kind and words of every statement of the demo files, in their order."""
    found = []
    for profile in read_profile_rows():
        about = next(each["text"] for each in profile["statements"] if each["kind"] == "about")
        for each in profile["statements"]:
            context = " ".join(["" if each["kind"] == "about" else about, *profile.get("keywords", ())])
            found.append((each["kind"], TermDocument(each["text"], context, each["language"])))
    return found


def test_ten_best_by_words_are_mostly_those_of_tantivy(demo_indexes: tuple[TermIndex, TermIndex]) -> None:
    """Shared of ten, measured: 0.73 on average over every second need (a tenth of them below 0.5), 0.79 when short."""
    needs = [document for kind, document in demo_statements() if kind == "need"][::8]
    for queries in (
        [TermQuery(each.text, each.language) for each in needs],
        [TermQuery(*each) for each in SHORT_QUERIES],
    ):
        shared = []
        for query in queries:
            ours, theirs = (index.search([query], 10, EVERYTHING).statements[0].tolist() for index in demo_indexes)
            assert ours[0] in theirs
            shared.append(len(set(ours) & set(theirs)) / len(ours))
        assert np.mean(shared) >= SHARED_OF_TEN
        assert min(shared) >= 0.3


def test_writes_are_cut_into_batches_that_a_server_takes(
    connection: MilvusConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    call = connection.call
    monkeypatch.setattr(
        connection,
        "call",
        lambda verb, *args, **options: (
            sizes.append(len(options["data"])) if verb == "upsert" else None,
            call(verb, *args, **options),
        )[1],
    )
    index = MilvusTermIndex(connection, "words")
    index.upsert(open_rows(range(1_500)), [TermDocument("kort tekst", "", "da")] * 1_500)
    assert sizes == [1_000, 500]

    sizes.clear()
    monkeypatch.setattr("matching.engine.milvus_collections._MAX_BATCH_BYTES", 100_000)
    index.upsert(open_rows(range(20)), [TermDocument("lang tekst " * 500, "", "da")] * 20)
    assert len(sizes) > 1
    assert sum(sizes) == 20
    assert index.documents(ids(19))[0].text == "lang tekst " * 500
