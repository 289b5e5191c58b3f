"""Does the served index say what the database says? Compared statement by statement, and put right on request.

The database is always right: the index is derived from it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from django.utils import timezone

from kernel.errors import EditConflict
from matching.domain.changes import note_changes
from matching.domain.indexing import publish_changes, rebuild_index, save_snapshot
from matching.engine.encoders import Encoder
from matching.engine.stores import BrokenIndexError
from matching.indexing.backends import backend_for, snapshot_folder
from matching.indexing.comparing import Comparison, Drift
from matching.indexing.hub_index import Entries, HubIndex, IndexVersion
from matching.indexing.loading import attach_to, build_from_database, catch_up, centring_of, is_sound, read_entries
from matching.indexing.snapshots import read_snapshot
from matching.models import IndexState, StatementVector
from matching.queries.index import (
    changed_profiles_since,
    content_hash,
    index_state,
    indexable_statements,
    pending_changes,
    stored_vectors,
)
from profiles.models import Profile

Progress = Callable[[int, int], None]

_PROFILES_AT_ONCE = 500
_REBUILT_MEANWHILE = 3
_TOO_MANY = 5_000
_HASHES_A_QUERY = 500


@dataclass(frozen=True)
class IndexCheck:
    """What was found in one hub; ids of statements, profiles and digests of texts.

    `fault` says in words why the snapshot (or Milvus) cannot be used at all. `unembedded` lack a stored vector,
    `damaged` texts have one that is no number or of another length, `facts` differ in what only ranking needs.
    Profiles with changes on their way (`waiting`, the oldest for so many seconds) are left out of everything else.
    """

    statements: int = 0
    generation: int = 0
    published: int = 0
    fault: str = ""
    vectors: Drift = field(default_factory=Drift)
    words: Drift = field(default_factory=Drift)
    facts: tuple[int, ...] = ()
    unembedded: tuple[int, ...] = ()
    damaged: tuple[str, ...] = ()
    profiles: tuple[int, ...] = ()
    waiting: int = 0
    oldest_wait_seconds: float = 0.0

    @property
    def in_order(self) -> bool:
        """Whether nothing was found; changes that wait are no fault of the index."""
        return not (self.fault or self.vectors or self.words or self.facts or self.unembedded or self.damaged)


def check_index(hub_id: int, *, dimension: int, progress: Progress | None = None) -> IndexCheck:
    """Compare what a process that starts now would serve with the database; changes nothing.

    For the local back end that is the snapshot on disk, caught up to the published change.

    Raises:
        EditConflict: the hub was rebuilt again and again meanwhile.
    """
    for _attempt in range(_REBUILT_MEANWHILE):
        state = index_state(hub_id)
        if state is None or not state.encoder:
            return IndexCheck(fault="the index was never built")
        found = _Checking(state, dimension).run(progress)
        now = index_state(hub_id)
        if now is not None and now.generation == state.generation:
            return found
    raise EditConflict("The index is being rebuilt all the time. Check it again when that is over.")


def repair_index(hub_id: int, found: IndexCheck, *, encoder: Encoder) -> IndexCheck:
    """Put right what a check found, and check again: the profiles concerned, or the whole generation if need be.

    Everybody goes on searching meanwhile.
    """
    state = index_state(hub_id)
    if state is not None:
        _forget_damaged(state, found.damaged)
    if not found.fault and len(found.profiles) <= _TOO_MANY:
        note_changes(hub_id, profile_ids=found.profiles)
        while publish_changes(hub_id, encoder=encoder):
            pass
        _renew_snapshot(hub_id, encoder.dimension)
        found = check_index(hub_id, dimension=encoder.dimension)
        if found.in_order:
            return found
    rebuild_index(hub_id, encoder=encoder)
    return check_index(hub_id, dimension=encoder.dimension)


class _Checking:
    """One pass over a hub, some profiles at a time, so that no more is in memory than the index itself."""

    def __init__(self, state: IndexState, dimension: int) -> None:
        self._state = state
        self._dimension = dimension
        self._centring = centring_of(state, dimension)
        self._statements = 0
        self._facts: list[tuple[int, int]] = []
        self._unembedded: list[tuple[int, int]] = []
        self._damaged: list[tuple[str, int]] = []

    def run(self, progress: Progress | None) -> IndexCheck:
        index, fault = _served(self._state, self._dimension)
        if index is None:
            return IndexCheck(generation=self._state.generation, published=self._state.published, fault=fault)
        vectors, words = Comparison(index.stores.vectors), Comparison(index.stores.terms)
        for profile_ids, done, total in _parts(self._state.hub_id):
            self._check_stored(profile_ids)
            entries = self._entries(profile_ids)
            self._statements += len(entries.rows)
            vectors.add(entries.rows, entries.vectors)
            words.add(entries.rows, entries.words)
            self._check_facts(index, entries)
            if progress:
                progress(done, total)
        return self._summed_up(index, fault, vectors, words)

    def _entries(self, profile_ids: list[int]) -> Entries:
        return read_entries(self._state.hub_id, self._state.encoder, self._dimension, self._centring, profile_ids)

    def _check_stored(self, profile_ids: list[int]) -> None:
        """Every text has a vector, and every vector is one."""
        items = list(indexable_statements(self._state.hub_id, profile_ids))
        texts = {item.columns[0]: [content_hash(text) for text in item.embedded] for item in items}
        stored = stored_vectors(
            self._state.hub_id, self._state.encoder, {each for found in texts.values() for each in found}
        )
        for item in items:
            statement, profile = item.columns[:2]
            if any(digest not in stored for digest in texts[statement]):
                self._unembedded.append((statement, profile))
            damaged = [
                each for each in texts[statement] if each in stored and not is_sound(stored[each], self._dimension)
            ]
            self._damaged += [(digest, profile) for digest in damaged]

    def _check_facts(self, index: HubIndex, entries: Entries) -> None:
        places = index.positions(entries.rows.statement)
        known = places >= 0
        ours, theirs = entries.facts.take(known), index.facts.take(places[known])
        differing = (
            (ours.purpose != theirs.purpose)
            | (ours.collaboration != theirs.collaboration)
            | (ours.themes != theirs.themes)
        )
        rows = entries.rows.take(np.flatnonzero(known)[differing])
        self._facts += zip(rows.statement.tolist(), rows.profile.tolist(), strict=True)

    def _summed_up(self, index: HubIndex, fault: str, vectors: Comparison, words: Comparison) -> IndexCheck:
        # Read last: whatever changed while we compared stands here, since the change row comes with the change.
        waiting = pending_changes(self._state.hub_id)
        busy = {change.profile_id for change in waiting}
        busy |= set(changed_profiles_since(self._state.hub_id, index.version.published)[0])
        vector_drift, profiles = vectors.drift(busy)
        word_drift, more = words.drift(busy)
        own = [each for each in (*self._facts, *self._unembedded, *self._damaged) if each[1] not in busy]
        oldest = min((change.created_at for change in waiting), default=None)
        return IndexCheck(
            statements=self._statements,
            generation=self._state.generation,
            published=index.version.published,
            fault=fault,
            vectors=vector_drift,
            words=word_drift,
            facts=tuple(statement for statement, profile in self._facts if profile not in busy),
            unembedded=tuple(statement for statement, profile in self._unembedded if profile not in busy),
            damaged=tuple(sorted({digest for digest, profile in self._damaged if profile not in busy})),
            profiles=tuple(sorted(profiles | more | {profile for _what, profile in own})),
            waiting=len(waiting),
            oldest_wait_seconds=(timezone.now() - oldest).total_seconds() if oldest else 0.0,
        )


def _served(state: IndexState, dimension: int) -> tuple[HubIndex | None, str]:
    """What is served, if anything can be read, and what is wrong with all of it."""
    backend = backend_for(state.hub_id)
    version = IndexVersion(state.encoder, state.generation, state.published)
    try:
        if backend.shared:
            stores = backend.attach(version, dimension)
            if stores is None:
                return None, f"Milvus does not hold generation {state.generation}"
            return attach_to(state, stores, dimension), ""
        index = read_snapshot(snapshot_folder(state.hub_id))
    except BrokenIndexError as error:
        return (None if backend.shared else build_from_database(state, dimension, backend)), str(error)
    if (index.version.encoder, index.version.generation) != (state.encoder, state.generation):
        fault = f"the snapshot is of generation {index.version.generation}, not {state.generation}"
        return build_from_database(state, dimension, backend), fault
    if index.version.published > state.published:
        return build_from_database(state, dimension, backend), "the snapshot is newer than the database"
    catch_up(index, state)
    return index, ""


def _parts(hub_id: int) -> Iterator[tuple[list[int], int, int]]:
    """The hub's profiles in parts, with how many that makes of how many."""
    everybody = list(Profile.objects.filter(hub_id=hub_id).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(everybody), _PROFILES_AT_ONCE):
        part = everybody[start : start + _PROFILES_AT_ONCE]
        yield part, start + len(part), len(everybody)


def _forget_damaged(state: IndexState, hashes: tuple[str, ...]) -> None:
    """So that the texts are embedded again."""
    rows = StatementVector.objects.filter(hub_id=state.hub_id, encoder=state.encoder)
    for start in range(0, len(hashes), _HASHES_A_QUERY):
        rows.filter(content_hash__in=hashes[start : start + _HASHES_A_QUERY]).delete()


def _renew_snapshot(hub_id: int, dimension: int) -> None:
    state = index_state(hub_id)
    if state is None:
        return
    index, fault = _served(state, dimension)
    if index is not None and not fault:
        save_snapshot(hub_id, index)
