"""`make demo` in a fresh checkout, from first step to Ctrl-C: what it shows, and that it leaves no litter."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from tests.layout.tracked import ROOT, source_files
from tests.operations.postgres import free_port

pytestmark = [pytest.mark.slow, pytest.mark.model]
PATIENCE_SECONDS = 420.0


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a clone would hold, with the npm packages already fetched: from here on no network is needed."""
    clone = tmp_path_factory.mktemp("clone")
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


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home and a folder for temporary files of the run's own, to see what is left in them."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "tmp").mkdir()
    return folder


@contextmanager
def demo(checkout: Path, home: Path, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`make demo` with the installed environment instead of a new one; ended here, whatever happens."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        # The encoder is built once a machine; this run finds it where every other does.
        "VIDENBRO_CACHE_DIR": str(settings.VIDENBRO_CACHE_DIR),
    }
    command = ["make", "demo", f"PORT={port}", f"RUN={sys.executable}", "BOOTSTRAP=true", "OPTIONS=--short"]
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
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def untracked(checkout: Path) -> list[str]:
    command = ["git", "status", "--porcelain", "--ignored"]
    listed = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if not line.startswith("A  ")]


def test_demo_shows_recommendations_serves_and_leaves_no_litter(checkout: Path, home: Path, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "demo.log"

    with demo(checkout, home, port, log):
        health = page(port, "/health/ready")
        status, body = page(port, "/")

    shown = log.read_text(errors="replace")
    assert health == (200, '{"status": "ok"}')
    assert status == 200
    assert "Videnbro" in body
    assert [line for line in shown.splitlines() if line.startswith("--- ")] != []
    assert shown.count("--- ") == 4
    assert shown.count("\n  1. ") == 3
    assert "Traceback" not in shown
    assert untracked(checkout) == ["!! var/"]
    assert sorted(path.name for path in home.iterdir() if path.name != ".cache") == ["tmp"]
    assert list((home / "tmp").iterdir()) == []


def test_second_demo_run_does_nothing_twice_and_ends_on_a_signal(checkout: Path, home: Path, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "again.log"

    with demo(checkout, home, port, log) as process:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)

    shown = log.read_text(errors="replace")
    assert "embedding" not in shown
    assert "Stopped." in shown
    with pytest.raises(ConnectionRefusedError):
        page(port, "/")
