"""The four proofs as gates: which stands before which stage, and deciding one with what it rests on."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.policies import Viewer
from kernel.errors import DomainError
from matching.domain.projects.changing import change_room, record_room
from matching.enums import ProjectStage, Proof
from matching.models.introductions import MAX_NOTE_CHARACTERS
from matching.models.projects import Gate, Project
from profiles.domain.fields import one_of
from profiles.domain.saving import save_valid
from profiles.texts import clean_text

# Who is in it, before money is asked for; that it pays, before it is built; that it helps, before it is in daily use;
# that somebody buys it, before it is sold widely.
STAGE_BEHIND: Mapping[Proof, ProjectStage] = {
    Proof.COLLABORATION: ProjectStage.FUNDING,
    Proof.BUSINESS: ProjectStage.DEVELOPMENT,
    Proof.VALUE: ProjectStage.PILOT,
    Proof.MARKET: ProjectStage.COMMERCIALISATION,
}


class GateClosed(DomainError):
    """A proof is lacking for the stage; `details["proof"]` names it."""

    code = "gate_closed"
    status = 409


@transaction.atomic
def decide_gate(project: Project, *, viewer: Viewer, proof: str, passed: bool, note: str, today: date) -> Gate:
    """Say whether a proof is there, and what that rests on; a later decision replaces the earlier one.

    Raises:
        NotAllowed: the viewer does not steer the room.
        InvalidInput: the proof is unknown, or the note is empty or too long.
        ProjectEnded: nothing is decided any more.
    """
    locked = change_room(project, viewer=viewer)
    chosen = one_of(proof, Proof.values, field="proof")
    values = {
        "passed": passed,
        "note": clean_text(note, field="note", max_length=MAX_NOTE_CHARACTERS, min_letters=3),
        "decided_by_id": viewer.user_id,
        "decided_on": today,
    }
    gate = Gate.objects.filter(project=locked, proof=chosen).first() or Gate(
        hub_id=locked.hub_id, project=locked, proof=chosen
    )
    for name, value in values.items():
        setattr(gate, name, value)
    save_valid(gate)
    record_room(locked, viewer, "decide_gate", ("passed" if passed else "not_passed", chosen))
    return gate


def require_gates_before(project: Project, stage: ProjectStage) -> None:
    """Stop unless every proof that stands at or before the stage is passed.

    Raises:
        GateClosed: names the first that is not.
    """
    passed = set(Gate.objects.filter(project=project, passed=True).values_list("proof", flat=True))
    place = ProjectStage.values.index(stage)
    for proof, behind in STAGE_BEHIND.items():
        if ProjectStage.values.index(behind) <= place and proof not in passed:
            raise GateClosed(
                _("“%(stage)s” comes after “%(proof)s”. Decide that gate first; then the project can go on.")
                % {"stage": stage.label, "proof": proof.label},
                proof=proof.value,
            )
