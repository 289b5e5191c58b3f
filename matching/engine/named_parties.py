"""Which kind of partner a text asks for by name: "en anæstesiafdeling", "two municipalities", "design students"."""

import re
from functools import lru_cache

from matching.engine.purposes import (
    ADVISER,
    ALL_KINDS,
    CLINICIAN,
    FIRM,
    INVESTOR,
    KNOWLEDGE_INSTITUTION,
    MUNICIPALITY,
    RESEARCHER,
    STUDENT,
)

# Beginnings of words in Danish and English; "-" before one: it may also stand inside a compound; "=" behind one: it is
# the whole word, since others begin alike (firmware, international, institution) or it is another word in Danish.
_SIGNS = {
    FIRM: "firma virksomhed producent leverandør fabrikant startup iværksætter company companies manufacturer maker "
    "supplier vendor firm= firms=",
    RESEARCHER: "-forsker forskningsgruppe forskningsmiljø researcher professor postdoc ph.d phd statistiker "
    "statistician",
    CLINICIAN: "-afdeling -klinik -ambulatori -sengeafsnit sygehus hospital ward= wards= department clinic theatre "
    "overlæge speciallæge physician surgeon",
    MUNICIPALITY: "kommun hjemmepleje hjemmesygepleje plejehjem plejecent bosted municipal sundhedscent "
    "genoptræningscent",
    KNOWLEDGE_INSTITUTION: "universitet university gts laborator professionshøjskole institut= instituttet= "
    "institutter= institute= institutes= college",
    INVESTOR: "investor kapital capital fond funds= seed= venture=",
    ADVISER: "rådgiver konsulent adviser advisor consultant advokat lawyer",
    STUDENT: "studerende student praktikant specialestuderende interns= internship",
}
_HOME_CARE = ("home care", "nursing home", "care home", "health centre", "home nursing")


def _pattern(kind: str) -> re.Pattern[str]:
    parts = [_part(sign) for sign in _SIGNS[kind].split()]
    if kind == MUNICIPALITY:
        parts += [rf"\b{re.escape(phrase)}" for phrase in _HOME_CARE]
    return re.compile("|".join(parts), re.IGNORECASE)


def _part(sign: str) -> str:
    if sign.endswith("="):
        return rf"\b{re.escape(sign[:-1])}\b"
    # No `\w*` before the first: it would change nothing but the time, which would grow with the square of the length.
    return re.escape(sign[1:]) if sign.startswith("-") else rf"\b{re.escape(sign)}"


_PATTERNS = {kind: _pattern(kind) for kind in ALL_KINDS}


@lru_cache(maxsize=4096)
def named_kinds(text: str) -> frozenset[str]:
    """Kinds of profile (as in `purposes`) that the text names; empty when it names none."""
    return frozenset(kind for kind, pattern in _PATTERNS.items() if pattern.search(text))
