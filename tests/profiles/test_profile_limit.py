"""One person cannot fill a hub with profiles."""

import pytest

from hubs.enums import Role
from hubs.models import Hub, User
from hubs.policies import Viewer
from kernel.errors import InvalidInput
from profiles.domain.fields import OrganisationFields, ProfileFields
from profiles.domain.profiles import create_profile
from profiles.models import Organisation, Profile
from profiles.queries import organisation_ids_of
from tests.factories import UserFactory

pytestmark = pytest.mark.usefixtures("english")


def create(hub: Hub, user: User, number: int) -> Profile:
    return create_profile(
        hub,
        viewer=Viewer(hub.pk, Role.MEMBER, user.pk, organisation_ids_of(hub.pk, user.pk)),
        user=user,
        organisation=OrganisationFields(name=f"Saarvang {number} ApS"),
        fields=ProfileFields(kind="firm", name="Saarvang Medical"),
    )


def test_nobody_makes_profiles_without_end(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profiles.domain.profiles.MAX_PROFILES", 2)
    user = UserFactory()
    for number in range(2):
        create(hub, user, number)

    with pytest.raises(InvalidInput, match="You speak for 2 profiles"):
        create(hub, user, 3)

    assert (Profile.objects.count(), Organisation.objects.count()) == (2, 2)


def test_limit_is_for_each_person(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profiles.domain.profiles.MAX_PROFILES", 1)

    create(hub, UserFactory(), 1)
    create(hub, UserFactory(), 2)

    assert Profile.objects.count() == 2
