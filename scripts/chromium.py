"""Finds the browser that the page tests drive; on Debian, as root, installs it when there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


class NoBrowserError(Exception):
    """There is no Chromium; the message says how to get one."""


def chromium() -> str:
    """The path of a Chromium that starts.

    Raises: NoBrowserError when none is found and none could be installed.
    """
    chosen = os.environ.get("VIDENBRO_CHROMIUM")
    if chosen:
        return _checked(chosen)
    found = _find()
    if found is None and _can_install():
        _install()
        found = _find()
    if found is None:
        raise NoBrowserError(
            "No Chromium was found. Install one (Debian: apt install chromium; "
            "macOS: brew install --cask chromium) or name it: make test VIDENBRO_CHROMIUM=/path/to/chromium"
        )
    return _checked(found)


def _find() -> str | None:
    on_path = (shutil.which(name) for name in NAMES)
    in_applications = (place for place in MAC_PLACES if Path(place).exists())
    return next((path for path in [*on_path, *in_applications] if path), None)


def _checked(path: str) -> str:
    try:
        subprocess.run([path, "--version"], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoBrowserError(
            f"{path} does not start as a browser ({error}); name another: make test VIDENBRO_CHROMIUM=/path"
        ) from error
    return path


def _can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None and Path("/etc/debian_version").exists()


def _install() -> None:
    """Quietly, from Debian's packages; what apt said is shown only when it failed."""
    print("[browser] installing Debian's chromium (about a minute)", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        answer = subprocess.run(
            ["apt-get", "-qq", *arguments], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if answer.returncode != 0:
            print(answer.stdout[-2000:], file=sys.stderr, flush=True)
            return
