"""What is wrong with a machine is said in one line that names the remedy, before anything is changed."""

import ast
import importlib.util
import runpy
import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.operations.checkouts import ROOT, make_checkout, set_up

BOOTSTRAP = ROOT / "scripts" / "bootstrap.py"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return make_checkout(tmp_path)


def created(checkout: Path) -> list[str]:
    """What a refused set-up left behind, beside Python's own compiled files."""
    return [name for name in (".venv", "var/logs", "var/setup.lock", "cache") if (checkout / name).exists()]


def test_bootstrap_parses_on_an_old_python() -> None:
    tree = ast.parse(BOOTSTRAP.read_text(), feature_version=(3, 6))

    at_the_top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in at_the_top] == [
        "import os",
        "import sys",
        "from typing import Sequence",
    ]


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13), (3, 13, 0), (4, 0, 0)])
def test_unsupported_python_gets_one_line(
    version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(sys, "argv", ["bootstrap.py", "demo"])
    monkeypatch.setenv("VIDENBRO_GOAL", "test")

    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(BOOTSTRAP), run_name="__main__")

    said = capsys.readouterr()
    assert ended.value.code == 1
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert f"is {version[0]}.{version[1]}." in said.err
    assert "make test PYTHON=/path/to/python3.11" in said.err


def test_supported_python_is_not_complained_about() -> None:
    complaint_about = runpy.run_path(str(BOOTSTRAP))["complaint_about"]

    assert [complaint_about(version, "python") for version in ((3, 11), (3, 12))] == ["", ""]


def test_full_disk_gets_one_line_and_nothing_is_created(checkout: Path) -> None:
    answer = set_up(checkout, "demo", VIDENBRO_MIN_FREE_MB="999999999")

    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "Not enough disk space" in answer.stderr
    assert "999999999 MB are needed" in answer.stderr
    assert created(checkout) == []


def test_unreadable_disk_figure_is_refused(checkout: Path) -> None:
    answer = set_up(checkout, "demo", VIDENBRO_MIN_FREE_MB="plenty")

    assert answer.returncode == 1
    assert answer.stderr == "VIDENBRO_MIN_FREE_MB is 'plenty'; give a whole number of megabytes or unset it.\n"
    assert created(checkout) == []


def test_busy_port_is_said_before_anything_is_installed(checkout: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        answer = set_up(checkout, "demo", "--port", str(port))

    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert f"Port {port} of 127.0.0.1 is in use." in answer.stderr
    assert "make demo PORT=" in answer.stderr
    assert created(checkout) == []


@pytest.mark.parametrize("port", ["0", "80", "70000"])
def test_impossible_port_is_refused(checkout: Path, port: str) -> None:
    answer = set_up(checkout, "demo", "--port", port)

    assert answer.returncode == 1
    assert answer.stderr == (f"PORT={port} cannot be used; choose one from 1024 to 65535: make demo PORT=8001\n")


def test_python_without_venv_is_told_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BOOTSTRAP.parent))
    import installation

    real = importlib.util.find_spec
    without = SimpleNamespace(find_spec=lambda name: None if name == "ensurepip" else real(name))
    monkeypatch.setattr(installation.importlib, "util", without)

    with pytest.raises(installation.SetupError, match=r"apt install python3\.\d+-venv"):
        installation.require_venv_module()
