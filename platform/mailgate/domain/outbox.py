"""Putting a mail in the outbox: a row in the transaction of its cause, so that neither is there without the other."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from mailgate.domain.objecting import has_objected, objecting_among
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
    values = _columns(address=address, language=language, context=context, is_refused=has_objected(hub_id, address))
    dates = {"not_before": not_before, "not_after": not_after}
    mail, _is_new = OutgoingMail.objects.get_or_create(
        hub_id=hub_id, once=_once(once), defaults={"kind": kind, **values, **dates}
    )
    return mail


@dataclass(frozen=True)
class NewMail:
    """One of many mails that are queued at once; as in `queue_mail`."""

    address: str
    language: str
    context: Mapping[str, str]
    once: str


def queue_mails(
    hub_id: int, mails: Iterable[NewMail], *, kind: str, not_before: datetime, not_after: datetime | None = None
) -> None:
    """The same for many receivers of one kind of mail, in as many queries as for a few.

    Raises:
        ValueError: the context of one of them holds more than public ids and codes.
    """
    mails = tuple(mails)
    refusing = objecting_among(hub_id, (mail.address for mail in mails))
    rows = [
        OutgoingMail(
            hub_id=hub_id, kind=kind, once=_once(mail.once), not_before=not_before, not_after=not_after,
            **_columns(
                address=mail.address, language=mail.language, context=mail.context,
                is_refused=mail.address in refusing,
            ),
        )
        for mail in mails
    ]  # fmt: skip
    OutgoingMail.objects.bulk_create(rows, ignore_conflicts=True)


def _columns(*, address: str, language: str, context: Mapping[str, str], is_refused: bool) -> dict[str, Any]:
    """What a row says of its receiver, and where it begins."""
    state, error = MailState.REFUSED if is_refused else MailState.WAITING, ""
    try:
        validate_email(address.strip())
    except ValidationError:
        state, error = MailState.FAILED, "invalid_address"
    return {
        "address": address.strip(),
        "language": language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        "context": _checked(context),
        "state": state,
        "error": error,
    }


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
