"""The site under test: a demo of its own in a folder of its own, with two web processes and the indexer."""

import http.client
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from demo.ports import HOST
from demo.serving import ROOT, environment
from tests.e2e.backstage import Backstage
from tests.e2e.site_process import PROCESS_HEADER
from tests.operations.postgres import free_port

STOP_SECONDS = 30


@dataclass(frozen=True)
class Site:
    """Where the site answers, where it keeps what it writes, and who does there what no page can."""

    port: int
    data: Path
    backstage: Backstage

    @property
    def address(self) -> str:
        """The start of every address."""
        return f"http://{HOST}:{self.port}"

    def search(self, text: str) -> tuple[str, str]:
        """Which process answered a visitor's search, asked over a new connection, and its page."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request("GET", "/search/?" + urlencode({"q": text}), headers={"Connection": "close"})
            response = connection.getresponse()
            return response.headers[PROCESS_HEADER], response.read().decode()
        finally:
            connection.close()


@contextmanager
def serving(data: Path) -> Iterator[Site]:
    """Serve what was prepared on a free port; nothing runs any longer afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "tests.e2e.site_process", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=_environment(data), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("The site under test did not start; its own lines above say why.")
        backstage = Backstage(_environment(data, port))
        try:
            yield Site(port, data, backstage)
        finally:
            backstage.close()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=STOP_SECONDS)


def _environment(data: Path, port: int | None = None) -> dict[str, str]:
    """As the demo runs: embedded settings, whatever the tests around it use."""
    chosen = {"DJANGO_SETTINGS_MODULE": "videnbro.settings.embedded", "VIDENBRO_DATA_DIR": str(data)}
    return {**environment(port), **chosen}
