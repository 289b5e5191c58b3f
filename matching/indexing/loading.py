"""Filling a hub's index from the database, whole or for the profiles that changed."""

from collections.abc import Collection

import numpy as np

from matching.engine.centring import Centring
from matching.engine.vectors import StatementRows, Vectors
from matching.indexing.hub_index import KINDS, HubIndex, IndexVersion
from matching.models import IndexState
from matching.queries import as_rows, changed_profiles_since, indexable_statements, stored_vectors

Parts = dict[str, tuple[StatementRows, Vectors]]


def centring_of(state: IndexState, dimension: int) -> Centring:
    """The mean vectors that are taken off."""
    if not state.centre:
        return Centring()
    return Centring(np.frombuffer(bytes(state.centre), dtype="<f4").reshape(-1, dimension).copy())


def read_parts(
    hub_id: int, encoder: str, dimension: int, centring: Centring, profile_ids: Collection[int] | None = None
) -> Parts:
    """Rows and centred vectors by kind of statement; texts whose vector is not stored yet are left out until it is."""
    statements = list(indexable_statements(hub_id, profile_ids))
    hashes = None if profile_ids is None else [statement.content_hash for statement in statements]
    vectors = stored_vectors(hub_id, encoder, hashes)
    parts: Parts = {}
    for kind in KINDS:
        known = [item for item in statements if item.kind == kind and item.content_hash in vectors]
        table = np.empty((len(known), dimension), dtype=np.float32)
        for position, statement in enumerate(known):
            table[position] = vectors[statement.content_hash]
        parts[kind] = (as_rows(known), centring.apply(table, [item.language for item in known]))
    return parts


def build_from_database(state: IndexState, dimension: int) -> HubIndex:
    """The hub's index as the database has it now."""
    version = IndexVersion(state.encoder, state.generation, state.published)
    index = HubIndex(version, dimension, centring_of(state, dimension))
    index.replace_profiles([], read_parts(state.hub_id, state.encoder, dimension, index.centring), version)
    return index


def catch_up(index: HubIndex, state: IndexState) -> int:
    """Bring an index of the same generation up to the published changes; returns how many profiles changed."""
    profiles, newest = changed_profiles_since(state.hub_id, index.version.published)
    version = IndexVersion(state.encoder, state.generation, newest)
    parts: Parts = {}
    if profiles:
        parts = read_parts(state.hub_id, state.encoder, index.dimension, index.centring, profiles)
    index.replace_profiles(profiles, parts, version)
    return len(profiles)
