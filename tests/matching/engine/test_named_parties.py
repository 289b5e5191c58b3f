"""Which kind of partner a text names, in both languages, and words that only look as if they named one."""

import pytest

from matching.engine.named_parties import named_kinds
from matching.engine.purposes import ALL_KINDS


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Vi søger en anæstesiafdeling", {"clinician"}),
        ("et ambulatorium eller en øjenklinik", {"clinician"}),
        ("Two municipalities", {"municipality"}),
        ("to kommuner og et plejehjem", {"municipality"}),
        ("a home care unit", {"municipality"}),
        ("design students", {"student"}),
        ("to specialestuderende", {"student"}),
        ("en virksomhed der kan producere", {"firm"}),
        ("a company or a supplier", {"firm"}),
        ("en hjerteforsker", {"researcher"}),
        ("a research partner: a professor", {"researcher"}),
        ("a university of technology", {"knowledge_institution"}),
        ("en investor med kapital", {"investor"}),
        ("a lawyer", {"adviser"}),
        ("en rådgiver og en kommune", {"adviser", "municipality"}),
        ("EN KOMMUNE", {"municipality"}),
    ],
)
def test_named_kinds_in_both_languages(text: str, kinds: set[str]) -> None:
    assert named_kinds(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sensor til tryksår",
        "forsamling og afdækning",
        "a pressure sensor for beds",
        "inkommunikabel",
        "affirmative",
        "internationalt samarbejde på internettet",
        "firmware and internal data",
        "fundamental institutional reward",
        "kliniske fund",
        "🦠",
    ],
)
def test_false_friends_name_nobody(text: str) -> None:
    assert named_kinds(text) == frozenset()


def test_only_kinds_of_profiles_are_named() -> None:
    assert named_kinds("firma forsker afdeling kommune universitet investor rådgiver studerende") == set(ALL_KINDS)


def test_long_text_is_read_in_good_time() -> None:
    assert named_kinds("a" * 20_000 + " kommune") == {"municipality"}
