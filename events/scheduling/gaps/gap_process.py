"""A search for the fewest gaps in a process of its own: a SAT solver at work heeds no deadline, a process can be ended.

`main` takes a pickled `Task` from standard input, and after it a line for
each bound that became known elsewhere; writes pickled findings to standard output. Ends with the process that
started it, or after the seconds of its task.
"""

import contextlib
import ctypes
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from events.scheduling.gaps.gap_narrowing import Finding
from events.scheduling.gaps.gap_search import by_cores, from_below
from events.scheduling.problem import Problem

WAYS = ("by_cores", "from_below")
_ROOT = Path(__file__).resolve().parents[3]
_DEATH_OF_PARENT = 1  # PR_SET_PDEATHSIG of Linux' prctl


@dataclass(frozen=True)
class Task:
    """`way` is one of `WAYS`; the process ends itself after `seconds` if nobody ends it before.

    `seed` is heeded by the search from below alone.
    """

    way: str
    problem: Problem
    seconds: int
    seed: int = 0


@dataclass(frozen=True)
class Ended:
    """The process has no more to tell; `fault` is what went wrong, empty if nothing did."""

    fault: str = ""


Inbox = queue.Queue[Finding | Ended]


class GapProcess:
    """A process at work on a task; what it tells arrives in the inbox, `Ended` last."""

    def __init__(self, task: Task, inbox: Inbox) -> None:
        self._inbox = inbox
        self._process = subprocess.Popen(  # noqa: S603 - our own code, no words from outside
            [sys.executable, "-c", f"from {__name__} import main; main()"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._reader = threading.Thread(target=self._read, args=(pickle.dumps(task),), daemon=True)
        self._reader.start()

    @property
    def returncode(self) -> int | None:
        """None while it is at work."""
        return self._process.returncode

    def tell_bound(self, bound: int) -> None:
        """A bound found by another process."""
        self._write(f"{bound}\n".encode())

    def end(self) -> None:
        """Kill it, and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _write(self, data: bytes) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(data)
                self._process.stdin.flush()

    def _read(self, task: bytes) -> None:
        self._write(task)
        ended = Ended()
        while self._process.stdout is not None:
            try:
                told = pickle.load(self._process.stdout)  # noqa: S301 - written by our own process
            except (EOFError, OSError, pickle.UnpicklingError):
                break
            if isinstance(told, Ended):
                ended = told
                break
            self._inbox.put(told)
        self._inbox.put(ended)


class _Bounds:
    """The best bound told by the parent; when the parent closes the line, the process ends."""

    def __init__(self, lines: BinaryIO) -> None:
        self.known = 0
        threading.Thread(target=self._listen, args=(lines,), daemon=True).start()

    def _listen(self, lines: BinaryIO) -> None:
        for line in lines:
            self.known = max(self.known, int(line))
        os._exit(0)


def main() -> None:
    """Work on the task from standard input."""
    _end_with_parent()
    # Libraries that print must not end up between the findings.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
    signal.alarm(max(1, task.seconds))
    ended = Ended()
    try:
        _work(task, out, _Bounds(sys.stdin.buffer))
    except Exception:  # the parent raises it
        ended = Ended(traceback.format_exc())
    _send(ended, out)
    out.close()
    # The listening thread holds standard input; leaving past it is meant.
    os._exit(0)


def _work(task: Task, out: BinaryIO, bounds: _Bounds) -> None:
    if task.way == "by_cores":
        by_cores(task.problem, lambda finding: _send(finding, out))
    elif task.way == "from_below":
        for finding in from_below(task.problem, lambda: bounds.known, seed=task.seed):
            if finding is not None:
                _send(finding, out)
    else:
        raise ValueError(f"There is no way {task.way} to search.")


def _send(told: Finding | Ended, out: BinaryIO) -> None:
    pickle.dump(told, out)
    out.flush()


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_OF_PARENT, signal.SIGKILL)
