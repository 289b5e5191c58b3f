"""The parts that a project needs at its table, each with what it should bring."""

from collections.abc import Mapping

from django.db import transaction

from hubs.policies import Viewer
from matching.domain.projects.changing import change_room, record_room
from matching.enums import ProjectPart
from matching.models.projects import Project, ProjectRole
from profiles.domain.fields import one_of
from profiles.texts import clean_line

MAX_WANTED_CHARACTERS = 500


@transaction.atomic
def set_parts(project: Project, *, viewer: Viewer, version: int, wanted: Mapping[str, str]) -> Project:
    """Make `wanted` (part: what it should bring) the parts that the project asks for.

    A part that is no longer asked for leaves the list; whoever holds it stays at the table.

    Raises:
        NotAllowed, EditConflict, ProjectEnded
        InvalidInput: a part is unknown or its words too long; `details["field"]` is `wanted_<part>`.
    """
    locked = change_room(project, viewer=viewer, version=version)
    cleaned = {
        one_of(part, ProjectPart.values, field="parts"): clean_line(
            words, field=f"wanted_{part}", max_length=MAX_WANTED_CHARACTERS
        )
        for part, words in wanted.items()
    }
    ProjectRole.objects.filter(project=locked).exclude(part__in=cleaned).delete()
    there = {role.part: role for role in ProjectRole.objects.filter(project=locked)}
    for part in (part for part in ProjectPart.values if part in cleaned):
        role = there.get(part) or ProjectRole(hub_id=locked.hub_id, project=locked, part=part)
        role.wanted = cleaned[part]
        role.save()
    locked.version += 1
    locked.save(update_fields=["version", "updated_at"])
    record_room(locked, viewer, "set_parts", cleaned)
    return locked
