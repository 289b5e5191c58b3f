"""Hubs and people: what the database itself refuses, and how an address is stored."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from hubs.models import Hub, User
from tests.factories import HubFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.usefixtures("english")


def test_two_hubs_cannot_open_under_one_host_name(hub: Hub) -> None:
    HubFactory(slug="nordbro", domain="bro.example")

    with pytest.raises(IntegrityError), transaction.atomic():
        HubFactory(slug="vestbro", domain="BRO.example")

    assert Hub.objects.filter(domain__iexact="bro.example").count() == 1


def test_taken_host_name_is_explained(hub: Hub) -> None:
    HubFactory(slug="nordbro", domain="bro.example")

    with pytest.raises(ValidationError, match="Another hub already uses this host name"):
        Hub(slug="vestbro", name="Vestbro", domain="BRO.example").full_clean()


def test_many_hubs_may_have_no_host_name(hub: Hub) -> None:
    HubFactory(slug="nordbro", domain="")
    HubFactory(slug="vestbro", domain="")

    assert Hub.objects.filter(domain="").count() == 3


@pytest.mark.django_db
def test_person_is_stored_under_a_lower_case_address_without_password() -> None:
    user = User.objects.create_user("Anne.Berg@Firma.EXAMPLE", name="Anne Berg")

    stored = User.objects.get()
    assert (stored.email, stored.name, stored.language) == ("anne.berg@firma.example", "Anne Berg", "da")
    assert (stored.has_usable_password(), stored.is_active, stored.is_staff) == (False, True, False)
    assert user == stored


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["", None])
def test_person_without_address_is_refused(email: str) -> None:
    with pytest.raises(ValueError, match="e-mail address is needed"):
        User.objects.create_user(email)

    assert User.objects.count() == 0


@pytest.mark.django_db
def test_address_belongs_to_one_person() -> None:
    User.objects.create_user("anne@firma.example")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ANNE@firma.example")

    assert User.objects.count() == 1


@pytest.mark.django_db
def test_operator_has_no_role_in_any_hub() -> None:
    user = User.objects.create_superuser("drift@hub.example", "et langt kodeord")

    assert (user.is_staff, user.check_password("et langt kodeord"), user.memberships.count()) == (
        True,
        True,
        0,
    )


def test_erasing_a_person_takes_memberships_along_and_nobody_elses(hub: Hub) -> None:
    leaving, staying = MembershipFactory(hub=hub), MembershipFactory(hub=hub)

    leaving.user.delete()

    assert list(hub.memberships.all()) == [staying]


@pytest.mark.django_db
def test_names_are_shown() -> None:
    membership = MembershipFactory(user=UserFactory(name="", email="anne@firma.example"))

    assert str(membership) == "anne@firma.example · Member"
    assert str(membership.hub) == "Midtbro"
