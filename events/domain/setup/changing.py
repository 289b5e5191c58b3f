"""Changing an event as its organiser: who may, under which lock, and the record that it was done."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from events.enums import EventState
from events.models import Event
from hubs.policies import Viewer, require_organiser
from kernel.audit import record_change
from kernel.errors import DomainError, EditConflict, NotFound


class ChangedMeanwhile(EditConflict):
    """Another organiser changed the event since this one looked; nothing was overwritten."""

    code = "changed_meanwhile"


class EventCalledOff(DomainError):
    """The event is called off: it is read, not changed."""

    code = "event_called_off"
    status = 409


def change_event(event: Event, *, viewer: Viewer, version: int | None = None) -> Event:
    """The event's row, locked for a change by an organiser of its hub; within the caller's transaction.

    `version` is the one that the organiser saw; without one, whatever is stored is changed.

    Raises:
        NotAllowed: the viewer is no organiser.
        NotFound: it is another hub's, or was removed.
        EventCalledOff
        ChangedMeanwhile: it has another version.
    """
    require_organiser(viewer)
    locked = Event.objects.select_for_update().filter(hub_id=viewer.hub_id, pk=event.pk).first()
    if locked is None:
        raise NotFound(_("We cannot find that event."))
    if locked.state == EventState.CANCELLED:
        raise EventCalledOff(_("The event is called off, so nothing is changed in it any more."))
    if version is not None and version != locked.version:
        raise ChangedMeanwhile(
            _(
                "Another organiser changed the event meanwhile. Nothing of theirs or yours is lost: "
                "look, and save again."
            ),
            current_version=locked.version,
        )
    return locked


def save_change(locked: Event, *, viewer: Viewer, action: str, changed: Iterable[str] = ()) -> None:
    """Count the version up, store the row and record what was done; `changed` are names of fields."""
    locked.version += 1
    locked.save()
    record_change(
        locked.hub_id, actor_id=viewer.user_id, action=action, subject_type="event",
        subject_id=locked.public_id, changed_fields=changed,
    )  # fmt: skip
