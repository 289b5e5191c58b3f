"""Free-text search over all kinds of profile, in Danish or English: each profile once, by its nearest statement."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from django.utils.translation import gettext as _

from hubs.policies import Viewer
from kernel.errors import InvalidInput
from matching.domain.presenting import Asker, Found, present
from matching.domain.recommending import clean_query, query_vectors, readable_levels
from matching.engine.vectors import Vectors
from matching.enums import Direction
from matching.indexing.codes import KINDS, kind_number, region_number
from matching.indexing.hub_index import HubIndex, RowFilter
from matching.languages import guess_language
from matching.queries import profiles_with_themes, theme_counts
from matching.results import FacetValue, SearchFilters, SearchResult
from matching.serving import hub_index
from profiles.domain.fields import one_of
from profiles.enums import ProfileKind, Taxonomy
from profiles.terms import key_of, label_of, terms_of

MAX_RESULTS = 200


@dataclass(frozen=True)
class _Nearest:
    """A profile's nearest statement to the query."""

    profile: int
    statement: int


def search(
    viewer: Viewer, text: str, *, filters: SearchFilters, today: date, limit: int = 20, offset: int = 0
) -> SearchResult:
    """Profiles nearest to the words, best first; facets count all that the viewer could find.

    Raises:
        InvalidInput: the words are too long or none, or a filter's code is unknown.
        NotReady: the model or the index is not built yet.
    """
    words = clean_query(text, field="q")
    if not words:
        raise InvalidInput(_("Write what you are looking for in a few words."), field="q")
    rows = row_filter(viewer, filters, today=today)
    language = guess_language(words)
    index = hub_index(viewer.hub_id)
    query = query_vectors(index, [words], [language])
    with index.lock:
        total, facets = _count(index, viewer, filters, rows)
        nearest = _nearest_profiles(index, query, rows, min(offset + limit, MAX_RESULTS))
    found = [Found(item.profile, item.statement, Direction.QUERY) for item in nearest[offset : offset + limit]]
    asker = Asker(text=words, language=language)
    matches = present(viewer, found, asker, today=today, first_rank=offset + 1)
    return SearchResult(
        query=words, matches=tuple(matches), total=min(total, MAX_RESULTS), filters=filters, facets=facets
    )


def row_filter(viewer: Viewer, filters: SearchFilters, *, today: date) -> RowFilter:
    """The filters as the index understands them.

    Raises:
        InvalidInput: a code is unknown.
    """
    themes = [key for code in filters.themes if (key := key_of(Taxonomy.THEME, code))]
    kinds = frozenset(kind_number(one_of(code, ProfileKind.values, field="kinds")) for code in filters.kinds)
    regions = frozenset(region_number(key) for code in filters.regions if (key := key_of(Taxonomy.REGION, code)))
    return RowFilter(
        levels=readable_levels(viewer),
        today=today.toordinal(),
        kinds=kinds or None,
        regions=regions or None,
        profiles=profiles_with_themes(viewer.hub_id, themes) if themes else None,
    )


def _nearest_profiles(index: HubIndex, query: Vectors, rows: RowFilter, wanted: int) -> list[_Nearest]:
    """The `wanted` nearest profiles; looks twice as deep until that many different ones are found."""
    masks = {kind: rows.mask(part.rows) for kind, part in index.parts.items()}
    depth = max(4 * wanted, 64)
    while True:
        hits: list[tuple[float, int, int]] = []
        for kind, part in index.parts.items():
            positions, scores = part.search(query, depth, masks[kind])
            for position, score in zip(positions.ravel(), scores.ravel(), strict=True):
                hits.append((-float(score), int(part.rows.profile[position]), int(part.rows.statement[position])))
        nearest = _first_per_profile(hits)
        deepest = max(int((masks[kind] & part.alive).sum()) for kind, part in index.parts.items())
        if len(nearest) >= wanted or depth >= deepest:
            return nearest[:wanted]
        depth *= 2


def _first_per_profile(hits: list[tuple[float, int, int]]) -> list[_Nearest]:
    seen: dict[int, _Nearest] = {}
    for _score, profile, statement in sorted(hits):
        seen.setdefault(profile, _Nearest(profile, statement))
    return list(seen.values())


def _count(
    index: HubIndex, viewer: Viewer, filters: SearchFilters, rows: RowFilter
) -> tuple[int, dict[str, tuple[FacetValue, ...]]]:
    """How many profiles pass, and for each filter the counts with that filter open and the others in force."""
    kinds = Counter(_profile_values(index, replace(rows, kinds=None), "kind").values())
    regions = Counter(_profile_values(index, replace(rows, regions=None), "region").values())
    themes = theme_counts(viewer.hub_id, frozenset(_profile_values(index, replace(rows, profiles=None), "kind")))
    facets = {
        "kinds": tuple(
            FacetValue(kind.value, str(kind.label), kinds[number], kind.value in filters.kinds)
            for number, kind in enumerate(KINDS)
            if kinds[number]
        ),
        "regions": tuple(
            FacetValue(term.code, label_of(term.key), regions[int(term.code)], term.code in filters.regions)
            for term in terms_of(Taxonomy.REGION)
            if regions[int(term.code)]
        ),
        "themes": tuple(
            FacetValue(term.code, label_of(term.key), themes[term.key], term.code in filters.themes)
            for term in terms_of(Taxonomy.THEME)
            if themes.get(term.key)
        ),
    }
    return len(_profile_values(index, rows, "kind")), facets


def _profile_values(index: HubIndex, rows: RowFilter, column: str) -> dict[int, int]:
    """One column's value by profile, over all profiles with a row that passes."""
    values: dict[int, int] = {}
    for part in index.parts.values():
        passing = rows.mask(part.rows) & part.alive
        profiles, first = np.unique(part.rows.profile[passing], return_index=True)
        values.update(zip(profiles.tolist(), getattr(part.rows, column)[passing][first].tolist(), strict=True))
    return values
