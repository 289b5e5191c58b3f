#!/usr/bin/env python3
"""Prepares `.venv` for `make demo` and `make test`; this file says what is wrong with the Python it is given.

Any Python from 3.6 on can parse it, so that an old one gets a sentence and not a syntax error.
The work itself is in `installation.py`, which is only imported once the version fits.
"""

import os
import sys
from typing import Sequence

OLDEST, TOO_NEW = (3, 11), (3, 13)


def complaint_about(version: Sequence[int], executable: str) -> str:
    """The one line to show for an unsupported version, or an empty string."""
    if OLDEST <= tuple(version) < TOO_NEW:
        return ""
    return (
        "Videnbro needs Python 3.11 or 3.12, but {} is {}.{}. Install Python 3.11 "
        "(Debian: apt install python3.11 python3.11-venv; macOS: brew install python@3.11) "
        "or name one you have: make {} PYTHON=/path/to/python3.11"
    ).format(executable, version[0], version[1], os.environ.get("VIDENBRO_GOAL", "demo"))


def main() -> int:
    """Check the Python, then hand over to the installation."""
    wrong = complaint_about(sys.version_info[:2], sys.executable)
    if wrong:
        sys.stderr.write(wrong + "\n")
        return 1
    from installation import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
