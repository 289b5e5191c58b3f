"""A store's base on disk: one FAISS file, one .npy file a column, and a manifest that says what they must be.

All are memory-mapped on demand, so that many web workers share one copy. Files are written beside the old ones and
renamed when all are whole; the manifest comes last, and without it nothing is read.
"""

import errno
import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from matching.engine.faiss_layouts import FLAT, LAYOUTS, Base, FlatBase, InvertedBase
from matching.engine.rows import StatementRows
from matching.engine.stores import BrokenIndexError

FORMAT = 1
MANIFEST, VECTORS = "store.json", "vectors.faiss"
_PART = ".part"


@dataclass(frozen=True)
class Manifest:
    """What the files hold; `recall` is recall@10 as measured when the lists were made, 1 for flat."""

    layout: str
    dimension: int
    count: int
    probes: int
    trained_on: int
    recall: float
    sizes: dict[str, int]
    format: int = FORMAT


def column_file(name: str) -> str:
    """Name of a column's file."""
    return f"rows.{name}.npy"


def write_store(folder: Path, base: Base, rows: StatementRows, recall: float) -> None:
    """Write the files into an existing folder, in place of an older store's.

    Raises:
        OSError: the disk is full or not writable; the folder is left as it was.
    """
    names = [VECTORS, *(column_file(column.name) for column in fields(rows)), MANIFEST]
    parts = {name: folder / f"{name}{_PART}" for name in names}
    try:
        _write_vectors(base.index, parts[VECTORS])
        for column in fields(rows):
            with parts[column_file(column.name)].open("wb") as file:
                np.save(file, getattr(rows, column.name), allow_pickle=False)
        sizes = {name: parts[name].stat().st_size for name in names[:-1]}
        parts[MANIFEST].write_text(json.dumps(asdict(_manifest(base, recall, sizes)), indent=1), encoding="utf-8")
    except OSError:
        for part in parts.values():
            part.unlink(missing_ok=True)
        raise
    (folder / MANIFEST).unlink(missing_ok=True)
    for name in names:
        parts[name].replace(folder / name)


def _manifest(base: Base, recall: float, sizes: dict[str, int]) -> Manifest:
    probes, trained_on = (base.probes, base.trained_on) if isinstance(base, InvertedBase) else (0, 0)
    return Manifest(base.layout, base.index.d, len(base), probes, trained_on, recall, sizes)


def _write_vectors(index: Any, path: Path) -> None:
    """FAISS says nothing when the last bytes find the disk full, so what was written is opened once."""
    try:
        faiss.write_index(index, str(path))
        faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise OSError(errno.EIO, f"FAISS could not write: {error}") from error


def read_store(folder: Path, *, dimension: int, memory_map: bool) -> tuple[Base, StatementRows, Manifest]:
    """Read what `write_store` wrote; memory-mapped, only what a search touches is ever read.

    Raises:
        BrokenIndexError: a file is missing, cut off, of another dimension or store, or from a newer version.
    """
    manifest = _read_manifest(folder)
    if manifest.dimension != dimension:
        raise BrokenIndexError(
            f"The index in {folder.name} has dimension {manifest.dimension}, this encoder {dimension}."
        )
    for name, size in manifest.sizes.items():
        if not (folder / name).is_file() or os.path.getsize(folder / name) != size:  # noqa: PTH202  (follows links)
            raise BrokenIndexError(f"The index in {folder.name} cannot be read: {name} is missing or cut off.")
    try:
        index = faiss.read_index(str(folder / VECTORS), faiss.IO_FLAG_MMAP_IFC if memory_map else 0)
        rows = StatementRows(
            **{column.name: _read_column(folder, column.name, memory_map) for column in fields(StatementRows)}
        )
    except (OSError, EOFError, RuntimeError, ValueError) as error:
        raise BrokenIndexError(f"The index in {folder.name} cannot be read.") from error
    _check(folder, manifest, index, rows)
    base: Base = FlatBase(index)
    if manifest.layout != FLAT:
        base = InvertedBase(index, manifest.probes, manifest.trained_on)
    return base, rows, manifest


def _read_manifest(folder: Path) -> Manifest:
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        written = int(content["format"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenIndexError(f"The index in {folder.name} cannot be read: it has no sound {MANIFEST}.") from error
    if written > FORMAT:
        raise BrokenIndexError(f"The index in {folder.name} is from a newer version (format {written}).")
    try:
        manifest = Manifest(**content)
        expected = {VECTORS, *(column_file(column.name) for column in fields(StatementRows))}
        sound = manifest.layout in LAYOUTS and set(manifest.sizes) == expected
    except (TypeError, AttributeError) as error:
        raise BrokenIndexError(f"The index in {folder.name} cannot be read: {MANIFEST} is not sound.") from error
    if not sound:
        raise BrokenIndexError(f"The index in {folder.name} cannot be read: {MANIFEST} is not sound.")
    return manifest


def _read_column(folder: Path, name: str, memory_map: bool) -> np.ndarray[Any, Any]:
    path = folder / column_file(name)
    column = np.load(path, mmap_mode="r" if memory_map else None, allow_pickle=False)
    return np.asarray(column).view(np.ndarray)


def _check(folder: Path, manifest: Manifest, index: Any, rows: StatementRows) -> None:
    lengths = {len(getattr(rows, column.name)) for column in fields(rows)}
    empty = StatementRows.empty()
    fits = (
        lengths == {manifest.count}
        and (index.d, index.ntotal) == (manifest.dimension, manifest.count)
        and isinstance(index, faiss.IndexFlat if manifest.layout == FLAT else faiss.IndexIVFScalarQuantizer)
        and all(getattr(rows, each.name).dtype == getattr(empty, each.name).dtype for each in fields(rows))
        and bool((np.diff(rows.statement) > 0).all())
    )
    if not fits:
        raise BrokenIndexError(f"The index in {folder.name} does not fit its columns or its {MANIFEST}.")
