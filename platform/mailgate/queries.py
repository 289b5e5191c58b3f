"""Reads of the outbox: what is due, what hangs, what could not be sent."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from mailgate.enums import MailState
from mailgate.models import OutgoingMail


def due_mails(now: datetime, *, limit: int) -> list[int]:
    """Keys of the mails that wait and whose time has come, the longest due first."""
    due = OutgoingMail.objects.filter(state=MailState.WAITING, not_before__lte=now).order_by("not_before", "id")
    return list(due.values_list("pk", flat=True)[:limit])


def stuck_mails(now: datetime, *, after: timedelta) -> QuerySet[OutgoingMail]:
    """Mails whose sender died in the middle: nobody knows whether they left."""
    return OutgoingMail.objects.filter(state=MailState.SENDING, claimed_at__lt=now - after)


def unsent_mails(hub_id: int, *, since: datetime) -> QuerySet[OutgoingMail]:
    """The hub's mails that were given up, the newest first: somebody may want to phone."""
    return OutgoingMail.objects.filter(hub_id=hub_id, state=MailState.FAILED, updated_at__gte=since).order_by("-id")


def find_mail(hub_id: int, public_id: UUID) -> OutgoingMail | None:
    """The hub's mail under that public id, else none."""
    return OutgoingMail.objects.select_related("hub").filter(hub_id=hub_id, public_id=public_id).first()
