"""How many lists a search must look into: measured against exact search on a sample, not guessed."""

from dataclasses import replace

import faiss
import numpy as np

from matching.engine.faiss_layouts import InvertedBase
from matching.engine.row_bitmaps import packed
from matching.engine.rows import Ids
from matching.engine.stores import Vectors

RECALL_AT = 10
_QUERIES = 1536
# A sample of 1,536 queries misses the true recall by about this much.
_MARGIN = 0.002
_NEAR_THE_CEILING = 0.002


def tuned(
    base: InvertedBase, vectors: Vectors, *, recall_target: float, queries: Vectors | None = None
) -> tuple[InvertedBase, float]:
    """The base with the fewest probes that reach the target, and the recall@10 it then has on the sample.

    Without `queries` (q, dimension), a sample of the vectors asks for its nearest others. When rounding keeps the
    target out of reach, it settles where more lists no longer help.
    """
    sample = _Sample(vectors, queries)
    recalls: dict[int, float] = {}
    probes = 1
    while True:
        recalls[probes] = sample.recall(replace(base, probes=probes))
        if recalls[probes] >= recall_target + _MARGIN or probes >= base.index.nlist:
            break
        probes = min(2 * probes, base.index.nlist)
    wanted = min(recall_target + _MARGIN, max(recalls.values()) - _NEAR_THE_CEILING)
    high = min(number for number, recall in recalls.items() if recall >= wanted)
    low = high // 2
    while high - low > max(1, high // 16):
        middle = (low + high) // 2
        recalls[middle] = sample.recall(replace(base, probes=middle))
        low, high = (low, middle) if recalls[middle] >= wanted else (middle, high)
    return replace(base, probes=high), recalls[high]


class _Sample:
    """Queries with their true nearest rows; a query that is a row itself does not count as its own answer."""

    def __init__(self, vectors: Vectors, queries: Vectors | None) -> None:
        self._own: Ids | None = None
        if queries is None:
            self._own = np.sort(np.random.default_rng(1).permutation(len(vectors))[:_QUERIES])
            queries = vectors[self._own]
        self._queries = np.ascontiguousarray(queries, dtype=np.float32)
        self._count = min(RECALL_AT + 1, len(vectors))
        self._truth = self._others(faiss.knn(self._queries, vectors, self._count, metric=faiss.METRIC_INNER_PRODUCT)[1])

    def recall(self, base: InvertedBase) -> float:
        """Share of the true ten nearest that are found; 1 where there are none."""
        everything = packed(np.ones(len(base), dtype=np.bool_))
        found = self._others(base.search(self._queries, self._count, everything, len(base))[1])
        shares = [len(set(a) & set(b)) / len(b) for a, b in zip(found, self._truth, strict=True) if b]
        return float(np.mean(shares)) if shares else 1.0

    def _others(self, positions: Ids) -> list[list[int]]:
        own = np.full(len(positions), -1) if self._own is None else self._own
        return [
            [place for place in row if place not in (one, -1)][:RECALL_AT]
            for row, one in zip(positions.tolist(), own.tolist(), strict=True)
        ]
