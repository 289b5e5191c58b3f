"""Project rooms: founding one from an idea, changing what it says, moving it through its stages, ending it.

A room is founded by one organisation, which sits at its own table from the first minute.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.policies import Action, Viewer, require
from kernel.errors import InvalidInput
from matching.domain.projects.changing import change_room, record_room
from matching.domain.projects.gates import require_gates_before
from matching.engine.purposes import PART_OF_KIND
from matching.enums import Consent, ProjectPart, ProjectStage, ProjectState
from matching.models.projects import MAX_IDEA_CHARACTERS, Participant, Project, ProjectRole
from profiles.domain.fields import STATEMENT_LANGUAGES, one_of
from profiles.domain.saving import assign, save_valid
from profiles.models import Profile
from profiles.texts import clean_line, clean_text

# What a triple helix needs, and the part whose lack ends most projects: asked for unless the founder says otherwise.
USUAL_PARTS = (ProjectPart.FIRM, ProjectPart.KNOWLEDGE, ProjectPart.PUBLIC, ProjectPart.COMMERCIAL)
END_STATES = (
    ProjectState.DONE,
    ProjectState.STOPPED_WITH_LEARNING,
    ProjectState.BLOCKED,
    ProjectState.WRONG_CIRCLE,
)
MOST_FUNDING_DKK = 10**12


@dataclass(frozen=True)
class ProjectFields:
    """What a room says of its project, as written."""

    name: str
    idea: str
    language: str = "da"

    def cleaned(self) -> dict[str, Any]:
        """Column values.

        Raises:
            InvalidInput: a text breaks a rule.
        """
        return {
            "name": clean_line(self.name, field="name", max_length=160, min_letters=2),
            "idea": clean_text(self.idea, field="idea", max_length=MAX_IDEA_CHARACTERS, min_letters=3),
            "language": one_of(self.language, STATEMENT_LANGUAGES, field="language"),
        }


@transaction.atomic
def found_project(
    viewer: Viewer,
    *,
    owner: Profile,
    fields: ProjectFields,
    parts: Iterable[str] = USUAL_PARTS,
    own_part: str = "",
    once: UUID,
    now: datetime,
) -> Project:
    """Open a room; the same `once` gives the room that is there, so that a form sent twice founds one.

    Raises:
        NotAllowed: the viewer does not speak for the owner.
        InvalidInput: a field breaks a rule.
    """
    require(viewer, Action.RECOMMEND_FOR, owner)
    known = Project.objects.filter(hub_id=viewer.hub_id, owner=owner, public_id=once).first()
    if known is not None:
        return known
    wanted = [ProjectPart(one_of(part, ProjectPart.values, field="parts")) for part in dict.fromkeys(parts)]
    held = one_of(own_part or PART_OF_KIND[owner.kind], ProjectPart.values, field="own_part")
    project = save_valid(Project(hub_id=viewer.hub_id, owner=owner, public_id=once, **fields.cleaned()))
    ProjectRole.objects.bulk_create(
        ProjectRole(hub_id=viewer.hub_id, project=project, part=part) for part in sorted(wanted, key=_order)
    )
    Participant.objects.create(
        hub_id=viewer.hub_id, project=project, profile=owner, part=held,
        consent=Consent.YES, consent_at=now, invited_by_id=viewer.user_id,
    )  # fmt: skip
    record_room(project, viewer, "create")
    return project


def _order(part: str) -> int:
    return ProjectPart.values.index(part)


@transaction.atomic
def update_project(project: Project, *, viewer: Viewer, version: int, fields: ProjectFields) -> Project:
    """Change name and idea of a room that still has the version that the editor saw.

    Raises:
        NotAllowed, EditConflict, InvalidInput, ProjectEnded
    """
    locked = change_room(project, viewer=viewer, version=version)
    return _stored(locked, viewer, "update", fields.cleaned())


@transaction.atomic
def move_stage(project: Project, *, viewer: Viewer, version: int, stage: str) -> Project:
    """Go to another stage: back always, forward only where the proofs before it are there.

    Raises:
        GateClosed: a proof that stands before the stage is not passed.
        NotAllowed, EditConflict, InvalidInput, ProjectEnded
    """
    locked = change_room(project, viewer=viewer, version=version)
    chosen = ProjectStage(one_of(stage, ProjectStage.values, field="stage"))
    if ProjectStage.values.index(chosen) > ProjectStage.values.index(locked.stage):
        require_gates_before(locked, chosen)
    return _stored(locked, viewer, "move_stage", {"stage": chosen})


@transaction.atomic
def record_funding(project: Project, *, viewer: Viewer, version: int, funding_dkk: int) -> Project:
    """What the project has raised so far, in whole kroner.

    Raises:
        NotAllowed, EditConflict, InvalidInput
    """
    locked = change_room(project, viewer=viewer, version=version, ended_too=True)
    if not 0 <= funding_dkk <= MOST_FUNDING_DKK:
        raise InvalidInput(_("Write an amount in whole kroner, such as 1200000."), field="funding_dkk")
    return _stored(locked, viewer, "record_funding", {"funding_dkk": funding_dkk})


@transaction.atomic
def stall_project(project: Project, *, viewer: Viewer, version: int) -> Project:
    """Say that nothing moves just now; it can be taken up again.

    Raises:
        NotAllowed, EditConflict, ProjectEnded
    """
    locked = change_room(project, viewer=viewer, version=version)
    return _stored(locked, viewer, "stall", {"state": ProjectState.STALLED})


@transaction.atomic
def resume_project(project: Project, *, viewer: Viewer, version: int) -> Project:
    """Take a stalled project up again.

    Raises:
        NotAllowed, EditConflict, ProjectEnded
    """
    locked = change_room(project, viewer=viewer, version=version)
    return _stored(locked, viewer, "resume", {"state": ProjectState.RUNNING})


@transaction.atomic
def end_project(
    project: Project, *, viewer: Viewer, version: int, state: str, learned: str = "", today: date
) -> Project:
    """End the project in one of `END_STATES`; stopping with learning says what was learnt.

    Raises:
        NotAllowed, EditConflict, InvalidInput, ProjectEnded
    """
    locked = change_room(project, viewer=viewer, version=version)
    ended = one_of(state, [each.value for each in END_STATES], field="state")
    learnt = clean_text(learned, field="learned", max_length=MAX_IDEA_CHARACTERS)
    if ended == ProjectState.STOPPED_WITH_LEARNING and not any(letter.isalpha() for letter in learnt):
        raise InvalidInput(
            _("Write what you learnt: it is what the project leaves to those who come after."), field="learned"
        )
    return _stored(locked, viewer, "end", {"state": ended, "learned": learnt, "ended_on": today})


def _stored(project: Project, viewer: Viewer, action: str, values: dict[str, Any]) -> Project:
    changed = assign(project, values)
    project.version += 1
    save_valid(project)
    record_room(project, viewer, action, changed)
    return project
