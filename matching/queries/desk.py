"""Reads of a facilitator's desk: everything that waits for a hand of the hub, as one list with age and limit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects

from hubs.models import User
from hubs.policies import BROKER_ROLES, Viewer, may_broker, require_broker
from matching.enums import ANSWERABLE_STATES, IntroductionState
from matching.models import Introduction
from matching.queries.introductions import standing_since, with_parties
from matching.queries.outcomes import DueCall, follow_ups_due

S = IntroductionState
# An answer is "due soon" this long before its last day: time enough for a call.
SOON = timedelta(days=4)
# Two who said yes and named no day for this long have most likely lost each other.
QUIET = timedelta(days=21)
# A question that its writer has not answered for this long.
UNANSWERED = timedelta(days=7)
MOST_OF_A_KIND = 500


class Waiting(StrEnum):
    """What waits, in the order in which it stands on the desk."""

    SCREEN = "screen"
    ANSWER = "answer"
    BACK = "back"
    QUESTION = "question"
    QUIET = "quiet"
    PHONE = "phone"


@dataclass(frozen=True)
class DeskItem:
    """One thing that waits: since when, until when where there is a last day, and for phone calls whom to call."""

    what: Waiting
    introduction: Introduction
    since: datetime | date
    until: datetime | None = None
    call: DueCall | None = None

    @property
    def facilitator_id(self) -> int | None:
        """Whose case it is; none while nobody has taken it."""
        return self.introduction.facilitator_id


def desk_items(viewer: Viewer, *, now: datetime, today: date) -> list[DeskItem]:
    """All that waits in the hub, most pressing first: requests to read, answers that run out, then the rest by age.

    Raises:
        NotAllowed: the viewer does not broker for the hub.
    """
    require_broker(viewer)
    found = [*_waiting_introductions(viewer, now, today), *_calls(viewer, today)]
    order = {what: place for place, what in enumerate(Waiting)}
    return sorted(found, key=lambda item: (order[item.what], item.until or now, str(item.since), item.introduction.pk))


def is_mine(viewer: Viewer, item: DeskItem) -> bool:
    """Whether it waits for this viewer: a case of the viewer's own, or one that nobody has taken."""
    return item.facilitator_id in (None, viewer.user_id)


def screening_count(viewer: Viewer) -> int:
    """How many requests wait to be read by this viewer, for the menu: one query for a broker, none for others."""
    if not may_broker(viewer):
        return 0
    mine = Q(facilitator__isnull=True) | Q(facilitator_id=viewer.user_id)
    return Introduction.objects.filter(mine, hub_id=viewer.hub_id, state=S.SCREENING).count()


def colleagues_of(viewer: Viewer) -> list[User]:
    """Others of the hub who broker contacts, by name.

    Raises:
        NotAllowed: the viewer does not broker for the hub.
    """
    require_broker(viewer)
    rows = User.objects.filter(memberships__hub_id=viewer.hub_id, memberships__role__in=BROKER_ROLES, is_active=True)
    return [person for person in rows.order_by("name", "email") if person.pk != viewer.user_id]


def _waiting_introductions(viewer: Viewer, now: datetime, today: date) -> Iterable[DeskItem]:
    kinds = {
        Waiting.SCREEN: Q(state=S.SCREENING),
        Waiting.ANSWER: Q(state__in=ANSWERABLE_STATES, expires_at__gt=now, expires_at__lte=now + SOON),
        Waiting.BACK: Q(state=S.NOT_NOW, ask_again_on__lte=today, asked_again__isnull=True),
        Waiting.QUESTION: Q(state=S.RETURNED, since__lte=now - UNANSWERED),
        Waiting.QUIET: Q(state=S.ACCEPTED, meeting_at__isnull=True, answered_at__lte=now - QUIET),
    }
    for what, condition in kinds.items():
        for row in _rows(viewer, condition):
            since = row.ask_again_on if what is Waiting.BACK else row.since
            yield DeskItem(what, row, since, row.expires_at if what is Waiting.ANSWER else None)


def _rows(viewer: Viewer, condition: Q) -> QuerySet[Any]:
    rows = standing_since(with_parties(Introduction.objects.filter(hub_id=viewer.hub_id)).prefetch_related(None))
    return rows.filter(condition).order_by("since", "pk")[:MOST_OF_A_KIND]


def _calls(viewer: Viewer, today: date) -> Iterable[DeskItem]:
    calls = follow_ups_due(viewer, today=today)[:MOST_OF_A_KIND]
    prefetch_related_objects([call.follow_up.introduction for call in calls], "facilitator")
    for call in calls:
        yield DeskItem(Waiting.PHONE, call.follow_up.introduction, call.follow_up.due_on, call=call)
