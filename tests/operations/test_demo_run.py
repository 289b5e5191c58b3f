"""`make demo` in a fresh checkout, from first step to Ctrl-C: what it shows, and that it leaves no litter."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.operations.first_demo import FirstDemo, page, running_demo
from tests.operations.postgres import free_port

pytestmark = [pytest.mark.slow, pytest.mark.model]


def untracked(checkout: Path) -> list[str]:
    command = ["git", "status", "--porcelain", "--ignored"]
    listed = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if not line.startswith("A  ")]


def test_demo_shows_recommendations_serves_and_leaves_no_litter(first_demo: FirstDemo) -> None:
    shown = first_demo.shown
    status, body = first_demo.front_page

    assert first_demo.health == (200, '{"status": "ok"}')
    assert status == 200
    assert "Videnbro" in body
    assert [line for line in shown.splitlines() if line.startswith("--- ")] != []
    assert shown.count("--- ") == 4
    assert shown.count("\n  1. ") == 3
    assert "Traceback" not in shown
    assert untracked(first_demo.checkout) == ["!! var/"]
    assert sorted(path.name for path in first_demo.home.iterdir() if path.name != ".cache") == ["tmp"]
    assert list((first_demo.home / "tmp").iterdir()) == []


def test_second_demo_run_does_nothing_twice_and_ends_on_a_signal(first_demo: FirstDemo, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "again.log"

    with running_demo(first_demo.checkout, first_demo.home, port, log) as process:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)

    shown = log.read_text(errors="replace")
    assert "embedding" not in shown
    assert "Stopped." in shown
    with pytest.raises(ConnectionRefusedError):
        page(port, "/")
