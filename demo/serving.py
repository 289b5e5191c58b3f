"""Runs the demo's processes beside each other: they start together, are watched, and end together."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.ports import HOST

ROOT = Path(__file__).resolve().parent.parent
GRACE_SECONDS = 10.0
POLL_SECONDS = 0.1
READY_SECONDS = 60.0


@dataclass(frozen=True)
class Program:
    """One process of the demo; `name` is how people are told about it."""

    name: str
    command: tuple[str, ...]


def programs(port: int) -> list[Program]:
    """The web server, on `port` of 127.0.0.1 only, who keeps the index fresh, and who sends what waits."""
    manage = (sys.executable, str(ROOT / "manage.py"))
    web = (
        sys.executable, "-m", "gunicorn", "videnbro.wsgi:application", "--bind", f"{HOST}:{port}",
        "--config", str(ROOT / "gunicorn.conf.py"), "--workers", "1", "--threads", "8", "--log-level", "warning",
        "--no-control-socket", "--limit-request-line", "8190",
    )  # fmt: skip
    return [
        Program("web server", web),
        Program("indexer", (*manage, "run_indexer")),
        Program("worker", (*manage, "run_worker")),
    ]


class ServingError(Exception):
    """The demo could not be kept running; the message says which part ended."""


def serve(chosen: list[Program], *, port: int, ready: Callable[[], None]) -> None:
    """Run until a signal asks to stop; `ready` is called once the web server answers.

    Raises: ServingError when a program ends by itself or the web server never answers.
    """
    with _signals_noted() as asked_to_stop, _running(chosen, port) as processes:
        deadline = time.monotonic() + READY_SECONDS
        while not asked_to_stop() and not _answers(port):
            _require_alive(processes)
            if time.monotonic() > deadline:
                raise ServingError(f"The web server did not answer on port {port}; stopping.")
            time.sleep(POLL_SECONDS)
        if not asked_to_stop():
            ready()
        while not asked_to_stop():
            _require_alive(processes)
            time.sleep(POLL_SECONDS)


def _require_alive(processes: list[tuple[Program, subprocess.Popen[bytes]]]) -> None:
    for program, process in processes:
        if process.poll() is not None:
            code = process.returncode
            raise ServingError(f"The {program.name} ended by itself (exit code {code}); stopping.")


@contextmanager
def _signals_noted() -> Iterator[Callable[[], bool]]:
    """Ctrl-C, SIGTERM and a closed terminal all mean the same: end in order."""
    noted: list[int] = []
    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda number, _frame: noted.append(number)) for number in wanted}
    try:
        yield lambda: bool(noted)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _running(chosen: list[Program], port: int) -> Iterator[list[tuple[Program, subprocess.Popen[bytes]]]]:
    """Sessions of their own: a Ctrl-C reaches only the supervisor, which ends them in order."""
    processes: list[tuple[Program, subprocess.Popen[bytes]]] = []
    try:
        for program in chosen:
            process = subprocess.Popen(program.command, cwd=ROOT, env=environment(port), start_new_session=True)
            processes.append((program, process))
        yield processes
    finally:
        _end([process for _program, process in processes])


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment(port: int | None = None) -> dict[str, str]:
    """What each process runs with: our packages on the path, the embedded settings, links in mails to the port."""
    return {
        "DJANGO_SETTINGS_MODULE": "videnbro.settings.embedded",
        **({"VIDENBRO_SITE_URL": f"http://{HOST}:{port}"} if port else {}),
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT / "platform"), str(ROOT))),
        "PYTHONUNBUFFERED": "1",
        "ORT_DISABLE_TELEMETRY": "1",
    }


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main() -> int:
    """Serve on the port named on the command line; 0 after a wanted end."""
    port = int(sys.argv[1])
    try:
        serve(programs(port), port=port, ready=lambda: _announce(port))
    except ServingError as error:
        print(error, file=sys.stderr)
        return 1
    print("Stopped.")
    return 0


def _announce(port: int) -> None:
    print(f"\nVidenbro is at http://{HOST}:{port}/  (stop with Ctrl-C)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
