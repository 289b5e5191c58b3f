"""Joining a hub."""

from django.db import transaction

from hubs.enums import Role
from hubs.models import Hub, Membership, User
from kernel.audit import record_change


@transaction.atomic
def join_hub(hub: Hub, *, user: User, role: Role = Role.MEMBER) -> Membership:
    """Give the person a membership; an existing one is kept, so that joining twice changes nothing."""
    membership, created = Membership.objects.get_or_create(hub=hub, user=user, defaults={"role": role})
    if created:
        record_change(
            hub.pk,
            actor_id=user.pk,
            action="join",
            subject_type="membership",
            subject_id=membership.public_id,
        )
    return membership
