"""Making and revoking tokens; the secret itself is shown once and never stored."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from api.models import ApiToken
from hubs.models import Hub, User
from kernel.audit import record_change
from kernel.errors import InvalidInput

TOKEN_PREFIX = "vb_"  # noqa: S105  (not a secret: lets scanners recognise a leaked token)
MAX_DAYS = 366
_SECRET_BYTES = 32


def digest_of(token: str | bytes) -> str:
    """SHA-256, hexadecimal; unsalted and fast, since a token is 256 random bits and no chosen word."""
    return hashlib.sha256(token if isinstance(token, bytes) else token.encode()).hexdigest()


@transaction.atomic
def create_token(hub: Hub, *, user: User, days: int, name: str = "") -> tuple[ApiToken, str]:
    """Store a token for an active person; the second value is the token itself, the only time it is seen.

    Raises:
        InvalidInput: the person is not active, or `days` lies outside 1 to `MAX_DAYS`.
    """
    if not user.is_active:
        raise InvalidInput(_("This person's account is closed, so no token can be made for it."), field="email")
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInput(_("A token lives from 1 to %(limit)d days.") % {"limit": MAX_DAYS}, field="days")
    token = TOKEN_PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    row = ApiToken.objects.create(
        hub=hub,
        user=user,
        name=name[:80],
        digest=digest_of(token),
        expires_at=timezone.now() + timedelta(days=days),
    )
    record_change(hub.pk, actor_id=user.pk, action="create", subject_type="api_token", subject_id=row.public_id)
    return row, token


@transaction.atomic
def revoke_tokens(hub: Hub, *, user: User) -> int:
    """Delete every token of the person in the hub; how many there were."""
    rows = ApiToken.objects.filter(hub=hub, user=user)
    for public_id in rows.values_list("public_id", flat=True):
        record_change(hub.pk, actor_id=user.pk, action="delete", subject_type="api_token", subject_id=public_id)
    return rows.delete()[0]
