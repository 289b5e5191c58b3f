"""Folders of processes go with their processes, however these end, and never before."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from matching.indexing.private_folders import new_private_folder, remove_private_folder, remove_when_unused

PROGRAM = """
import sys
from pathlib import Path
from matching.indexing.private_folders import new_private_folder
path = new_private_folder(Path(sys.argv[1]))
path.mkdir()
print(path.name, flush=True)
sys.stdin.readline()
"""


def start(below: Path) -> "subprocess.Popen[str]":
    root = settings.BASE_DIR
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(below)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'platform'}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def names(below: Path) -> set[str]:
    return {path.name for path in (below / "processes").iterdir()}


@pytest.mark.slow
def test_folder_of_a_living_process_stays_and_that_of_a_killed_one_goes(tmp_path: Path) -> None:
    with start(tmp_path) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        # Another container sees this process under another number, or not at all: the name must not matter.
        ours = new_private_folder(tmp_path)
        assert names(tmp_path) == {name, f"{name}.lock", f"{ours.name}.lock"}
        process.send_signal(signal.SIGKILL)
    remove_private_folder(ours)

    again = new_private_folder(tmp_path)

    assert names(tmp_path) == {f"{again.name}.lock"}
    remove_private_folder(again)


@pytest.mark.slow
def test_process_that_ends_takes_its_folder_along(tmp_path: Path) -> None:
    with start(tmp_path) as process:
        process.communicate("")

    assert names(tmp_path) == set()


def test_name_of_a_foreign_process_number_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "getpid", lambda: 2**22 + 1)
        path = new_private_folder(tmp_path)
    path.mkdir()

    ours = new_private_folder(tmp_path)

    assert path.is_dir()
    assert names(tmp_path) == {path.name, f"{path.name}.lock", f"{ours.name}.lock"}


def test_folder_goes_when_its_user_goes(tmp_path: Path) -> None:
    class User:
        pass

    user, path = User(), new_private_folder(tmp_path)
    path.mkdir()
    remove_when_unused(path, user)
    assert path.is_dir()

    del user

    assert names(tmp_path) == set()


def test_forked_child_leaves_the_folder_of_its_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = new_private_folder(tmp_path)
    path.mkdir()

    with monkeypatch.context() as patched:
        patched.setattr(os, "getpid", lambda: 2**22 + 1)
        remove_private_folder(path)

    assert path.is_dir()
