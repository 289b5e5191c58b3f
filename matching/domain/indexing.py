"""Publishing changes: embed what is new, number the change rows, rebuild when asked.

Every step can be killed at any moment: a change row keeps its place until its vectors are stored, in one transaction.
"""

import logging
from collections.abc import Callable, Collection, Sequence

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from kernel.errors import NotReady
from matching.engine.calibration import Background
from matching.engine.centring import Centring
from matching.engine.encoders import Encoder
from matching.engine.stores import Vectors
from matching.indexing.backends import backend_for, snapshot_folder
from matching.indexing.hub_index import HubIndex, IndexVersion
from matching.indexing.loading import (
    build_from_database,
    centring_of,
    is_sound,
    read_entries,
    sample_background,
    sound_vectors,
)
from matching.indexing.snapshots import one_writer, write_snapshot
from matching.models import IndexBackground, IndexChange, IndexState, StatementVector
from matching.queries.index import content_hash, indexable_statements, pending_changes, stored_vectors
from matching.serving import encoder_with, query_encoder

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
    present = _present(hub_id, encoder.fingerprint, texts if profile_ids is not None else None)
    missing = [digest for digest in texts if digest not in present]
    for start in range(0, len(missing), _TEXTS_A_BATCH):
        batch = missing[start : start + _TEXTS_A_BATCH]
        _store_vectors(hub_id, encoder, batch, encoder.encode_passages([texts[digest] for digest in batch]))
        if progress:
            progress(min(start + _TEXTS_A_BATCH, len(missing)), len(missing))
    return len(missing)


def _present(hub_id: int, encoder: str, hashes: Collection[str] | None) -> Collection[str]:
    """Which texts have a vector, of these or of all; all are looked up without reading their vectors."""
    if hashes is not None:
        return stored_vectors(hub_id, encoder, hashes)
    rows = StatementVector.objects.filter(hub_id=hub_id, encoder=encoder)
    return set(rows.values_list("content_hash", flat=True).iterator(chunk_size=5000))


def _store_vectors(hub_id: int, encoder: Encoder, hashes: Sequence[str], vectors: Vectors) -> None:
    """A vector that is not a number is said and not stored: its text waits, and is tried again."""
    sound = [is_sound(vector, encoder.dimension) for vector in vectors]
    if not all(sound):
        logger.error("Hub %s: the model gave no usable vector for %s texts.", hub_id, sound.count(False))
    StatementVector.objects.bulk_create(
        (
            StatementVector(
                hub_id=hub_id,
                encoder=encoder.fingerprint,
                content_hash=digest,
                vector=vector.astype("<f4").tobytes(),
            )
            for digest, vector, usable in zip(hashes, vectors, sound, strict=True)
            if usable
        ),
        ignore_conflicts=True,
    )


def publish_changes(hub_id: int, *, encoder: Encoder, limit: int = 200) -> int:
    """Embed and number the oldest pending changes of a hub; returns how many were published.

    A hub that has never been built, or was built with another encoder, is rebuilt instead. Where a rebuild with yet
    another encoder comes between, nothing is published: the changes wait for whoever has that encoder.
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
    with transaction.atomic():
        locked = IndexState.objects.select_for_update().filter(pk=hub_id).first()
        if locked is None or locked.encoder != state.encoder:
            return 0
        if locked.generation == state.generation:
            _write_shared(locked, profiles, encoder.dimension)
            return _number(locked, [change.pk for change in changes])
    # The rebuild may have erased vectors that were there a moment ago: look again.
    return publish_changes(hub_id, encoder=encoder, limit=limit)


def _write_shared(state: IndexState, profile_ids: Collection[int], dimension: int) -> None:
    """Put the profiles' statements into stores that all processes share, before anybody is told of the change.

    Under the lock of the state row: of two indexers, the one with the older words must not write last.
    """
    backend = backend_for(state.hub_id)
    version = IndexVersion(state.encoder, state.generation, state.published)
    stores = backend.attach(version, dimension)
    if stores is None:
        return
    entries = read_entries(state.hub_id, state.encoder, dimension, centring_of(state, dimension), profile_ids)
    backend.write(stores, version, profile_ids, entries)


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
    begun = IndexState.objects.get_or_create(hub_id=hub_id)[0]
    waiting = [change.pk for change in pending_changes(hub_id)]
    embed_missing(hub_id, encoder=encoder, progress=progress)
    centring, background = _measured(hub_id, encoder, begun.generation + 1)
    backend = backend_for(hub_id)
    with transaction.atomic():
        state = IndexState.objects.select_for_update().get(pk=hub_id)
        if (state.generation, state.published) != (begun.generation, begun.published):
            # What another indexer published meanwhile is numbered already, and embedded with its encoder only.
            embed_missing(hub_id, encoder=encoder)
        _forget_what_is_gone(state, encoder.fingerprint)
        _number(state, waiting)
        _begin_generation(state, encoder, centring, background)
        # A store that all share is complete before anybody learns of the generation; another one needs no lock.
        index = build_from_database(state, encoder.dimension, backend) if backend.shared else None
    if index is None:
        index = build_from_database(state, encoder.dimension, backend)
        save_snapshot(hub_id, index)
    _refresh_statistics()
    return index


def _refresh_statistics() -> None:
    """Let SQLite look at its tables: after a bulk load it would take the hub's index for the best of all."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")


