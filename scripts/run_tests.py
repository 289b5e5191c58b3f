#!/usr/bin/env python3
"""Builds what tests need, runs all checks and tests; ends on pytest's line, fails when anything failed."""

import os
import subprocess
import sys

from check import ROOT, environment, failed_checks
from chromium import NoBrowserError, chromium

# In the order in which they were collected: the longest first, so that no worker is left with one at the end.
IN_PARALLEL = ["-n", "2", "--dist", "loadscope", "--no-loadscope-reorder"]
# Two workers on two cores: threads of libraries would wait for one another, and do so busily.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# The tests look at the real model, the real assets and the real translations; each is quick when it is there.
NEEDED = ("build_encoder", "build_assets", "compile_translations")
BROWSER_TESTS = "tests/e2e"


def main() -> int:
    """0 when every check and every test passed; arguments go to pytest."""
    browser = _browser()
    if browser is None and os.environ.get("CI", "").lower() in {"1", "true"}:
        return 1
    if not _prepared():
        return 1
    failed = failed_checks([])
    chosen = {"VIDENBRO_CHROMIUM": browser} if browser else {}
    without_browser = [] if browser else [f"--ignore={BROWSER_TESTS}"]
    if failed:
        print(f"[check] FAILED: {', '.join(failed)}. The tests run all the same.", flush=True)
    tests = [sys.executable, "-m", "pytest", *IN_PARALLEL, *without_browser, *sys.argv[1:]]
    environ = {**environment(), **ONE_THREAD, **chosen}
    answer = subprocess.run(tests, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, check=False)
    return answer.returncode or (1 if failed else 0)


def _prepared() -> bool:
    """Whether everything that is built once is there now; the commands say themselves what they do."""
    for command in NEEDED:
        print(f"[prepare] {command}", flush=True)
        manage = [sys.executable, "manage.py", command]
        if subprocess.run(manage, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, check=False).returncode:
            return False
    return True


def _browser() -> str | None:
    try:
        return chromium()
    except NoBrowserError as error:
        print(f"\n*** THE BROWSER TESTS DO NOT RUN: {error}\n", file=sys.stderr, flush=True)
        return None


if __name__ == "__main__":
    sys.exit(main())
