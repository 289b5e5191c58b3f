"""The two ways in which a base of vectors lies in FAISS: flat and exact, or in lists with one byte a number.

Inverted lists rather than a graph: at the same recall and time they are built ten times faster, stay good under
filters, and rows can be merged in and erased without a rebuild (figures in docs/benchmarks.md).
"""

import math
from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np

from matching.engine.row_bitmaps import Bits
from matching.engine.rows import Ids
from matching.engine.stores import Vectors

FLAT, INVERTED = "flat", "inverted"
LAYOUTS = (FLAT, INVERTED)
FLAT_UP_TO = 200_000

_SCAN_ALL_BELOW = 0.01
_MANY_QUERIES = 16
# Measured: lists in proportion to share ** -0.5 keep the recall the same from all rows down to 4 % of them.
_FILTER_POWER = 0.6
_POINTS_A_LIST = 48
_TRAINING_ROUNDS = 8
_ADD_BLOCK = 65_536
_GROWTH_BEFORE_TRAINING = 2.0
# FAISS replaces these constructors when it is imported; its annotations still tell of the ones before.
_bitmap_selector: Any = faiss.IDSelectorBitmap
_search_parameters: Any = faiss.SearchParameters
_inverted_parameters: Any = faiss.SearchParametersIVF


class FlatBase:
    """Vectors by position, never changed: every number kept as it is, every row looked at."""

    layout = FLAT

    def __init__(self, index: Any) -> None:
        self.index = index

    @classmethod
    def of(cls, vectors: Vectors) -> "FlatBase":
        """From vectors (n, dimension)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        if len(vectors):
            index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def __len__(self) -> int:
        return int(self.index.ntotal)

    def search(self, queries: Vectors, count: int, bits: Bits, passing: int) -> tuple[Vectors, Ids]:
        """Scores and positions (q, count), best first; exact, but for the last digits of the scores.

        `bits` tell which rows pass, `passing` how many they are; `count` is at most `passing`.
        """
        # Without a selector FAISS deals one query out to all cores, which takes six times as long when one is busy.
        whole = passing == len(self) and len(queries) >= _MANY_QUERIES
        parameters = None if whole else _search_parameters(sel=_selector(bits))
        scores, positions = self.index.search(queries, count, params=parameters)
        return scores, positions

    def vectors(self, positions: Ids) -> Vectors:
        """Vectors (n, dimension) at the positions (n,)."""
        return _reconstructed(self.index, positions)


@dataclass(frozen=True)
class InvertedBase:
    """Vectors by position, never changed, rounded, in lists around centres.

    A search looks into the `probes` lists nearest to the query. The centres were made for `trained_on` rows.
    """

    index: Any
    probes: int
    trained_on: int
    layout: str = INVERTED

    @classmethod
    def of(cls, vectors: Vectors) -> "InvertedBase":
        """From vectors (n, dimension), n > 0; looks into all lists until told otherwise."""
        index = _trained(vectors)
        for start in range(0, len(vectors), _ADD_BLOCK):
            index.add(np.ascontiguousarray(vectors[start : start + _ADD_BLOCK], dtype=np.float32))
        index.make_direct_map()
        return cls(index, probes=index.nlist, trained_on=len(vectors))

    def __len__(self) -> int:
        return int(self.index.ntotal)

    def fits(self, size: int) -> bool:
        """Whether the centres still suit that many rows."""
        return self.trained_on / _GROWTH_BEFORE_TRAINING <= size <= self.trained_on * _GROWTH_BEFORE_TRAINING

    def search(self, queries: Vectors, count: int, bits: Bits, passing: int) -> tuple[Vectors, Ids]:
        """As in `FlatBase`, but approximate.

        Looks into more lists the fewer rows pass, and into all where a few would not give `count` rows.
        """
        share = passing / len(self)
        lists = self.index.nlist
        probes = lists if share < _SCAN_ALL_BELOW else min(lists, math.ceil(self.probes / share**_FILTER_POWER))
        selector = None if passing == len(self) else _selector(bits)
        scores, positions = self._search(queries, count, selector, probes)
        short = positions[:, -1] < 0
        if probes < lists and short.any():
            scores[short], positions[short] = self._search(queries[short], count, selector, lists)
        return scores, positions

    def _search(self, queries: Vectors, count: int, selector: Any, probes: int) -> tuple[Vectors, Ids]:
        parameters = _inverted_parameters(nprobe=probes, **({"sel": selector} if selector else {}))
        # One question alone is shared out over the lists, several over the questions.
        self.index.parallel_mode = 1 if len(queries) == 1 else 0
        scores, positions = self.index.search(queries, count, params=parameters)
        return scores, positions

    def vectors(self, positions: Ids) -> Vectors:
        """Vectors (n, dimension) at the positions (n,), rounded."""
        return _reconstructed(self.index, positions)

    def merged(self, kept: Ids, kept_places: Ids, added: Vectors, added_places: Ids) -> "InvertedBase":
        """The rows at `kept` moved to new places as they are, and vectors added; whatever else was here is gone."""
        index = _untouched_copy(self.index)
        lists = _moved_lists(self.index, kept, kept_places)
        lists.this.disown()
        index.replace_invlists(lists, True)
        index.ntotal = len(kept)
        if len(added):
            index.add_with_ids(np.ascontiguousarray(added), np.ascontiguousarray(added_places))
        index.make_direct_map()
        return InvertedBase(index, self.probes, self.trained_on)


Base = FlatBase | InvertedBase


def _selector(bits: Bits) -> Any:
    return _bitmap_selector(bits.view(np.uint8))


def _reconstructed(index: Any, positions: Ids) -> Vectors:
    if not len(positions):
        return np.empty((0, index.d), dtype=np.float32)
    return np.asarray(index.reconstruct_batch(np.ascontiguousarray(positions)), dtype=np.float32)


def list_count(size: int) -> int:
    """Lists for that many rows: in proportion to the root, at least eight rows a list."""
    return max(1, min(round(4 * math.sqrt(size)), size // 8))


def _trained(vectors: Vectors) -> Any:
    lists = list_count(len(vectors))
    sample = np.random.default_rng(0).permutation(len(vectors))[: lists * _POINTS_A_LIST]
    index = _new_index(faiss.IndexFlatIP(vectors.shape[1]), lists)
    index.cp.niter = _TRAINING_ROUNDS
    index.cp.max_points_per_centroid = _POINTS_A_LIST
    index.cp.min_points_per_centroid = 1
    index.train(np.ascontiguousarray(vectors[np.sort(sample)], dtype=np.float32))
    return index


def _new_index(centres: Any, lists: int) -> Any:
    return faiss.IndexIVFScalarQuantizer(
        centres, centres.d, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, True
    )


def _untouched_copy(index: Any) -> Any:
    """The same centres and rounding, without a row."""
    copy = _new_index(faiss.clone_index(index.quantizer), index.nlist)
    copy.sq = index.sq
    copy.is_trained = True
    return copy


def _moved_lists(index: Any, kept: Ids, places: Ids) -> Any:
    """Lists with only the rows at `kept`, which get the numbers `places`."""
    place_of = np.full(index.ntotal, -1, dtype=np.int64)
    place_of[kept] = places
    old, width = index.invlists, index.code_size
    new = faiss.ArrayInvertedLists(index.nlist, width)
    for number in range(index.nlist):
        size = old.list_size(number)
        if not size:
            continue
        ids = place_of[faiss.rev_swig_ptr(old.get_ids(number), size)]
        codes = faiss.rev_swig_ptr(old.get_codes(number), size * width).reshape(size, width)[ids >= 0]
        ids = np.ascontiguousarray(ids[ids >= 0])
        if len(ids):
            new.add_entries(number, len(ids), faiss.swig_ptr(ids), faiss.swig_ptr(np.ascontiguousarray(codes)))
    return new
