"""A database, index and cache of a benchmark's own, in a temporary folder; each step runs in a process of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from kernel.errors import NotReady

Figures = dict[str, float]


class OwnDatabase:
    """Runs commands of this project against the folder."""

    def __init__(self, folder: Path) -> None:
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "videnbro.settings.embedded",
            "VIDENBRO_DATA_DIR": str(folder),
            "VIDENBRO_CACHE_DIR": str(settings.VIDENBRO_CACHE_DIR),
        }

    def manage(self, *arguments: str) -> str:
        """Run a command; what it writes to standard output.

        Raises:
            NotReady: it failed; what it said about that is on standard error.
        """
        return _manage(list(arguments), self._environment)

    def step(self, name: str, *arguments: str) -> Figures:
        """One step of a benchmark (`manage.py bench_step`): its figures."""
        figures: Figures = json.loads(self.manage("bench_step", name, *arguments).splitlines()[-1])
        return figures


@contextmanager
def own_database(*, pages: bool) -> Iterator[OwnDatabase]:
    """An empty hub database with its taxonomies; `pages` prepares what serving pages needs too."""
    with tempfile.TemporaryDirectory(prefix="videnbro-bench-") as name:
        folder = Path(name)
        database = OwnDatabase(folder)
        if pages:
            _manage(["build_assets"], None)
            shutil.copytree(settings.DATA_DIR / "assets", folder / "assets")
            database.manage("compile_translations")
            database.manage("collectstatic", "--noinput", "--verbosity", "0")
        database.manage("migrate", "--verbosity", "0")
        database.manage("load_taxonomies")
        yield database


def _manage(arguments: list[str], environment: dict[str, str] | None) -> str:
    done = subprocess.run(  # noqa: S603  (our own interpreter)
        [sys.executable, "manage.py", *arguments],
        cwd=Path(settings.BASE_DIR),
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NotReady(f"“manage.py {arguments[0]}” failed; what it said stands above.")
    return done.stdout
