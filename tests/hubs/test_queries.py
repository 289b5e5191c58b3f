"""Which hub a host name opens, and who is what there."""

import pytest
from pytest_django import Settings

from hubs.enums import Role
from hubs.models import Hub
from hubs.queries import find_hub, role_of
from tests.factories import HubFactory, MembershipFactory, UserFactory


@pytest.fixture
def north(db: None) -> Hub:
    return HubFactory(slug="nordbro", name="Nordbro", domain="nord.example")


@pytest.mark.parametrize("host", ["nord.example", "NORD.Example"])
def test_host_name_opens_its_hub_whatever_its_case(hub: Hub, north: Hub, host: str) -> None:
    assert find_hub(host) == north


@pytest.mark.parametrize("host", ["", "127.0.0.1", "nord_example", "nord%", "x.nord.example", "nord.example.evil"])
def test_other_host_name_opens_the_default_hub(hub: Hub, north: Hub, host: str) -> None:
    assert find_hub(host) == hub


def test_empty_host_never_opens_a_hub_without_domain(hub: Hub) -> None:
    HubFactory(slug="aaa-without-domain")

    assert find_hub("") == hub


def test_no_hub_is_none(north: Hub) -> None:
    assert find_hub("127.0.0.1") is None


def test_setting_names_the_default_hub(hub: Hub, north: Hub, settings: Settings) -> None:
    settings.VIDENBRO_DEFAULT_HUB = "nordbro"

    assert find_hub("127.0.0.1") == north


def test_role_is_told_hub_by_hub(hub: Hub, north: Hub) -> None:
    user = UserFactory()
    MembershipFactory(hub=hub, user=user, role=Role.HUB_ADMIN)
    MembershipFactory(hub=north, role=Role.ORGANISER)

    assert role_of(hub.pk, user.pk) is Role.HUB_ADMIN
    assert role_of(north.pk, user.pk) is Role.VISITOR
