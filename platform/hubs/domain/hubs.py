"""Founding a hub with its first administrator."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from hubs.domain.memberships import join_hub
from hubs.domain.people import find_or_create_person
from hubs.enums import Role
from hubs.models import Hub
from kernel.errors import InvalidInput


@transaction.atomic
def found_hub(slug: str, *, name: str, admin_email: str, domain: str = "") -> Hub:
    """Make a hub and give the person of that address the administrator's role; the person signs in by mailed code.

    Raises:
        InvalidInput: a value breaks a rule, or the slug or domain is taken; nothing is made.
    """
    hub = Hub(slug=slug, name=name, domain=domain)
    try:
        validate_email(admin_email)
        hub.full_clean()
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field="hub") from error
    hub.save()
    admin = find_or_create_person(admin_email)
    membership = join_hub(hub, user=admin, role=Role.HUB_ADMIN)
    if membership.role != Role.HUB_ADMIN:
        raise InvalidInput(_("That person has another role in the hub already."), field="admin_email")
    return hub
