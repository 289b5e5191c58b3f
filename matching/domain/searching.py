"""Free-text search over all kinds of profile, in Danish or English: each profile once, by what all its texts say."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _

from hubs.policies import Viewer
from kernel.errors import InvalidInput
from matching.domain.asking import Question, question_of_profile, question_of_text
from matching.domain.market import readable_levels
from matching.domain.presenting import Found, Presenter
from matching.domain.ranking import Ranking, rank
from matching.domain.recommending import clean_query
from matching.engine.contact_features import contact_matrix
from matching.engine.features import NAMES
from matching.engine.rows import RowFilter
from matching.engine.terms import TantivyTermIndex
from matching.engine.weights import SEARCH_RANKER
from matching.enums import Direction
from matching.indexing.codes import KINDS, kind_number, region_number, term_number
from matching.indexing.hub_index import HubIndex
from matching.queries.index import profiles_with_themes, theme_counts
from matching.results import Correction, FacetValue, Placing, SearchFilters, SearchResult, Shown, Widening
from matching.serving import hub_index
from profiles.domain.fields import one_of
from profiles.enums import ProfileKind, Taxonomy
from profiles.queries import find_statement
from profiles.terms import key_of, label_of, terms_of

MAX_RESULTS = 200
# How impressions name the order of a free-text search; another order gets another name.
SEARCH_ORDER = "search 1"
# How far above chance the mean of a profile's three best texts must lie to be an answer at all.
FITS = 2.8
_BEST = NAMES.index("best_evidence")
_WORD = re.compile(r"[^\W\d_]{4,}")
_MOST_WORDS = 12
# Filters are offered for opening when fewer than this many profiles are found.
_FEW = 3


@dataclass(frozen=True)
class _Answer:
    """One question under one filter: what fits, best first."""

    index: HubIndex
    question: Question
    ranking: Ranking

    @property
    def profiles(self) -> frozenset[int]:
        """Ids of all that fit."""
        return frozenset(self.ranking.profiles.tolist())


def search(
    viewer: Viewer, text: str, *, filters: SearchFilters, today: date, limit: int = 20, offset: int = 0
) -> SearchResult:
    """Profiles that fit the words, best first; a filter's facets count with it open and the others in force.

    Raises:
        InvalidInput: the words are too long or none, or a filter's code is unknown.
        NotReady: the model or the index is not built yet.
    """
    words = clean_query(text, field="q")
    if not words:
        raise InvalidInput(_("Write what you are looking for in a few words."), field="q")
    where = row_filter(viewer, filters, today=today)
    index = hub_index(viewer.hub_id)
    corrections = _corrections(index, words)
    question = question_of_text(index, _corrected(words, corrections))
    result = _result(viewer, _Asked(index, question, where, filters, today), limit=limit, offset=offset)
    return replace(result, query=words, corrections=corrections)


def search_like(
    viewer: Viewer, public_id: UUID, *, filters: SearchFilters, today: date, limit: int = 20, offset: int = 0
) -> SearchResult:
    """Profiles with texts that say nearly what this statement says; its own profile is left out.

    Raises:
        NotFound: there is no such statement, or the viewer may not read it.
        InvalidInput: a filter's code is unknown.
        NotReady: the model or the index is not built yet.
    """
    statement = find_statement(viewer, public_id, today=today)
    where = row_filter(viewer, filters, today=today)
    index = hub_index(viewer.hub_id)
    question = question_of_profile(index, statement.profile, [statement], "")
    where = replace(where, without_organisations=frozenset({statement.profile.organisation_id}))
    asked = _Asked(index, question, where, filters, today)
    return replace(_result(viewer, asked, limit=limit, offset=offset), query=statement.text)


@dataclass(frozen=True)
class _Asked:
    """A question with its filter, as the person chose it and as the index takes it."""

    index: HubIndex
    question: Question
    where: RowFilter
    filters: SearchFilters
    today: date

    def answer(self, where: RowFilter) -> _Answer:
        """What fits under this filter."""
        ranking = rank(self.index, self.question, where, SEARCH_RANKER)
        fits = np.flatnonzero(ranking.matrix[:, _BEST] >= FITS)
        return _Answer(self.index, self.question, ranking.take(fits[:MAX_RESULTS]))


def row_filter(viewer: Viewer, filters: SearchFilters, *, today: date) -> RowFilter:
    """The filters as the index understands them.

    Raises:
        InvalidInput: a code is unknown.
    """
    themes = [key for code in filters.themes if (key := key_of(Taxonomy.THEME, code))]
    kinds = frozenset(kind_number(one_of(code, ProfileKind.values, field="kinds")) for code in filters.kinds)
    regions = frozenset(region_number(key) for code in filters.regions if (key := key_of(Taxonomy.REGION, code)))
    stages = frozenset(term_number(key) for code in filters.stages if (key := key_of(Taxonomy.PRODUCT_STAGE, code)))
    return RowFilter(
        levels=readable_levels(viewer),
        today=today.toordinal(),
        kinds=kinds or None,
        regions=regions or None,
        stages=stages or None,
        profiles=profiles_with_themes(viewer.hub_id, themes) if themes else None,
    )


def _result(viewer: Viewer, asked: _Asked, *, limit: int, offset: int) -> SearchResult:
    answer = asked.answer(asked.where)
    open_ = _opened(asked, answer)
    found = _founds(answer.ranking)[offset : offset + limit]
    presenter = Presenter(viewer, asked.index, asked.question, asked.today)
    matches = presenter.present(found, first_rank=offset + 1)
    return SearchResult(
        query="",
        matches=tuple(matches),
        shown=_shown(answer.ranking, offset, limit),
        total=len(answer.ranking),
        filters=asked.filters,
        facets=_facets(viewer, asked, open_),
        widenings=_widenings(asked.filters, open_) if len(answer.ranking) < _FEW else (),
    )


def _shown(ranking: Ranking, offset: int, limit: int) -> Shown:
    """The page as it is logged: the words alone order it, so that each place was certain."""
    page = ranking.take(np.arange(offset, min(offset + limit, len(ranking))))
    placings = tuple(Placing(place, 1.0, 1.0, explored=False) for place in range(len(page)))
    columns = contact_matrix(page.matrix, {})
    return Shown(SEARCH_ORDER, None, 0, 0, placings, page.profiles, columns, page.probabilities)


def _opened(asked: _Asked, answer: _Answer) -> dict[str, _Answer]:
    """What fits with one filter open and the others in force, by name of filter; a new search only for chosen ones."""
    where = asked.where
    opened = {
        "kinds": replace(where, kinds=None),
        "regions": replace(where, regions=None),
        "themes": replace(where, profiles=None),
        "stages": replace(where, stages=None),
    }
    return {name: asked.answer(wider) if getattr(asked.filters, name) else answer for name, wider in opened.items()}


def _widenings(filters: SearchFilters, opened: dict[str, _Answer]) -> tuple[Widening, ...]:
    """Chosen filters that hide what would fit, the one that hides most first."""
    labels = {"kinds": _("Kind"), "regions": _("Region"), "themes": _("Theme"), "stages": _("Product stage")}
    found = [
        Widening(name, labels[name], len(answer.ranking))
        for name, answer in opened.items()
        if getattr(filters, name) and len(answer.ranking)
    ]
    return tuple(sorted(found, key=lambda each: -each.count))


def _founds(ranking: Ranking) -> list[Found]:
    near = ranking.matrix[:, _BEST]
    return [
        Found(int(profile), int(pair[0]), int(pair[1]), Direction.QUERY, values={"best_evidence": float(nearness)})
        for profile, pair, nearness in zip(ranking.profiles, ranking.nearest, near, strict=True)
    ]


def _facets(viewer: Viewer, asked: _Asked, opened: dict[str, _Answer]) -> dict[str, tuple[FacetValue, ...]]:
    """For each filter the counts over what fits with that filter open and the others in force."""
    kinds = Counter(_values(opened["kinds"], "kind"))
    regions = Counter(_values(opened["regions"], "region"))
    stages = Counter(_values(opened["stages"], "stage"))
    themes = theme_counts(viewer.hub_id, opened["themes"].profiles)
    chosen = asked.filters
    return {
        "kinds": tuple(
            FacetValue(kind.value, str(kind.label), kinds[number], kind.value in chosen.kinds)
            for number, kind in enumerate(KINDS)
            if kinds[number]
        ),
        "regions": _term_facet(Taxonomy.REGION, lambda key: regions[region_number(key)], chosen.regions),
        "themes": _term_facet(Taxonomy.THEME, lambda key: themes.get(key, 0), chosen.themes),
        "stages": _term_facet(Taxonomy.PRODUCT_STAGE, lambda key: stages[term_number(key)], chosen.stages),
    }


def _term_facet(taxonomy: Taxonomy, count: Callable[[str], int], chosen: Sequence[str]) -> tuple[FacetValue, ...]:
    return tuple(
        FacetValue(term.code, label_of(term.key), count(term.key), term.code in chosen)
        for term in terms_of(taxonomy)
        if count(term.key)
    )


def _values(answer: _Answer, column: str) -> list[int]:
    """One column's values over all that fit: each profile counts once for each value among its statements."""
    rows = answer.index.rows
    mask = np.isin(rows.profile, answer.ranking.profiles)
    pairs = np.unique(np.stack([rows.profile[mask], getattr(rows, column)[mask].astype(np.int64)]), axis=1)
    return [int(value) for value in pairs[1]]


def _corrections(index: HubIndex, words: str) -> tuple[Correction, ...]:
    """Words that nobody here has written, with the nearest that somebody has."""
    terms = index.stores.terms
    if not isinstance(terms, TantivyTermIndex):
        return ()
    written = list(dict.fromkeys(_WORD.findall(words)))[:_MOST_WORDS]
    with index.lock:
        spelled = terms.spelled(written, limit=1)
    return tuple(Correction(word, spelled[word][0].word) for word in written if spelled.get(word))


def _corrected(words: str, corrections: Sequence[Correction]) -> str:
    """The words with what is probably meant in place of what nobody has written."""
    meant = {correction.written: correction.meant for correction in corrections}
    return _WORD.sub(lambda match: meant.get(match.group(), match.group()), words)
