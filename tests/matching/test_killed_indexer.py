"""`kill -9` of a real indexer in the middle of its work: nothing is lost, and the next run embeds only the rest."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from tests.matching.indexer_process import STOP_WORD

BATCH = 64
STATEMENTS = 150


class IndexerMachine:
    """A database file and an index folder on which indexer processes run."""

    def __init__(self, folder: Path, empty_database: Path) -> None:
        self.database, self.notes = folder / "db.sqlite3", folder / "notes"
        shutil.copyfile(empty_database, self.database)
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "videnbro.settings.test",
            "VIDENBRO_TEST_DATABASE_URL": f"sqlite:///{self.database}",
            "TMPDIR": str(folder),
            "NOTES": str(self.notes),
            "PYTHONPATH": os.pathsep.join([str(settings.BASE_DIR), str(settings.BASE_DIR / "platform")]),
        }

    def start(self, task: str, **environment: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tests.matching.indexer_process", task]
        return subprocess.Popen(command, cwd=settings.BASE_DIR, env=self.environment | environment)

    def run(self, task: str) -> None:
        with self.start(task) as process:
            assert process.wait(120) == 0

    def noted(self) -> list[str]:
        return self.notes.read_text(encoding="utf-8").splitlines() if self.notes.exists() else []

    def wait_for(self, line: str, process: "subprocess.Popen[bytes]") -> None:
        """Until the process has noted the line; gives up when it ends without."""
        while line not in self.noted():
            assert process.poll() is None
            time.sleep(0.05)

    def one(self, query: str) -> int:
        with closing(sqlite3.connect(self.database)) as connection:
            (value,) = connection.execute(query).fetchone()
        return int(value)


@pytest.mark.slow
def test_killed_indexer_loses_nothing_and_the_next_run_embeds_only_the_rest(
    tmp_path: Path, empty_database: Path
) -> None:
    machine = IndexerMachine(tmp_path, empty_database)
    machine.run("prepare")
    waiting = machine.one("select count(*) from matching_indexchange where published is null")
    assert waiting == STATEMENTS + 10

    with machine.start("index", STOP="1") as process:
        machine.wait_for("waiting", process)
        process.send_signal(signal.SIGKILL)

    assert process.returncode == -signal.SIGKILL
    stored = machine.one("select count(*) from matching_statementvector")
    before = [line for line in machine.noted() if line != "waiting"]
    assert stored == len(before) == 2 * BATCH
    assert machine.one("select count(*) from matching_indexchange where published is null") == waiting
    machine.notes.unlink()

    machine.run("index")

    after = machine.noted()
    assert len(after) == STATEMENTS - 2 * BATCH
    assert any(STOP_WORD in text for text in after)
    assert set(after).isdisjoint(before)
    assert machine.one("select count(*) from matching_statementvector") == STATEMENTS
    assert machine.one("select count(distinct published) from matching_indexchange") == waiting
    assert machine.one("select published from matching_indexstate") == waiting
