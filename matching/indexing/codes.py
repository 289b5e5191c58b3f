"""Small numbers for the index columns, and back: kinds, visibility levels, regions."""

import re

from hubs.enums import Visibility
from profiles.enums import ProfileKind

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


def kind_number(kind: str) -> int:
    """Position of the kind in `KINDS`."""
    return KINDS.index(ProfileKind(kind))


def level_number(*visibilities: str) -> int:
    """The most secret of the given visibilities as a number, 0 for public."""
    return max(LEVELS.index(Visibility(value)) for value in visibilities)


def region_number(term_key: str | None) -> int:
    """The official region code behind a term key; `NO_REGION` for none."""
    digits = re.search(r"\d+$", term_key or "")
    return int(digits.group()) if digits else NO_REGION
