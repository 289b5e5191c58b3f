#!/usr/bin/env python
"""Entry point for every command; puts `platform/` last on the path so that the standard library wins."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command named on the command line with the embedded settings unless others are chosen."""
    sys.path.append(str(Path(__file__).resolve().parent / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "videnbro.settings.embedded")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
