"""Where a hub's vectors and words live: in each process from a snapshot, or in a Milvus that all processes share."""

import re
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

import numpy as np
from django.conf import settings

from matching.engine.faiss_store import FaissVectorStore
from matching.engine.milvus_connection import MilvusConnection
from matching.engine.milvus_store import MilvusVectorStore
from matching.engine.milvus_terms import MilvusTermIndex
from matching.engine.rows import Ids
from matching.engine.terms import TantivyTermIndex
from matching.indexing.hub_index import Entries, IndexVersion, Stores, write_entries

# Beyond this many statements Milvus walks a graph instead of comparing with every one.
EXACT_UNTIL = 200_000
_KEPT_GENERATIONS = 2
_connections: dict[str, MilvusConnection] = {}


_PROFILES_A_QUERY = 100
_FOLDER = re.compile(r"hub-(\d+)")
_COLLECTION = re.compile(r"hub_(\d+)_\d+_(vectors|words)")


class Backend(Protocol):
    """Makes the stores of one hub; `shared` when one copy serves all processes."""

    shared: bool

    def build(self, version: IndexVersion, entries: Entries, dimension: int) -> Stores:
        """Stores that hold these entries and nothing else."""
        ...

    def attach(self, version: IndexVersion, dimension: int) -> Stores | None:
        """Stores that others keep up to date for this generation; none when there are none."""
        ...

    def write(self, stores: Stores, version: IndexVersion, profile_ids: Collection[int], entries: Entries) -> None:
        """Put the entries in place of all that the shared stores have of these profiles."""
        ...


class LocalBackend:
    """FAISS and tantivy in this process; nothing is shared but the snapshot on disk."""

    shared = False

    def build(self, version: IndexVersion, entries: Entries, dimension: int) -> Stores:
        """Stores in memory."""
        vectors = FaissVectorStore.build(entries.rows, entries.vectors) if len(entries.rows) else None
        terms = TantivyTermIndex.create()
        if len(entries.rows):
            terms.upsert(entries.rows, entries.words)
        return Stores(vectors or FaissVectorStore(dimension), terms)

    def attach(self, version: IndexVersion, dimension: int) -> Stores | None:
        """None: each process has its own."""
        return None

    def write(self, stores: Stores, version: IndexVersion, profile_ids: Collection[int], entries: Entries) -> None:
        """Nothing: each process writes its own when it hears of the change."""


class MilvusBackend:
    """Two collections a generation in one Milvus; the indexer writes them, everybody searches them."""

    shared = True

    def __init__(self, hub_id: int, connection: MilvusConnection) -> None:
        self._hub_id = hub_id
        self._connection = connection

    def build(self, version: IndexVersion, entries: Entries, dimension: int) -> Stores:
        """New collections with the entries; those of older generations go, but for the one before."""
        self._drop(version.generation)
        stores = self.open(version.generation, dimension, exact=len(entries.rows) <= EXACT_UNTIL)
        if len(entries.rows):
            stores.vectors.upsert(entries.rows, entries.vectors)
            stores.terms.upsert(entries.rows, entries.words)
        for old in range(max(0, version.generation - _KEPT_GENERATIONS - 3), version.generation - 1):
            self._drop(old)
        return stores

    def attach(self, version: IndexVersion, dimension: int) -> Stores | None:
        """The generation's collections, if they are there."""
        names = (self._name(version.generation, part) for part in ("vectors", "words"))
        if not all(self._connection.call("has_collection", name) for name in names):
            return None
        return self.open(version.generation, dimension, exact=True)

    def open(self, generation: int, dimension: int, *, exact: bool) -> Stores:
        """The generation's collections, made if they are not there; `exact` counts only then."""
        return Stores(
            MilvusVectorStore(self._connection, self._name(generation, "vectors"), dimension, exact=exact),
            MilvusTermIndex(self._connection, self._name(generation, "words")),
            shared=True,
        )

    def write(self, stores: Stores, version: IndexVersion, profile_ids: Collection[int], entries: Entries) -> None:
        """Deletes what either collection has beyond the entries, then writes these."""
        there = [self._statements_of(version.generation, part, profile_ids) for part in ("vectors", "words")]
        write_entries(stores, np.concatenate(there), entries)

    def _statements_of(self, generation: int, part: str, profile_ids: Collection[int]) -> Ids:
        """Ids of the profiles' statements in one collection; to read all of its rows would take seconds a million."""
        wanted = sorted(int(profile) for profile in profile_ids)
        found: list[int] = []
        for start in range(0, len(wanted), _PROFILES_A_QUERY):
            expression = f"profile in {wanted[start : start + _PROFILES_A_QUERY]}"
            name = self._name(generation, part)
            records = self._connection.call("query", name, filter=expression, output_fields=["statement"])
            found += [int(record["statement"]) for record in records]
        return np.array(found, dtype=np.int64)

    def _name(self, generation: int, part: str) -> str:
        return f"hub_{self._hub_id}_{generation}_{part}"

    def _drop(self, generation: int) -> None:
        for part in ("vectors", "words"):
            if self._connection.call("has_collection", self._name(generation, part)):
                self._connection.call("drop_collection", self._name(generation, part))


def snapshot_folder(hub_id: int) -> Path:
    """Where the hub's snapshots lie."""
    return Path(settings.VIDENBRO_INDEX_DIR) / f"hub-{hub_id}"


def backend_for(hub_id: int) -> Backend:
    """The back end that the settings name.

    Raises:
        MilvusUnreachable: it is Milvus, and nobody answers at its address.
    """
    connection = _connection_of_settings()
    return MilvusBackend(hub_id, connection) if connection else LocalBackend()


def milvus_connection(uri: str, token: str) -> MilvusConnection:
    """This process's one connection to an address."""
    if uri not in _connections:
        _connections[uri] = MilvusConnection(uri, token=token)
    return _connections[uri]


def remove_other_indexes(hub_ids: Collection[int]) -> list[int]:
    """Remove what is left of the indexes of hubs that are not among these; returns the ids of those that had some.

    No hub at all is more likely the wrong database than a wish: then nothing is removed.
    """
    if not hub_ids:
        return []
    gone = {number for number in _indexed_hubs() if number not in hub_ids}
    for number in gone:
        shutil.rmtree(snapshot_folder(number), ignore_errors=True)
    connection = _connection_of_settings()
    for name, number in _collections(connection):
        if connection and number in gone:
            connection.call("drop_collection", name)
    return sorted(gone)


def _indexed_hubs() -> set[int]:
    """Ids of hubs that have a folder or a collection."""
    folder = Path(settings.VIDENBRO_INDEX_DIR)
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    found = {int(match[1]) for name in names if (match := _FOLDER.fullmatch(name))}
    return found | {number for _name, number in _collections(_connection_of_settings())}


def _collections(connection: MilvusConnection | None) -> list[tuple[str, int]]:
    """Our collections with the ids of their hubs."""
    names = connection.call("list_collections") if connection else []
    return [(name, int(match[1])) for name in names if (match := _COLLECTION.fullmatch(name))]


def _connection_of_settings() -> MilvusConnection | None:
    if not settings.VIDENBRO_MILVUS_URI:
        return None
    return milvus_connection(settings.VIDENBRO_MILVUS_URI, settings.VIDENBRO_MILVUS_TOKEN)


def close_connections() -> None:
    """Let go of every Milvus; for tests and for commands that end."""
    while _connections:
        _connections.popitem()[1].close()
