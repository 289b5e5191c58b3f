"""Processes that tests start and tell to stop: not before they listen, which on a busy machine takes its time."""

import signal
import subprocess
import time
from pathlib import Path
from typing import Any

_PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = 0.05


def wait_until_it_heeds(process: "subprocess.Popen[Any]", number: signal.Signals) -> None:
    """Until the process has a handler of its own for the signal, as Linux tells of each process.

    Raises:
        AssertionError: it ended before, or has none after two minutes.
    """
    status = Path(f"/proc/{process.pid}/status")
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, f"ended with {process.returncode} before it listened to {number.name}"
        caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt:"))
        if int(caught.split()[1], 16) >> (number - 1) & 1:
            return
        time.sleep(_PAUSE_SECONDS)
    raise AssertionError(f"It never began to listen to {number.name}.")
