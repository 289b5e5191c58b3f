"""The database itself refuses a term of another taxonomy, whatever the code above it forgets."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from profiles.models import Organisation, Profile, ProfileTheme, Statement, Term
from tests.factories import OrganisationFactory, ProfileFactory, StatementFactory

pytestmark = pytest.mark.django_db

FIELDS = [
    (Organisation, "sector", "firm_sector:medtech"),
    (Organisation, "phase", "firm_phase:foundation"),
    (Profile, "region", "region:1082"),
    (Profile, "municipality", "municipality:0751"),
    (Profile, "specialty", "clinical_specialty:urology"),
    (Profile, "municipal_field", "municipal_field:home_care"),
    (Statement, "purpose", "contact_purpose:test"),
    (Statement, "stage", "product_stage:idea"),
    (Statement, "collaboration", "collaboration_form:opi_light"),
    (Statement, "ip_state", "ip_state:none"),
]
# The first is a code that stands in two lists.
STRANGERS = ["competence:product_development", "theme:near_care", "municipality:0751", "region:1082"]
FACTORIES = {Organisation: OrganisationFactory, Profile: ProfileFactory, Statement: StatementFactory}


def fields_of_terms(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields if field.related_model is Term}


def test_table_names_every_term_field() -> None:
    for model in FACTORIES:
        assert {name for each, name, _key in FIELDS if each is model} == fields_of_terms(model)


@pytest.mark.parametrize(("model", "name", "key"), FIELDS)
def test_term_of_its_own_taxonomy_is_stored(model: type[Model], name: str, key: str) -> None:
    row = FACTORIES[model]()

    model.objects.filter(pk=row.pk).update(**{f"{name}_id": key})

    assert model.objects.values_list(f"{name}_id", flat=True).get() == key


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize(("model", "name", "key"), FIELDS)
def test_term_of_another_taxonomy_is_refused(model: type[Model], name: str, key: str, stranger: str) -> None:
    if stranger == key:
        stranger = "activity_level:community"
    row = FACTORIES[model]()

    with pytest.raises(IntegrityError, match=f"{name}_taxonomy"), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**{f"{name}_id": stranger})

    assert model.objects.values_list(f"{name}_id", flat=True).get() is None


def test_taxonomy_whose_name_begins_alike_is_another_one() -> None:
    Term.objects.create(key="region_old:1082", taxonomy="region", code="old", label_da="a", label_en="a")
    profile = ProfileFactory()

    with pytest.raises(IntegrityError, match="profile_region_taxonomy"), transaction.atomic():
        Profile.objects.filter(pk=profile.pk).update(region_id="region_old:1082")


def test_theme_link_takes_themes_only() -> None:
    profile = ProfileFactory()
    ProfileTheme.objects.create(hub=profile.hub, profile=profile, theme_id="theme:near_care")

    with pytest.raises(IntegrityError, match="profile_theme_taxonomy"), transaction.atomic():
        ProfileTheme.objects.create(hub=profile.hub, profile=profile, theme_id="region:1082")

    assert [term.key for term in profile.themes.all()] == ["theme:near_care"]


def test_theme_is_linked_once() -> None:
    profile = ProfileFactory()
    ProfileTheme.objects.create(hub=profile.hub, profile=profile, theme_id="theme:near_care")

    with pytest.raises(IntegrityError), transaction.atomic():
        ProfileTheme.objects.create(hub=profile.hub, profile=profile, theme_id="theme:near_care")

    assert profile.theme_links.count() == 1


def test_code_stands_once_in_a_taxonomy() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Term.objects.create(key="region:again", taxonomy="region", code="1082", label_da="a", label_en="a")


def test_term_in_use_cannot_be_deleted() -> None:
    ProfileFactory(municipality_id="municipality:0751")

    with pytest.raises(IntegrityError):
        Term.objects.get(key="municipality:0751").delete()

    assert Term.objects.filter(key="municipality:0751").exists()
