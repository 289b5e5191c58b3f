"""Which profile is meant by what somebody types."""

import pytest

from frontend.naming import MOST_CHOICES, profiles_called
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory


@pytest.fixture
def viewer(hub: Hub) -> Viewer:
    """A member of a hub with departments of one hospital, a firm, and profiles that are not open."""
    hospital = OrganisationFactory(hub=hub, name="Ålborg Sygehus")
    ProfileFactory(name="Ældremedicinsk Afdeling", slug="aeldre", organisation=hospital)
    ProfileFactory(name="Øjenafdelingen", slug="oejne", organisation=hospital)
    ProfileFactory(name="Nordlys", slug="nordlys")
    ProfileFactory(name="Nordlys Pleje", slug="nordlys-pleje")
    ProfileFactory(name="Skjult Nordlys", slug="skjult", visibility="hub")
    ProfileFactory(name="Pauset Nordlys", slug="pauset", is_paused=True)
    elsewhere = OrganisationFactory(hub=HubFactory(slug="nordhub", name="Nordhub"), name="Nordlys i nord")
    ProfileFactory(name="Fremmed Nordlys", slug="fremmed", organisation=elsewhere)
    return Viewer(hub_id=hub.pk, role=Role.MEMBER, user_id=1)


def called(viewer: Viewer, name: str) -> list[str]:
    return [profile.slug for profile in profiles_called(viewer, name)]


@pytest.mark.parametrize(
    ("name", "slugs"),
    [
        ("nordlys-pleje", ["nordlys-pleje"]),
        ("Nordlys", ["nordlys"]),
        ("NORDLYS", ["nordlys"]),
        ("  nordlys   PLEJE ", ["nordlys-pleje"]),
        ("nordl", ["nordlys", "nordlys-pleje"]),
        ("øjen", ["oejne"]),
        ("ÆLDREMEDICINSK", ["aeldre"]),
        ("ålborg", ["aeldre", "oejne"]),
        ("ålborg øjen", ["oejne"]),
        ("skjult", []),
        ("pauset", []),
        ("fremmed", []),
        ("nordlys xyz", []),
        ("%", []),
        ("", []),
        ("\x00", []),
        ("x" * 5000, []),
        ("nordlys " * 20 + "xyz", ["nordlys", "nordlys-pleje"]),
    ],
)
def test_name_means_those_whom_the_reader_may_see(viewer: Viewer, name: str, slugs: list[str]) -> None:
    assert called(viewer, name) == slugs


def test_two_of_the_same_name_are_both_meant(viewer: Viewer) -> None:
    ProfileFactory(name="Nordlys", slug="nordlys-2")

    assert called(viewer, "nordlys ") == ["nordlys"]
    assert called(viewer, "Nordlys") == ["nordlys", "nordlys-2"]


def test_choice_is_never_long(viewer: Viewer) -> None:
    for number in range(MOST_CHOICES + 5):
        ProfileFactory(name=f"Sensorfirma {number:02}")

    assert len(called(viewer, "sensorfirma")) == MOST_CHOICES
