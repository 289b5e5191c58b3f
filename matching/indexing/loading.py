"""Filling a hub's index from the database, whole or for the profiles that changed."""

import logging
from collections.abc import Collection

import numpy as np

from matching.engine.calibration import Background
from matching.engine.centring import Centring
from matching.engine.rows import LANGUAGES
from matching.engine.stores import Vectors
from matching.indexing.backends import Backend
from matching.indexing.hub_index import Entries, HubIndex, IndexVersion, Stores
from matching.models import IndexBackground, IndexState
from matching.queries.index import (
    IndexableStatement,
    as_facts,
    as_rows,
    changed_profiles_since,
    indexable_statements,
    stored_vectors,
)

logger = logging.getLogger(__name__)


def centring_of(state: IndexState, dimension: int) -> Centring:
    """The mean vectors that are taken off."""
    if not state.centre:
        return Centring()
    return Centring(np.frombuffer(bytes(state.centre), dtype="<f4").reshape(-1, dimension).copy())


def background_of(state: IndexState, dimension: int) -> Background:
    """The vectors that say what nearness by chance is."""
    row = IndexBackground.objects.filter(pk=state.hub_id).first()
    if row is None:
        return Background.none(dimension)
    vectors = np.frombuffer(bytes(row.vectors), dtype="<f4").reshape(-1, dimension).copy()
    return Background(vectors, np.frombuffer(bytes(row.languages), dtype="<i2").copy())


def is_sound(vector: Vectors, dimension: int) -> bool:
    """Whether it is of that length, and every value a finite number."""
    return len(vector) == dimension and bool(np.isfinite(vector).all())


def sound_vectors(
    hub_id: int, encoder: str, dimension: int, hashes: Collection[str] | None = None
) -> dict[str, Vectors]:
    """Stored vectors (dimension,) by content hash, without the damaged ones: one of those must not stop all others."""
    stored = stored_vectors(hub_id, encoder, hashes)
    sound = {digest: vector for digest, vector in stored.items() if is_sound(vector, dimension)}
    if len(sound) < len(stored):
        logger.error(
            "Hub %s: %s stored vectors are damaged and left out. Run “manage.py check_index --repair”.",
            hub_id,
            len(stored) - len(sound),
        )
    return sound


def read_entries(
    hub_id: int, encoder: str, dimension: int, centring: Centring, profile_ids: Collection[int] | None = None
) -> Entries:
    """Statements with centred vectors; texts whose vector is not stored yet are left out until it is."""
    statements = list(indexable_statements(hub_id, profile_ids))
    hashes = None if profile_ids is None else [statement.content_hash for statement in statements]
    vectors = sound_vectors(hub_id, encoder, dimension, hashes)
    known = [item for item in statements if item.content_hash in vectors]
    table = np.empty((len(known), dimension), dtype=np.float32)
    for position, statement in enumerate(known):
        table[position] = vectors[statement.content_hash]
    centred = centring.apply(table, [item.language for item in known])
    return Entries(as_rows(known), as_facts(known), centred, [item.words for item in known])


def sample_background(
    statements: list[IndexableStatement], vectors: np.ndarray, centring: Centring, seed: int
) -> Background:
    """A background out of the hub's statements with raw vectors (n, dimension), the same for the same seed."""
    spoken = [statement.language for statement in statements]
    numbers = np.array([LANGUAGES.index(each) if each in LANGUAGES else 0 for each in spoken], dtype=np.int16)
    return Background.of(centring.apply(vectors, spoken), numbers, np.random.default_rng(seed))


def build_from_database(state: IndexState, dimension: int, backend: Backend) -> HubIndex:
    """The hub's index as the database has it now."""
    version = IndexVersion(state.encoder, state.generation, state.published)
    centring = centring_of(state, dimension)
    entries = read_entries(state.hub_id, state.encoder, dimension, centring)
    stores = backend.build(version, entries, dimension)
    index = HubIndex(version, stores, centring, background_of(state, dimension))
    index.fill(entries.rows, entries.facts)
    return index


def attach_to(state: IndexState, stores: Stores, dimension: int) -> HubIndex:
    """The hub's index over stores that others keep up to date: only columns are read here."""
    version = IndexVersion(state.encoder, state.generation, state.published)
    index = HubIndex(version, stores, centring_of(state, dimension), background_of(state, dimension))
    statements = list(indexable_statements(state.hub_id))
    index.fill(as_rows(statements), as_facts(statements))
    return index


def catch_up(index: HubIndex, state: IndexState) -> int:
    """Bring an index of the same generation up to the published changes; returns how many profiles changed."""
    profiles, newest = changed_profiles_since(state.hub_id, index.version.published)
    version = IndexVersion(state.encoder, state.generation, newest)
    entries = read_entries(state.hub_id, state.encoder, index.dimension, index.centring, profiles)
    index.replace_profiles(profiles, entries, version)
    return len(profiles)
