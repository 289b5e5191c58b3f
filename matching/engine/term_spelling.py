"""Which indexed words may be meant by one that no statement has, for asking "Did you mean" and for marking words."""

from dataclasses import dataclass

import tantivy
from rapidfuzz import process
from rapidfuzz.distance import OSA
from tantivy import Query

from matching.engine.rows import LANGUAGES
from matching.engine.term_fields import ANALYSERS, EXACT, WORDS, exact_terms, readable, stored_words

_PARTS = ("text", "context")
# Shorter words have too many neighbours; longer "words" are no words.
_MIN_LETTERS, _MAX_LETTERS = 4, 40
_TWO_EDITS_FROM = 7


@dataclass(frozen=True)
class Spelling:
    """An indexed word as a statement writes it, in lower case; the number of documents; letters changed."""

    word: str
    documents: int
    distance: int


class Vocabulary:
    """The folded words of one searcher."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._schema = schema
        self._searcher = searcher
        self._documents: dict[str, int] = {}
        for part in _PARTS:
            for term, documents in searcher.terms_with_prefix(f"{part}_{EXACT}", ""):
                self._documents[term] = max(documents, self._documents.get(term, 0))
        self._terms = [term for term in self._documents if len(term) >= _MIN_LETTERS]

    def nearest(self, word: str, limit: int) -> list[Spelling]:
        """The nearest words, then the more frequent ones; none for a word that is there, or too short or a number."""
        written = readable(word)
        terms = exact_terms(written)
        if len(terms) != 1 or not _MIN_LETTERS <= len(terms[0]) <= _MAX_LETTERS or self._is_known(written, terms[0]):
            return []
        if any(letter.isdigit() for letter in terms[0]):
            return []
        return [
            Spelling(self._as_written(term), self._documents[term], distance)
            for distance, _, term in sorted(self._candidates(terms[0]))[:limit]
        ]

    def _candidates(self, term: str) -> list[tuple[int, int, str]]:
        most = 2 if len(term) >= _TWO_EDITS_FROM else 1
        found = process.extract(term, self._terms, scorer=OSA.distance, processor=None, score_cutoff=most, limit=None)
        return [(int(distance), -self._documents[other], other) for other, distance, _ in found]

    def _is_known(self, written: str, term: str) -> bool:
        if term in self._documents:
            return True
        stems = [(language, stem) for language in LANGUAGES for stem in ANALYSERS[language].analyze(written)]
        return any(self._searcher.doc_freq(f"{part}_{language}", stem) for part in _PARTS for language, stem in stems)

    def _as_written(self, term: str) -> str:
        for part in _PARTS:
            query = Query.term_query(self._schema, f"{part}_{EXACT}", term, "freq")
            for _, address in self._searcher.search(query, 1, count=False).hits:
                text = getattr(stored_words(self._searcher.doc(address)), part)
                return next((word for word in WORDS.analyze(readable(text)) if exact_terms(word) == [term]), term)
        return term
