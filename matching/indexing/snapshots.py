"""Index snapshots on disk: a folder a version, a manifest with checksums, and a pointer swapped in one step.

A reader sees the old snapshot or the new one, never half of one; what does not fit its checksums is refused.
"""

import errno
import fcntl
import hashlib
import json
import logging
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from matching.engine.calibration import Background
from matching.engine.centring import Centring
from matching.engine.faiss_store import FaissVectorStore
from matching.engine.features import Facts
from matching.engine.stores import BrokenIndexError
from matching.engine.terms import TantivyTermIndex
from matching.indexing.hub_index import HubIndex, IndexVersion, Stores
from matching.indexing.private_folders import new_private_folder, remove_private_folder, remove_when_unused

logger = logging.getLogger(__name__)

FORMAT = 2
_MEANS = "means.npy"
_BACKGROUND = ("background.npy", "background_languages.npy")
_FACTS = ("purpose.npy", "collaboration.npy", "themes.npy")
_VECTORS, _TERMS = "vectors", "terms"
_POINTER = "CURRENT"
_MANIFEST = "manifest.json"
_KEEP = 2
_ABANDONED_SECONDS = 3600.0
_LOCK = ".lock"


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """One process at a time, so that nobody puts an older snapshot in place of a newer one; freed by the system.

    Raises:
        OSError: the disk is full or not writable.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_snapshot(index: HubIndex, folder: Path, *, built_at: str) -> Path:
    """Write the index below `folder` and make it the current one; returns the snapshot's folder.

    Raises:
        OSError: the disk is full or not writable; the snapshot that was current stays so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".writing-{uuid.uuid4().hex}"
    try:
        with index.lock:
            manifest = _write_parts(index, temporary, built_at)
        (temporary / _MANIFEST).write_text(json.dumps(manifest, indent=1))
        checksum = _checksum(temporary / _MANIFEST)
        _sync(temporary)
        target = folder / f"{index.version.generation:06d}-{manifest['published']:012d}-{uuid.uuid4().hex[:8]}"
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _point_to(folder, f"{target.name} {checksum}")
    _remove_old(folder, target.name)
    return target


def _write_parts(index: HubIndex, folder: Path, built_at: str) -> dict[str, Any]:
    folder.mkdir(parents=True)
    vectors, terms = index.stores.vectors, index.stores.terms
    if not isinstance(vectors, FaissVectorStore) or not isinstance(terms, TantivyTermIndex):
        raise BrokenIndexError("Only an index in this process has snapshots.")
    (folder / _VECTORS).mkdir()
    # A store with many late changes is written as if built at once, so that whoever opens it finds it whole.
    (vectors.compacted() if vectors.needs_compaction else vectors).save(folder / _VECTORS)
    _save_terms(terms, folder / _TERMS)
    facts = (index.facts.purpose, index.facts.collaboration, index.facts.themes)
    arrays: dict[str, Any] = dict(zip(_FACTS, facts, strict=True))
    arrays |= dict(zip(_BACKGROUND, (index.background.vectors, index.background.languages), strict=True))
    if index.centring.means is not None:
        arrays[_MEANS] = index.centring.means
    for name, array in arrays.items():
        np.save(folder / name, array)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "format": FORMAT,
        "encoder": index.version.encoder,
        "generation": index.version.generation,
        "published": index.version.published,
        "dimension": index.dimension,
        "count": len(index),
        "built_at": built_at,
        "sha256": {path.relative_to(folder).as_posix(): _checksum(path) for path in files},
    }


def _save_terms(terms: TantivyTermIndex, folder: Path) -> None:
    """A full disk is said by tantivy in words of its own."""
    try:
        terms.save(folder)
    except (ValueError, BrokenIndexError) as error:
        raise OSError(errno.EIO, f"the words could not be written: {error}") from error


