"""Publishing changes: embed what is new, number the change rows, rebuild when asked.

Every step can be killed at any moment: a change row keeps its place until its vectors are stored, in one transaction.
"""

import logging
from collections.abc import Callable, Collection

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from matching.engine.centring import Centring
from matching.engine.encoders import Encoder
from matching.indexing.hub_index import HubIndex
from matching.indexing.loading import build_from_database
from matching.indexing.registry import snapshot_folder
from matching.indexing.snapshots import write_snapshot
from matching.models import IndexChange, IndexState, StatementVector
from matching.queries import indexable_statements, pending_changes, stored_vectors

logger = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
_TEXTS_A_BATCH = 64
_CHANGES_A_QUERY = 500


def embed_missing(
    hub_id: int,
    *,
    encoder: Encoder,
    profile_ids: Collection[int] | None = None,
    progress: Progress | None = None,
) -> int:
    """Store a vector for every text that has none under this encoder; returns how many were embedded.

    Each batch is stored on its own, so that a killed run goes on where it stopped.
    """
    texts = {item.content_hash: item.passage for item in indexable_statements(hub_id, profile_ids)}
    present = stored_vectors(hub_id, encoder.fingerprint, None if profile_ids is None else list(texts))
    missing = [digest for digest in texts if digest not in present]
    for start in range(0, len(missing), _TEXTS_A_BATCH):
        batch = missing[start : start + _TEXTS_A_BATCH]
        vectors = encoder.encode_passages([texts[digest] for digest in batch])
        StatementVector.objects.bulk_create(
            (
                StatementVector(
                    hub_id=hub_id,
                    encoder=encoder.fingerprint,
                    content_hash=digest,
                    vector=vector.astype("<f4").tobytes(),
                )
                for digest, vector in zip(batch, vectors, strict=True)
            ),
            ignore_conflicts=True,
        )
        if progress:
            progress(min(start + _TEXTS_A_BATCH, len(missing)), len(missing))
    return len(missing)


def publish_changes(hub_id: int, *, encoder: Encoder, limit: int = 200) -> int:
    """Embed and number the oldest pending changes of a hub; returns how many were published.

    A hub that has never been built, or was built with another encoder, is rebuilt instead.
    """
    state = IndexState.objects.filter(pk=hub_id).first()
    if state is None or state.encoder != encoder.fingerprint:
        before = state.published if state else 0
        return rebuild_index(hub_id, encoder=encoder).version.published - before
    changes = pending_changes(hub_id, limit)
    if not changes:
        return 0
    embed_missing(hub_id, encoder=encoder, profile_ids={change.profile_id for change in changes})
    with transaction.atomic():
        locked = IndexState.objects.select_for_update().get(pk=hub_id)
        return _number(locked, [change.pk for change in changes])


def _number(state: IndexState, change_ids: list[int]) -> int:
    """Give the changes that are still pending the hub's next numbers, under the lock of its state row."""
    rows: list[IndexChange] = []
    for start in range(0, len(change_ids), _CHANGES_A_QUERY):
        part = change_ids[start : start + _CHANGES_A_QUERY]
        rows.extend(IndexChange.objects.filter(pk__in=part, published__isnull=True).order_by("pk"))
    for number, row in enumerate(rows, start=state.published + 1):
        row.published = number
    IndexChange.objects.bulk_update(rows, ["published"], batch_size=_CHANGES_A_QUERY)
    state.published += len(rows)
    state.save(update_fields=["published"])
    return len(rows)


def rebuild_index(hub_id: int, *, encoder: Encoder, progress: Progress | None = None) -> HubIndex:
    """Embed what is missing, begin a new generation with fresh mean vectors, and write its snapshot.

    What is already embedded under this encoder is not embedded again. Only changes that were seen before the texts
    were read get a number: one committed meanwhile, even under a smaller id, has its text still to be embedded.
    """
    waiting = [change.pk for change in pending_changes(hub_id)]
    embed_missing(hub_id, encoder=encoder, progress=progress)
    centring = _hub_centring(hub_id, encoder)
    with transaction.atomic():
        IndexState.objects.get_or_create(hub_id=hub_id)
        state = IndexState.objects.select_for_update().get(pk=hub_id)
        _forget_what_is_gone(state)
        _number(state, waiting)
        state.encoder = encoder.fingerprint
        state.generation += 1
        state.centre = centring.means.astype("<f4").tobytes() if centring.means is not None else b""
        state.built_at = timezone.now()
        state.save()
    index = build_from_database(state, encoder.dimension)
    save_snapshot(hub_id, index)
    return index


def _forget_what_is_gone(state: IndexState) -> None:
    """Erase the vectors of texts that are gone, and the changes numbered so far: a new generation is read whole."""
    stored = StatementVector.objects.filter(hub_id=state.hub_id)
    # Vectors before texts: one that a worker stores after this look belongs to a text that is here.
    known = list(stored.values_list("pk", "content_hash"))
    living = {item.content_hash for item in indexable_statements(state.hub_id)}
    gone = [pk for pk, digest in known if digest not in living]
    for start in range(0, len(gone), _CHANGES_A_QUERY):
        stored.filter(pk__in=gone[start : start + _CHANGES_A_QUERY]).delete()
    IndexChange.objects.filter(hub_id=state.hub_id, published__isnull=False).delete()


def _hub_centring(hub_id: int, encoder: Encoder) -> Centring:
    """Means over the hub's living texts, each text once."""
    vectors = stored_vectors(hub_id, encoder.fingerprint)
    living = {item.content_hash: item.language for item in indexable_statements(hub_id)}
    known = sorted(digest for digest in living if digest in vectors)
    if not known:
        return Centring()
    return Centring.of(np.stack([vectors[digest] for digest in known]), [living[digest] for digest in known])


def save_snapshot(hub_id: int, index: HubIndex) -> None:
    """Write the index to disk; a disk that is full is said and survived, since the database has it all."""
    try:
        write_snapshot(index, snapshot_folder(hub_id), built_at=timezone.now().isoformat())
    except OSError as error:
        logger.error(
            "Hub %s: the index snapshot could not be written to %s (%s). Free some space; the old one stays.",
            hub_id,
            settings.VIDENBRO_INDEX_DIR,
            error.strerror,
        )
