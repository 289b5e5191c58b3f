"""Real processes: two indexers and two builds with different models at once, and a build that is killed."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from tests.matching.operations.index_process import STOP_WORD
from tests.processes import wait_until_it_heeds

STATEMENTS = 150
BATCH = 64


class Machine:
    """A database file and an index folder on which processes run."""

    def __init__(self, folder: Path, empty_database: Path) -> None:
        self.database, self.notes = folder / "db.sqlite3", folder / "notes"
        shutil.copyfile(empty_database, self.database)
        self.running: list[subprocess.Popen[str]] = []
        (folder / "machine_settings.py").write_text(
            "from videnbro.settings.test import *\n"
            f"VIDENBRO_INDEX_DIR = {str(folder / 'index')!r}\n"
            f"DATABASES['default'] = {{'ENGINE': 'django.db.backends.sqlite3', 'NAME': {str(self.database)!r}}}\n"
            "DATABASES['default']['OPTIONS'] = "
            "{'transaction_mode': 'IMMEDIATE', 'timeout': 60, 'init_command': 'PRAGMA journal_mode=WAL;'}\n"
        )
        roots = [str(folder), str(settings.BASE_DIR), str(settings.BASE_DIR / "platform")]
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "machine_settings",
            "NOTES": str(self.notes),
            "PYTHONPATH": os.pathsep.join(roots),
        }

    def start(self, *task: str, **environment: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.matching.operations.index_process", *task]
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=self.environment | environment, stdout=subprocess.PIPE, text=True
        )
        self.running.append(process)
        return process

    def run(self, *task: str, **environment: str) -> str:
        process = self.start(*task, **environment)
        output = process.communicate(timeout=180)[0]
        assert process.returncode == 0
        return output

    def finish(self, process: "subprocess.Popen[str]", *, expected: int = 0) -> None:
        process.communicate(timeout=180)
        assert process.returncode == expected

    def noted(self) -> list[str]:
        return self.notes.read_text(encoding="utf-8").splitlines() if self.notes.exists() else []

    def one(self, query: str) -> str:
        with closing(sqlite3.connect(self.database)) as connection:
            (value,) = connection.execute(query).fetchone()
        return str(value)

    def check(self) -> dict[str, object]:
        (report,) = json.loads(self.run("check_index", "--json"))
        found: dict[str, object] = report
        return found


@pytest.fixture
def machine(tmp_path: Path, empty_database: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path, empty_database)
    machine.run("prepare")
    yield machine
    for process in machine.running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.slow
def test_two_indexers_and_two_builds_at_once_lose_nothing_and_mix_nothing(machine: Machine) -> None:
    indexers = [machine.start("run_indexer") for _ in range(2)]
    editors = [machine.start("edit")]
    builds = [machine.start("rebuild", ENCODER=f"word-hash-{number}", ROUNDS="2") for number in (1, 2)]
    for process in (*editors, *builds):
        machine.finish(process)
    for process in indexers:
        wait_until_it_heeds(process, signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        machine.finish(process)

    machine.run("run_indexer", "--once")

    report = machine.check()
    assert report["in_order"] is True, report
    assert (report["waiting"], report["generation"]) == (0, 5)
    assert report["statements"] == int(machine.one("select count(*) from profiles_statement"))
    assert machine.one("select count(published) - count(distinct published) from matching_indexchange") == "0"
    assert machine.one("select count(*) from matching_indexchange where published is null") == "0"


@pytest.mark.slow
def test_build_that_is_killed_leaves_the_old_index_and_the_next_embeds_the_rest(machine: Machine) -> None:
    machine.notes.unlink()
    process = machine.start("rebuild", ENCODER="word-hash-2", STOP="1")
    while "waiting" not in machine.noted():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    machine.finish(process, expected=-signal.SIGKILL)

    before = [line for line in machine.noted() if line != "waiting"]
    assert len(before) == 2 * BATCH
    assert machine.one("select encoder || generation from matching_indexstate") == "word-hash-11"
    assert machine.check()["in_order"] is True
    machine.notes.unlink()
    machine.run("rebuild", ENCODER="word-hash-2")

    after = machine.noted()
    assert len(after) == STATEMENTS - 2 * BATCH
    assert any(STOP_WORD in text for text in after)
    assert set(after).isdisjoint(before)
    assert machine.one("select encoder || generation from matching_indexstate") == "word-hash-22"
    assert machine.check()["in_order"] is True
