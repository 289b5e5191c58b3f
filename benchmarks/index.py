"""`bench index`: the statement index at a million generated statements, against exact search in the same run.

Single queries, ours and exact in turn. Memory and cold start are measured in processes of their own; for the cold
start the files are first dropped from the page cache, where the system lets us.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
from django.conf import settings

from benchmarks.lifelike_vectors import demo_passage_vectors, fill_with_lifelike
from benchmarks.timing import seconds
from matching.engine.faiss_layouts import FLAT
from matching.engine.faiss_store import FaissVectorStore
from matching.engine.rows import NEVER, OFFER, Ids, RowFilter, StatementRows
from matching.engine.stores import Vectors
from matching.serving import query_encoder

Figures = dict[str, float]
SIZE = 1_000_000
_QUERIES = 300
_ADDED = 1_000
_SEED = 20261122
_TODAY = date(2026, 11, 22).toordinal()
_EVERYTHING = RowFilter(levels=frozenset({0, 1, 2}), today=_TODAY)
_HALF = RowFilter(levels=frozenset({0, 1, 2}), today=_TODAY, statement_kinds=frozenset({OFFER}))


def run(say: Callable[[str], None], size: int = SIZE) -> Figures:
    """Generate, build, search, add, save, and start afresh; `size` statements."""
    say("vectors of the demo's passages")
    return measure(say, demo_passage_vectors(query_encoder().encoder), size)


def measure(say: Callable[[str], None], sources: Vectors, size: int, layout: str | None = None) -> Figures:
    """The figures for `size` mixtures of `sources` (m, dimension), laid out by size or as told."""
    generator = np.random.default_rng(_SEED)
    with tempfile.TemporaryDirectory(prefix="videnbro-bench-") as name:
        folder = Path(name) / "index"
        folder.mkdir()
        say(f"generating {size} vectors")
        vectors = np.lib.format.open_memmap(
            Path(name) / "generated.npy", mode="w+", dtype=np.float32, shape=(size, sources.shape[1])
        )
        queries, added = (np.empty((count, sources.shape[1]), dtype=np.float32) for count in (_QUERIES, _ADDED))
        for table in (vectors, queries, added):
            fill_with_lifelike(table, sources, generator)
        rows = _generated_rows(np.arange(1, size + 1), generator)
        say("building the index (minutes at a million)")
        start = time.perf_counter()
        store = FaissVectorStore.build(rows, vectors, layout=layout)
        figures: Figures = {"statements": size, "build_s": time.perf_counter() - start}
        say("searching, ours and exact in turn")
        exact = FaissVectorStore.build(rows, vectors, layout=FLAT)
        del vectors
        figures |= _search_figures(store, exact, queries, _EVERYTHING, "")
        figures |= _search_figures(store, exact, queries, _HALF, "_filtered")
        del exact
        say(f"adding {_ADDED}, saving, loading in fresh processes")
        figures["add_1000_s"] = _seconds_to_add(store, added, generator)
        figures["save_s"] = _seconds_to_save(store, folder)
        kept = len(store)
        del store
        return figures | _fresh_process_figures(folder, queries, kept)


def _generated_rows(statements: Ids, generator: np.random.Generator) -> StatementRows:
    count = len(statements)
    columns = [
        statements,
        generator.integers(1, 2 + count // 4, count),
        generator.integers(1, 2 + count // 20, count),
        generator.choice([0, 0, 1, 2], count),
        *(generator.integers(0, top, count) for top in (2, 8, 6, 4, 3)),
        np.full(count, NEVER),
    ]
    return StatementRows.of_table(np.column_stack(columns).astype(np.int64))


def _search_figures(
    ours: FaissVectorStore, exact: FaissVectorStore, queries: Vectors, where: RowFilter, suffix: str
) -> Figures:
    times: tuple[list[float], list[float]] = ([], [])
    found: list[set[int]] = []
    for store in (ours, exact):
        store.search(queries[:1], 10, where)
    for number in range(len(queries)):
        query = queries[number : number + 1]
        for store, taken in zip((ours, exact), times, strict=True):
            start = time.perf_counter()
            hits = store.search(query, 10, where)
            taken.append(time.perf_counter() - start)
            found.append(set(hits.statements[0].tolist()))
    recalls = [len(mine & true) / len(true) for mine, true in zip(found[::2], found[1::2], strict=True)]
    mine, theirs = (1000 * float(np.median(taken)) for taken in times)
    return {
        f"recall_at_10{suffix}": float(np.mean(recalls)),
        f"search_ms_p50{suffix}": mine,
        f"exact_ms_p50{suffix}": theirs,
        f"search_time_ratio{suffix}": mine / theirs,
    }


def _seconds_to_add(store: FaissVectorStore, added: Vectors, generator: np.random.Generator) -> float:
    """Until they are found: half of them replace old statements, half are new."""
    newest = int(store.rows().statement[-1])
    rows = _generated_rows(np.arange(newest, newest + len(added)) - len(added) // 2, generator)

    def add() -> None:
        store.upsert(rows, added)
        store.search(added[:1], 1, _EVERYTHING)

    return seconds(add)


def _seconds_to_save(store: FaissVectorStore, folder: Path) -> float:
    """With what was added merged in; afterwards the files are on disk and no longer in memory."""
    taken = seconds(lambda: store.save(folder))
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return taken


_FRESH_PROCESS = """
import sys
sys.path[:0] = [".", "platform"]
from pathlib import Path
import numpy as np
import psutil
from matching.engine.faiss_store import FaissVectorStore
from matching.engine.rows import RowFilter

folder, count, today = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
queries = np.load(folder / "queries.npy")
where = RowFilter(levels=frozenset({0, 1, 2}), today=today)
before = psutil.Process().memory_full_info()
store = FaissVectorStore.load(folder, dimension=queries.shape[1])
for query in queries[:count]:
    store.search(query[None, :], 10, where)
after = psutil.Process().memory_full_info()
print((after.rss - after.shared) - (before.rss - before.shared))
"""


def _fresh_process_figures(folder: Path, queries: Vectors, size: int) -> Figures:
    """The files count whole, and once; what a process has of its own, after many searches, comes on top."""
    files = sum(path.stat().st_size for path in folder.iterdir())
    np.save(folder / "queries.npy", queries)
    start = time.perf_counter()
    _own_bytes_of_fresh_process(folder, searches=1)
    cold_start_s = time.perf_counter() - start
    own = max(0, _own_bytes_of_fresh_process(folder, searches=len(queries)))
    return {
        "cold_start_s": cold_start_s,
        "bytes_per_statement": (files + own) / size,
        "own_bytes_per_statement": own / size,
    }


def _own_bytes_of_fresh_process(folder: Path, searches: int) -> int:
    done = subprocess.run(  # noqa: S603  (our own interpreter)
        [sys.executable, "-c", _FRESH_PROCESS, str(folder), str(searches), str(_TODAY)],
        cwd=Path(settings.BASE_DIR),
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)