def _begin_generation(state: IndexState, encoder: Encoder, centring: Centring, background: Background) -> None:
    state.encoder = encoder.fingerprint
    state.generation += 1
    state.centre = centring.means.astype("<f4").tobytes() if centring.means is not None else b""
    state.built_at = timezone.now()
    state.save()
    _store_background(state, background)


def _store_background(state: IndexState, background: Background) -> None:
    IndexBackground.objects.update_or_create(
        hub_id=state.hub_id,
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
    vectors = sound_vectors(hub_id, encoder.fingerprint, encoder.dimension)
    living = {item.content_hash: item for item in indexable_statements(hub_id)}
    known = sorted(digest for digest in living if digest in vectors)
    if not known:
        return Centring(), Background.none(encoder.dimension)
    statements = [living[digest] for digest in known]
    table = np.stack([vectors[digest] for digest in known])
    centring = Centring.of(table, [item.language for item in statements])
    return centring, sample_background(statements, table, centring, seed)


def save_snapshot(hub_id: int, index: HubIndex) -> None:
    """Write the index to disk, unless a newer generation has begun or it is kept elsewhere.

    A disk that is full is said and survived, since the database has it all.
    """
    if index.stores.shared:
        return
    folder = snapshot_folder(hub_id)
    try:
        with one_writer(folder):
            state = IndexState.objects.filter(pk=hub_id).first()
            if state is not None and state.generation == index.version.generation:
                write_snapshot(index, folder, built_at=timezone.now().isoformat())
    except OSError as error:
        logger.error(
            "Hub %s: the index snapshot could not be written to %s (%s). Free some space; the old one stays.",
            hub_id,
            settings.VIDENBRO_INDEX_DIR,
            error.strerror or error,
        )


def encoder_of(hub_id: int) -> Encoder:
    """The encoder that a hub's changes are embedded with: that of the published index, else that of the settings.

    What is published counts until somebody asks for another encoder with `build_index`, whatever the settings say:
    a worker with other settings must not undo it.

    Raises:
        NotReady: this machine lacks the encoder.
    """
    state = IndexState.objects.filter(pk=hub_id).first()
    return encoder_with(state.encoder).encoder if state and state.encoder else query_encoder().encoder


def unusable_indexes() -> dict[int, str]:
    """Why nobody here can search a hub that was built: by hub id, in words for the log.

    Raises:
        NotReady: the model of the settings was not built on this machine yet.
    """
    wanted = query_encoder()
    reasons: dict[int, str] = {}
    for state in IndexState.objects.exclude(encoder="").order_by("pk"):
        version = IndexVersion(state.encoder, state.generation, state.published)
        try:
            encoder = encoder_with(state.encoder).encoder
        except NotReady:
            reasons[state.pk] = f"its language model {state.encoder} is not on this machine"
            continue
        backend = backend_for(state.pk)
        if backend.shared and backend.attach(version, encoder.dimension) is None:
            reasons[state.pk] = "Milvus does not hold it"
        if encoder.fingerprint != wanted.encoder.fingerprint:
            logger.warning(
                "Hub %s was built with the language model %s and stays with it; the settings name %s. To change, run "
                "“manage.py build_index”.",
                state.pk,
                state.encoder,
                wanted.encoder.fingerprint,
            )
    return reasons
