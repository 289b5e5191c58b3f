#!/usr/bin/env python3
"""Runs every check and shows what each failed one said: one run tells all there is to mend."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CACHE = ROOT / "var" / "cache"
TEST_SETTINGS = "videnbro.settings.test"

MANAGE = [sys.executable, "manage.py"]
# All but "staticfiles", which would want the assets to be built first.
TAGS = [part for tag in ("models", "urls", "templates", "translation", "caches") for part in ("--tag", tag)]
CHECKS = {
    "lint": [str(BIN / "ruff"), "check", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "types": [str(BIN / "mypy")],
    "layers": [str(BIN / "lint-imports"), "--no-logo", "--cache-dir", str(CACHE / "import_linter")],
    "templates": [str(BIN / "djlint"), "frontend/templates", "demo/templates", "--lint", "--quiet"],
    "translations": [*MANAGE, "compile_translations", "--check"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "system": [*MANAGE, "check", "--fail-level", "WARNING", *TAGS],
}


def environment() -> dict[str, str]:
    """What the tools run with: our packages on the path, every cache under var/."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT / "platform"),
        "PYTHONPYCACHEPREFIX": str(ROOT / "var" / "pycache"),
        "DJANGO_SETTINGS_MODULE": TEST_SETTINGS,
        "ORT_DISABLE_TELEMETRY": "1",
    }


def passes(name: str) -> bool:
    """Run one check and say how it went; its own output only when it failed."""
    begun = time.monotonic()
    answer = subprocess.run(
        CHECKS[name], cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - begun
    failed = answer.returncode != 0
    line = f"[check] {name:<13}{'FAILED' if failed else 'ok':<7}{seconds:5.1f} s"
    print("\n".join([line, *([answer.stdout.rstrip()] if failed else [])]), flush=True)
    return not failed


def failed_checks(names: list[str]) -> list[str]:
    """Run the named checks, all of them when none is named, two at a time; the names of those that failed."""
    longest_first = sorted(names or CHECKS, key=lambda name: name != "types")
    with ThreadPoolExecutor(max_workers=2) as pool:
        passed = dict(zip(longest_first, pool.map(passes, longest_first), strict=True))
    return [name for name in names or CHECKS if not passed[name]]


def main() -> int:
    """0 when everything named on the command line passes."""
    unknown = sorted(set(sys.argv[1:]) - set(CHECKS))
    if unknown:
        print(f"No check is called {', '.join(unknown)}; there are {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    failed = failed_checks(sys.argv[1:])
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
