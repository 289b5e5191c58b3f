"""Codes with their names in both languages."""

from profiles.enums import Taxonomy
from profiles.models import Term
from profiles.terms import forget_terms
from tests.api.conftest import Caller


def test_taxonomy_list_names_every_taxonomy_with_its_count(anybody: Caller) -> None:
    status, body = anybody.get("taxonomies/")

    counts = {row["code"]: row["count"] for row in body["results"]}
    assert status == 200
    assert list(counts) == Taxonomy.values
    assert (counts["region"], counts["municipality"]) == (5, 98)


def test_taxonomy_gives_its_terms_in_both_languages_and_the_readers(anybody: Caller) -> None:
    english = anybody.get("taxonomies/municipality/")[1]["terms"]
    danish = Caller(accept_language="da").get("taxonomies/municipality/")[1]["terms"]

    aarhus = next(term for term in english if term["code"] == "0751")
    assert aarhus == {
        "code": "0751",
        "label": "Aarhus Municipality",
        "labels": {"da": "Aarhus Kommune", "en": "Aarhus Municipality"},
        "parent": "1082",
    }
    assert next(term["label"] for term in danish if term["code"] == "0751") == "Aarhus Kommune"


def test_taxonomy_leaves_out_retired_terms(anybody: Caller) -> None:
    Term.objects.filter(key="region:1085").update(retired=True)
    forget_terms()

    codes = [term["code"] for term in anybody.get("taxonomies/region/")[1]["terms"]]
    forget_terms()

    assert codes == ["1081", "1082", "1083", "1084"]


def test_unknown_taxonomy_is_not_found(anybody: Caller) -> None:
    status, body = anybody.get("taxonomies/colour/")

    assert (status, body["error"]["code"]) == (404, "not_found")
