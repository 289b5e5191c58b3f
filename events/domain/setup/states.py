"""How far the preparation of an event is: the steps an organiser may take, and calling the event off."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.groups.telling_groups import tell_groups
from events.domain.setup.changing import change_event, save_change
from events.domain.timetable.day_changes import note_event_called_off
from events.enums import EventState, OfferState, QuestionState, RequestMode, RunState
from events.models import Event, Participant, Publication, Question, StandbyOffer, TimetableRun
from events.queries.groups import questions_held
from events.queries.moves import COMING_OR_HOPING
from events.templates import template_of
from hubs.policies import Viewer
from kernel.errors import DomainError
from mailgate.domain.outbox import queue_mail
from profiles.texts import clean_text

MAX_REASON = 600
STEPS: Mapping[str, tuple[EventState, ...]] = MappingProxyType(
    {
        EventState.DRAFT.value: (EventState.OPEN,),
        EventState.OPEN.value: (EventState.WISHES_CLOSED, EventState.DRAFT),
        EventState.WISHES_CLOSED.value: (EventState.PUBLISHED, EventState.OPEN),
        EventState.PUBLISHED.value: (EventState.OVER,),
        EventState.OVER.value: (),
        EventState.CANCELLED.value: (),
    }
)
_MAY_BE_CALLED_OFF = (EventState.DRAFT, EventState.OPEN, EventState.WISHES_CLOSED, EventState.PUBLISHED)


class StepNotOpen(DomainError):
    """The event cannot go there from where it is, or something is missing."""

    code = "event_step_not_open"
    status = 409


@transaction.atomic
def move_on(event: Event, *, viewer: Viewer, to: str, version: int, now: datetime) -> Event:
    """Take the event to another state; to where it is already, nothing happens.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        StepNotOpen: the step does not exist, or something is missing for it.
    """
    locked = change_event(event, viewer=viewer)
    if locked.state == to:
        return locked
    locked = change_event(event, viewer=viewer, version=version)
    if to not in STEPS[locked.state]:
        raise StepNotOpen(
            _("The event is at “%(state)s”; it cannot go there from here.") % {"state": locked.get_state_display()}
        )
    missing = what_is_missing(locked, to=to, now=now)
    if missing:
        raise StepNotOpen(missing)
    locked.state = to
    save_change(locked, viewer=viewer, action="move_event", changed=["state"])
    if to == EventState.PUBLISHED:
        tell_groups(locked, now=now)
    return locked


def next_steps(event: Event) -> tuple[EventState, ...]:
    """Where the event may go from where it is."""
    return STEPS[event.state]


def what_is_missing(event: Event, *, to: str, now: datetime) -> str:
    """Why the step cannot be taken yet, in words; empty when it can."""
    if to == EventState.DRAFT and event.people.exists():
        return _("People have registered, so the event stays visible. Call it off instead.")
    if to == EventState.OPEN and not event.terms.exists():
        return _("Write the terms first: everybody who registers agrees to them.")
    if to == EventState.OPEN and event.ends_at <= now:
        return _("The event has ended. Give it a new day first.")
    if to == EventState.PUBLISHED and waits_for_groups(event):
        return _("Compose the groups first: the programme is made of them.")
    if to == EventState.PUBLISHED and waits_for_timetable(event):
        return _("Publish a timetable: that takes the event to this step.")
    if to == EventState.OVER and now < event.ends_at:
        return _("The event is over when it has ended.")
    return ""


def waits_for_timetable(event: Event) -> bool:
    """Whether meetings are planned beforehand and no timetable has been published; groups need none."""
    template = template_of(event.kind)
    if not template.has_timetable or template.has_questions or event.request_mode == RequestMode.FIRST_FREE:
        return False
    return not Publication.objects.filter(event=event).exists()


def waits_for_groups(event: Event) -> bool:
    """Whether the day is made of groups around questions and none has been composed."""
    if not template_of(event.kind).has_questions:
        return False
    return not questions_held(event).exists()


def may_be_called_off(event: Event) -> bool:
    """Whether the event can still be called off."""
    return event.state in _MAY_BE_CALLED_OFF


@transaction.atomic
def call_off(event: Event, *, viewer: Viewer, version: int, reason: str, now: datetime) -> Event:
    """Call the event off: every planned meeting with it, offers lapse, computing stops, all who come are told.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        StepNotOpen: it is over.
        InvalidInput: there is no reason, or it breaks a rule.
    """
    locked = change_event(event, viewer=viewer, version=version)
    if not may_be_called_off(locked):
        raise StepNotOpen(_("The event is over, so it cannot be called off."))
    locked.cancel_reason = clean_text(reason, field="reason", max_length=MAX_REASON, min_letters=3)
    was_draft, was_published = locked.state == EventState.DRAFT, locked.state == EventState.PUBLISHED
    locked.state = EventState.CANCELLED
    save_change(locked, viewer=viewer, action="call_off_event", changed=["state", "cancel_reason"])
    note_event_called_off(locked, actor=viewer, now=now)
    if not was_published:
        # Nobody was told of these groups, so no calendar is told that they are off.
        Question.objects.filter(event=locked, state=QuestionState.TAKEN).update(
            state=QuestionState.HANDED_IN, slot=None, hall=None
        )
    StandbyOffer.objects.filter(event=locked, state=OfferState.OFFERED).update(state=OfferState.LAPSED)
    TimetableRun.objects.filter(event=locked, state=RunState.WAITING).update(state=RunState.CANCELLED, finished_at=now)
    TimetableRun.objects.filter(event=locked, state=RunState.RUNNING).update(wants_stop=True)
    if not was_draft:
        _tell_all(locked, now=now)
    return locked


def _tell_all(event: Event, *, now: datetime) -> None:
    """One mail to each who comes or waits; nobody of a demonstration is written to."""
    if event.is_simulated:
        return
    for person in Participant.objects.filter(event=event, state__in=COMING_OR_HOPING):
        queue_mail(
            event.hub_id, kind="event_called_off", address=person.email, language=person.language,
            context={"participant": str(person.public_id)},
            once=f"event_called_off:{event.public_id}:{person.public_id}",
            not_before=now, not_after=max(event.ends_at, now),
        )  # fmt: skip
