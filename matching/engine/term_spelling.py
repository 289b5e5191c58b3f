"""Which indexed words may be meant by one that no statement has, for asking "Did you mean" and for marking words."""

from dataclasses import dataclass
from itertools import islice

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
    """An indexed word as a statement writes it, in lower case; about how many documents have it; letters changed."""

    word: str
    documents: int
    distance: int


class Vocabulary:
    """The folded words of one searcher; good for later ones too, only that it proposes no newer word."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        parts = [searcher.terms_with_prefix(f"{part}_{EXACT}", "") for part in _PARTS]
        self._terms = sorted({term for part in parts for term, _ in part if len(term) >= _MIN_LETTERS})

    def nearest(self, word: str, schema: tantivy.Schema, searcher: tantivy.Searcher, limit: int) -> list[Spelling]:
        """The nearest words, then the more frequent ones; none for a word that is there, too short or a number."""
        written = readable(word)
        terms = exact_terms(written)
        if len(terms) != 1 or not _may_be_a_word(terms[0]) or _is_known(written, terms[0], schema, searcher):
            return []
        most = 2 if len(terms[0]) >= _TWO_EDITS_FROM else 1
        near = process.extract(terms[0], self._terms, scorer=OSA.distance, score_cutoff=most, limit=None)
        ordered = sorted((int(distance), -_documents(term, searcher), term) for term, distance, _ in near)
        living = ((distance, documents, _as_written(term, schema, searcher)) for distance, documents, term in ordered)
        proposed = (Spelling(word, -documents, distance) for distance, documents, word in living if word is not None)
        return list(islice(proposed, limit))


def _may_be_a_word(term: str) -> bool:
    return _MIN_LETTERS <= len(term) <= _MAX_LETTERS and not any(letter.isdigit() for letter in term)


def _documents(term: str, searcher: tantivy.Searcher) -> int:
    return max(searcher.doc_freq(f"{part}_{EXACT}", term) for part in _PARTS)


def _is_known(written: str, term: str, schema: tantivy.Schema, searcher: tantivy.Searcher) -> bool:
    stems = [(language, stem) for language in LANGUAGES for stem in ANALYSERS[language].analyze(written)]
    fields = [(f"{part}_{analyser}", found) for part in _PARTS for analyser, found in ((EXACT, term), *stems)]
    return any(_hits(field, found, schema, searcher) for field, found in fields)


def _hits(field: str, term: str, schema: tantivy.Schema, searcher: tantivy.Searcher) -> list[tantivy.DocAddress]:
    """One living document with the term, if there is any: what is deleted is counted among documents for a while."""
    query = Query.term_query(schema, field, term, "freq")
    return [address for _, address in searcher.search(query, 1, count=False).hits]


def _as_written(term: str, schema: tantivy.Schema, searcher: tantivy.Searcher) -> str | None:
    """The word behind a folded term, from a statement that has it: tryksår for tryksar; None when none has it now."""
    for part in _PARTS:
        for address in _hits(f"{part}_{EXACT}", term, schema, searcher):
            text = getattr(stored_words(searcher.doc(address)), part)
            return next((word for word in WORDS.analyze(readable(text)) if exact_terms(word) == [term]), term)
    return None
