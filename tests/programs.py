"""Programs that tests start: nothing of the test run's settings reaches them, but a database that is ready does."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def own_environment(**chosen: str) -> dict[str, str]:
    """The surroundings of this process without settings of the application, and then the chosen ones."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIDENBRO_", "DJANGO_"))}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)]), **chosen}


def embedded(folder: Path, database: Path) -> dict[str, str]:
    """The embedded settings with `folder` as their data, in it a copy of the database."""
    shutil.copyfile(database, folder / "videnbro.sqlite3")
    return own_environment(DJANGO_SETTINGS_MODULE="videnbro.settings.embedded", VIDENBRO_DATA_DIR=str(folder))


def answer_of(module: str, environment: dict[str, str]) -> Any:
    """Run a module of the tests as a program; what it printed last is JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def write_empty_database(file: Path) -> None:
    """Every table, the taxonomies, and nothing else: of this test run's database if that is SQLite, else anew."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(file)) as target:
            connection.connection.backup(target)
        return
    environment = own_environment(
        DJANGO_SETTINGS_MODULE="videnbro.settings.test", VIDENBRO_TEST_DATABASE_URL=f"sqlite:///{file}"
    )
    for command in (["migrate", "--verbosity=0"], ["load_taxonomies"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
