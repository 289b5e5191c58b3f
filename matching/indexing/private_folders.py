"""A folder of its own for each process that keeps a word index: links to the snapshot, plus its own later changes.

A process that died leaves its folder behind; the next one that starts removes it.
"""

import atexit
import os
import shutil
import threading
import uuid
import weakref
from pathlib import Path

_NAME = "process"
_lock = threading.Lock()
_ours: set[Path] = set()


def new_private_folder(below: Path) -> Path:
    """A path below `below` that nobody uses; removed when this process ends. The folder itself is not made.

    Raises:
        OSError: the disk is full or not writable.
    """
    parent = below / "processes"
    parent.mkdir(parents=True, exist_ok=True)
    _remove_orphans(parent)
    path = parent / f"{_NAME}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    with _lock:
        if not _ours:
            atexit.register(_remove_ours)
        _ours.add(path)
    return path


def remove_private_folder(path: Path) -> None:
    """Give a folder up before the process ends; a forked child leaves its parent's folders alone."""
    with _lock:
        _ours.discard(path)
    if _is_ours(path):
        shutil.rmtree(path, ignore_errors=True)


def remove_when_unused(path: Path, user: object) -> None:
    """Remove the folder as soon as nobody holds `user` any more: a long-lived process sees many generations."""
    # Not at the end of the process: what is registered for that knows of forks, and of folders whose user is alive.
    weakref.finalize(user, remove_private_folder, path).atexit = False


def _is_ours(path: Path) -> bool:
    return path.name.startswith(f"{_NAME}-{os.getpid()}-")


def _remove_orphans(parent: Path) -> None:
    for path in parent.glob(f"{_NAME}-*-*"):
        number = path.name.split("-")[1]
        if number.isdigit() and not _is_alive(int(number)):
            shutil.rmtree(path, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _remove_ours() -> None:
    with _lock:
        paths = list(_ours)
        _ours.clear()
    for path in paths:
        # A forked child runs the same handlers, but the folder is its parent's.
        if _is_ours(path):
            shutil.rmtree(path, ignore_errors=True)
