"""Small word indexes for tests."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from matching.engine.rows import NEVER, RowFilter, StatementRows
from matching.engine.stores import TermDocument, TermQuery
from matching.engine.terms import TantivyTermIndex

TODAY = 739_000
PUBLIC = RowFilter(levels=frozenset({0}), today=TODAY)
DANISH = (
    "Sensor til tryksår hos ældre",
    "Rehabilitering efter apopleksi",
    "Robotter løfter borgere i Aabenraa",
    "Fysisk træning i eget hjem",
)


def term_rows(statements: Sequence[int], **columns: Sequence[int]) -> StatementRows:
    """Public rows without expiry, each statement its own profile, but for the columns named."""
    ids = np.array(statements, dtype=np.int64)
    filled = {"statement": ids, "profile": ids, "organisation": ids + 1000, "expires": np.full(len(ids), NEVER)}
    filled |= {name: np.array(values) for name, values in columns.items()}
    nought = np.zeros(len(ids), dtype=np.int64)
    table = [filled.get(column.name, nought) for column in fields(StatementRows)]
    return StatementRows.of_table(np.array(table, dtype=np.int64).T)


def words(*texts: str, context: str = "", language: str = "da") -> list[TermDocument]:
    return [TermDocument(text, context, language) for text in texts]


def filled(*texts: str, folder: Path | None = None) -> TantivyTermIndex:
    """Statements 1, 2, ... with these texts."""
    index = TantivyTermIndex.create(folder)
    index.upsert(term_rows(range(1, len(texts) + 1)), words(*texts))
    return index


def found(
    index: TantivyTermIndex, text: str, language: str = "da", k: int = 10, where: RowFilter = PUBLIC
) -> list[int]:
    hits = index.search([TermQuery(text, language)], k, where)
    assert hits.statements.shape == hits.scores.shape
    assert hits.statements.shape[0] == 1
    return [int(statement) for statement in hits.statements[0]]
