"""Free-text search: a shareable address, filters with counts, and the same page without JavaScript."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from frontend.examples import example_searches
from frontend.limits import count_search
from frontend.requests import PageRequest, vary_on_htmx, wants_partial
from hubs.policies import Viewer
from kernel.errors import InvalidInput
from matching.domain.searching import search
from matching.results import FacetValue, SearchFilters, SearchResult
from profiles.enums import ProfileKind, Taxonomy
from profiles.terms import label_of

PAGE_SIZE = 10
MOST_SHOWN = 100


@dataclass(frozen=True)
class Question:
    """What was asked, as the address says it."""

    text: str
    filters: SearchFilters
    shown: int

    @property
    def is_filtered(self) -> bool:
        """Whether any filter is chosen."""
        return bool(self.filters.kinds or self.filters.regions or self.filters.themes)

    def address(self, *, shown: int | None = None, filtered: bool = True) -> str:
        """The query string that asks this again."""
        pairs = [("q", self.text)]
        if filtered:
            pairs += [("kind", code) for code in self.filters.kinds]
            pairs += [("region", code) for code in self.filters.regions]
            pairs += [("theme", code) for code in self.filters.themes]
        if shown:
            pairs.append(("show", str(shown)))
        return "?" + urlencode(pairs)


@dataclass(frozen=True)
class Answer:
    """What was found, or in words why nothing was looked for."""

    result: SearchResult | None = None
    complaint: str = ""

    @property
    def status(self) -> int:
        """400 for a question that cannot be asked."""
        return 400 if self.complaint else 200


@dataclass(frozen=True)
class Filter:
    """One group of chips; `name` is its word in the address. A folded one opens on request."""

    name: str
    label: str
    values: tuple[FacetValue, ...]
    folded: bool = False

    @property
    def is_chosen(self) -> bool:
        """Whether any of its values is chosen."""
        return any(value.chosen for value in self.values)


@require_safe
def search_page(request: PageRequest) -> HttpResponse:
    """The search page; for htmx only its results."""
    question = read_question(request.GET)
    if question.text:
        count_search(request)
    answer = find_answer(request.viewer, question)
    is_partial = wants_partial(request)
    context = {
        "question": question,
        "answer": answer,
        "result": answer.result,
        "filters": filters_of(answer.result) if answer.result else (),
        "more": more_address(question, answer),
        "without_filters": question.address(filtered=False),
        "examples": example_searches(),
        "is_partial": is_partial,
    }
    template = "partials/search_results.html" if is_partial else "pages/search.html"
    return vary_on_htmx(render(request, template, context, status=answer.status))


def read_question(asked: QueryDict) -> Question:
    """The question in an address; what is no number of results means the first page."""
    return Question(
        text=asked.get("q", ""),
        filters=SearchFilters(
            kinds=tuple(asked.getlist("kind")),
            regions=tuple(asked.getlist("region")),
            themes=tuple(asked.getlist("theme")),
        ),
        shown=_read_shown(asked.get("show", "")),
    )


def _read_shown(written: str) -> int:
    if not written.isdecimal() or len(written) > len(str(MOST_SHOWN)):
        return PAGE_SIZE
    return min(max(int(written), PAGE_SIZE), MOST_SHOWN)


def find_answer(viewer: Viewer, question: Question) -> Answer:
    """Search; nothing asked finds nothing, and a question that cannot be asked gets its reason."""
    if not question.text.strip():
        return Answer()
    today = timezone.localdate()
    try:
        result = search(viewer, question.text, filters=question.filters, today=today, limit=question.shown)
    except InvalidInput as error:
        return Answer(complaint=error.message)
    return Answer(result)


def filters_of(result: SearchResult) -> tuple[Filter, ...]:
    """The groups of chips that have something to choose from."""
    facets, chosen = result.facets, result.filters
    kinds = _with_chosen(facets.get("kinds", ()), chosen.kinds, _kind_label)
    regions = _with_chosen(facets.get("regions", ()), chosen.regions, _region_label)
    themes = _with_chosen(facets.get("themes", ()), chosen.themes, _theme_label)
    groups = (
        Filter("kind", _("Who"), kinds),
        Filter("region", _("Region"), regions),
        Filter("theme", _("Theme"), themes, folded=True),
    )
    return tuple(group for group in groups if group.values)


def _with_chosen(
    values: tuple[FacetValue, ...], codes: tuple[str, ...], label: Callable[[str], str]
) -> tuple[FacetValue, ...]:
    """What is chosen stays in sight when nothing is left of it, so that it can be taken back."""
    listed = {value.code for value in values}
    missing = [code for code in dict.fromkeys(codes) if code not in listed]
    return (*values, *(FacetValue(code, label(code), 0, chosen=True) for code in missing))


def _kind_label(code: str) -> str:
    return str(ProfileKind(code).label)


def _region_label(code: str) -> str:
    return label_of(f"{Taxonomy.REGION.value}:{code}")


def _theme_label(code: str) -> str:
    return label_of(f"{Taxonomy.THEME.value}:{code}")


def more_address(question: Question, answer: Answer) -> str:
    """The address that shows one page more; empty when all is shown, or as much as a page should hold."""
    if answer.result is None or question.shown >= min(answer.result.total, MOST_SHOWN):
        return ""
    return question.address(shown=question.shown + PAGE_SIZE)
