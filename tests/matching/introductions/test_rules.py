"""The hub's and a profile's rules: defaults, limits, and who may set them."""

import pytest

from hubs.enums import Role
from hubs.models import Hub, User
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed
from matching.domain.introductions.rules import contact_rules, hub_rules, set_contact_rules, set_hub_rules
from matching.models import ContactRules, HubRules
from tests.factories import HubFactory
from tests.matching.introductions.parties import Person, broker, party

PLAIN = {"answer_days": 10, "open_requests": 3, "screens_all": True, "explored_places": 2}


def test_without_rows_the_defaults_hold(hub: Hub, ward: Person) -> None:
    rules = hub_rules(hub.pk)

    assert (rules.answer_days, rules.open_requests, rules.screens_all, rules.explored_places) == (14, 6, False, 1)
    assert (contact_rules(ward.profile).monthly_cap, contact_rules(ward.profile).wants_screening) == (None, False)
    assert (HubRules.objects.count(), ContactRules.objects.count()) == (0, 0)


def test_administrators_set_the_rules_of_their_hub(hub: Hub) -> None:
    admin = broker(hub, Role.HUB_ADMIN)[1]

    for days in (10, 11):
        set_hub_rules(admin, **{**PLAIN, "answer_days": days})

    assert hub_rules(hub.pk).answer_days == 11
    assert hub_rules(HubFactory(slug="anden", name="Anden").pk).answer_days == 14


def test_others_do_not(hub: Hub, firm: Person, facilitator: tuple[User, Viewer]) -> None:
    for viewer in (firm.viewer, facilitator[1], Viewer(hub.pk)):
        with pytest.raises(NotAllowed):
            set_hub_rules(viewer, **PLAIN)


@pytest.mark.parametrize(
    "wrong",
    [{"answer_days": 1}, {"answer_days": 91}, {"open_requests": 0}, {"explored_places": 6}, {"explored_places": -1}],
)
def test_rules_have_limits(hub: Hub, wrong: dict[str, int]) -> None:
    admin = broker(hub, Role.HUB_ADMIN)[1]

    with pytest.raises(InvalidInput):
        set_hub_rules(admin, **{**PLAIN, **wrong})
    assert HubRules.objects.count() == 0


def test_a_profiles_people_and_brokers_set_its_cap(ward: Person, hub: Hub, facilitator: tuple[User, Viewer]) -> None:
    set_contact_rules(ward.profile, viewer=ward.viewer, monthly_cap=4, wants_screening=True)
    set_contact_rules(ward.profile, viewer=facilitator[1], monthly_cap=None, wants_screening=True)

    assert (contact_rules(ward.profile).monthly_cap, contact_rules(ward.profile).wants_screening) == (None, True)
    with pytest.raises(NotAllowed):
        set_contact_rules(ward.profile, viewer=party(hub).viewer, monthly_cap=0, wants_screening=False)


@pytest.mark.parametrize("cap", [-1, 501])
def test_a_cap_has_limits(ward: Person, cap: int) -> None:
    with pytest.raises(InvalidInput):
        set_contact_rules(ward.profile, viewer=ward.viewer, monthly_cap=cap, wants_screening=False)
