"""The commands that docker-compose.yml names, run here as they stand there."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]


def compose_file() -> dict[str, Any]:
    """The whole file, anchors resolved."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def command_of(service: str) -> list[str]:
    """The command of one service, word for word."""
    return list(compose_file()["services"][service]["command"])


def surroundings(production: dict[str, str]) -> dict[str, str]:
    """As in the image: its programs first on the path, our packages on Python's."""
    programs = Path(sys.executable).parent
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIDENBRO_", "DJANGO_"))}
    cache = {name: value for name, value in os.environ.items() if name == "VIDENBRO_CACHE_DIR"}
    return {
        **kept, **cache, **production,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        "PYTHONUNBUFFERED": "1",
    }  # fmt: skip


def run_command(service: str, production: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a service that ends by itself."""
    return subprocess.run(
        command_of(service), cwd=ROOT, env=surroundings(production), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@contextmanager
def running(service: str, production: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A service that runs until it is told to stop; it is stopped here, whatever happens."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command_of(service), cwd=ROOT, env=surroundings(production), stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
