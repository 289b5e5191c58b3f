"""What kind of organisation a file means, by its own word for it, else by the name of the organisation.

Kinds decide who can sit in the groups of an AIMday, so a list must be able to say them; most lists do not.
"""

import re

from profiles.enums import ProfileKind

K = ProfileKind
# What a column may say, the narrower before the wider; a word counts wherever it stands in the cell.
_WORDS: tuple[tuple[ProfileKind, tuple[str, ...]], ...] = (
    (K.STUDENT, ("student", "studerende", "studierende")),
    (K.RESEARCHER, ("researcher", "forsker", "forscher", "phd")),
    (K.CLINICIAN, ("hospital", "sygehus", "klinik", "clinic", "krankenhaus", "clinician", "region", "praksis")),
    (K.MUNICIPALITY, ("kommun", "municipal", "gemeinde")),
    (K.KNOWLEDGE_INSTITUTION, ("universit", "viden", "knowledge", "wissens", "højskole", "hochschule", "college", "gts",
                               "forskning", "research", "forschung")),
    (K.INVESTOR, ("invest", "venture")),
    (K.ADVISER, ("rådgiv", "advis", "berat", "konsulent", "consult")),
    (K.FIRM, ("firm", "virksomhed", "compan", "unternehmen", "startup", "start-up", "industri", "business")),
)  # fmt: skip
# What a name says, the first that holds: "Aarhus Universitetshospital" is a hospital, "Hospital Software A/S" a firm.
_NAMES: tuple[tuple[re.Pattern[str], ProfileKind], ...] = (
    (re.compile(r"\b(aps|a/s|ivs|i/s|k/s|p/s|amba|gmbh|ag|ltd|inc|llc|ab|oy)\.?$"), K.FIRM),
    (re.compile(r"kommunes?\b|municipality\b|\bgemeinde\b"), K.MUNICIPALITY),
    (re.compile(r"hospital|sygehus|klinik|\bclinic\b|krankenhaus|^region\b"), K.CLINICIAN),
    (re.compile(r"universit|university|professionshøjskole|erhvervsakademi|hochschule|fraunhofer|\bgts\b"
                r"|teknologisk institut|forskningscent|research cent"), K.KNOWLEDGE_INSTITUTION),
)  # fmt: skip


def kind_by_word(written: str) -> str:
    """The kind that a cell names, in Danish, English or German or as a page shows it; empty when it names none."""
    plain = written.casefold().strip()
    named = {str(kind.label).casefold(): kind.value for kind in K} | {kind.value: kind.value for kind in K}
    if not plain or plain in named:
        return named.get(plain, "")
    return next((kind.value for kind, words in _WORDS if any(word in plain for word in words)), "")


def kind_by_name(name: str) -> str:
    """The kind that the name of an organisation speaks for: a firm, unless a word says otherwise."""
    plain = name.casefold().strip()
    return next((kind.value for pattern, kind in _NAMES if pattern.search(plain)), K.FIRM.value)
