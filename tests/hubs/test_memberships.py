"""Joining a hub."""

import pytest
from django.db import IntegrityError, transaction

from hubs.domain.memberships import join_hub
from hubs.enums import Role
from hubs.models import Hub, Membership
from kernel.models import AuditRecord
from tests.factories import HubFactory, MembershipFactory, UserFactory


def test_joining_makes_a_member_and_a_record(hub: Hub) -> None:
    user = UserFactory()

    membership = join_hub(hub, user=user)

    assert list(Membership.objects.values_list("hub", "user", "role")) == [(hub.pk, user.pk, "member")]
    assert list(AuditRecord.objects.values_list("actor", "action", "subject_type", "subject_id")) == [
        (user.pk, "join", "membership", membership.public_id)
    ]


def test_joining_twice_changes_nothing(hub: Hub) -> None:
    user = UserFactory()
    first = join_hub(hub, user=user)

    again = join_hub(hub, user=user)

    assert again == first
    assert (Membership.objects.count(), AuditRecord.objects.count()) == (1, 1)


@pytest.mark.parametrize(("had", "asked"), [(Role.HUB_ADMIN, Role.MEMBER), (Role.MEMBER, Role.HUB_ADMIN)])
def test_joining_again_neither_raises_nor_lowers_a_role(hub: Hub, had: Role, asked: Role) -> None:
    user = UserFactory()
    join_hub(hub, user=user, role=had)

    assert join_hub(hub, user=user, role=asked).role == had


def test_joining_one_hub_joins_no_other(hub: Hub) -> None:
    user = UserFactory()
    other = HubFactory(slug="nordbro")
    MembershipFactory(hub=other)

    join_hub(hub, user=user)

    assert list(user.memberships.values_list("hub__slug", flat=True)) == ["midtbro"]


def test_visitor_is_no_membership(hub: Hub) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipFactory(hub=hub, role=Role.VISITOR)

    assert Membership.objects.count() == 0


def test_person_has_one_membership_a_hub(hub: Hub) -> None:
    membership = MembershipFactory(hub=hub)

    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipFactory(hub=hub, user=membership.user, role=Role.HUB_ADMIN)

    assert Membership.objects.get().role == Role.MEMBER
