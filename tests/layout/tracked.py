"""The files that are, or would be, committed."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def source_files(suffix: str = "") -> list[Path]:
    """Tracked files and new ones that are not ignored, as absolute paths, with the given ending."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = [ROOT / name for name in sorted(set(listed.stdout.split("\0"))) if name.endswith(suffix) and name]
    return [path for path in paths if path.is_file()]
