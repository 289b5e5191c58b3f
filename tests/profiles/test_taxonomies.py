"""The seeded lists: complete, loadable again and again, and a broken file changes nothing."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.db.models import QuerySet

from kernel.errors import InvalidInput
from profiles.domain.taxonomies import TAXONOMY_DIR, LoadedTaxonomies, load_taxonomies
from profiles.enums import Taxonomy
from profiles.models import Term
from profiles.terms import forget_terms, label_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "remembered_anew")]


@pytest.fixture
def remembered_anew() -> Iterator[None]:
    """Changes to the table are undone after each test, so they must not be remembered."""
    yield
    forget_terms()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(TAXONOMY_DIR, tmp_path / "taxonomies")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def stored() -> list[tuple[object, ...]]:
    return list(Term.objects.order_by("key").values_list("key", "label_da", "label_en", "version", "retired"))


def test_seed_is_in_the_database_as_in_the_files() -> None:
    assert load_taxonomies() == LoadedTaxonomies(terms=Term.objects.count(), created=0, changed=0, retired=0)


@pytest.mark.parametrize(
    ("taxonomy", "count"),
    [
        (Taxonomy.REGION, 5),
        (Taxonomy.MUNICIPALITY, 98),
        (Taxonomy.FIRM_SECTOR, 7),
        (Taxonomy.FIRM_PHASE, 3),
        (Taxonomy.PRODUCT_STAGE, 4),
        (Taxonomy.IP_STATE, 6),
        (Taxonomy.COMPETENCE, 7),
        (Taxonomy.MUNICIPAL_FIELD, 9),
        (Taxonomy.THEME, 11),
        (Taxonomy.ACTIVITY_LEVEL, 4),
        (Taxonomy.COLLABORATION_FORM, 11),
        (Taxonomy.CLINICAL_SPECIALTY, 42),
    ],
)
def test_taxonomy_is_complete(taxonomy: Taxonomy, count: int) -> None:
    assert Term.objects.filter(taxonomy=taxonomy, retired=False).count() == count


def test_regions_stand_under_their_official_codes() -> None:
    assert dict(Term.objects.filter(taxonomy=Taxonomy.REGION).values_list("code", "label_da")) == {
        "1081": "Region Nordjylland",
        "1082": "Region Midtjylland",
        "1083": "Region Syddanmark",
        "1084": "Region Hovedstaden",
        "1085": "Region Sjælland",
    }


def test_every_municipality_has_a_four_digit_code_and_lies_in_a_region() -> None:
    municipalities = Term.objects.filter(taxonomy=Taxonomy.MUNICIPALITY)

    assert [term.code for term in municipalities if not (len(term.code) == 4 and term.code.isdigit())] == []
    counts = {code: municipalities.filter(parent_id=f"region:{code}").count() for code in range(1081, 1086)}
    assert counts == {1081: 11, 1082: 19, 1083: 22, 1084: 29, 1085: 17}


@pytest.mark.parametrize(
    ("code", "name", "region"),
    [
        ("0101", "Københavns Kommune", "1084"),
        ("0751", "Aarhus Kommune", "1082"),
        ("0851", "Aalborg Kommune", "1081"),
        ("0461", "Odense Kommune", "1083"),
        ("0265", "Roskilde Kommune", "1085"),
        ("0411", "Christiansø", None),
    ],
)
def test_well_known_municipalities(code: str, name: str, region: str | None) -> None:
    found = Term.objects.filter(key=f"municipality:{code}").values_list("label_da", "parent_id").first()

    assert found == ((name, f"region:{region}") if region else None)


def test_every_term_has_two_labels_of_its_own_list() -> None:
    for taxonomy in Taxonomy:
        for column in ("label_da", "label_en"):
            labels = list(Term.objects.filter(taxonomy=taxonomy).values_list(column, flat=True))
            assert "" not in labels
            assert sorted(set(labels)) == sorted(labels)


def test_loading_twice_changes_nothing(folder: Path) -> None:
    before = stored()

    assert load_taxonomies(folder).created == 0
    assert load_taxonomies(folder).changed == 0
    assert stored() == before


def test_changed_label_is_taken_over_and_seen_at_once(folder: Path) -> None:
    assert label_of("firm_sector:medtech") == "Medical devices"
    replace(folder / "firm_sector.yaml", "Medical devices", "Medical technology")
    replace(folder / "firm_sector.yaml", "version: 1", "version: 2")

    done = load_taxonomies(folder)

    assert (done.created, done.changed, done.retired) == (0, 7, 0)
    assert label_of("firm_sector:medtech") == "Medical technology"
    assert Term.objects.get(key="firm_sector:medtech").version == 2


def test_new_term_is_added_in_its_place(folder: Path) -> None:
    line = '  - {code: "on_market", da: "På markedet", en: "On the market"}'
    replace(folder / "product_stage.yaml", line, '  - {code: "pilot", da: "Pilot", en: "Pilot"}\n' + line)

    done = load_taxonomies(folder)

    assert (done.created, done.changed, done.retired) == (1, 1, 0)
    codes = list(Term.objects.filter(taxonomy=Taxonomy.PRODUCT_STAGE).values_list("code", flat=True))
    assert codes == ["idea", "development_early", "development_late", "pilot", "on_market"]


def test_term_that_left_the_files_is_retired_once_and_comes_back(folder: Path) -> None:
    line = '  - {code: "on_market", da: "På markedet", en: "On the market"}'
    replace(folder / "product_stage.yaml", line, "")

    first, again = load_taxonomies(folder), load_taxonomies(folder)

    assert [(done.created, done.changed, done.retired) for done in (first, again)] == [(0, 0, 1), (0, 0, 0)]
    assert Term.objects.get(key="product_stage:on_market").retired is True

    back = load_taxonomies()

    assert (back.created, back.changed, back.retired) == (0, 1, 0)
    assert Term.objects.get(key="product_stage:on_market").retired is False


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "NoneType"),
        ("just words", "cannot be read"),
        ("taxonomy: [", "ParserError"),
        ("taxonomy: firm_phase\nversion: 1\n", "terms"),
        ("taxonomy: firm_phase\nversion: 1\nterms: []\n", "have no terms"),
        ("taxonomy: shoe_size\nversion: 1\nterms: []\n", "shoe_size"),
        ("taxonomy: firm_phase\nterms: []\n", "have no terms"),
        ("taxonomy: firm_phase\nterms: [{code: a, da: A, en: A}]\n", "version"),
        ("taxonomy: firm_phase\nversion: new\nterms: [{code: a, da: A, en: A}]\n", "new"),
        ("taxonomy: firm_phase\nversion: 1\nterms: [{code: a, da: A}]\n", "en"),
        ("taxonomy: firm_phase\nversion: 1\nterms: [{code: 0751, da: A, en: A}]\n", "489 is not text"),
        ("taxonomy: firm_phase\nversion: 1\nterms: [{code: a, da: A, en: no}]\n", "False is not text"),
        ("taxonomy: firm_phase\nversion: 1\nterms: [{code: a, da: '', en: A}]\n", "is not text"),
        (
            "taxonomy: firm_phase\nversion: 1\nterms: [{code: a, da: A, en: A}, {code: a, da: B, en: B}]\n",
            "firm_phase:a stand there twice",
        ),
        (
            "taxonomy: firm_phase\nversion: 1\nterms: [{code: a, da: A, en: A, parent: 'region:1'}]\n",
            "unknown parent",
        ),
        ("taxonomy: region\nversion: 1\nterms: [{code: a, da: A, en: A}]\n", "firm_phase have no terms"),
    ],
)
def test_broken_file_is_named_and_changes_nothing(folder: Path, content: str, reason: str) -> None:
    before = stored()
    replace(folder / "firm_sector.yaml", "Medical devices", "Medical technology")
    (folder / "firm_phase.yaml").write_text(content, encoding="utf-8")

    with pytest.raises(InvalidInput, match="firm_phase") as refusal:
        load_taxonomies(folder)

    assert reason in str(refusal.value)
    assert stored() == before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "region.yaml").unlink(),
        lambda folder: (folder / "region.yaml").write_bytes(b"taxonomy: region\nversion: 1\nterms: \xff\xfe"),
    ],
    ids=["missing", "not UTF-8"],
)
def test_unreadable_file_retires_nothing(folder: Path, spoil: Callable[[Path], object]) -> None:
    spoil(folder)

    with pytest.raises(InvalidInput, match="region"):
        load_taxonomies(folder)

    assert Term.objects.filter(retired=True).count() == 0


def test_failure_in_the_middle_of_writing_leaves_the_table_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored()
    line = '  - {code: "on_market", da: "På markedet", en: "On the market"}'
    replace(folder / "product_stage.yaml", line, '  - {code: "pilot", da: "Pilot", en: "Pilot"}\n' + line)

    def fail(*_arguments: object) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr(QuerySet, "bulk_update", fail)
    with pytest.raises(OperationalError, match="disk full"):
        load_taxonomies(folder)

    assert stored() == before


def test_empty_folder_retires_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="have no terms"):
        load_taxonomies(tmp_path)

    assert Term.objects.filter(retired=True).count() == 0


def test_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_taxonomies")

    assert capsys.readouterr().out == f"{Term.objects.count()} terms: 0 new, 0 changed, 0 retired.\n"
