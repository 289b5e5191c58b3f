"""One collection of statements in Milvus: made when missing, checked when there, read and written in batches."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from matching.engine.milvus_connection import MilvusConnection
from matching.engine.rows import Ids, StatementRows
from matching.engine.stores import BrokenIndexError

Record = dict[str, Any]
Scored = list[tuple[int, float]]

MAX_HITS = 16_384  # Milvus returns no more for one query
MAX_TEXT_BYTES = 65_535  # of one VARCHAR field
DECIMALS = 6  # of a score: below, the order in which products are added up shows
_BEYOND = 16  # fetched past k, so that equal scores at the end are seen
_MAX_BATCH_ROWS = 1_000
_MAX_BATCH_BYTES = 16 * 2**20  # a server takes 64 MB by default
_MAX_HITS_A_CALL = 100_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")

STATEMENT = "statement"
COLUMNS = tuple(column.name for column in fields(StatementRows))
_FILTERED = tuple(name for name in COLUMNS if name not in {STATEMENT, "language"})
_COLUMN_TYPES = dict.fromkeys((STATEMENT, "profile", "organisation"), "INT64") | {"expires": "INT32"}


@dataclass(frozen=True)
class SearchedField:
    """A vector field and how it is searched; with `words`, Milvus makes it of the text field of that name by BM25."""

    name: str
    metric: str
    index: str
    options: Mapping[str, float] = field(default_factory=dict)
    dimension: int = 0
    words: str = ""


class MilvusCollection:
    """Statements with all columns of `StatementRows`, the given searched fields and plain texts.

    Reads see all writes before them. A write of several batches that fails midway leaves the first ones: repeat it.

    Raises:
        BrokenIndexError: the name cannot be one, or a collection of that name has other fields or another dimension.
    """

    def __init__(
        self,
        connection: MilvusConnection,
        name: str,
        searched: Sequence[SearchedField],
        texts: Sequence[str] = (),
    ) -> None:
        if not _NAME.fullmatch(name):
            raise BrokenIndexError(f"“{name}” cannot name a collection: letters, digits and _ only, no digit first.")
        self.name = name
        self._connection = connection
        self._searched = {each.name: each for each in searched}
        self._texts = tuple(texts)
        if connection.call("has_collection", name):
            self._check()
        else:
            self._create()
        connection.call("load_collection", name)
        self._graphs = {each.name for each in searched if each.dimension and self._index_type(each.name) == "HNSW"}

    def __len__(self) -> int:
        return int(self._call("query", filter="", output_fields=["count(*)"])[0]["count(*)"])

    def upsert(self, records: Iterable[Record]) -> None:
        """Put records in, in place of those with the same statement."""
        for batch in _batches(records):
            self._call("upsert", data=batch)

    def delete(self, statements: Ids) -> None:
        """Take statements out; unknown ones are passed over."""
        for batch in _parts(statements.tolist(), _MAX_BATCH_ROWS):
            self._call("delete", ids=batch)

    def search(self, name: str, queries: Sequence[Any], k: int, expression: str) -> list[Scored]:
        """For each query all statements that may stand among its best k, with scores, best first.

        Equal scores are fetched to their last, so that the caller can choose among them; never more than MAX_HITS.
        """
        limit = min(k + _BEYOND, MAX_HITS)
        found = self._search(name, queries, limit, expression)
        cut = [place for place, hits in enumerate(found) if _ends_in_a_tie(hits, k, limit)]
        while cut and limit < MAX_HITS:
            limit = min(limit * 4, MAX_HITS)
            again = self._search(name, [queries[place] for place in cut], limit, expression)
            for place, hits in zip(cut, again, strict=True):
                found[place] = hits
            cut = [place for place in cut if _ends_in_a_tie(found[place], k, limit)]
        return found

    def _search(self, name: str, queries: Sequence[Any], limit: int, expression: str) -> list[Scored]:
        searched = self._searched[name]
        options = {"ef": max(limit, 64)} if name in self._graphs else {}
        found: list[Scored] = []
        for batch in _parts(queries, max(1, _MAX_HITS_A_CALL // limit)):
            answers = self._call(
                "search",
                data=batch,
                anns_field=name,
                limit=limit,
                filter=expression,
                output_fields=[],
                search_params={"metric_type": searched.metric, "params": options},
            )
            # milvus-lite gives BM25 as a distance below zero, a server as the score itself.
            sign = abs if searched.words else float
            found += [[(int(hit[STATEMENT]), sign(hit["distance"])) for hit in answer] for answer in answers]
        return found

    def fetch(self, statements: Ids, names: Sequence[str]) -> dict[int, Record]:
        """The named fields of those statements that are there."""
        found: dict[int, Record] = {}
        for batch in _parts(np.unique(statements).tolist(), _MAX_BATCH_ROWS):
            records = self._call("get", ids=batch, output_fields=[STATEMENT, *names])
            found.update((int(record[STATEMENT]), record) for record in records)
        return found

    def rows(self) -> StatementRows:
        """The columns of everything in the collection, in order of statement id."""
        pages = self._call("query_iterator", filter="", output_fields=list(COLUMNS), batch_size=_MAX_BATCH_ROWS)
        table: list[list[int]] = []
        try:
            with self._connection.answering("query_iterator"):
                while page := pages.next():
                    table += [[record[name] for name in COLUMNS] for record in page]
        finally:
            pages.close()
        rows = StatementRows.of_table(np.array(table, dtype=np.int64).reshape(-1, len(COLUMNS)))
        return rows.take(np.argsort(rows.statement))

    def drop(self) -> None:
        """Remove the collection with all that is in it."""
        self._call("drop_collection")

    def _call(self, verb: str, **options: Any) -> Any:
        return self._connection.call(verb, self.name, **options)

    def _index_type(self, name: str) -> str:
        return str(self._call("describe_index", index_name=name)["index_type"])

    def _create(self) -> None:
        library = self._connection.library
        schema = library.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        for name in COLUMNS:
            kind = getattr(library.DataType, _COLUMN_TYPES.get(name, "INT16"))
            schema.add_field(name, kind, is_primary=name == STATEMENT)
        for name in self._texts:
            schema.add_field(name, library.DataType.VARCHAR, max_length=MAX_TEXT_BYTES)
        indexes = library.MilvusClient.prepare_index_params()
        for searched in self._searched.values():
            _add_searched(library, schema, searched)
            options = dict(searched.options)
            indexes.add_index(searched.name, index_type=searched.index, metric_type=searched.metric, params=options)
        for name in _FILTERED:
            indexes.add_index(name, index_type="INVERTED")
        self._call("create_collection", schema=schema, consistency_level="Strong")
        # Nothing is in it yet: there is no index building to wait for.
        self._connection.call("create_index", self.name, indexes, sync=False)

    def _check(self) -> None:
        there = {each["name"]: each["params"] for each in self._call("describe_collection")["fields"]}
        words = {each.words for each in self._searched.values()} - {""}
        if set(there) != {*COLUMNS, *self._searched, *self._texts, *words}:
            raise BrokenIndexError(
                f"The collection “{self.name}” at {self._connection.uri} does not have the fields of this version. "
                "Name another collection, or drop this one and fill it anew."
            )
        for searched in self._searched.values():
            if searched.dimension and int(there[searched.name]["dim"]) != searched.dimension:
                raise BrokenIndexError(
                    f"The collection “{self.name}” holds vectors of {there[searched.name]['dim']} numbers, the encoder "
                    f"makes {searched.dimension}. Name another collection for this encoder and fill it."
                )


def _add_searched(library: Any, schema: Any, searched: SearchedField) -> None:
    if not searched.words:
        schema.add_field(searched.name, library.DataType.FLOAT_VECTOR, dim=searched.dimension)
        return
    schema.add_field(
        searched.words,
        library.DataType.VARCHAR,
        max_length=MAX_TEXT_BYTES,
        enable_analyzer=True,
        analyzer_params={"tokenizer": "standard"},
    )
    schema.add_field(searched.name, library.DataType.SPARSE_FLOAT_VECTOR)
    weigh = library.Function(
        name=f"weigh_{searched.words}",
        function_type=library.FunctionType.BM25,
        input_field_names=[searched.words],
        output_field_names=[searched.name],
    )
    schema.add_function(weigh)


def row_records(rows: StatementRows) -> Iterator[Record]:
    """One record of all columns a row."""
    columns = [getattr(rows, name).tolist() for name in COLUMNS]
    for values in zip(*columns, strict=True):
        yield dict(zip(COLUMNS, values, strict=True))


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Records in lists that a server takes in one call, by number and by size."""
    batch: list[Record] = []
    size = 0
    for record in records:
        amount = sum(_size(value) for value in record.values())
        if batch and (len(batch) == _MAX_BATCH_ROWS or size + amount > _MAX_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += amount
    if batch:
        yield batch


def _size(value: Any) -> int:
    """Bytes on the way, roughly; a letter takes two at most in the languages here, so three is on the safe side."""
    if isinstance(value, str):
        return 3 * len(value)
    return value.nbytes if isinstance(value, np.ndarray) else 8


def _ends_in_a_tie(hits: Scored, k: int, limit: int) -> bool:
    """Whether more hits than were fetched may score as the k-th does."""
    return len(hits) == limit > k and round(hits[-1][1], DECIMALS) >= round(hits[k - 1][1], DECIMALS)


def _parts(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
