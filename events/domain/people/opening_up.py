"""Asking somebody who comes without taking meetings to open up for them; nobody learns who asked."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.locks import lock_people
from events.domain.people.registering import lock_person, require_coming_event
from events.domain.people.telling_people import tell_person
from events.enums import ParticipantState
from events.models import Participant
from events.templates import template_of
from hubs.policies import Viewer
from kernel.audit import record_change
from kernel.errors import DomainError
from kernel.models import AuditRecord
from mailgate.models import OutgoingMail

MAIL_EVERY = timedelta(days=7)


class CannotBeAsked(DomainError):
    """The person meets already, wants no such question, or does not come."""

    code: ClassVar[str] = "cannot_be_asked"
    status: ClassVar[int] = 409


@transaction.atomic
def ask_to_open_up(person: Participant, *, asker: Participant, viewer: Viewer, now: datetime) -> bool:
    """Count one wish that the person takes meetings, and mail it at most once a week; False for a second ask.

    That the asker has asked is known only to the record of changes, which is what keeps it to once a person.

    Raises:
        CannotBeAsked, NotAllowed, NotFound, EventIsOver
    """
    if asker.event_id != person.event_id:
        raise _cannot_be_asked()
    own = lock_person(asker, viewer=viewer)
    lock_people((person.pk,))
    locked = Participant.objects.select_related("event").get(pk=person.pk)
    require_coming_event(locked.event, now=now)
    _require_askable(own, locked)
    if _has_asked(own, locked):
        return False
    locked.asked_to_open += 1
    locked.save(update_fields=["asked_to_open", "updated_at"])
    record_change(
        locked.hub_id, actor_id=viewer.user_id, action=_action(own),
        subject_type="event_participant", subject_id=locked.public_id, changed_fields=["asked_to_open"],
    )  # fmt: skip
    if not _was_mailed(locked, since=now - MAIL_EVERY):
        tell_person(locked, "event_open_up", now=now, once=f"{now:%Y-%m-%d}")
    return True


def _require_askable(asker: Participant, person: Participant) -> None:
    is_other = asker.organisation_id != person.organisation_id
    comes = person.state == asker.state == ParticipantState.REGISTERED
    has_bookings = template_of(person.event.kind).has_bookings
    if not (has_bookings and is_other and comes and person.may_be_asked) or person.meets:
        raise _cannot_be_asked()


def _cannot_be_asked() -> CannotBeAsked:
    return CannotBeAsked(_("This person cannot be asked to open up for meetings."))


def _action(asker: Participant) -> str:
    return f"open_up:{asker.public_id}"


def _has_asked(asker: Participant, person: Participant) -> bool:
    return AuditRecord.objects.filter(
        hub_id=person.hub_id, subject_type="event_participant", subject_id=person.public_id, action=_action(asker)
    ).exists()


def _was_mailed(person: Participant, *, since: datetime) -> bool:
    mails = OutgoingMail.objects.filter(hub_id=person.hub_id, kind="event_open_up", not_before__gt=since)
    return mails.filter(context__participant=str(person.public_id)).exists()


@transaction.atomic
def open_up(person: Participant, *, now: datetime, viewer: Viewer | None = None) -> Participant:
    """The person takes booked meetings from now on.

    Raises:
        NotAllowed, NotFound, EventIsOver
    """
    locked = lock_person(person, viewer=viewer)
    require_coming_event(locked.event, now=now)
    if not locked.meets:
        locked.meets = True
        locked.version += 1
        locked.save(update_fields=["meets", "version", "updated_at"])
        record_change(
            locked.hub_id, actor_id=viewer.user_id if viewer else None, action="update",
            subject_type="event_participant", subject_id=locked.public_id, changed_fields=["meets"],
        )  # fmt: skip
    return locked
