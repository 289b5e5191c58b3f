"""Every back end of the engine's two stores, made the same way, for the tests that all of them must pass."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from matching.engine.faiss_store import FaissVectorStore
from matching.engine.milvus_connection import MilvusConnection
from matching.engine.milvus_store import MilvusVectorStore
from matching.engine.milvus_terms import MilvusTermIndex
from matching.engine.stores import TermIndex, VectorStore
from matching.engine.terms import TantivyTermIndex

DIMENSION = 8
OpenVectors = Callable[[Path], AbstractContextManager[VectorStore]]
OpenTerms = Callable[[Path], AbstractContextManager[TermIndex]]


@contextmanager
def faiss_vectors(folder: Path) -> Iterator[VectorStore]:
    yield FaissVectorStore(DIMENSION)


@contextmanager
def tantivy_terms(folder: Path) -> Iterator[TermIndex]:
    index = TantivyTermIndex.create(None)
    yield index
    index.close()


@contextmanager
def milvus_vectors(folder: Path) -> Iterator[VectorStore]:
    with MilvusConnection(str(folder / "milvus.db")) as connection:
        yield MilvusVectorStore(connection, "vectors", DIMENSION)


@contextmanager
def milvus_graph(folder: Path) -> Iterator[VectorStore]:
    with MilvusConnection(str(folder / "milvus.db")) as connection:
        yield MilvusVectorStore(connection, "graph", DIMENSION, exact=False)


@contextmanager
def milvus_terms(folder: Path) -> Iterator[TermIndex]:
    with MilvusConnection(str(folder / "milvus.db")) as connection:
        yield MilvusTermIndex(connection, "words")


VECTOR_STORES: dict[str, OpenVectors] = {
    "faiss": faiss_vectors,
    "milvus": milvus_vectors,
    "milvus-graph": milvus_graph,
}
TERM_INDEXES: dict[str, OpenTerms] = {"tantivy": tantivy_terms, "milvus": milvus_terms}


class FaissRestarts:
    """A FAISS store that can be shut down and started again from its files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.store: VectorStore = FaissVectorStore(DIMENSION)

    def restart(self) -> None:
        assert isinstance(self.store, FaissVectorStore)
        self._folder = self._folder / "next"
        self._folder.mkdir()
        self.store.save(self._folder)
        self.store = FaissVectorStore.load(self._folder, dimension=DIMENSION)

    def stop(self) -> None:
        """Nothing runs."""


class MilvusRestarts:
    """A Milvus store whose server is stopped and started again over the same file."""

    def __init__(self, folder: Path) -> None:
        self._uri = str(folder / "milvus.db")
        self._open()

    def _open(self) -> None:
        self._connection = MilvusConnection(self._uri)
        self.store: VectorStore = MilvusVectorStore(self._connection, "vectors", DIMENSION)

    def restart(self) -> None:
        self.stop()
        self._open()

    def stop(self) -> None:
        self._connection.close()
