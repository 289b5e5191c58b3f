"""Words in Milvus: BM25 over stems, over the stems of their context, over folded words, and over groups of letters."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from matching.engine.milvus_collections import (
    MAX_TEXT_BYTES,
    MilvusCollection,
    Record,
    Scored,
    SearchedField,
    row_records,
)
from matching.engine.milvus_connection import MilvusConnection
from matching.engine.milvus_filters import filter_expression
from matching.engine.milvus_store import check_rows, ranked, table_of
from matching.engine.milvus_words import (
    CONTEXT,
    EXACT,
    LETTERS,
    TEXT,
    document_terms,
    letters_enough,
    query_terms,
    spaced,
)
from matching.engine.rows import Ids, RowFilter, StatementRows
from matching.engine.stores import BrokenIndexError, Hits, TermDocument, TermQuery, spread_out
from matching.engine.term_fields import SCHEMA_VERSION

# Letters weigh little each: a word has many groups of them.
_WEIGHTS = {TEXT: 1.0, CONTEXT: 0.4, EXACT: 0.4, LETTERS: 0.05}
_BM25 = {"bm25_k1": 1.2, "bm25_b": 0.75}
_DEPTH = 400  # hits of each field that are added up, at the least
_LETTER_DEPTH = 100
_MAX_QUERY_BYTES = 8_192


class MilvusTermIndex:
    """A `TermIndex` in one collection of its own.

    Four fields (a server allows no more by default) are searched apart and their scores added with weights: Milvus's
    weighted ranker would first squeeze every BM25 score into the last few hundredths below one. A hit beyond the
    depth of a field counts as none there.

    milvus-lite takes the statistics of BM25 from what passes the filter, and from each segment by itself, so its
    scores are not those of a server to the last digit. Of tantivy's ten best on the demo's statements, seven or more
    are among the ten best here on average, and its best one always was.

    Args:
        connection: Where; it may serve other collections too, and stays open when this index is dropped.
        name: Of the collection; letters, digits and underscores.

    Raises:
        BrokenIndexError: the collection holds something else.
        MilvusUnreachable: nobody answers.
    """

    def __init__(self, connection: MilvusConnection, name: str) -> None:
        searched = [
            SearchedField(f"{field}_weights", "BM25", "SPARSE_INVERTED_INDEX", _BM25, words=_terms(field))
            for field in _WEIGHTS
        ]
        self._collection = MilvusCollection(connection, name, searched, texts=["text", "context", "written_in"])

    def __len__(self) -> int:
        return len(self._collection)

    def upsert(self, rows: StatementRows, documents: Sequence[TermDocument]) -> None:
        """Put statements in, in place of those with the same id.

        Raises:
            BrokenIndexError: lengths do not fit, an id stands twice, or a text is longer than Milvus takes (65,535
                bytes); nothing is changed.
        """
        check_rows(rows, len(documents))
        for statement, document in zip(rows.statement.tolist(), documents, strict=True):
            if max(len(_valid(text).encode()) for text in (document.text, document.context)) > MAX_TEXT_BYTES:
                raise BrokenIndexError(f"A text of statement {statement} is longer than {MAX_TEXT_BYTES} bytes.")
        self._collection.upsert(_records(rows, documents))

    def delete(self, statements: Ids) -> None:
        """Take statements out; ids that are not there are passed over."""
        self._collection.delete(statements)

    def search(self, queries: Sequence[TermQuery], k: int, where: RowFilter) -> Hits:
        """The k best passing statements for all the queries taken together: Hits of one row.

        A statement's score is the sum over queries and fields of BM25 times the weights of both.
        """
        expression = filter_expression(where)
        queries = [query for query in spread_out(queries) if math.isfinite(query.weight) and query.weight > 0]
        if k < 1 or not queries or expression is None:
            return Hits.none(1)
        asked = [query_terms(query.text, query.language) for query in queries]
        totals: defaultdict[int, float] = defaultdict(float)
        for field, weight in _WEIGHTS.items():
            for place, hits in self._found(field, asked, k, expression):
                for statement, score in hits:
                    totals[statement] += weight * queries[place].weight * score
        return table_of([ranked(list(totals.items()), k)])

    def rows(self) -> StatementRows:
        """All living rows in order of statement id."""
        return self._collection.rows()

    def documents(self, statements: Ids) -> list[TermDocument]:
        """Their words in that order; empty ones for an id that is not there."""
        found = self._collection.fetch(statements, ["text", "context", "written_in"])
        missing = {"text": "", "context": "", "written_in": ""}
        records = [found.get(statement, missing) for statement in statements.tolist()]
        return [TermDocument(each["text"], each["context"], each["written_in"]) for each in records]

    def drop(self) -> None:
        """Remove the collection with all that is in it."""
        self._collection.drop()

    def _found(
        self, field: str, asked: Sequence[dict[str, list[str]]], k: int, expression: str
    ) -> Iterator[tuple[int, Scored]]:
        """The place of each query that has terms for this field, with its hits."""
        texts = {place: spaced(terms[field], _MAX_QUERY_BYTES) for place, terms in enumerate(asked) if terms[field]}
        if not texts:
            return
        depth = max(_LETTER_DEPTH if field == LETTERS else _DEPTH, 4 * k)
        found = self._collection.search(f"{field}_weights", list(texts.values()), depth, expression)
        for place, hits in zip(texts, found, strict=True):
            yield place, self._much_alike(asked[place][EXACT], hits) if field == LETTERS else hits

    def _much_alike(self, words: Sequence[str], hits: Scored) -> Scored:
        """The hits that share enough letters with one of the words; a few letters stand in any text."""
        statements = np.array([statement for statement, _ in hits], dtype=np.int64)
        found = self._collection.fetch(statements, [_terms(LETTERS)])
        groups = {statement: frozenset(record[_terms(LETTERS)].split()) for statement, record in found.items()}
        return [hit for hit in hits if letters_enough(words, groups.get(hit[0], frozenset()))]


def _terms(field: str) -> str:
    """The field that keeps these terms; its name tells their making, for milvus-lite keeps no description."""
    return f"{field}_terms_v{SCHEMA_VERSION}"


def _records(rows: StatementRows, documents: Sequence[TermDocument]) -> Iterator[Record]:
    for record, document in zip(row_records(rows), documents, strict=True):
        words = {"text": document.text, "context": document.context, "written_in": document.language}
        terms = document_terms(document)
        yield {
            **record,
            **{name: _valid(text) for name, text in words.items()},
            **{_terms(field): spaced(terms[field], MAX_TEXT_BYTES) for field in _WEIGHTS},
        }


def _valid(text: str) -> str:
    """`text` without halves of surrogate pairs, which cannot be sent."""
    return text.encode("utf-8", "replace").decode()
