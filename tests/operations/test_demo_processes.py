"""The demo's processes start together, are watched and end together; nothing is left running."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from demo.ports import PortBusyError, require_free_port
from demo.serving import Program, ServingError, environment, programs, serve
from tests.operations.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]
WEB = """
import http.server, sys
class Alive(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health/live" else 404); self.end_headers()
    def log_message(self, *arguments): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Alive).serve_forever()
"""


def web(port: int) -> Program:
    return Program("web server", (sys.executable, "-c", WEB, str(port)))


def sleeper(marks: Path) -> Program:
    """A worker that notes its process id, and runs until it is ended."""
    program = f"import os, time; open({str(marks)!r}, 'w').write(str(os.getpid())); time.sleep(120)"
    return Program("indexer", (sys.executable, "-c", program))


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("wanted_end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_all_in_order(wanted_end: signal.Signals, tmp_path: Path) -> None:
    port, marks = free_port(), tmp_path / "process"

    def stop_once_ready() -> None:
        while not marks.exists() or not marks.read_text():
            time.sleep(0.01)
        signal.raise_signal(wanted_end)

    serve([web(port), sleeper(marks)], port=port, ready=stop_once_ready)

    assert not listens(port)
    assert not is_running(int(marks.read_text()))


def test_program_that_ends_by_itself_stops_the_others_and_is_named(tmp_path: Path) -> None:
    port = free_port()
    dying = Program("indexer", (sys.executable, "-c", "raise SystemExit(7)"))

    with pytest.raises(ServingError, match=r"^The indexer ended by itself \(exit code 7\); stopping\.$"):
        serve([web(port), dying], port=port, ready=lambda: None)

    assert not listens(port)


def test_program_that_dies_later_is_noticed(tmp_path: Path) -> None:
    port, marks = free_port(), tmp_path / "process"

    def kill_the_worker() -> None:
        while not marks.exists() or not marks.read_text():
            time.sleep(0.01)
        os.kill(int(marks.read_text()), signal.SIGKILL)

    with pytest.raises(ServingError, match=r"The indexer ended by itself \(exit code -9\)"):
        serve([web(port), sleeper(marks)], port=port, ready=kill_the_worker)

    assert not listens(port)


def test_signal_handlers_are_put_back(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    port = free_port()

    serve([web(port)], port=port, ready=lambda: signal.raise_signal(signal.SIGTERM))

    assert signal.getsignal(signal.SIGTERM) is before


def test_web_server_listens_on_this_machine_only() -> None:
    server, *_others = programs(8123)

    bound = server.command[server.command.index("--bind") + 1]
    assert bound == "127.0.0.1:8123"


def test_every_process_links_to_the_port_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIDENBRO_SITE_URL", raising=False)

    assert environment(8123)["VIDENBRO_SITE_URL"] == "http://127.0.0.1:8123"
    assert [program.name for program in programs(8123)] == ["web server", "indexer", "worker"]


def test_port_is_free_until_somebody_listens() -> None:
    port = free_port()
    require_free_port(port)

    with socket.create_server(("127.0.0.1", port)), pytest.raises(PortBusyError, match=f"PORT={port + 1}"):
        require_free_port(port)


def test_demo_command_says_the_port_is_busy_before_any_step() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "manage.py", "demo", "--port", str(port)]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)

    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr == (
        f"CommandError: Port {port} of 127.0.0.1 is in use. Stop the program that uses it, "
        f"or choose another: make demo PORT={port + 1}\n"
    )


def test_serving_leaves_no_thread_behind() -> None:
    port, before = free_port(), threading.active_count()

    serve([web(port)], port=port, ready=lambda: signal.raise_signal(signal.SIGINT))

    assert threading.active_count() == before
