"""The filters of the search page: what can be chosen, what is chosen, and what opening one would bring."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from frontend.questions import ADDRESS_WORDS, Question
from matching.results import FacetValue, SearchFilters, SearchResult
from profiles.domain.fields import one_of
from profiles.enums import ProfileKind, Taxonomy
from profiles.terms import key_of, label_of, terms_of

# Filters with so few values that all are shown, in their own order.
_WHOLE_LISTS: dict[str, Callable[[], list[str]]] = {
    "kinds": lambda: list(ProfileKind.values),
    "regions": lambda: [term.code for term in terms_of(Taxonomy.REGION)],
}
_TAXONOMIES = {"regions": Taxonomy.REGION, "themes": Taxonomy.THEME, "stages": Taxonomy.PRODUCT_STAGE}


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


@dataclass(frozen=True)
class OpenedFilter:
    """What opening one filter would bring: its label, how many would fit, and the address that opens it."""

    label: str
    count: int
    address: str


def filters_of(result: SearchResult) -> tuple[Filter, ...]:
    """The groups of chips that have something to choose from."""
    labels = _filter_labels()
    groups = (
        Filter(word, labels[name], _values(result, name), folded=name in {"themes", "stages"})
        for name, word in ADDRESS_WORDS.items()
    )
    return tuple(group for group in groups if group.values)


def opened_filters(question: Question, result: SearchResult) -> tuple[OpenedFilter, ...]:
    """The filters that hide more than is shown, in the order of the search: what hides most comes first."""
    labels = _filter_labels()
    return tuple(
        OpenedFilter(labels[each.name], each.count, question.without_filter(each.name))
        for each in result.widenings
        if each.count > result.total
    )


def chosen_labels(filters: SearchFilters) -> tuple[str, ...]:
    """What is chosen in all filters, in words; a value that is gone keeps its code."""
    return tuple(_label(name, code) or code for name in ADDRESS_WORDS for code in getattr(filters, name))


def require_known(filters: SearchFilters) -> None:
    """Stop at a code that no list has.

    Raises:
        InvalidInput: names the code.
    """
    for code in filters.kinds:
        one_of(code, ProfileKind.values, field="kinds")
    for name, taxonomy in _TAXONOMIES.items():
        for code in getattr(filters, name):
            key_of(taxonomy, code)


def _values(result: SearchResult, name: str) -> tuple[FacetValue, ...]:
    """The values to choose from; what is chosen stays in sight when nothing is left of it, to be taken back.

    Short lists are always whole, so that no chip moves while somebody types.
    """
    found = {value.code: value for value in result.facets.get(name, ())}
    chosen = dict.fromkeys(getattr(result.filters, name))
    whole = _WHOLE_LISTS[name]() if found and name in _WHOLE_LISTS else list(found)
    codes = [*whole, *(code for code in chosen if code not in whole)]
    return tuple(found.get(code) or FacetValue(code, _label(name, code), 0, code in chosen) for code in codes)


def _filter_labels() -> dict[str, str]:
    return {"kinds": _("Who"), "regions": _("Region"), "themes": _("Theme"), "stages": _("Product stage")}


def _label(name: str, code: str) -> str:
    if name == "kinds":
        return str(ProfileKind(code).label) if code in ProfileKind.values else ""
    return label_of(f"{_TAXONOMIES[name].value}:{code}")