def read_snapshot(folder: Path) -> HubIndex:
    """Load the current snapshot below `folder`.

    Raises:
        BrokenIndexError: there is none, it is of another format, or a file does not fit its checksum.
    """
    current = _current_snapshot(folder)
    try:
        manifest = json.loads(_read_text(current / _MANIFEST))
        version = IndexVersion(manifest["encoder"], int(manifest["generation"]), int(manifest["published"]))
        found_format, dimension, checksums = (
            manifest["format"],
            int(manifest["dimension"]),
            manifest["sha256"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenIndexError(f"The manifest of {current.name} cannot be read.") from error
    if found_format != FORMAT:
        raise BrokenIndexError(f"Snapshot {current.name} has format {found_format}; this version reads {FORMAT}.")
    for name, expected in checksums.items():
        if not _fits(current / name, expected):
            raise BrokenIndexError(f"File {name} of snapshot {current.name} does not fit its checksum.")
    return _load(current, version, dimension, checksums, folder)


def _load(current: Path, version: IndexVersion, dimension: int, checksums: dict[str, str], folder: Path) -> HubIndex:
    vectors = FaissVectorStore.load(current / _VECTORS, dimension=dimension)
    terms = _own_terms(current / _TERMS, folder)
    means = np.load(current / _MEANS) if _MEANS in checksums else None
    background = Background(*(np.load(current / name) for name in _BACKGROUND))
    index = HubIndex(version, Stores(vectors, terms), Centring(means), background)
    index.fill(vectors.rows(), Facts(*(np.load(current / name) for name in _FACTS)))
    if len(index.facts.themes) != len(index.rows) or len(terms) != len(index.rows):
        raise BrokenIndexError(f"The parts of snapshot {current.name} do not fit each other.")
    return index


def _own_terms(snapshot: Path, folder: Path) -> TantivyTermIndex:
    """The snapshot's words in a folder of this process; in memory where the disk takes no more."""
    try:
        private = new_private_folder(folder)
    except OSError as error:
        return _terms_in_memory(TantivyTermIndex.open(snapshot), error)
    try:
        terms = TantivyTermIndex.fork(snapshot, private)
    except OSError as error:
        remove_private_folder(private)
        return _terms_in_memory(TantivyTermIndex.open(snapshot), error)
    except BaseException:
        remove_private_folder(private)
        raise
    remove_when_unused(private, terms)
    return terms


def keep_terms_in_memory(index: HubIndex, reason: Exception) -> None:
    """Go on without the disk, which takes no more changes."""
    if isinstance(index.stores.terms, TantivyTermIndex):
        with index.lock:
            index.stores = replace(index.stores, terms=_terms_in_memory(index.stores.terms, reason))


def _terms_in_memory(kept: TantivyTermIndex, reason: Exception) -> TantivyTermIndex:
    logger.error("The words of the index cannot be kept on disk (%s); in memory instead. Free some space.", reason)
    copy = TantivyTermIndex.create()
    rows = kept.rows()
    copy.upsert(rows, kept.documents(rows.statement))
    return copy


def _current_snapshot(folder: Path) -> Path:
    """The folder that the pointer names, with the manifest that was there when it was written."""
    name, _space, checksum = _read_text(folder / _POINTER).strip().partition(" ")
    current = folder / name
    if not _fits(current / _MANIFEST, checksum):
        raise BrokenIndexError(f"File {_MANIFEST} of snapshot {name} does not fit its checksum in {_POINTER}.")
    return current


def _read_text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError) as error:
        raise BrokenIndexError(f"There is no readable {path.name} in the index folder.") from error


def _fits(path: Path, checksum: str) -> bool:
    """Whether the file is there (a newer snapshot may just have replaced its folder) and unharmed."""
    try:
        return _checksum(path) == checksum
    except (OSError, ValueError):
        return False


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    """Have every file on disk before the pointer names the folder."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _point_to(folder: Path, words: str) -> None:
    temporary = folder / f".{_POINTER}-{uuid.uuid4().hex}"
    try:
        temporary.write_text(words)
        temporary.replace(folder / _POINTER)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _remove_old(folder: Path, current: str) -> None:
    """Keep the current snapshot and the one before it, which a reader may have open.

    What a killed writer left half-written goes once it is old enough to be nobody's any more.
    """
    snapshots = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    for path in snapshots[:-_KEEP]:
        if path.name != current:
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(".writing-*"):
        if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
