"""Each process's copies of the hub indexes, kept up with the database by a look at one row.

A process that starts loads the snapshot; when that is missing, broken or of another encoder it says so and builds
from the database instead. When many changes have piled up beside the base, a newer snapshot is loaded in the
background and takes over: questions are answered meanwhile, and the processes share its pages again.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from django.db import connections
from django.utils.translation import gettext as _

from kernel.errors import NotReady
from matching.engine.faiss_store import FaissVectorStore
from matching.engine.stores import BrokenIndexError
from matching.indexing.backends import backend_for, snapshot_folder
from matching.indexing.hub_index import HubIndex, IndexVersion
from matching.indexing.loading import attach_to, build_from_database, catch_up
from matching.indexing.snapshots import keep_terms_in_memory, read_snapshot
from matching.models import IndexState
from matching.queries.index import index_state

logger = logging.getLogger(__name__)

# A changed profile must be found within two seconds everywhere; the indexer takes the rest.
REFRESH_SECONDS = 0.5
_BETWEEN_RENEWALS_SECONDS = 60.0

Work = Callable[[], None]


def in_background(work: Work) -> None:
    """Do it in a thread that ends with the process."""

    def work_and_let_go() -> None:
        try:
            work()
        finally:
            connections.close_all()

    threading.Thread(target=work_and_let_go, name="index-renewal", daemon=True).start()


class IndexRegistry:
    """Hub indexes by hub id; safe to ask from several threads."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, start: Callable[[Work], None] = in_background
    ) -> None:
        self._clock = clock
        self._start = start
        self._indexes: dict[int, HubIndex] = {}
        self._looked_at: dict[int, float] = {}
        self._renewed_at: dict[int, float] = {}
        self._lock = threading.Lock()
        self._hub_locks: dict[int, threading.RLock] = {}

    def index_for(self, hub_id: int, *, dimension_of: Callable[[str], int]) -> HubIndex:
        """The hub's index, not older than `REFRESH_SECONDS`.

        `dimension_of` tells the dimension of the encoder with a fingerprint, and raises where it is not here: the
        published index names its encoder, so that a new one takes over everywhere in the moment it is published.

        Raises:
            NotReady: nothing is published yet, or its encoder is not on this machine.
        """
        with self._lock_of(hub_id):
            index = self._indexes.get(hub_id)
            if index is None or self._clock() - self._looked_at.get(hub_id, float("-inf")) >= REFRESH_SECONDS:
                index = self._refreshed(hub_id, index, dimension_of)
                self._indexes[hub_id] = index
                self._looked_at[hub_id] = self._clock()
                self._renew_if_worn(hub_id, index)
            return self._indexes[hub_id]

    def _lock_of(self, hub_id: int) -> threading.RLock:
        """One lock a hub: while one hub's index is built, the others answer."""
        with self._lock:
            return self._hub_locks.setdefault(hub_id, threading.RLock())

    def forget(self) -> None:
        """Drop every copy; the next question loads anew."""
        with self._lock:
            self._indexes.clear()
            self._looked_at.clear()
            self._renewed_at.clear()

    def _refreshed(self, hub_id: int, index: HubIndex | None, dimension_of: Callable[[str], int]) -> HubIndex:
        state = index_state(hub_id)
        if state is None or not state.encoder:
            raise NotReady(_("The search index is being built. Try again in a minute."))
        if index is None or not _continues(index, state):
            index = load_index(state, dimension_of(state.encoder))
        if index.version.published < state.published:
            _follow(index, state)
        return index

    def _renew_if_worn(self, hub_id: int, index: HubIndex) -> None:
        """Begin to load a fresh copy where too much has changed since this one's base was made."""
        renewed = self._renewed_at.get(hub_id, float("-inf"))
        if is_worn(index) and self._clock() - renewed >= _BETWEEN_RENEWALS_SECONDS:
            self._renewed_at[hub_id] = self._clock()
            self._start(lambda: self._renew(hub_id, index))

    def _renew(self, hub_id: int, worn: HubIndex) -> None:
        """Load a copy beside the worn one, and let it take over if nothing else has meanwhile."""
        try:
            fresh = fresh_copy(worn, hub_id)
            with self._lock_of(hub_id):
                state = index_state(hub_id)
                if state is None or not _continues(fresh, state) or self._indexes.get(hub_id) is not worn:
                    return
                _follow(fresh, state)
                self._indexes[hub_id] = fresh
        except Exception:
            logger.exception("Hub %s: the index could not be renewed; the one in use goes on.", hub_id)


def _continues(index: HubIndex, state: IndexState) -> bool:
    return (index.version.encoder, index.version.generation) == (state.encoder, state.generation)


def _follow(index: HubIndex, state: IndexState) -> None:
    """Catch up with the database; words that the disk takes no more go on in memory."""
    try:
        catch_up(index, state)
    except (OSError, ValueError) as error:
        if index.stores.shared:
            raise
        keep_terms_in_memory(index, error)
        catch_up(index, state)


def is_worn(index: HubIndex) -> bool:
    """Whether so much has changed beside the base that searches suffer."""
    vectors = index.stores.vectors
    return isinstance(vectors, FaissVectorStore) and vectors.needs_compaction


def fresh_copy(worn: HubIndex, hub_id: int) -> HubIndex:
    """The same index from the newest snapshot, caught up; its vectors are compacted where even that one is worn.

    Raises:
        NotReady: the hub's index is gone.
    """
    state = index_state(hub_id)
    if state is None:
        raise NotReady(_("The search index is being built. Try again in a minute."))
    fresh = load_index(state, worn.dimension)
    _follow(fresh, state)
    vectors = fresh.stores.vectors
    if isinstance(vectors, FaissVectorStore) and vectors.needs_compaction:
        fresh.stores = replace(fresh.stores, vectors=vectors.compacted())
    return fresh


def load_index(state: IndexState, dimension: int) -> HubIndex:
    """The hub's index from where it is kept, else from the database; says why when it is the second.

    Raises:
        NotReady: it should be in Milvus and is not; a web process must not be the one that puts it there.
    """
    backend = backend_for(state.hub_id)
    shared = backend.attach(IndexVersion(state.encoder, state.generation, state.published), dimension)
    if shared is not None:
        return attach_to(state, shared, dimension)
    if backend.shared:
        raise NotReady(_("Milvus does not hold the search index yet. Run “manage.py build_index” first."))
    try:
        index = read_snapshot(snapshot_folder(state.hub_id))
    except BrokenIndexError as error:
        logger.warning("Hub %s: %s Building the index from the database.", state.hub_id, error)
        return build_from_database(state, dimension, backend)
    if not _continues(index, state) or index.version.published > state.published:
        logger.info("Hub %s: the snapshot is of another generation; building from the database.", state.hub_id)
        return build_from_database(state, dimension, backend)
    return index


registry = IndexRegistry()
