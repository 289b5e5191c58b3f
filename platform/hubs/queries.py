"""Reads: which hub a host name opens, and which role a person has there."""

from django.conf import settings

from hubs.enums import Role
from hubs.models import Hub, Membership


def find_hub(host: str) -> Hub | None:
    """The hub whose domain is `host` (without port), else the default hub, else none."""
    hub = Hub.objects.filter(domain__iexact=host).first() if host else None
    return hub or Hub.objects.filter(slug=settings.VIDENBRO_DEFAULT_HUB).first()


def role_of(hub_id: int, user_id: int) -> Role:
    """The person's role in the hub; visitor when there is no membership."""
    role = Membership.objects.filter(hub_id=hub_id, user_id=user_id).values_list("role", flat=True).first()
    return Role(role) if role else Role.VISITOR
