"""`bench recommend`: recommendation lists over 10,000 generated profiles, in a database and index of their own.

Each step runs in a process of its own (`manage.py bench_step`), so that memory is that of what is measured.
"""

from collections.abc import Callable

from benchmarks.own_database import own_database

Figures = dict[str, float]
PROFILES = 10_000


def run(say: Callable[[str], None], size: int = PROFILES) -> Figures:
    """Build, measure lists, measure a web worker."""
    figures: Figures = {"profiles": size}
    with own_database(pages=True) as database:
        for step, title in (
            ("build", f"building a cluster of {size} profiles with 4 statements each (minutes)"),
            ("lists", "recommendation lists, and their encode and raw search alone"),
            ("worker", "memory of a web worker"),
        ):
            say(title)
            figures |= database.step(step, "--profiles", str(size))
    return figures
