"""From words that anybody wrote, and a filter, to one query of the word index.

Only terms and their weights are put together: nothing anybody writes is ever read as a query syntax.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import tantivy
from tantivy import FieldType, Occur, Query

from matching.engine.rows import LANGUAGES, RowFilter
from matching.engine.stores import TermQuery
from matching.engine.term_fields import ANALYSERS, EXACT, LETTERS, WORDS, exact_terms, grams, readable

# A query longer than this is a document; its beginning says what it is about.
_MAX_CHARACTERS = 200_000
_PARTS = ("text", "context")
# Six letters: a shorter word stands in too many longer ones by chance.
_MIN_COMPOUND_GRAMS = 3
_MAX_GRAMS = 29


@dataclass(frozen=True)
class TermWeights:
    """How much each way of matching a word counts, as factors of its BM25 score, and how many words are looked for.

    `text_*` and `context_*`: the same stem in the query's language, and the same folded word, in the statement's own
    text and in its context. `compound`: a longer word holds this one (the mean over its four-letter runs). `alike`: at
    least `alike_share` of the runs of a word that no more than `alike_below` statements have: typos, and compounds
    for their parts. `typo`: one letter away from a word that no statement has, as a fixed score. `max_words` of a
    query count at all, `max_words_by_letters` of them by their letters: the rarest first.
    """

    text_stem: float = 1.0
    text_exact: float = 0.4
    context_stem: float = 0.8
    context_exact: float = 0.3
    compound: float = 0.5
    alike: float = 1.5
    alike_share: float = 0.5
    alike_below: int = 10
    typo: float = 2.0
    max_words: int = 64
    max_words_by_letters: int = 8


@dataclass(frozen=True)
class _Word:
    exact: str
    stem: str | None
    language: str
    weight: float
    documents: int

    def information(self, total: int) -> float:
        return self.weight * math.log(1 + (total + 0.5) / (self.documents + 0.5))


class QueryBuilder:
    """Builds queries for one searcher: the weight of a word depends on how many documents have it."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher, weights: TermWeights) -> None:
        self._schema = schema
        self._searcher = searcher
        self._weights = weights

    def query(self, queries: Sequence[TermQuery], where: RowFilter) -> Query | None:
        """The query to run; None when nothing can match."""
        clauses_of_filter = limits(self._schema, where)
        if clauses_of_filter is None:
            return None
        words = self._words([query for query in queries if not query.ways])
        things = [clause for query in queries if query.ways for clause in self._thing(query)]
        clauses = [*self._word_clauses(words), *self._letter_clauses(words), *things]
        if not clauses:
            return None
        any_word = Query.boolean_query([(Occur.Should, clause) for clause in clauses])
        return Query.boolean_query([(Occur.Must, any_word), *clauses_of_filter])

    def _words(self, queries: Sequence[TermQuery]) -> list[_Word]:
        found: dict[tuple[str, str], _Word] = {}
        for query in queries:
            if not (math.isfinite(query.weight) and query.weight > 0):
                continue
            for written, count in Counter(WORDS.analyze(readable(query.text[:_MAX_CHARACTERS]))).items():
                word = self._word(written, query, count)
                if word is not None:
                    before = found.get((word.exact, word.language))
                    found[word.exact, word.language] = (
                        replace(word, weight=before.weight + word.weight) if before else word
                    )
        return self._most_telling(found.values())

    def _most_telling(self, words: Iterable[_Word]) -> list[_Word]:
        """Words that no document has first, which only their letters can find; then the others, the rarest first."""
        weights, total = self._weights, self._searcher.num_docs
        unknown: list[_Word] = []
        known: list[_Word] = []
        for word in words:
            (known if word.documents else unknown).append(word)
        unknown.sort(key=lambda word: (-word.weight, -len(word.exact), word.exact, word.language))
        known.sort(key=lambda word: (-word.information(total), word.exact, word.language))
        return [*unknown[: weights.max_words_by_letters], *known[: weights.max_words]]

    def _word(self, written: str, query: TermQuery, count: int) -> _Word | None:
        exact = exact_terms(written)
        if not exact:
            return None
        language = query.language if query.language in LANGUAGES else EXACT
        stems = ANALYSERS[language].analyze(written) if language != EXACT else []
        stem = stems[0] if stems else None
        return _Word(
            exact[0], stem, language, query.weight * (1 + math.log(count)), self.documents(exact[0], stem, language)
        )

    def documents(self, exact: str, stem: str | None, language: str) -> int:
        """How many documents have the folded word or the stem: the larger number of the fields."""
        counts = [self._searcher.doc_freq(f"{part}_{EXACT}", exact) for part in _PARTS]
        if stem is not None and language in LANGUAGES:
            counts += [self._searcher.doc_freq(f"{part}_{language}", stem) for part in _PARTS]
        return max(counts)

    def _word_clauses(self, words: Iterable[_Word]) -> list[Query]:
        weights, boosts = self._weights, defaultdict[tuple[str, str], float](float)
        for word in words:
            boosts[f"text_{EXACT}", word.exact] += weights.text_exact * word.weight
            boosts[f"context_{EXACT}", word.exact] += weights.context_exact * word.weight
            if word.stem is not None:
                boosts[f"text_{word.language}", word.stem] += weights.text_stem * word.weight
                boosts[f"context_{word.language}", word.stem] += weights.context_stem * word.weight
        return [
            Query.boost_query(self._term(field, term), boost)
            for (field, term), boost in boosts.items()
            if boost > 0 and self._searcher.doc_freq(field, term)
        ]

    def _thing(self, query: TermQuery) -> list[Query]:
        """One thing in several ways: its best way counts."""
        ways = [way for each in (query, *query.ways) for way in self._way(each)]
        if not ways or not (math.isfinite(query.weight) and query.weight > 0):
            return []
        return [Query.boost_query(Query.disjunction_max_query(ways), query.weight)]

    def _way(self, way: TermQuery) -> list[Query]:
        """The clauses of one way: all of its words in the text, or all of them in its context."""
        words = self._words([replace(way, weight=1.0, ways=())])
        if not words or any(not word.documents for word in words):
            return []
        clauses = []
        for part, weight in (("text", self._weights.text_stem), ("context", self._weights.context_stem)):
            terms = [
                self._term(f"{part}_{word.language}", word.stem)
                if word.stem is not None and word.language in LANGUAGES
                else self._term(f"{part}_{EXACT}", word.exact)
                for word in words
            ]
            # The mean over its words, so that a long way is worth no more than a short one.
            all_of_them = Query.boolean_query([(Occur.Must, term) for term in terms])
            clauses.append(Query.boost_query(all_of_them, weight / len(terms)))
        return clauses

    def _letter_clauses(self, words: Iterable[_Word]) -> list[Query]:
        clauses: list[Query] = []
        weights = self._weights
        spelled = [word for word in words if _has_letters(word.exact)][: weights.max_words_by_letters]
        for word in spelled:
            runs = [self._term(LETTERS, run) for run in grams(word.exact)[:_MAX_GRAMS]]
            if word.documents <= weights.alike_below:
                clauses += [] if word.documents else self._near(word)
                clauses += self._boosted(runs, weights.alike * word.weight, math.ceil(weights.alike_share * len(runs)))
            elif len(runs) >= _MIN_COMPOUND_GRAMS:
                clauses += self._boosted(runs, weights.compound * word.weight, len(runs))
        return clauses

    def _near(self, word: _Word) -> list[Query]:
        boost = self._weights.typo * word.weight
        if boost <= 0:
            return []
        return [
            Query.boost_query(Query.fuzzy_term_query(self._schema, f"{part}_{EXACT}", word.exact), boost * share)
            for part, share in (("text", 1.0), ("context", self._weights.context_stem))
            if share > 0
        ]

    @staticmethod
    def _boosted(runs: list[Query], boost: float, wanted: int) -> list[Query]:
        if not runs or boost <= 0:
            return []
        if wanted >= len(runs):
            query = Query.boolean_query([(Occur.Must, run) for run in runs])
        else:
            query = Query.boolean_query([(Occur.Should, run) for run in runs], max(1, wanted))
        return [Query.boost_query(query, boost / len(runs))]

    def _term(self, field: str, term: str) -> Query:
        return Query.term_query(self._schema, field, term, "freq")


def limits(schema: tantivy.Schema, where: RowFilter) -> list[tuple[Occur, Query]] | None:
    """The filter as clauses that add nothing to a score; None when it lets nothing through."""
    wanted = {
        "level": where.levels,
        "statement_kind": where.statement_kinds,
        "kind": where.kinds,
        "region": where.regions,
        "stage": where.stages,
        "profile": where.profiles,
        "statement": where.statements,
    }
    if any(values is not None and not values for values in wanted.values()):
        return None
    clauses = [
        (Occur.Must, _silent(Query.term_set_query(schema, column, sorted(values))))
        for column, values in wanted.items()
        if values is not None
    ]
    living = Query.range_query(schema, "expires", FieldType.Integer, lower_bound=int(where.today))
    clauses.append((Occur.Must, _silent(living)))
    if where.without_organisations:
        others = Query.term_set_query(schema, "organisation", sorted(where.without_organisations))
        clauses.append((Occur.MustNot, others))
    return clauses


def _silent(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _has_letters(word: str) -> bool:
    return not any(letter.isdigit() for letter in word)
