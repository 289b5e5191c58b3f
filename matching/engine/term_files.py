"""Folders of the word index: what makes one whole, and copies that share their bytes.

Files of segments are written once and never changed, so copies are hard links where the file system allows; what is
replaced (the list of segments) is always copied, and what is locked is never shared.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from matching.engine.stores import BrokenIndexError
from matching.engine.term_fields import SCHEMA_VERSION

_LIST = "meta.json"
_MANAGED = ".managed.json"
_VERSION = "terms.json"
_COMPONENTS = ("fast", "fieldnorm", "idx", "pos", "store", "term")


def write_version(folder: Path, sizes: dict[str, int] | None = None) -> None:
    """Say which schema the folder has, and the sizes of the files it was made with."""
    text = json.dumps({"schema": SCHEMA_VERSION, "sizes": sizes or {}}, sort_keys=True)
    partly = folder / f"{_VERSION}.new"
    partly.write_text(text, encoding="utf-8")
    partly.replace(folder / _VERSION)


def check_folder(folder: Path) -> None:
    """Refuse what cannot be a whole index of this version.

    Raises:
        BrokenIndexError: no index, one of another version, or one with a file missing or cut off.
    """
    version = _read_json(folder / _VERSION)
    if version.get("schema") != SCHEMA_VERSION:
        raise BrokenIndexError(f"{folder} has schema {version.get('schema')} of the word index, not {SCHEMA_VERSION}")
    present = {path.name for path in folder.iterdir()}
    sizes = version.get("sizes", {})
    for segment, deleted in _segments(folder):
        needed = {f"{segment}.{component}" for component in _COMPONENTS} | ({deleted} if deleted else set())
        if not needed <= present:
            raise BrokenIndexError(f"{folder} lacks {', '.join(sorted(needed - present))}")
        for name in (each for each in sizes if each.startswith(f"{segment}.") and _is_used(each, deleted)):
            if name not in present or (folder / name).stat().st_size != sizes[name]:
                raise BrokenIndexError(f"{folder / name} is not as long as it was")


def copy_index(source: Path, target: Path) -> None:
    """A whole copy of an index that nobody writes to meanwhile, in an empty or new folder; the list comes last.

    Raises:
        FileExistsError: something is in the folder already.
        BrokenIndexError: the source is not whole.
    """
    check_folder(source)
    make_empty(target)
    names = _used_files(source)
    for name in names:
        _link(source / name, target / name)
    write_version(target, {name: (target / name).stat().st_size for name in names})
    (target / _MANAGED).write_text(json.dumps([*names, _LIST]), encoding="utf-8")
    partly = target / f"{_LIST}.new"
    shutil.copyfile(source / _LIST, partly)
    partly.replace(target / _LIST)


def make_empty(folder: Path) -> None:
    """Make the folder; an empty one may be there.

    Raises:
        FileExistsError: something is in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")


def _used_files(folder: Path) -> list[str]:
    segments = dict(_segments(folder))
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.name.split(".")[0] in segments and _is_used(path.name, segments[path.name.split(".")[0]])
    )


def _is_used(name: str, deleted: str | None) -> bool:
    return not name.endswith(".del") or name == deleted


def _segments(folder: Path) -> list[tuple[str, str | None]]:
    """Name of each living segment's files, and of the file that says what is deleted in it."""
    try:
        return [_segment(entry) for entry in _read_json(folder / _LIST)["segments"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise BrokenIndexError(f"{folder / _LIST} cannot be read: {error!r}") from error


def _segment(entry: dict[str, Any]) -> tuple[str, str | None]:
    name = str(entry["segment_id"]).replace("-", "")
    deletes = entry["deletes"]
    return name, f"{name}.{deletes['opstamp']}.del" if deletes else None


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BrokenIndexError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise BrokenIndexError(f"{path} is not what an index holds")
    return content


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
