"""What people, programs and files say of a profile, before it is stored: each rule, and what is refused."""

from dataclasses import replace
from typing import Any

import pytest

from kernel.errors import InvalidInput
from profiles.domain.fields import MAX_KEYWORDS, OrganisationFields, ProfileFields, StatementFields

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

ORGANISATION = OrganisationFields(name="Saarvang Medical ApS")
PROFILE = ProfileFields(kind="firm", name="Saarvang Medical")
STATEMENT = StatementFields(kind="need", text="Vi søger en afdeling, der vil afprøve.")
TROUBLE = {"a\x00b": "cannot be stored", "a\ud800b": "cannot be stored", "å" * 100_000: "100000 characters"}


def refusal_of(fields: OrganisationFields | ProfileFields | StatementFields, **changes: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as refusal:
        replace(fields, **changes).cleaned()
    return refusal.value


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (ORGANISATION, "name"),
        (ORGANISATION, "website"),
        (ORGANISATION, "cvr_number"),
        (PROFILE, "name"),
        (PROFILE, "contact_email"),
        (STATEMENT, "text"),
    ],
)
@pytest.mark.parametrize("raw", TROUBLE, ids=["NUL", "surrogate", "100000 characters"])
def test_unstorable_text_is_refused_in_every_field(fields: Any, name: str, raw: str) -> None:
    error = refusal_of(fields, **{name: raw})

    assert TROUBLE[raw] in str(error)
    assert error.details["field"] == ("organisation" if fields is ORGANISATION and name == "name" else name)


@pytest.mark.parametrize("raw", TROUBLE, ids=["NUL", "surrogate", "100000 characters"])
def test_unstorable_keyword_is_refused(raw: str) -> None:
    assert refusal_of(PROFILE, keywords=("sår", raw)).details["field"] == "keywords"


@pytest.mark.parametrize(
    ("fields", "name", "limit"),
    [
        (ORGANISATION, "name", 200),
        (PROFILE, "name", 160),
        (STATEMENT, "text", 5000),
    ],
)
def test_length_limit_is_exact(fields: Any, name: str, limit: int) -> None:
    assert replace(fields, **{name: "å" * limit}).cleaned()[name] == "å" * limit
    assert refusal_of(fields, **{name: "å" * (limit + 1)}).details["limit"] == limit


@pytest.mark.parametrize(("fields", "name"), [(ORGANISATION, "name"), (PROFILE, "name"), (STATEMENT, "text")])
@pytest.mark.parametrize("raw", ["", " \n ", "🦠", "1", "\u0301\u0301"])
def test_needed_text_without_words_is_refused(fields: Any, name: str, raw: str) -> None:
    assert "at least a few words" in str(refusal_of(fields, **{name: raw}))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (ORGANISATION, "sector"),
        (ORGANISATION, "phase"),
        (PROFILE, "region"),
        (PROFILE, "municipality"),
        (PROFILE, "specialty"),
        (PROFILE, "municipal_field"),
        (STATEMENT, "purpose"),
        (STATEMENT, "stage"),
        (STATEMENT, "collaboration"),
        (STATEMENT, "ip_state"),
    ],
)
@pytest.mark.parametrize("code", ["unknown", "theme:near_care", "' OR 1=1 --", "\x00"])
def test_unknown_taxonomy_code_is_refused_with_the_known_ones(fields: Any, name: str, code: str) -> None:
    error = refusal_of(fields, **{name: code})

    assert "is not a known value of" in str(error)
    assert len(error.details["known"]) >= 3


@pytest.mark.parametrize(
    ("fields", "name", "known"),
    [
        (PROFILE, "kind", "firm"),
        (PROFILE, "visibility", "members"),
        (STATEMENT, "kind", "about"),
        (STATEMENT, "language", "en"),
        (STATEMENT, "visibility", "hub"),
    ],
)
@pytest.mark.parametrize("value", ["", "nonsense", "FIRM", "\ud800", "x" * 100_000])
def test_unknown_choice_is_refused_with_the_known_ones(fields: Any, name: str, known: str, value: str) -> None:
    error = refusal_of(fields, **{name: value})

    assert error.details["field"] == name
    assert known in error.details["known"]
    assert len(str(error).encode()) < 400


def test_unknown_theme_is_refused() -> None:
    with pytest.raises(InvalidInput, match="“moon” is not a known value of Theme"):
        replace(PROFILE, themes=("near_care", "moon")).theme_keys()


def test_themes_count_once_and_empty_ones_not_at_all() -> None:
    fields = replace(PROFILE, themes=("sustainability", "", "near_care", "sustainability"))

    assert fields.theme_keys() == ["theme:sustainability", "theme:near_care"]


def test_region_follows_from_the_municipality() -> None:
    columns = replace(PROFILE, municipality="0751").cleaned()

    assert (columns["region_id"], columns["municipality_id"]) == ("region:1082", "municipality:0751")


def test_region_may_stand_alone() -> None:
    columns = replace(PROFILE, region="1081").cleaned()

    assert (columns["region_id"], columns["municipality_id"]) == ("region:1081", None)


def test_municipality_of_another_region_is_refused() -> None:
    error = refusal_of(PROFILE, municipality="0751", region="1081")

    assert "lies in another region" in str(error)
    assert error.details["field"] == "region"


def test_keywords_are_cleaned_and_count_once() -> None:
    fields = replace(PROFILE, keywords=(" sår ", "sår", "", "  ", "iskæmi\n i  hjernen", "🦠"))

    assert fields.cleaned()["keywords"] == ["sår", "iskæmi i hjernen", "🦠"]


def test_keywords_up_to_the_limit_are_kept_and_one_more_is_refused() -> None:
    words = tuple(f"ord {number}" for number in range(MAX_KEYWORDS))

    assert replace(PROFILE, keywords=words).cleaned()["keywords"] == list(words)
    error = refusal_of(PROFILE, keywords=(*words, "et til"))
    assert (str(error), error.details) == (
        "Write at most 12 keywords.",
        {"field": "keywords", "limit": MAX_KEYWORDS},
    )


def test_repeated_and_empty_keywords_do_not_fill_the_limit() -> None:
    words = tuple(f"ord {number}" for number in range(MAX_KEYWORDS))

    assert replace(PROFILE, keywords=(*words, *words, "")).cleaned()["keywords"] == list(words)


def test_keyword_of_sixty_characters_fits_and_one_more_does_not() -> None:
    assert replace(PROFILE, keywords=("å" * 60,)).cleaned()["keywords"] == ["å" * 60]
    assert refusal_of(PROFILE, keywords=("å" * 61,)).details["limit"] == 60


def test_languages_are_known_and_count_once() -> None:
    assert replace(PROFILE, languages=("da", "en", "da")).cleaned()["languages"] == ["da", "en"]
    assert refusal_of(PROFILE, languages=("da", "tlh")).details["field"] == "languages"


def test_html_is_text() -> None:
    script = "<script>alert(1)</script> søger partner"

    assert replace(STATEMENT, text=script).cleaned()["text"] == script
    assert replace(PROFILE, name=script, keywords=(script,)).cleaned()["keywords"] == [script]


def test_plain_fields_become_columns() -> None:
    assert StatementFields(
        kind="offer", text=" Plads til ti prøver.\r\n", purpose="test", stage="idea", visibility="members"
    ).cleaned() == {
        "kind": "offer",
        "text": "Plads til ti prøver.",
        "language": "da",
        "purpose_id": "contact_purpose:test",
        "stage_id": "product_stage:idea",
        "collaboration_id": None,
        "ip_state_id": None,
        "visibility": "members",
        "expires_on": None,
    }
