"""Small numbers for the index columns, and back: kinds, visibility levels, regions, terms."""

import re
import zlib
from collections.abc import Iterable

from hubs.enums import Visibility
from matching.engine.rows import ABOUT, LANGUAGES, NEED, OFFER
from profiles.enums import ProfileKind, StatementKind

# The order is part of the snapshot format: append only.
KINDS = (
    ProfileKind.FIRM,
    ProfileKind.RESEARCHER,
    ProfileKind.CLINICIAN,
    ProfileKind.MUNICIPALITY,
    ProfileKind.KNOWLEDGE_INSTITUTION,
    ProfileKind.INVESTOR,
    ProfileKind.ADVISER,
    ProfileKind.STUDENT,
)
LEVELS = (Visibility.PUBLIC, Visibility.MEMBERS, Visibility.HUB)
NO_REGION = 0
NO_TERM = 0
_STATEMENT_KINDS = {StatementKind.OFFER.value: OFFER, StatementKind.NEED.value: NEED, StatementKind.ABOUT.value: ABOUT}
_LARGEST = 32_767
_THEME_BITS = 62


def kind_number(kind: str) -> int:
    """Position of the kind in `KINDS`."""
    return KINDS.index(ProfileKind(kind))


def statement_kind_number(kind: str) -> int:
    """The engine's number of the kind of statement."""
    return _STATEMENT_KINDS[kind]


def language_number(language: str) -> int:
    """Position of the language in the engine's list; what is not there counts as Danish."""
    return LANGUAGES.index(language) if language in LANGUAGES else 0


def level_number(*visibilities: str) -> int:
    """The most secret of the given visibilities as a number, 0 for public."""
    return max(LEVELS.index(Visibility(value)) for value in visibilities)


def region_number(term_key: str | None) -> int:
    """The official region code behind a term key; `NO_REGION` for none."""
    digits = re.search(r"\d+$", term_key or "")
    return int(digits.group()) if digits else NO_REGION


def term_number(term_key: str | None) -> int:
    """A number for a stage, purpose or form of collaboration that no new term changes; `NO_TERM` for none.

    It is a digest of the key: a test sees to it that no two of our terms share one.
    """
    return zlib.crc32(term_key.encode()) % _LARGEST + 1 if term_key else NO_TERM


def theme_bits(positions: Iterable[int]) -> int:
    """One bit for each theme, by its position in the taxonomy; those beyond the 62nd share the last bit."""
    bits = 0
    for position in positions:
        bits |= 1 << min(position, _THEME_BITS)
    return bits
