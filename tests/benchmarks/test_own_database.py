"""A benchmark's own database: a folder of its own that goes away, and commands that fail loudly."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks import quality, recommend
from kernel.errors import NotReady


class Commands:
    """Stands for `subprocess.run`: notes what was asked, and answers."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.folders: set[str] = set()
        self.answers: dict[str, tuple[int, str]] = {}

    def run(self, command: list[str], *, env: dict[str, str] | None, **_options: Any) -> Any:
        self.asked.append(command[2:])
        if env is not None:
            assert Path(env["VIDENBRO_DATA_DIR"]).is_dir()
            self.folders.add(env["VIDENBRO_DATA_DIR"])
        code, output = self.answers.get(command[2], (0, ""))
        return subprocess.CompletedProcess(command, code, output)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    commands = Commands()
    monkeypatch.setattr(subprocess, "run", commands.run)
    return commands


def test_quality_is_measured_in_a_folder_of_its_own(commands: Commands) -> None:
    commands.answers["bench_step"] = (0, "a word before\n" + json.dumps({"recall_at_10": 0.5}) + "\n")

    assert quality.run(lambda words: None) == {"recall_at_10": 0.5}
    assert [asked[0] for asked in commands.asked] == [
        "migrate",
        "load_taxonomies",
        "load_demo",
        "build_index",
        "bench_step",
    ]
    assert [Path(folder).exists() for folder in commands.folders] == [False]


def test_recommend_takes_its_three_steps(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "copytree", lambda *folders: None)
    commands.answers["bench_step"] = (0, '{"some_ms": 1.0}\n')

    assert recommend.run(lambda words: None, 40) == {"profiles": 40, "some_ms": 1.0}
    steps = [asked for asked in commands.asked if asked[0] == "bench_step"]
    assert steps == [["bench_step", name, "--profiles", "40"] for name in ("build", "lists", "worker")]


def test_command_that_fails_ends_the_benchmark_and_its_folder(commands: Commands) -> None:
    commands.answers["build_index"] = (1, "")

    with pytest.raises(NotReady, match="build_index” failed"):
        quality.run(lambda words: None)

    assert commands.asked[-1] == ["build_index"]
    assert [Path(folder).exists() for folder in commands.folders] == [False]
