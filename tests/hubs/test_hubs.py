"""Founding a hub: the administrator may do everything in it, and a broken call leaves nothing behind."""

import pytest
from django.core.management import CommandError, call_command

from hubs.domain.hubs import found_hub
from hubs.enums import Role
from hubs.models import Hub, Membership, User
from kernel.errors import InvalidInput
from tests.factories import HubFactory


@pytest.mark.django_db
def test_found_hub_makes_its_administrator() -> None:
    hub = found_hub("nordbro", name="Nordbro", admin_email="Leder@nordbro.example", domain="nordbro.example")

    membership = Membership.objects.get(hub=hub)
    assert (membership.user.email, membership.role) == ("leder@nordbro.example", Role.HUB_ADMIN)
    assert not membership.user.has_usable_password()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "admin_email", "domain"),
    [
        ("midtbro", "leder@nordbro.example", ""),
        ("not a slug", "leder@nordbro.example", ""),
        ("nordbro", "no address", ""),
        ("nordbro", "leder@nordbro.example", "MIDTBRO.example"),
    ],
)
def test_found_hub_with_a_broken_value_makes_nothing(slug: str, admin_email: str, domain: str) -> None:
    HubFactory(domain="midtbro.example")

    with pytest.raises(InvalidInput):
        found_hub(slug, name="Nordbro", admin_email=admin_email, domain=domain)

    assert (Hub.objects.count(), User.objects.count()) == (1, 0)


@pytest.mark.django_db
def test_found_hub_command_says_why_not() -> None:
    HubFactory()

    with pytest.raises(CommandError, match="Hub"):
        call_command("found_hub", "midtbro", "Midtbro", "leder@midtbro.example")
