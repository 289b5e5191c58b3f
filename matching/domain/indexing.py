"""Publishing changes: embed what is new, number the change rows, rebuild when asked.

Every step can be killed at any moment: a change row keeps its place until its vectors are stored, in one transaction.
"""

import logging
from collections.abc import Callable, Collection

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from matching.engine.calibration import Background
from matching.engine.centring import Centring
from matching.engine.encoders import Encoder
from matching.indexing.backends import backend_for, snapshot_folder
from matching.indexing.hub_index import HubIndex, IndexVersion, write_entries
from matching.indexing.loading import build_from_database, centring_of, read_entries, sample_background
from matching.indexing.snapshots import write_snapshot
from matching.models import IndexBackground, IndexChange, IndexState, StatementVector
from matching.queries import content_hash, indexable_statements, pending_changes, stored_vectors

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
    texts = {content_hash(text): text for item in indexable_statements(hub_id, profile_ids) for text in item.embedded}
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
    profiles = {change.profile_id for change in changes}
    embed_missing(hub_id, encoder=encoder, profile_ids=profiles)
    _write_shared(state, profiles, encoder.dimension)
    with transaction.atomic():
        locked = IndexState.objects.select_for_update().get(pk=hub_id)
        return _number(locked, [change.pk for change in changes])


def _write_shared(state: IndexState, profile_ids: Collection[int], dimension: int) -> None:
    """Put the profiles' statements into stores that all processes share, before anybody is told of the change."""
    version = IndexVersion(state.encoder, state.generation, state.published)
    stores = backend_for(state.hub_id).attach(version, dimension)
    if stores is None:
        return
    entries = read_entries(state.hub_id, state.encoder, dimension, centring_of(state, dimension), profile_ids)
    rows = stores.vectors.rows()
    write_entries(stores, rows.statement[np.isin(rows.profile, list(profile_ids))], entries)


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
    """Embed what is missing, begin a new generation with fresh means and background, and write its snapshot.

    What is already embedded under this encoder is not embedded again, and until the new generation is begun
    everybody goes on with the old one, also when it has another encoder. Only changes that were seen before the texts
    were read get a number: one committed meanwhile, even under a smaller id, has its text still to be embedded.
    """
    waiting = [change.pk for change in pending_changes(hub_id)]
    embed_missing(hub_id, encoder=encoder, progress=progress)
    IndexState.objects.get_or_create(hub_id=hub_id)
    seed = IndexState.objects.get(pk=hub_id).generation + 1
    centring, background = _measured(hub_id, encoder, seed)
    with transaction.atomic():
        state = IndexState.objects.select_for_update().get(pk=hub_id)
        _forget_what_is_gone(state, encoder.fingerprint)
        _number(state, waiting)
        state.encoder = encoder.fingerprint
        state.generation += 1
        state.centre = centring.means.astype("<f4").tobytes() if centring.means is not None else b""
        state.built_at = timezone.now()
        state.save()
        _store_background(state, background)
        # Inside the transaction: a store that all share is complete before anybody learns of the generation.
        index = build_from_database(state, encoder.dimension, backend_for(hub_id))
    if not index.stores.shared:
        save_snapshot(hub_id, index)
    return index


def _store_background(state: IndexState, background: Background) -> None:
    IndexBackground.objects.update_or_create(
        state=state,
        defaults={
            "vectors": background.vectors.astype("<f4").tobytes(),
            "languages": background.languages.astype("<i2").tobytes(),
        },
    )


def _forget_what_is_gone(state: IndexState, encoder: str) -> None:
    """Erase vectors of texts that are gone or of encoders before the last, and the changes numbered so far.

    The vectors of the encoder that is being replaced stay until the next time: processes may still answer with it.
    """
    stored = StatementVector.objects.filter(hub_id=state.hub_id)
    stored.exclude(encoder__in=[encoder, state.encoder]).delete()
    # Vectors before texts: one that a worker stores after this look belongs to a text that is here.
    known = list(stored.values_list("pk", "content_hash"))
    living = {content_hash(text) for item in indexable_statements(state.hub_id) for text in item.embedded}
    gone = [pk for pk, digest in known if digest not in living]
    for start in range(0, len(gone), _CHANGES_A_QUERY):
        stored.filter(pk__in=gone[start : start + _CHANGES_A_QUERY]).delete()
    IndexChange.objects.filter(hub_id=state.hub_id, published__isnull=False).delete()


def _measured(hub_id: int, encoder: Encoder, seed: int) -> tuple[Centring, Background]:
    """Means and background over the hub's living texts, each text once."""
    vectors = stored_vectors(hub_id, encoder.fingerprint)
    living = {item.content_hash: item for item in indexable_statements(hub_id)}
    known = sorted(digest for digest in living if digest in vectors)
    if not known:
        return Centring(), Background.none(encoder.dimension)
    statements = [living[digest] for digest in known]
    table = np.stack([vectors[digest] for digest in known])
    centring = Centring.of(table, [item.language for item in statements])
    return centring, sample_background(statements, table, centring, seed)


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
