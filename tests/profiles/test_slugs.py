"""Addresses of profiles: readable, valid whatever the name, and unique within a hub."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubs.models import Hub
from kernel.errors import InvalidInput
from profiles.domain.fields import ProfileFields
from profiles.domain.profiles import store_profile
from profiles.models import Profile
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory

SLUG = re.compile(r"[a-z0-9_]+(?:[a-z0-9_-]*)\Z")


def slug_of(hub: Hub, name: str, slug: str = "") -> str:
    organisation = OrganisationFactory(hub=hub)
    return store_profile(hub, organisation=organisation, fields=ProfileFields(kind="firm", name=name), slug=slug).slug


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Håndled & Co", "haandled-co"),
        ("Ærø Øjenklinik Århus", "aeroe-oejenklinik-aarhus"),
        ("ÆØÅ", "aeoeaa"),
        ("A\u030arhus", "aarhus"),
        ("Crème brûlée", "creme-brulee"),
        ("مستشفى", "profil"),
        ("🦠 人工", "profil"),
        ("-- __ ab __ --", "ab"),
        ("<script>alert(1)</script>", "scriptalert1script"),
        ("a" * 160, "a" * 60),
    ],
)
def test_slug_is_readable(hub: Hub, name: str, slug: str) -> None:
    assert slug_of(hub, name) == slug


def test_taken_slug_gets_the_next_number(hub: Hub) -> None:
    assert [slug_of(hub, name) for name in ("Ærø", "AERØ", "Æroe", "ærø")] == [
        "aeroe",
        "aeroe-2",
        "aeroe-3",
        "aeroe-4",
    ]


def test_freed_number_is_used_again(hub: Hub) -> None:
    for name in ("Ærø", "Ærø", "Ærø"):
        slug_of(hub, name)
    Profile.objects.filter(slug="aeroe-2").delete()

    assert slug_of(hub, "Ærø") == "aeroe-2"


def test_longest_names_stay_apart(hub: Hub) -> None:
    assert [slug_of(hub, "a" * 160), slug_of(hub, "a" * 159 + "b")] == ["a" * 60, "a" * 60 + "-2"]


def test_slug_of_another_hub_is_free(hub: Hub) -> None:
    ProfileFactory(hub=HubFactory(slug="nordbro"), slug="aeroe", organisation__hub__slug="nordbro")

    assert slug_of(hub, "Ærø") == "aeroe"


def test_importer_may_choose_the_slug(hub: Hub) -> None:
    assert [slug_of(hub, "Ærø", slug="valgt"), slug_of(hub, "Ærø", slug="valgt")] == ["valgt", "valgt-2"]


NAMES = st.text(alphabet=st.one_of(st.sampled_from("aæøå -_.&"), st.characters(categories="LMNPSZ")), max_size=80)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, min_size=1, max_size=3))
def test_slug_is_valid_and_unique_whatever_the_name(hub: Hub, names: list[str]) -> None:
    for name in [*names, *names]:
        try:
            slug = slug_of(hub, name)
        except InvalidInput:
            continue
        assert SLUG.match(slug)
        assert len(slug) <= 80

    slugs = list(Profile.objects.values_list("slug", flat=True))
    assert len(set(slugs)) == len(slugs)
