"""A row filter in Milvus's own filter language, so that Milvus skips what may not be found while it searches."""

from collections.abc import Iterable

from matching.engine.rows import RowFilter

_COLUMN_OF = {
    "statement_kinds": "statement_kind",
    "kinds": "kind",
    "regions": "region",
    "stages": "stage",
    "profiles": "profile",
    "statements": "statement",
}


def filter_expression(where: RowFilter) -> str | None:
    """The expression that passes what `where.mask` passes; None when nothing can pass and no search is needed."""
    wanted = {column: getattr(where, name) for name, column in _COLUMN_OF.items()} | {"level": where.levels}
    if any(values is not None and not values for values in wanted.values()):
        return None
    parts = [f"expires >= {where.today}"]
    parts += [f"{column} in {_listed(values)}" for column, values in wanted.items() if values is not None]
    if where.without_organisations:
        parts.append(f"organisation not in {_listed(where.without_organisations)}")
    return " and ".join(parts)


def _listed(values: Iterable[int]) -> str:
    """In order, so that equal filters are equal text: servers keep what they made of a text."""
    return str(sorted(map(int, values)))
