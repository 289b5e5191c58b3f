"""Copies a hub's published generation from this machine into Milvus and back; nothing is embedded again."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from kernel.errors import NotReady
from matching.engine.faiss_store import FaissVectorStore
from matching.engine.migrating import Migration, migrate
from matching.engine.milvus_connection import MilvusConnection
from matching.engine.stores import BrokenIndexError
from matching.engine.terms import TantivyTermIndex
from matching.indexing.backends import EXACT_UNTIL, LocalBackend, MilvusBackend, snapshot_folder
from matching.indexing.hub_index import HubIndex, IndexVersion, Stores
from matching.indexing.loading import attach_to, build_from_database, catch_up
from matching.indexing.snapshots import read_snapshot
from matching.models import IndexState
from matching.queries.index import index_state

Progress = Callable[[str, int, int], None]

_BATCH = 1000
# The local store copies what changed since its base at each write: few writes, then one base of it all.
_LOCAL_BATCHES = 20


@dataclass(frozen=True)
class Move:
    """What was written of vectors and words, and the change up to which the copy goes."""

    vectors: Migration
    words: Migration
    published: int


def move_to_milvus(hub_id: int, connection: MilvusConnection, *, dimension: int, progress: Progress) -> Move:
    """Make Milvus hold what a process that starts now would serve; a second run writes only what differs.

    Raises:
        NotReady: the hub's index was never built.
    """
    state = _published(hub_id)
    source = _local(state, dimension)
    backend = MilvusBackend(hub_id, connection)
    target = backend.open(state.generation, dimension, exact=len(source) <= EXACT_UNTIL)
    return _copied(source.stores, target, _BATCH, source.version.published, progress)


def move_from_milvus(
    hub_id: int, connection: MilvusConnection, *, dimension: int, progress: Progress
) -> tuple[Move, HubIndex]:
    """What Milvus holds as an index of this process, to be written as a snapshot.

    Begins with the snapshot that is there, if it is of this generation, so that a second run reads only what differs.

    Raises:
        NotReady: the hub's index was never built, or Milvus does not hold it.
    """
    state = _published(hub_id)
    version = IndexVersion(state.encoder, state.generation, state.published)
    source = MilvusBackend(hub_id, connection).attach(version, dimension)
    if source is None:
        raise NotReady(_("Milvus does not hold generation %(number)s of this hub.") % {"number": state.generation})
    target = _from_snapshot(state) or Stores(FaissVectorStore(dimension), TantivyTermIndex.create())
    batch = max(_BATCH, len(source.vectors) // _LOCAL_BATCHES)
    move = _copied(source, target, batch, state.published, progress)
    return move, _as_index(state, target, dimension)


def _copied(source: Stores, target: Stores, batch: int, published: int, progress: Progress) -> Move:
    vectors = migrate(
        source.vectors, target.vectors, batch=batch, progress=lambda done, total: progress("vectors", done, total)
    )
    words = migrate(
        source.terms, target.terms, batch=batch, progress=lambda done, total: progress("words", done, total)
    )
    return Move(vectors, words, published)


def _published(hub_id: int) -> IndexState:
    state = index_state(hub_id)
    if state is None or not state.encoder:
        raise NotReady(_("The hub's index was never built. Run “manage.py build_index” first."))
    return state


def _local(state: IndexState, dimension: int) -> HubIndex:
    """The local index of the published generation, whatever back end the settings name."""
    try:
        index = read_snapshot(snapshot_folder(state.hub_id))
    except BrokenIndexError:
        return build_from_database(state, dimension, LocalBackend())
    if not _is_of(index, state):
        return build_from_database(state, dimension, LocalBackend())
    catch_up(index, state)
    return index


def _is_of(index: HubIndex, state: IndexState) -> bool:
    same = (index.version.encoder, index.version.generation) == (state.encoder, state.generation)
    return same and index.version.published <= state.published


def _from_snapshot(state: IndexState) -> Stores | None:
    try:
        index = read_snapshot(snapshot_folder(state.hub_id))
    except BrokenIndexError:
        return None
    return index.stores if _is_of(index, state) else None


def _as_index(state: IndexState, stores: Stores, dimension: int) -> HubIndex:
    """An index over the stores with the database's columns; what only one of the three knows is left out."""
    index = attach_to(state, stores, dimension)
    for store in (stores.vectors, stores.terms):
        store.delete(np.setdiff1d(store.rows().statement, index.rows.statement))
    both = np.intersect1d(stores.vectors.rows().statement, stores.terms.rows().statement)
    for store in (stores.vectors, stores.terms):
        store.delete(np.setdiff1d(store.rows().statement, both))
    known = np.isin(index.rows.statement, both)
    index.fill(index.rows.take(known), index.facts.take(known))
    if isinstance(stores.vectors, FaissVectorStore):
        stores.vectors = stores.vectors.compacted()
    return index
