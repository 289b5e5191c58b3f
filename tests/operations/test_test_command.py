"""`make test` itself: a missing browser and a failed check are never silent."""

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.delenv("VIDENBRO_CHROMIUM", raising=False)
    names = ("check", "chromium", "run_tests")
    return SimpleNamespace(**{name: importlib.import_module(name) for name in names})


@pytest.fixture
def no_browser(scripts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A machine without any Chromium, on which none may be installed."""
    browser: ModuleType = scripts.chromium
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(browser, "MAC_PLACES", ())
    monkeypatch.setattr(browser, "_can_install", lambda: False)
    return browser


@pytest.fixture
def started(scripts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that the test command would run; each one succeeds."""
    commands: list[list[str]] = []

    def run(command: list[str], **_options: object) -> SimpleNamespace:
        commands.append(command)
        return SimpleNamespace(returncode=0, stdout="")

    monkeypatch.setattr(scripts.run_tests, "subprocess", SimpleNamespace(run=run, DEVNULL=None))
    monkeypatch.setattr(sys, "argv", ["run_tests.py"])
    return commands


def test_missing_browser_names_the_remedy(no_browser: ModuleType) -> None:
    with pytest.raises(no_browser.NoBrowserError, match="make test VIDENBRO_CHROMIUM=/path/to/chromium"):
        no_browser.chromium()


def test_named_browser_that_does_not_start_is_refused(
    scripts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VIDENBRO_CHROMIUM", str(tmp_path / "absent"))

    with pytest.raises(scripts.chromium.NoBrowserError, match="does not start as a browser"):
        scripts.chromium.chromium()


def test_named_browser_is_used(scripts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\necho Chromium 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("VIDENBRO_CHROMIUM", str(fake))

    assert scripts.chromium.chromium() == str(fake)


def test_missing_browser_fails_in_ci_before_any_test(
    scripts: SimpleNamespace,
    no_browser: ModuleType,
    started: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CI", "true")

    assert scripts.run_tests.main() == 1
    assert started == []


def test_missing_browser_is_said_loudly_elsewhere(
    scripts: SimpleNamespace,
    no_browser: ModuleType,
    started: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(scripts.run_tests, "failed_checks", lambda names: [])

    assert scripts.run_tests.main() == 0
    assert "*** THE BROWSER TESTS DO NOT RUN: No Chromium was found." in capsys.readouterr().err
    assert "--ignore=tests/e2e" in started[-1]


def test_failed_check_fails_the_whole_although_every_test_passes(
    scripts: SimpleNamespace, started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripts.run_tests, "chromium", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(scripts.run_tests, "failed_checks", lambda names: ["types"])

    assert scripts.run_tests.main() == 1
    assert started[-1][1:3] == ["-m", "pytest"]
    assert "--ignore=tests/e2e" not in started[-1]


def test_failed_check_shows_what_it_said_and_the_next_one_runs(
    scripts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = {
        "bad": [sys.executable, "-c", "print('line 7 is wrong'); raise SystemExit(3)"],
        "good": [sys.executable, "-c", "print('nothing to see')"],
    }
    monkeypatch.setattr(scripts.check, "CHECKS", checks)

    failed = scripts.check.failed_checks([])

    shown = capsys.readouterr().out
    assert failed == ["bad"]
    assert "line 7 is wrong" in shown
    assert "nothing to see" not in shown
    told = [line.split()[1:3] for line in shown.splitlines() if line.startswith("[check]")]
    assert sorted(told) == [["bad", "FAILED"], ["good", "ok"]]


def test_unknown_check_is_refused() -> None:
    command = [sys.executable, "scripts/check.py", "spelling"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert answer.returncode == 2
    assert answer.stderr.startswith("No check is called spelling; there are lint, format, types")


def test_ci_runs_the_same_command() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()

    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert lines[-1] == "exec make test"
