"""Each process keeps its word index in a folder of its own, and leaves nothing behind: not when it is killed either."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from matching.indexing import private_folders
from matching.indexing.private_folders import new_private_folder, remove_private_folder, remove_when_unused

PROGRAM = """
import os, sys
from pathlib import Path
from matching.indexing.private_folders import new_private_folder
folder = new_private_folder(Path(sys.argv[1]))
folder.mkdir()
print(folder)
if sys.argv[2] == "killed":
    sys.stdout.flush()
    os.kill(os.getpid(), 9)
if sys.argv[2] == "forked" and os.fork() == 0:
    sys.exit()
if sys.argv[2] == "forked":
    os.wait()
    print(folder.exists())
"""


def in_another_process(below: Path, ending: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(below), ending], capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout.split()


class User:
    """Stands for whoever works in the folder."""


def test_folders_differ_and_are_not_made(tmp_path: Path) -> None:
    one, other = new_private_folder(tmp_path), new_private_folder(tmp_path)

    assert one != other
    assert one.parent == other.parent == tmp_path / "processes"
    assert not one.exists()


def test_folder_that_is_given_up_is_gone_also_twice(tmp_path: Path) -> None:
    folder = new_private_folder(tmp_path)
    folder.mkdir()

    remove_private_folder(folder)
    remove_private_folder(folder)

    assert list((tmp_path / "processes").iterdir()) == []


def test_folder_goes_with_its_user(tmp_path: Path) -> None:
    folder, user = new_private_folder(tmp_path), User()
    folder.mkdir()
    remove_when_unused(folder, user)
    assert folder.exists()

    del user

    assert not folder.exists()


def test_process_that_ends_removes_its_folder(tmp_path: Path) -> None:
    (folder,) = in_another_process(tmp_path, "ends")

    assert not Path(folder).exists()


def test_forked_child_that_ends_leaves_its_parents_folder(tmp_path: Path) -> None:
    assert in_another_process(tmp_path, "forked")[-1] == "True"


def test_folder_of_a_killed_process_goes_with_the_next_one(tmp_path: Path) -> None:
    (folder,) = in_another_process(tmp_path, "killed")
    assert Path(folder).exists()

    ours = new_private_folder(tmp_path)

    assert not Path(folder).exists()
    assert ours.parent == Path(folder).parent


def test_folders_of_living_processes_and_of_others_stay(tmp_path: Path) -> None:
    parent = tmp_path / "processes"
    for name in (f"process-{os.getppid()}-12ab", "process-x-1", "notes"):
        (parent / name).mkdir(parents=True)

    new_private_folder(tmp_path)

    assert {path.name for path in parent.iterdir()} == {f"process-{os.getppid()}-12ab", "process-x-1", "notes"}


def test_process_of_another_person_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_process: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)

    assert private_folders._is_alive(17)
