"""Terms in memory: labels for pages without a query each, and codes checked against the taxonomy.

The table changes only when taxonomies are loaded; processes notice within `_REFRESH_SECONDS`.
"""

import time
from collections.abc import Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.errors import InvalidInput
from profiles.enums import Taxonomy
from profiles.models import Term
from profiles.texts import quotable

_REFRESH_SECONDS = 60.0
_cache: dict[str, Term] = {}
_loaded_at = float("-inf")


def all_terms() -> Mapping[str, Term]:
    """Every term by key, in taxonomy order."""
    global _cache, _loaded_at
    terms = _cache
    if not terms or time.monotonic() - _loaded_at > _REFRESH_SECONDS:
        terms = {term.key: term for term in Term.objects.order_by("taxonomy", "position", "code")}
        _cache, _loaded_at = terms, time.monotonic()
    return terms


def forget_terms() -> None:
    """Read the table again on next use; called after taxonomies were loaded."""
    global _cache
    # A new mapping: another thread may be reading the old one.
    _cache = {}


def terms_of(taxonomy: Taxonomy) -> list[Term]:
    """The terms that may be chosen today, in their order."""
    return [term for term in all_terms().values() if term.taxonomy == taxonomy and not term.retired]


def choices_of(taxonomy: Taxonomy) -> list[tuple[str, str]]:
    """(code, label in the reader's language) pairs for a form."""
    language = get_language() or "da"
    return [(term.code, term.label(language)) for term in terms_of(taxonomy)]


def label_of(key: str | None) -> str:
    """The label of a term key in the reader's language; empty for none."""
    term = all_terms().get(key or "")
    return term.label(get_language() or "da") if term else ""


def inline_label_of(key: str | None) -> str:
    """The label inside a sentence: its first letter small, unless the word is a name such as IoT or OPI-light."""
    label = label_of(key)
    first = label.split(" ", 1)[0].rstrip(",:")
    return label[:1].lower() + label[1:] if first[1:].islower() else label


def code_of(key: str | None) -> str:
    """The code behind a term key; empty for none."""
    return key.split(":", 1)[1] if key else ""


def key_of(taxonomy: Taxonomy, code: str | None) -> str | None:
    """The key of a code that stands in the taxonomy; none for an empty code.

    Raises:
        InvalidInput: the code is unknown; names the codes that are known.
    """
    if not code:
        return None
    key = f"{taxonomy.value}:{code}"
    if key not in all_terms():
        raise InvalidInput(
            _("“%(code)s” is not a known value of %(taxonomy)s. Choose one from the list.")
            % {"code": quotable(code), "taxonomy": taxonomy.label},
            field=taxonomy.value,
            known=[term.code for term in terms_of(taxonomy)],
        )
    return key
