"""Columns and vectors for index tests, with every column that a test does not name filled plainly."""

from collections.abc import Sequence

import numpy as np

from matching.engine.features import Facts
from matching.engine.rows import NEVER, OFFER, RowFilter, StatementRows
from matching.engine.stores import TermDocument, Vectors

EVERYTHING = RowFilter(levels=frozenset({0, 1, 2}), today=0)


def statement_rows(
    statements: Sequence[int], profiles: Sequence[int] | None = None, **columns: Sequence[int]
) -> StatementRows:
    """Public Danish offers of firms without expiry; each statement its own profile unless told."""
    ids = np.array(statements, dtype=np.int64)
    owners = ids if profiles is None else np.array(profiles, dtype=np.int64)
    plain: dict[str, Sequence[int]] = dict.fromkeys(
        ("statement_kind", "language", "kind", "region", "stage", "level"), [OFFER] * len(ids)
    )
    plain |= {"expires": [NEVER] * len(ids)} | columns
    types = {"expires": np.int32}
    rest = {name: np.array(values, dtype=types.get(name, np.int16)) for name, values in plain.items()}
    return StatementRows(statement=ids, profile=owners, organisation=owners + 1000, **rest)


def documents(rows: StatementRows, text: str = "sensor") -> list[TermDocument]:
    """The same Danish words for each row."""
    return [TermDocument(f"{text} {number}", "", "da") for number in rows.statement.tolist()]


def facts(rows: StatementRows) -> Facts:
    """Facts that name their statement, so that a mix-up is seen."""
    small = (rows.statement % 100).astype(np.int16)
    return Facts(small, small + 100, rows.statement * 3)


def unit_vectors(generator: np.random.Generator, count: int, dimension: int) -> Vectors:
    """Random float32 vectors (count, dimension) of length one."""
    table = generator.normal(size=(count, dimension))
    return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), dtype=np.float32)
