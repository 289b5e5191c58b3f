"""A vector store that is slow and obviously right, rows to fill stores with, and what any search must hold to."""

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np

from matching.engine.rows import LANGUAGES, NEVER, STATEMENT_KINDS, Ids, RowFilter, StatementRows
from matching.engine.stores import Hits, Vectors

COLUMNS = tuple(column.name for column in fields(StatementRows))
TOLERANCE = 1e-4
TODAY = 740_000
EVERYTHING = RowFilter(levels=frozenset({0, 1, 2}), today=TODAY)

# Each column alone, sets that let nothing through, and several at once.
FILTERS = [
    EVERYTHING,
    RowFilter(frozenset({0}), TODAY),
    RowFilter(frozenset(), TODAY),
    RowFilter(frozenset({0, 1, 2}), TODAY + 1),
    RowFilter(frozenset({0, 1, 2}), NEVER),
    replace(EVERYTHING, statement_kinds=frozenset({0, 2})),
    replace(EVERYTHING, kinds=frozenset({1})),
    replace(EVERYTHING, regions=frozenset({0, 3})),
    replace(EVERYTHING, stages=frozenset({0})),
    replace(EVERYTHING, profiles=frozenset({2, 5, 77})),
    replace(EVERYTHING, profiles=frozenset()),
    replace(EVERYTHING, statements=frozenset(range(0, 60, 7))),
    replace(EVERYTHING, statements=frozenset()),
    replace(EVERYTHING, without_organisations=frozenset({100, 103})),
    replace(EVERYTHING, kinds=frozenset({0, 1}), regions=frozenset({1}), without_organisations=frozenset({101})),
]


def ids(*statements: int) -> Ids:
    """Statements as an array."""
    return np.array(statements, dtype=np.int64)


class BruteForceVectorStore:
    """A dictionary of rows and vectors; each search looks at all of them, one after the other."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._held: dict[int, tuple[StatementRows, Vectors]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def upsert(self, rows: StatementRows, vectors: Vectors) -> None:
        for place, statement in enumerate(rows.statement.tolist()):
            self._held[statement] = (rows.take(np.array([place])), vectors[place])

    def delete(self, statements: Ids) -> None:
        for statement in statements.tolist():
            self._held.pop(statement, None)

    def search(self, queries: Vectors, k: int, where: RowFilter) -> Hits:
        found = [self.ranked(query, where)[:k] for query in queries]
        statements = np.array([[statement for statement, _ in hits] for hits in found], dtype=np.int64)
        scores = np.array([[score for _, score in hits] for hits in found], dtype=np.float32)
        return Hits(statements.reshape(len(queries), -1), scores.reshape(len(queries), -1))

    def ranked(self, query: Vectors, where: RowFilter) -> list[tuple[int, float]]:
        passing = [statement for statement, (row, _) in sorted(self._held.items()) if where.mask(row)[0]]
        scored = [(statement, float(np.dot(self._held[statement][1].astype(float), query))) for statement in passing]
        return sorted(scored, key=lambda hit: -round(hit[1], 6))

    def vectors(self, statements: Ids) -> Vectors:
        unknown = np.full(self.dimension, np.nan, dtype=np.float32)
        found = [self._held[each][1] if each in self._held else unknown for each in statements.tolist()]
        return np.array(found, dtype=np.float32).reshape(-1, self.dimension)

    def rows(self) -> StatementRows:
        rows = StatementRows.empty()
        for _, (row, _) in sorted(self._held.items()):
            rows = rows.joined(row)
        return rows


def drawn_rows(generator: np.random.Generator, statements: Sequence[int]) -> StatementRows:
    """Rows of these statements that differ in every column."""
    count = len(statements)
    columns = {
        "statement": np.array(statements),
        "profile": generator.integers(0, 6, count),
        "organisation": generator.integers(100, 104, count),
        "statement_kind": generator.choice(STATEMENT_KINDS, count),
        "language": generator.integers(0, len(LANGUAGES), count),
        "kind": generator.integers(0, 3, count),
        "region": generator.integers(0, 4, count),
        "stage": generator.integers(0, 3, count),
        "level": generator.integers(0, 3, count),
        "expires": generator.choice([TODAY - 1, TODAY, TODAY + 30, NEVER], count),
    }
    return StatementRows.of_table(np.column_stack([columns[name] for name in COLUMNS]).astype(np.int64))


def open_rows(statements: Sequence[int]) -> StatementRows:
    """Rows that every filter on level and day lets through."""
    rows = drawn_rows(np.random.default_rng(3), statements)
    return replace(rows, level=np.zeros_like(rows.level), expires=np.full_like(rows.expires, NEVER))


def drawn_filter(generator: np.random.Generator) -> RowFilter:
    """A filter that limits some of the columns, now and then by an empty set."""

    def some(values: Sequence[int]) -> frozenset[int] | None:
        size = int(generator.integers(0, len(values) + 1))
        return None if generator.random() < 0.6 else frozenset(generator.choice(values, size, replace=False).tolist())

    return RowFilter(
        levels=some(range(3)) or frozenset({0, 1}),
        today=TODAY + int(generator.integers(0, 2)),
        statement_kinds=some(STATEMENT_KINDS),
        kinds=some(range(3)),
        regions=some(range(4)),
        stages=some(range(3)),
        profiles=some(range(6)),
        statements=some(range(40)),
        without_organisations=some(range(100, 104)) or frozenset(),
    )


def unit_vectors(generator: np.random.Generator, count: int, dimension: int) -> Vectors:
    """Random float32 vectors (count, dimension) of length one."""
    table = generator.normal(size=(count, dimension))
    return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), dtype=np.float32)


def coarse_vectors(generator: np.random.Generator, count: int, dimension: int) -> Vectors:
    """Vectors of length one of which many are the same."""
    table = generator.integers(0, 2, size=(count, dimension)) + np.eye(dimension)[0]
    return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), dtype=np.float32)


def assert_same_rows(found: StatementRows, wanted: StatementRows) -> None:
    """Equal in every column, values and types."""
    for name in COLUMNS:
        assert getattr(found, name).tolist() == getattr(wanted, name).tolist(), name
        assert getattr(found, name).dtype == getattr(wanted, name).dtype, name


def assert_right_hits(hits: Hits, model: BruteForceVectorStore, queries: Vectors, k: int, where: RowFilter) -> None:
    """As many hits as there can be, each with its true score, none better left out, equal ones in order of id.

    Scores nearer to each other than TOLERANCE may change places, except those of equal vectors.
    """
    for query, statements, scores in zip(queries, hits.statements.tolist(), hits.scores.tolist(), strict=True):
        ranked = model.ranked(query, where)
        true = dict(ranked)
        assert len(statements) == len(set(statements)) == min(k, len(ranked))
        assert set(statements) <= set(true)
        np.testing.assert_allclose(scores, [true[each] for each in statements], atol=TOLERANCE)
        np.testing.assert_allclose(scores, [score for _, score in ranked[:k]], atol=TOLERANCE)
        _assert_equals_in_order(statements, model)


def _assert_equals_in_order(statements: list[int], model: BruteForceVectorStore) -> None:
    before: dict[bytes, int] = {}
    for statement, vector in zip(statements, model.vectors(np.array(statements, dtype=np.int64)), strict=True):
        assert before.get(vector.tobytes(), -1) < statement
        before[vector.tobytes()] = statement
