"""Words of statements found by tantivy, in this process: on disk with its pages shared, or in memory for tests.

The caller sees to it that one thread at a time writes; each folder has one writing process.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import tantivy
from tantivy import Query

from matching.engine.rows import Ids, RowFilter, StatementRows
from matching.engine.stores import BrokenIndexError, Hits, TermDocument, TermQuery, Vectors
from matching.engine.term_fields import ANALYSERS, COLUMNS, indexed_document, schema, stored_words
from matching.engine.term_files import check_folder, copy_index, make_empty, write_version
from matching.engine.term_queries import QueryBuilder, TermWeights
from matching.engine.term_spelling import Spelling, Vocabulary

HEAP_BYTES = 30_000_000
_MORE_THAN_ASKED = 32
_CHUNK = 5_000
# Reading all words takes a second for many statements: again only when one in twenty has changed.
_VOCABULARY_LASTS = 20
_NO_WORDS = TermDocument("", "", "")


class TantivyTermIndex:
    """The `TermIndex` protocol over one tantivy index; `close` it, or the writer's lock stays until it is collected."""

    def __init__(
        self, index: tantivy.Index, folder: Path | None, weights: TermWeights, heap_bytes: int = HEAP_BYTES
    ) -> None:
        self.weights = weights
        self._index = index
        self._folder = folder
        self._heap_bytes = heap_bytes
        self._writer: tantivy.IndexWriter | None = None
        self._vocabulary: Vocabulary | None = None
        self._changed = 0
        # By hand, so that no thread watches the folder and what is found changes only when we say so.
        index.config_reader("Manual")
        for name, analyser in ANALYSERS.items():
            index.register_tokenizer(name, analyser)
        self._renew()

    @classmethod
    def create(
        cls, folder: Path | None = None, *, weights: TermWeights | None = None, heap_bytes: int = HEAP_BYTES
    ) -> "TantivyTermIndex":
        """A new index in a new or empty folder, or in memory.

        Raises:
            FileExistsError: something is in the folder.
        """
        if folder is None:
            return cls(tantivy.Index(schema()), None, weights or TermWeights(), heap_bytes)
        make_empty(folder)
        index = tantivy.Index(schema(), path=str(folder))
        write_version(folder)
        return cls(index, folder, weights or TermWeights(), heap_bytes)

    @classmethod
    def open(
        cls, folder: Path, *, weights: TermWeights | None = None, heap_bytes: int = HEAP_BYTES
    ) -> "TantivyTermIndex":
        """The index in a folder, for reading; the first change makes it a writer of that folder.

        Raises:
            BrokenIndexError: nothing there, another schema version, or files missing or cut off.
        """
        check_folder(folder)
        try:
            return cls(tantivy.Index.open(str(folder)), folder, weights or TermWeights(), heap_bytes)
        except (ValueError, OSError) as error:
            raise BrokenIndexError(f"the word index in {folder} cannot be opened: {error}") from error

    @classmethod
    def fork(
        cls, snapshot: Path, private: Path, *, weights: TermWeights | None = None, heap_bytes: int = HEAP_BYTES
    ) -> "TantivyTermIndex":
        """An index of one's own that begins as the snapshot and shares its bytes; the snapshot never changes.

        Raises:
            BrokenIndexError: the snapshot is not whole.
            FileExistsError: something is in the private folder.
        """
        copy_index(snapshot, private)
        return cls.open(private, weights=weights, heap_bytes=heap_bytes)

    def __len__(self) -> int:
        return self._searcher.num_docs

    def upsert(self, rows: StatementRows, documents: Sequence[TermDocument]) -> None:
        """As the protocol says."""
        if len(rows) != len(documents):
            raise BrokenIndexError(f"{len(rows)} statements with words for {len(documents)}")
        if len(np.unique(rows.statement)) != len(rows):
            raise BrokenIndexError("a statement stands twice among those to index")
        table = {name: getattr(rows, name).tolist() for name in COLUMNS}
        ready = (
            indexed_document({name: column[place] for name, column in table.items()}, words)
            for place, words in enumerate(documents)
        )
        self._change(rows.statement, ready)

    def delete(self, statements: Ids) -> None:
        """As the protocol says."""
        if len(statements) and len(self):
            self._change(statements, ())

    def search(self, queries: Sequence[TermQuery], k: int, where: RowFilter) -> Hits:
        """As the protocol says; scores are rounded to five digits, since sums differ in the last ones by chance."""
        query = QueryBuilder(self._index.schema, self._searcher, self.weights).query(queries, where)
        if query is None or k < 1:
            return Hits.none(1)
        statements, scores = self._best(query, k)
        return Hits(statements[None, :], scores[None, :])

    def rows(self) -> StatementRows:
        """As the protocol says."""
        if not len(self):
            return StatementRows.empty()
        found = self._searcher.search(Query.all_query(), len(self), count=False).hits
        addresses = [address for _, address in found]
        columns = [self._searcher.fast_field_values(name, addresses) for name in COLUMNS]
        table = np.array(columns, dtype=np.int64).T
        return StatementRows.of_table(table[np.argsort(table[:, COLUMNS.index("statement")])])

    def documents(self, statements: Ids) -> list[TermDocument]:
        """As the protocol says."""
        found: dict[int, TermDocument] = {}
        for start in range(0, len(statements), _CHUNK):
            found |= self._stored(statements[start : start + _CHUNK].tolist())
        return [found.get(statement, _NO_WORDS) for statement in statements.tolist()]

    def spelled(self, words: Sequence[str], limit: int = 3) -> dict[str, list[Spelling]]:
        """For each word that no statement has, inflected or not: the nearest that some statement has, best first.

        Words that are there, stop words, numbers and words without a near one are left out.
        """
        if self._vocabulary is None or self._changed * _VOCABULARY_LASTS > len(self):
            self._vocabulary, self._changed = Vocabulary(self._searcher), 0
        about = self._index.schema, self._searcher, limit
        nearest = {word: self._vocabulary.nearest(word, *about) for word in dict.fromkeys(words)}
        return {word: found for word, found in nearest.items() if found}

    def save(self, folder: Path) -> None:
        """A whole copy in a new or empty folder, by links where the file system allows; from memory it is built anew.

        Raises:
            FileExistsError: something is in the folder.
        """
        if self._folder is not None:
            self.close()
            copy_index(self._folder, folder)
            return
        copy = TantivyTermIndex.create(folder, heap_bytes=self._heap_bytes)
        rows = self.rows()
        copy.upsert(rows, self.documents(rows.statement))
        copy.close()

    def close(self) -> None:
        """Let go of the writer's lock once its merging is done; searching goes on, the next change locks again."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.wait_merging_threads()
            self._renew()

    def _change(self, gone: Ids, documents: Iterable[tantivy.Document]) -> None:
        writer = self._open_writer()
        try:
            if len(self):
                for statement in gone.tolist():
                    writer.delete_documents_by_term("statement", statement)
            for document in documents:
                writer.add_document(document)
            writer.commit()
            self._changed += len(gone)
        except BaseException:
            self._take_back(writer)
            raise
        self._renew()

    def _take_back(self, writer: tantivy.IndexWriter) -> None:
        try:
            writer.rollback()
        except (ValueError, OSError):
            # It is of no more use; the next change makes another one.
            self._writer = None

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            try:
                self._writer = self._index.writer(self._heap_bytes, 1)
            except ValueError as error:
                raise BrokenIndexError(f"the word index in {self._folder} cannot be written to: {error}") from error
        return self._writer

    def _renew(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    def _best(self, query: Query, k: int) -> tuple[Ids, Vectors]:
        """The k best, where equal scores at the cut are all looked at, however many they are."""
        asked = min(k, len(self)) + _MORE_THAN_ASKED
        while True:
            found = self._searcher.search(query, asked, count=False).hits
            scores = np.array([float(f"{score:.5g}") for score, _ in found], dtype=np.float32)
            if len(found) < asked or scores[-1] < scores[min(k, len(found)) - 1]:
                break
            asked *= 4
        identifiers = self._searcher.fast_field_values("statement", [address for _, address in found])
        statements = np.array(identifiers, dtype=np.int64)
        order = np.lexsort((statements, -scores))[:k]
        return statements[order], scores[order]

    def _stored(self, statements: list[int]) -> dict[int, TermDocument]:
        if not len(self):
            return {}
        query = Query.term_set_query(self._index.schema, "statement", statements)
        addresses = [address for _, address in self._searcher.search(query, len(statements), count=False).hits]
        identifiers = self._searcher.fast_field_values("statement", addresses)
        return {
            int(statement): stored_words(self._searcher.doc(address))
            for statement, address in zip(identifiers, addresses, strict=True)
            if statement is not None
        }
