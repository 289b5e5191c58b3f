"""`make demo` in a fresh checkout, once a test run: what it prints is looked at, and walks go through its data.

Loading the demo takes longer than most tests together, so nothing loads it a second time.
"""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from frontend.assets import build_assets
from tests.layout.tracked import ROOT, source_files
from tests.operations.postgres import free_port

PATIENCE_SECONDS = 420.0
# Of `var/`, what the site is not served from.
_BESIDE_THE_DATA = ("node", "pycache", "cache", "logs")


@dataclass(frozen=True)
class FirstDemo:
    """A checkout in which the demo ran once, the home of that run, what it printed, and what two pages answered."""

    checkout: Path
    home: Path
    shown: str
    health: tuple[int, str]
    front_page: tuple[int, str]

    def copy_data(self, folder: Path) -> None:
        """What the site is served from, into an empty folder."""
        shutil.copytree(
            self.checkout / "var", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_BESIDE_THE_DATA)
        )


def run_first_demo(folder: Path) -> FirstDemo:
    """Make a checkout and run the demo there from the first step to the end of serving."""
    build_assets(ROOT / "var", report=lambda line: print(line, flush=True))
    checkout, home, log, port = _checkout(folder / "clone"), folder / "home", folder / "demo.log", free_port()
    (home / "tmp").mkdir(parents=True)
    with running_demo(checkout, home, port, log):
        health, front_page = page(port, "/health/ready"), page(port, "/")
    return FirstDemo(checkout, home, log.read_text(errors="replace"), health, front_page)


def _checkout(clone: Path) -> Path:
    """What a clone would hold, with the npm packages already fetched: from here on no network is needed."""
    for source in source_files():
        target = clone / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    for made in ("assets", "node"):
        if (ROOT / "var" / made).exists():
            shutil.copytree(ROOT / "var" / made, clone / "var" / made, symlinks=True)
    subprocess.run(["git", "init", "--quiet"], cwd=clone, check=True)
    subprocess.run(["git", "add", "--all"], cwd=clone, check=True)
    return clone


@contextmanager
def running_demo(checkout: Path, home: Path, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`make demo` with the installed environment instead of a new one; ended here, whatever happens."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        # The encoder is built once a machine; this run finds it where every other does.
        "VIDENBRO_CACHE_DIR": str(settings.VIDENBRO_CACHE_DIR),
    }
    # The installed packages are compiled already; the make file would have them compiled anew for each checkout.
    compiled = f"PYTHONPYCACHEPREFIX={os.environ.get('PYTHONPYCACHEPREFIX') or checkout / 'var' / 'pycache'}"
    command = ["make", "demo", f"PORT={port}", f"RUN={sys.executable}", "BOOTSTRAP=true", "OPTIONS=--short", compiled]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=checkout, env=environment, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            _wait_for(f"Videnbro is at http://127.0.0.1:{port}/", process, log)
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
                process.wait(60)


def _wait_for(line: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while line not in log.read_text(errors="replace"):
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(0.2)


def page(port: int, path: str) -> tuple[int, str]:
    """Status and text of a page of the demo."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
