"""Mailing the questions that are due: once, with one reminder, and never to whoever is paused or wants no mail."""

import hashlib
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kernel.audit import record_change
from mailgate.domain.objecting import has_objected
from mailgate.domain.outbox import queue_mail
from matching.domain.introductions.receivers import Receiver, receivers_of
from matching.enums import CONSENTED_STATES
from matching.models import FollowUp

REMINDER_DAYS = 7
# Later than this a mail would only confuse; the question can still be answered on the contact's page or by phone.
LATEST_DAYS = 60
MAIL_DAYS = 14
ASKED, REMINDED = "follow_up", "follow_up_reminder"


def ask_due(now: datetime) -> int:
    """Mail what is due on this day in every hub, each side in a transaction of its own; returns how many were asked.

    Days are days of the calendar in the hubs' own time, so that the clock's changes neither skip nor double one.
    """
    today = timezone.localdate(now)
    asked = sum(_ask(pk, kind=ASKED, now=now) for pk in _keys(_unasked(today)))
    return asked + sum(_ask(pk, kind=REMINDED, now=now) for pk in _keys(_unanswered(today)))


def _keys(rows: QuerySet[FollowUp]) -> list[int]:
    return list(rows.order_by("due_on", "pk").values_list("pk", flat=True))


def _due(today: date) -> QuerySet[FollowUp]:
    """Due, not answered, and not overtaken: where two moments are due at once, only the later one is asked about."""
    later = FollowUp.objects.filter(
        introduction=OuterRef("introduction"), side=OuterRef("side"), due_on__lte=today, due_on__gt=OuterRef("due_on")
    )
    return FollowUp.objects.filter(
        ~Exists(later),
        due_on__range=(today - timedelta(days=LATEST_DAYS), today),
        report=None,
        introduction__state__in=CONSENTED_STATES,
        introduction__is_simulated=False,
    )


def _unasked(today: date) -> QuerySet[FollowUp]:
    """Nobody is asked what came of a meeting that is still to come."""
    still_to_come = Q(introduction__met_at=None, introduction__meeting_at__date__gte=today)
    return _due(today).filter(asked_at=None).exclude(still_to_come)


def _unanswered(today: date) -> QuerySet[FollowUp]:
    return _due(today).filter(reminded_at=None, asked_at__date__lte=today - timedelta(days=REMINDER_DAYS))


@transaction.atomic
def _ask(pk: int, *, kind: str, now: datetime) -> bool:
    """Mail one side unless another run did, or nobody there may be mailed."""
    column = "asked_at" if kind == ASKED else "reminded_at"
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related(
        "introduction__seeker", "introduction__receiver"
    )
    follow_up = rows.filter(pk=pk, **{column: None}, report=None).first()
    receivers = _receivers(follow_up) if follow_up else []
    if follow_up is None or not receivers:
        return False
    setattr(follow_up, column, now)
    follow_up.save(update_fields=[column, "updated_at"])
    for receiver in receivers:
        _queue(follow_up, receiver, kind=kind, now=now)
    record_change(
        follow_up.hub_id, actor_id=None, action=f"{kind}_sent", subject_type="follow_up", subject_id=follow_up.public_id
    )
    return True


def _receivers(follow_up: FollowUp) -> list[Receiver]:
    """Who is asked on that side; nobody while the profile is paused."""
    profile = follow_up.introduction.party(follow_up.side)
    if profile.is_paused:
        return []
    return [each for each in receivers_of(profile) if not has_objected(follow_up.hub_id, each.address)]


def _queue(follow_up: FollowUp, receiver: Receiver, *, kind: str, now: datetime) -> None:
    digest = hashlib.sha256(receiver.address.lower().encode()).hexdigest()[:16]
    queue_mail(
        follow_up.hub_id,
        kind=kind,
        address=receiver.address,
        language=receiver.language,
        context={"follow_up": str(follow_up.public_id)},
        once=f"{kind}:{follow_up.public_id}:{digest}",
        not_before=now,
        not_after=now + timedelta(days=MAIL_DAYS),
    )
