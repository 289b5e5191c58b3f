"""Terms in memory: labels in the reader's language, codes checked, one query however often they are asked."""

from collections.abc import Iterator

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from kernel.errors import InvalidInput
from profiles.enums import Taxonomy
from profiles.models import Term
from profiles.terms import all_terms, choices_of, code_of, forget_terms, key_of, label_of, terms_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def fresh_terms() -> Iterator[None]:
    """For tests that change the table: the changes are undone, so they must not be remembered."""
    forget_terms()
    yield
    forget_terms()


def test_every_taxonomy_has_terms() -> None:
    assert [taxonomy for taxonomy in Taxonomy if not terms_of(taxonomy)] == []


def test_terms_are_read_once(fresh_terms: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        for _ in range(3):
            terms_of(Taxonomy.REGION)
            label_of("region:1082")
            key_of(Taxonomy.REGION, "1082")


@pytest.mark.usefixtures("fresh_terms")
def test_forgetting_leaves_what_another_thread_is_reading() -> None:
    reading = iter(all_terms().items())
    next(reading)

    forget_terms()

    assert len(list(reading)) == Term.objects.count() - 1


@pytest.mark.parametrize(
    ("language", "label"),
    [("da", "Region Midtjylland"), ("en", "Central Denmark Region"), ("de", "Central Denmark Region")],
)
def test_label_follows_the_reader(language: str, label: str) -> None:
    with translation.override(language):
        assert label_of("region:1082") == label
        assert dict(choices_of(Taxonomy.REGION))["1082"] == label


def test_label_without_a_language_is_danish() -> None:
    with translation.override(None):
        assert label_of("region:1082") == "Region Midtjylland"


@pytest.mark.parametrize("key", [None, "", "region:9999", "1082"])
def test_label_of_nothing_known_is_empty(key: str | None) -> None:
    assert label_of(key) == ""


@pytest.mark.parametrize(("key", "code"), [("theme:near_care", "near_care"), ("a:b:c", "b:c"), ("", ""), (None, "")])
def test_code_behind_a_key(key: str | None, code: str) -> None:
    assert code_of(key) == code


def test_key_of_a_known_code() -> None:
    assert key_of(Taxonomy.FIRM_SECTOR, "medtech") == "firm_sector:medtech"


@pytest.mark.parametrize("code", ["", None])
def test_key_of_no_code_is_none(code: str | None) -> None:
    assert key_of(Taxonomy.FIRM_SECTOR, code) is None


@pytest.mark.parametrize(
    "code",
    ["unknown", "near_care", "MEDTECH", " medtech", "firm_sector:medtech", "\x00", "\ud800", "x" * 100_000],
)
def test_unknown_code_is_refused_and_the_known_ones_are_named(code: str) -> None:
    with pytest.raises(InvalidInput, match="is not a known value of Sector") as refusal:
        key_of(Taxonomy.FIRM_SECTOR, code)

    known = refusal.value.details.pop("known")
    assert refusal.value.details == {"field": "firm_sector"}
    assert known[0] == "biotech"
    assert len(known) == 7
    assert len(str(refusal.value).encode()) < 300


@pytest.mark.usefixtures("fresh_terms")
def test_retired_term_is_not_offered_but_old_rows_may_keep_it() -> None:
    Term.objects.filter(key="theme:near_care").update(retired=True)

    assert "near_care" not in dict(choices_of(Taxonomy.THEME))
    assert key_of(Taxonomy.THEME, "near_care") == "theme:near_care"
    assert label_of("theme:near_care") == "Citizen-near and technology-supported health care"
