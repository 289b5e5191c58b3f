"""Mails about a request: a row in the same transaction as its cause, with public ids and no words."""

import hashlib
from datetime import datetime

from hubs.models import Membership
from hubs.policies import BROKER_ROLES
from mailgate.domain.outbox import queue_mail
from matching.domain.introductions.receivers import Receiver, receivers_of
from matching.models import Introduction


def tell_side(
    introduction: Introduction,
    kind: str,
    *,
    side: str,
    now: datetime,
    not_after: datetime | None = None,
    again: bool = False,
) -> None:
    """Queue a mail to everybody on that side; the same kind reaches an address once a request.

    `again` marks a second mail of a kind whose cause has come back (a "not now" whose day is here).
    """
    for receiver in receivers_of(introduction.party(side)):
        _queue(introduction, kind, receiver, side=side, now=now, not_after=not_after, again=again)


def tell_facilitators(introduction: Introduction, kind: str, *, now: datetime) -> None:
    """Queue a mail to the facilitator of the case, or to all brokers of the hub while there is none."""
    members = Membership.objects.filter(hub_id=introduction.hub_id, role__in=BROKER_ROLES, user__is_active=True)
    if introduction.facilitator_id is not None:
        members = members.filter(user_id=introduction.facilitator_id)
    for address, language in members.order_by("user__email").values_list("user__email", "user__language"):
        _queue(introduction, kind, Receiver(address, language), side="", now=now, rounds=True)


def tell_of_return(introduction: Introduction, *, side: str, now: datetime) -> None:
    """Queue the mail of a request that was sent back: it may happen more than once."""
    for receiver in receivers_of(introduction.party(side)):
        _queue(introduction, "introduction_returned", receiver, side=side, now=now, rounds=True)


def tell_of_erasure(introduction: Introduction, *, side: str, now: datetime) -> None:
    """Queue the kind word to the side that stays; the request itself is about to be gone."""
    for receiver in receivers_of(introduction.party(side)):
        _queue(introduction, "introduction_gone", receiver, side=side, now=now)


def _queue(
    introduction: Introduction,
    kind: str,
    receiver: Receiver,
    *,
    side: str,
    now: datetime,
    not_after: datetime | None = None,
    again: bool = False,
    rounds: bool = False,
) -> None:
    turn = f"v{introduction.version}" if rounds else "again" if again else "1"
    reader = hashlib.sha256(receiver.address.lower().encode()).hexdigest()[:16]
    context = {"introduction": str(introduction.public_id), "side": side, **({"again": "yes"} if again else {})}
    queue_mail(
        introduction.hub_id,
        kind=kind,
        address=receiver.address,
        language=receiver.language,
        context=context,
        once=f"{kind}:{introduction.public_id}:{side}:{turn}:{reader}",
        not_before=now,
        not_after=not_after,
    )
