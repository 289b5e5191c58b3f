"""Row filters as bitmaps, one bit a row, each condition worked out once and kept.

At a million rows a filter takes longer to work out than a search; its conditions repeat from asker to asker.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator

import numpy as np
from numpy.typing import NDArray

from matching.engine.rows import Ids, Mask, RowFilter, StatementRows

# Whole words of 64 rows, the first row in the lowest bit; bits behind the last row are 0.
Bits = NDArray[np.uint64]

_WORD_BYTES = 8
_CONDITIONS_KEPT = 48


def packed(mask: Mask) -> Bits:
    """The mask (n,) as bits."""
    octets = np.packbits(mask, bitorder="little")
    padded = np.zeros(-(-len(octets) // _WORD_BYTES) * _WORD_BYTES, dtype=np.uint8)
    padded[: len(octets)] = octets
    return padded.view(np.uint64)


def count_set(bits: Bits) -> int:
    """How many rows are in."""
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def set_positions(bits: Bits) -> Ids:
    """Numbers of the rows that are in, ascending."""
    return np.flatnonzero(np.unpackbits(bits.view(np.uint8), bitorder="little"))


def are_set(bits: Bits, positions: Ids) -> Mask:
    """Which of the rows at `positions` (n,) are in."""
    octets = bits.view(np.uint8)[positions >> 3]
    return np.asarray((octets >> (positions & 7).astype(np.uint8)) & 1, dtype=np.bool_)


def with_cleared(bits: Bits, positions: Ids) -> Bits:
    """A copy without the rows at `positions` (n,)."""
    octets = bits.view(np.uint8).copy()
    np.bitwise_and.at(octets, positions >> 3, ~(np.uint8(1) << (positions & 7).astype(np.uint8)))
    return octets.view(np.uint64)


class RowBitmaps:
    """Rows that never change, in order of statement id, and which of them pass a filter.

    Answers what `RowFilter.mask` answers. Safe to ask from several threads.
    """

    def __init__(self, rows: StatementRows) -> None:
        self.rows = rows
        self._everything = packed(np.ones(len(rows), dtype=np.bool_))
        self._kept: OrderedDict[Hashable, Bits] = OrderedDict()
        self._lock = threading.Lock()

    def places(self, statements: Ids) -> Ids:
        """Row numbers (n,) of statement ids (n,); -1 for those that are not there."""
        if not len(self.rows):
            return np.full(len(statements), -1, dtype=np.int64)
        places = np.searchsorted(self.rows.statement, statements).clip(max=len(self.rows) - 1)
        return np.where(self.rows.statement[places] == statements, places, -1)

    def passing(self, where: RowFilter) -> Bits:
        """The rows that pass, as bits of the caller's own."""
        bits = self._everything.copy()
        for key, work_out in self._frequent_conditions(where):
            bits &= self._remembered(key, work_out)
        if where.profiles is not None:
            bits &= packed(_one_of(self.rows.profile, where.profiles))
        if where.statements is not None:
            bits &= self._only(where.statements)
        return bits

    def _frequent_conditions(self, where: RowFilter) -> Iterator[tuple[Hashable, Callable[[], Mask]]]:
        rows = self.rows
        yield ("level", where.levels), lambda: _one_of(rows.level, where.levels)
        yield ("today", where.today), lambda: np.asarray(rows.expires >= where.today)
        for name, wanted in (
            ("statement_kind", where.statement_kinds),
            ("kind", where.kinds),
            ("region", where.regions),
            ("stage", where.stages),
        ):
            if wanted is not None:
                yield (name, wanted), lambda name=name, wanted=wanted: _one_of(getattr(rows, name), wanted)  # type: ignore[misc]
        if where.without_organisations:
            without = where.without_organisations
            yield ("without_organisations", without), lambda: ~_one_of(rows.organisation, without)

    def _only(self, statements: frozenset[int]) -> Bits:
        places = self.places(_as_array(statements))
        mask = np.zeros(len(self.rows), dtype=np.bool_)
        mask[places[places >= 0]] = True
        return packed(mask)

    def _remembered(self, key: Hashable, work_out: Callable[[], Mask]) -> Bits:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        bits = packed(work_out())
        with self._lock:
            self._kept[key] = bits
            while len(self._kept) > _CONDITIONS_KEPT:
                self._kept.popitem(last=False)
        return bits


def _as_array(numbers: frozenset[int]) -> Ids:
    return np.fromiter(numbers, dtype=np.int64, count=len(numbers))


def _one_of(column: NDArray[np.signedinteger], wanted: frozenset[int]) -> Mask:
    return np.isin(column, _as_array(wanted))
