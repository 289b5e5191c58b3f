"""Putting a mail in the outbox: a row in the transaction of its cause, so that neither is there without the other."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from mailgate.domain.objecting import has_objected
from mailgate.enums import MailState
from mailgate.models import OutgoingMail

MAX_ONCE_CHARACTERS = 160
# Public ids, codes and dates; an address or a sentence does not fit.
_CONTEXT_VALUE = re.compile(r"[A-Za-z0-9_.:+-]{0,100}", re.ASCII)


def queue_mail(
    hub_id: int,
    *,
    kind: str,
    address: str,
    language: str,
    context: Mapping[str, str],
    once: str,
    not_before: datetime,
    not_after: datetime | None = None,
) -> OutgoingMail:
    """Let the worker mail `address` from `not_before` on, in the words of the renderer of `kind`.

    Call it inside the transaction of the cause. `once` names cause and receiver: the second time, the row that is
    there comes back. Who has objected gets none (`refused`); an address that is none is told by a `failed` row,
    since the cause itself must not fail on it.

    Raises:
        ValueError: the context holds more than public ids and codes.
    """
    state, error = _first_state(hub_id, address)
    mail, _is_new = OutgoingMail.objects.get_or_create(
        hub_id=hub_id,
        once=_once(once),
        defaults={
            "kind": kind,
            "address": address.strip(),
            "language": language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
            "context": _checked(context),
            "not_before": not_before,
            "not_after": not_after,
            "state": state,
            "error": error,
        },
    )
    return mail


def _first_state(hub_id: int, address: str) -> tuple[MailState, str]:
    try:
        validate_email(address.strip())
    except ValidationError:
        return MailState.FAILED, "invalid_address"
    return (MailState.REFUSED, "") if has_objected(hub_id, address) else (MailState.WAITING, "")


def _once(once: str) -> str:
    """As given where it fits its column; a longer one by its digest."""
    if len(once) <= MAX_ONCE_CHARACTERS:
        return once
    return hashlib.sha256(once.encode()).hexdigest()


def _checked(context: Mapping[str, str]) -> dict[str, str]:
    checked = {name: str(value) for name, value in context.items()}
    for name, value in checked.items():
        if not _CONTEXT_VALUE.fullmatch(value):
            raise ValueError(f"The context of a mail holds public ids and codes only, not what stands under {name}.")
    return checked
