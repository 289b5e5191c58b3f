"""Shortly before the day everybody is asked once more; silence costs a place only where somebody waits for it."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from events.domain.groups.telling_groups import groups_by_person
from events.domain.locks import lock_event
from events.domain.people.registering import EventIsOver, lock_person, require_coming_event
from events.domain.people.telling_people import tell_person
from events.domain.people.waiting import LIVING, fill_places
from events.enums import EventState, MeetingState, ParticipantState
from events.models import Event, MeetingSide, Participant
from events.queries.people import people_in, places_left, queue_of
from hubs.models import User
from hubs.policies import Viewer
from kernel.audit import record_change

logger = logging.getLogger(__name__)
S = ParticipantState
# Days that people have to say that they come.
ANSWER_DAYS = 3


@transaction.atomic
def ask_reconfirmation(event: Event, *, now: datetime) -> int:
    """Mail everybody with a place who was not asked yet; returns how many. What was confirmed already stays so."""
    locked = lock_event(event)
    if locked.state not in LIVING or locked.starts_at <= now:
        return 0
    unasked = people_in(locked, S.REGISTERED).filter(reconfirm_asked_at__isnull=True, reconfirmed_at__isnull=True)
    rows = list(unasked)
    for person in rows:
        person.reconfirm_asked_at = now
        person.save(update_fields=["reconfirm_asked_at", "updated_at"])
        tell_person(person, "event_reconfirm", now=now)
    return len(rows)


@transaction.atomic
def reconfirm(person: Participant, *, now: datetime, actor: Viewer | None = None) -> Participant:
    """The person says that it comes; one on the standby list gets a place again if one is free, in its turn.

    Raises:
        EventIsOver, NotAllowed, NotFound
    """
    locked = lock_person(person, viewer=actor)
    require_coming_event(locked.event, now=now)
    if locked.state == S.CANCELLED:
        raise EventIsOver(_("You have cancelled. Sign up again if you want to come after all."))
    if locked.reconfirmed_at is None:
        locked.reconfirmed_at = now
        locked.save(update_fields=["reconfirmed_at", "updated_at"])
        _record(locked, "reconfirm", actor=actor)
    if locked.state == S.STANDBY:
        fill_places(locked.event, now=now)
        locked.refresh_from_db()
    return locked


@transaction.atomic
def release_unconfirmed(event: Event, *, now: datetime) -> int:
    """Let the waiting have the places of those who stayed silent `ANSWER_DAYS`; returns how many were moved.

    Never more than wait, the latest registered first, and nobody whose published meetings or groups others count on.
    """
    locked = lock_event(event)
    left = places_left(locked)
    if left is None or locked.state not in LIVING or locked.starts_at <= now:
        return 0
    wanted = queue_of(locked).filter(state=S.WAITING).count() - max(left, 0)
    silent = _silent(locked, now=now)[: max(wanted, 0)]
    for person in (rows := list(silent)):
        person.state, person.queued_at = S.STANDBY, now
        person.version += 1
        person.save()
        _record(person, "standby", actor=None)
        tell_person(person, "event_waiting", now=now)
    if rows:
        fill_places(locked, now=now)
    return len(rows)


def _silent(event: Event, *, now: datetime) -> QuerySet[Participant]:
    planned = MeetingSide.objects.filter(participant=OuterRef("pk"), meeting__state=MeetingState.PLANNED)
    asked_before = now - timedelta(days=ANSWER_DAYS)
    rows = people_in(event, S.REGISTERED).filter(reconfirmed_at__isnull=True, reconfirm_asked_at__lte=asked_before)
    in_groups = list(groups_by_person(event)) if event.state == EventState.PUBLISHED else []
    return rows.filter(~Exists(planned)).exclude(pk__in=in_groups).order_by("-created_at", "-id")


def _record(person: Participant, action: str, *, actor: Viewer | None) -> None:
    record_change(
        person.hub_id, actor_id=actor.user_id if actor else None, action=action,
        subject_type="event_participant", subject_id=person.public_id, changed_fields=["state"],
    )  # fmt: skip


def run_people_clock(now: datetime) -> int:
    """Do what is due at the coming events of all hubs; returns how many people it touched.

    Each event is done by itself, so that one that fails holds up no other; a demonstration's stand still.
    """
    events = Event.objects.filter(is_simulated=False, state__in=LIVING, ends_at__gt=now).order_by("pk")
    return sum(_safely(event, now) for event in list(events))


def _safely(event: Event, now: datetime) -> int:
    steps: tuple[Callable[[Event, datetime], int], ...] = (_ask, _release, _fill, _know)
    try:
        return sum(step(event, now) for step in steps)
    except Exception as error:
        logger.error("people of events: %s in hub %s", type(error).__name__, event.hub_id)
        return 0


def _ask(event: Event, now: datetime) -> int:
    is_due = event.reconfirm_at is not None and event.reconfirm_at <= now < event.starts_at
    return ask_reconfirmation(event, now=now) if is_due else 0


def _release(event: Event, now: datetime) -> int:
    return release_unconfirmed(event, now=now) if event.capacity is not None else 0


def _fill(event: Event, now: datetime) -> int:
    with transaction.atomic():
        return fill_places(lock_event(event), now=now) if queue_of(event).exists() else 0


def _know(event: Event, now: datetime) -> int:
    """Tie people to the account of their address once there is one."""
    unknown = people_in(event, S.REGISTERED, S.WAITING, S.STANDBY).filter(user__isnull=True)
    accounts = User.objects.filter(is_active=True, email__in=unknown.order_by().values("email"))
    return _tie(event, list(accounts.values_list("pk", "email"))) if accounts.exists() else 0


@transaction.atomic
def _tie(event: Event, accounts: Sequence[tuple[int, str]]) -> int:
    lock_event(event)
    return sum(event.people.filter(user__isnull=True, email=email).update(user=pk) for pk, email in accounts)
