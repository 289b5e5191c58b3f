"""A folder of its own for each process that keeps a word index: links to the snapshot, plus its own later changes.

A process that died leaves its folder behind; the next one that starts removes it. Who is alive is told by a lock and
not by a process number: containers that share the disk count their processes apart.
"""

import atexit
import fcntl
import os
import shutil
import threading
import uuid
import weakref
from pathlib import Path
from typing import IO

_NAME = "process"
_LOCK = ".lock"
_lock = threading.Lock()
_ours: dict[Path, IO[str]] = {}


def new_private_folder(below: Path) -> Path:
    """A path below `below` that nobody uses; removed when this process ends. The folder itself is not made.

    Raises:
        OSError: the disk is full or not writable.
    """
    parent = below / "processes"
    parent.mkdir(parents=True, exist_ok=True)
    _remove_orphans(parent)
    while True:
        path = parent / f"{_NAME}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        held = _locked(path)
        if held is not None:
            break
    with _lock:
        if not _ours:
            atexit.register(_remove_ours)
        _ours[path] = held
    return path


def remove_private_folder(path: Path) -> None:
    """Give a folder up before the process ends; a forked child leaves its parent's folders alone."""
    with _lock:
        held = _ours.pop(path, None)
    if _is_ours(path):
        shutil.rmtree(path, ignore_errors=True)
        _lock_file(path).unlink(missing_ok=True)
    if held is not None:
        # In a forked child this lets go of the copy only: the parent holds the lock.
        held.close()


def remove_when_unused(path: Path, user: object) -> None:
    """Remove the folder as soon as nobody holds `user` any more: a long-lived process sees many generations."""
    # Not at the end of the process: what is registered for that knows of forks, and of folders whose user is alive.
    weakref.finalize(user, remove_private_folder, path).atexit = False


def _lock_file(path: Path) -> Path:
    return path.with_name(f"{path.name}{_LOCK}")


def _locked(path: Path) -> IO[str] | None:
    """The folder's lock, held; none where somebody took the new file for an orphan's in the same moment."""
    file = _lock_file(path).open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _lock_file(path).exists():
            return file
    except BlockingIOError:
        pass
    file.close()
    return None


def _remove_orphans(parent: Path) -> None:
    """Folders whose lock nobody holds any more."""
    for lock_file in parent.glob(f"{_NAME}-*{_LOCK}"):
        try:
            with lock_file.open("w") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock_file.with_name(lock_file.name.removesuffix(_LOCK)), ignore_errors=True)
                lock_file.unlink(missing_ok=True)
        except OSError:
            continue  # somebody holds it, or it is gone


def _is_ours(path: Path) -> bool:
    return path.name.startswith(f"{_NAME}-{os.getpid()}-")


def _remove_ours() -> None:
    with _lock:
        paths = list(_ours)
    for path in paths:
        # A forked child runs the same handlers, but the folder is its parent's.
        remove_private_folder(path)
