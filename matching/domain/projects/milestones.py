"""What a project will have done by which day."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.policies import Viewer
from kernel.errors import InvalidInput
from matching.domain.projects.changing import change_room, record_room
from matching.models.projects import Milestone, Project
from profiles.domain.saving import save_valid
from profiles.texts import clean_line

MOST_MILESTONES = 60
# From idea to market takes up to ten years; a day further off than this is a slip of the pen.
_FURTHEST = timedelta(days=15 * 366)


@transaction.atomic
def add_milestone(project: Project, *, viewer: Viewer, title: str, due_on: date, once: UUID, today: date) -> Milestone:
    """Add one; the same `once` gives the one that is there.

    Raises:
        NotAllowed, ProjectEnded
        InvalidInput: a field breaks a rule, the day is far off, or the room holds very many.
    """
    locked = change_room(project, viewer=viewer)
    known = Milestone.objects.filter(project=locked, public_id=once).first()
    if known is not None:
        return known
    if Milestone.objects.filter(project=locked).count() >= MOST_MILESTONES:
        raise InvalidInput(
            _("A project holds at most %(limit)d milestones. Remove one first.") % {"limit": MOST_MILESTONES}
        )
    if abs(due_on - today) > _FURTHEST:
        raise InvalidInput(_("That day is very far off. Look at the year once more."), field="due_on")
    words = clean_line(title, field="title", max_length=200, min_letters=2)
    milestone = Milestone(hub_id=locked.hub_id, project=locked, public_id=once, title=words, due_on=due_on)
    save_valid(milestone)
    record_room(locked, viewer, "add_milestone")
    return milestone


@transaction.atomic
def mark_milestone(milestone: Milestone, *, viewer: Viewer, done: bool, today: date) -> Milestone:
    """Say that it is reached (today), or that it is not after all; twice the same changes nothing.

    Raises:
        NotAllowed, ProjectEnded
    """
    locked = change_room(milestone.project, viewer=viewer)
    row = Milestone.objects.select_for_update().get(pk=milestone.pk)
    if (row.done_on is not None) != done:
        row.done_on = today if done else None
        row.save(update_fields=["done_on", "updated_at"])
        record_room(locked, viewer, "reach_milestone" if done else "reopen_milestone")
    return row


@transaction.atomic
def remove_milestone(milestone: Milestone, *, viewer: Viewer) -> None:
    """Take it off the list.

    Raises:
        NotAllowed, ProjectEnded
    """
    locked = change_room(milestone.project, viewer=viewer)
    if Milestone.objects.filter(pk=milestone.pk).delete()[0]:
        record_room(locked, viewer, "remove_milestone")
