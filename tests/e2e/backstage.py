"""One process in the site's own environment that does what walks ask for and no page can: it stays until the site ends.

A program for each deed would begin by loading all of the site, which takes longer than most deeds.
Its program is `python -m tests.e2e.backstage`: a line with what to do comes in, a line with the answer goes out.
"""

import importlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TextIO

from demo.serving import ROOT

STOP_SECONDS = 30


class Backstage:
    """Asks the process; it is started when something is asked for the first time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    def do(self, deed: Callable[..., Any], *arguments: str | int) -> Any:
        """What that function of a module of walks returns there; arguments and answer go as JSON.

        Raises: RuntimeError with the traceback when it fails.
        """
        process = self._process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps([deed.__module__, deed.__name__, arguments]) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"The process behind the site ended at {deed.__name__}; its own lines above say why.")
        answer = json.loads(line)
        if "failed" in answer:
            raise RuntimeError(f"{deed.__name__} failed behind the site:\n{answer['failed']}")
        return answer["returned"]

    def close(self) -> None:
        """It ends when nothing can be asked any more."""
        if self._process is None:
            return
        try:
            self._process.communicate(timeout=STOP_SECONDS)
        finally:
            self._process.kill()
            self._process = None

    def _started(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.e2e.backstage"]
        return subprocess.Popen(
            command, cwd=ROOT, env=dict(self._environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )


def _answer_to(line: str) -> dict[str, Any]:
    module, name, arguments = json.loads(line)
    try:
        return {"returned": getattr(importlib.import_module(module), name)(*arguments)}
    except Exception:
        return {"failed": traceback.format_exc()}


@contextmanager
def _answers_alone() -> Iterator[TextIO]:
    """What deeds print goes to stderr: the pipe carries answers only."""
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        yield answers


def main() -> None:
    """Do one thing after the other, each as a process of its own would begin: without a connection or a language."""
    import django

    django.setup()
    from django.db import connections
    from django.utils import translation

    with _answers_alone() as answers:
        for line in sys.stdin:
            answer = _answer_to(line)
            connections.close_all()
            translation.deactivate()
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
