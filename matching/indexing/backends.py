"""Where a hub's vectors and words live: in each process from a snapshot, or in a Milvus that all processes share."""

from pathlib import Path
from typing import Protocol

from django.conf import settings

from matching.engine.faiss_store import FaissVectorStore
from matching.engine.milvus_connection import MilvusConnection
from matching.engine.milvus_store import MilvusVectorStore
from matching.engine.milvus_terms import MilvusTermIndex
from matching.engine.terms import TantivyTermIndex
from matching.indexing.hub_index import Entries, IndexVersion, Stores

# Beyond this many statements Milvus walks a graph instead of comparing with every one.
EXACT_UNTIL = 200_000
_KEPT_GENERATIONS = 2
_connections: dict[str, MilvusConnection] = {}


class Backend(Protocol):
    """Makes the stores of one hub."""

    def build(self, version: IndexVersion, entries: Entries, dimension: int) -> Stores:
        """Stores that hold these entries and nothing else."""
        ...

    def attach(self, version: IndexVersion, dimension: int) -> Stores | None:
        """Stores that others keep up to date for this generation; none when each process has its own."""
        ...


class LocalBackend:
    """FAISS and tantivy in this process; nothing is shared but the snapshot on disk."""

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


class MilvusBackend:
    """Two collections a generation in one Milvus; the indexer writes them, everybody searches them."""

    def __init__(self, hub_id: int, connection: MilvusConnection) -> None:
        self._hub_id = hub_id
        self._connection = connection

    def build(self, version: IndexVersion, entries: Entries, dimension: int) -> Stores:
        """New collections with the entries; those of older generations go, but for the one before."""
        self._drop(version.generation)
        stores = self._stores(version.generation, dimension, exact=len(entries.rows) <= EXACT_UNTIL)
        if len(entries.rows):
            stores.vectors.upsert(entries.rows, entries.vectors)
            stores.terms.upsert(entries.rows, entries.words)
        for old in range(max(0, version.generation - _KEPT_GENERATIONS - 3), version.generation - 1):
            self._drop(old)
        return stores

    def attach(self, version: IndexVersion, dimension: int) -> Stores | None:
        """The generation's collections, if they are there."""
        if not self._connection.call("has_collection", self._name(version.generation, "vectors")):
            return None
        return self._stores(version.generation, dimension, exact=True)

    def _stores(self, generation: int, dimension: int, *, exact: bool) -> Stores:
        return Stores(
            MilvusVectorStore(self._connection, self._name(generation, "vectors"), dimension, exact=exact),
            MilvusTermIndex(self._connection, self._name(generation, "words")),
            shared=True,
        )

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
    if not settings.VIDENBRO_MILVUS_URI:
        return LocalBackend()
    return MilvusBackend(hub_id, milvus_connection(settings.VIDENBRO_MILVUS_URI, settings.VIDENBRO_MILVUS_TOKEN))


def milvus_connection(uri: str, token: str) -> MilvusConnection:
    """This process's one connection to an address."""
    if uri not in _connections:
        _connections[uri] = MilvusConnection(uri, token=token)
    return _connections[uri]


def close_connections() -> None:
    """Let go of every Milvus; for tests and for commands that end."""
    while _connections:
        _connections.popitem()[1].close()
