"""`bench schedule`: timetables proven optimal on real forums, and large events near the proven bound.

`--b2bsp DIR` takes every .dzn instance of a folder; `--size N` an event that is generated, which bears a seed.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.b2bsp import measure_b2bsp
from benchmarks.schedule_size import measure_size

Say = Callable[[str], None]
SIZES = (150, 500)


def run(say: Say) -> dict[str, Any]:
    """The generated events of everyday sizes, one after the other, each figure under its size."""
    return {f"{name}_{size}": value for size in SIZES for name, value in run_size(size, say).items()}


def run_size(size: int, say: Say) -> dict[str, Any]:
    """One generated event of so many participants."""
    return measure_size(size, say=say)


def run_b2bsp(folder: Path, say: Say) -> dict[str, Any]:
    """Every instance of the folder.

    Raises:
        DataMissing: there is none.
    """
    return measure_b2bsp(folder, say=say)
