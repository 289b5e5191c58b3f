"""Changing a room: who may, under which lock, and the record that it was done."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from hubs.policies import Viewer, require_steering
from kernel.audit import record_change
from kernel.errors import DomainError, NotFound
from matching.enums import ProjectState
from matching.models.projects import Project
from profiles.domain.saving import check_version

OPEN_STATES = (ProjectState.RUNNING, ProjectState.STALLED)


class ProjectEnded(DomainError):
    """The project has ended: its room is read, not changed."""

    code = "project_ended"
    status = 409


def change_room(project: Project, *, viewer: Viewer, version: int | None = None, ended_too: bool = False) -> Project:
    """The room's row, locked for a change that the viewer may make; within the caller's transaction.

    Raises:
        NotAllowed: the viewer does not steer the room.
        NotFound: it was removed meanwhile.
        EditConflict: it has another version.
        ProjectEnded: it has ended and the change is not for ended ones.
    """
    require_steering(viewer, project)
    rows = Project.objects.select_for_update(of=("self",)).select_related("owner__organisation")
    locked = rows.filter(hub_id=viewer.hub_id, pk=project.pk).first()
    if locked is None:
        raise NotFound(_("We cannot find that project. It may have been removed, or it is not open to you."))
    if not ended_too and locked.state not in OPEN_STATES:
        raise ProjectEnded(_("The project has ended, so nothing is changed in its room any more."))
    if version is not None:
        check_version(locked.version, version)
    return locked


def record_room(project: Project, viewer: Viewer, action: str, changed: Iterable[str] = ()) -> None:
    """The audit record of a change in the room."""
    record_change(
        project.hub_id, actor_id=viewer.user_id, action=action, subject_type="project",
        subject_id=project.public_id, changed_fields=changed,
    )  # fmt: skip
