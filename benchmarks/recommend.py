"""`bench recommend`: recommendation lists over 10,000 generated profiles, in a database and index of their own.

Each step runs in a process of its own (`manage.py bench_step`), so that memory is that of what is measured.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

Figures = dict[str, float]
PROFILES = 10_000


def run(say: Callable[[str], None]) -> Figures:
    """Build, measure lists, measure a web worker."""
    with tempfile.TemporaryDirectory(prefix="videnbro-bench-") as folder:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "videnbro.settings.embedded",
            "VIDENBRO_DATA_DIR": folder,
            "VIDENBRO_CACHE_DIR": str(settings.VIDENBRO_CACHE_DIR),
        }
        _manage(["build_assets"], None)
        shutil.copytree(settings.DATA_DIR / "assets", Path(folder) / "assets")
        for command in (
            ["compile_translations"],
            ["collectstatic", "--noinput", "--verbosity", "0"],
            ["migrate", "--verbosity", "0"],
            ["load_taxonomies"],
        ):
            _manage(command, environment)
        figures: Figures = {"profiles": PROFILES}
        for step, title in (
            ("build", f"building a cluster of {PROFILES} profiles with 4 statements each (minutes)"),
            ("lists", "recommendation lists, and their encode and raw search alone"),
            ("worker", "memory of a web worker"),
        ):
            say(title)
            figures |= json.loads(
                _manage(["bench_step", step, "--profiles", str(PROFILES)], environment).splitlines()[-1]
            )
        return figures


def _manage(arguments: list[str], environment: dict[str, str] | None) -> str:
    done = subprocess.run(  # noqa: S603  (our own interpreter)
        [sys.executable, "manage.py", *arguments],
        cwd=Path(settings.BASE_DIR),
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
