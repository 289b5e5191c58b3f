"""What stands beside each statement in an index: the columns that filters and grouping need, and the filter itself.

Every store of vectors or words takes the same columns and the same filter, so that k results are k results.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]

NEVER = np.iinfo(np.int32).max
OFFER, NEED, ABOUT = 0, 1, 2
STATEMENT_KINDS = (OFFER, NEED, ABOUT)
DANISH, ENGLISH = 0, 1
LANGUAGES = ("da", "en")


@dataclass(frozen=True)
class StatementRows:
    """Columns of statements, all of shape (n,).

    `statement` is unique; `statement_kind` is OFFER, NEED or ABOUT; `language` is a position in LANGUAGES; `kind` (of
    the profile), `region` and `stage` (of the product, 0 for none) are small numbers given by the caller; `level`
    grows with secrecy (0 is public); `expires` is a proleptic ordinal day, `NEVER` for none.
    """

    statement: Ids
    profile: Ids
    organisation: Ids
    statement_kind: NDArray[np.int16]
    language: NDArray[np.int16]
    kind: NDArray[np.int16]
    region: NDArray[np.int16]
    stage: NDArray[np.int16]
    level: NDArray[np.int16]
    expires: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.statement)

    def take(self, positions: NDArray[np.int64] | Mask) -> "StatementRows":
        """The rows at `positions` (numbers or a mask), in that order."""
        return StatementRows(**{column.name: getattr(self, column.name)[positions] for column in fields(self)})

    def joined(self, other: "StatementRows") -> "StatementRows":
        """These rows, then the other ones."""
        return StatementRows(
            **{
                column.name: np.concatenate([getattr(self, column.name), getattr(other, column.name)])
                for column in fields(self)
            }
        )

    @classmethod
    def empty(cls) -> "StatementRows":
        """No rows, with the right types."""
        return cls.of_table(np.empty((0, len(fields(cls))), dtype=np.int64))

    @classmethod
    def of_table(cls, table: NDArray[np.int64]) -> "StatementRows":
        """Rows from a table (n, columns) whose columns stand in the order of the fields."""
        types = dict.fromkeys(("statement", "profile", "organisation"), np.int64) | {"expires": np.int32}
        columns: dict[str, Any] = {
            column.name: table[:, place].astype(types.get(column.name, np.int16))
            for place, column in enumerate(fields(cls))
        }
        return cls(**columns)


@dataclass(frozen=True)
class RowFilter:
    """Which rows a search may touch; None means no limit, an empty set lets nothing through.

    `levels` and `today` (an ordinal day) always apply: what the asker may not read, or what has expired, is no
    candidate for anything.
    """

    levels: frozenset[int]
    today: int
    statement_kinds: frozenset[int] | None = None
    kinds: frozenset[int] | None = None
    regions: frozenset[int] | None = None
    stages: frozenset[int] | None = None
    profiles: frozenset[int] | None = None
    statements: frozenset[int] | None = None
    without_organisations: frozenset[int] = frozenset()

    def mask(self, rows: StatementRows) -> Mask:
        """True (n,) for the rows that pass."""
        passing: Mask = np.isin(rows.level, list(self.levels)) & (rows.expires >= self.today)
        for wanted, column in (
            (self.statement_kinds, rows.statement_kind),
            (self.kinds, rows.kind),
            (self.regions, rows.region),
            (self.stages, rows.stage),
            (self.profiles, rows.profile),
            (self.statements, rows.statement),
        ):
            if wanted is not None:
                passing &= np.isin(column, np.fromiter(wanted, dtype=np.int64, count=len(wanted)))
        if self.without_organisations:
            passing &= ~np.isin(rows.organisation, list(self.without_organisations))
        return passing
