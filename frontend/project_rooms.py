"""What a project's room shows to whoever stands in it: the circle, candidates, steps and what may be changed."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import number_format

from hubs.policies import Viewer, may_broker, may_steer_room, owns
from kernel.errors import NotReady
from matching.domain.learning.impressions import ListOrigin, record_list
from matching.domain.projects.changing import OPEN_STATES
from matching.domain.projects.completing import Seat, Table, look_at_table
from matching.domain.projects.gates import STAGE_BEHIND
from matching.domain.projects.searching import PartCandidates, recommend_for_project
from matching.enums import Channel, Consent, ProjectPart, ProjectStage, ProjectState, Proof, Purpose
from matching.models.introductions import Introduction
from matching.models.projects import Gate, Milestone, Participant, Project
from matching.queries.projects import contacts_of
from matching.results import Match

FEW, MANY = 3, 10


@dataclass(frozen=True)
class SeatedRow:
    """Somebody at the table, with what the viewer may know and do."""

    participant: Participant
    contact: str
    is_founder: bool
    is_own: bool
    may_withdraw: bool
    may_leave: bool

    @property
    def tone(self) -> str:
        """How the consent is drawn: its word always stands beside it."""
        return {Consent.YES.value: "yes", Consent.INVITED.value: "waiting"}.get(self.participant.consent, "gone")


@dataclass(frozen=True)
class SeatRow:
    """One part of the table as it is drawn."""

    seat: Seat
    people: tuple[SeatedRow, ...]


@dataclass(frozen=True)
class CandidateRow:
    """One candidate for a part; `seeker` names whose words stand on the left when they are not the reader's."""

    match: Match
    seeker: str
    contact: Introduction | None


@dataclass(frozen=True)
class PartGroup:
    """Candidates for one missing part."""

    part: ProjectPart
    wanted: str
    rows: tuple[CandidateRow, ...]
    is_only: bool


@dataclass(frozen=True)
class Step:
    """One stage on the way, with the gate that stands before it."""

    stage: ProjectStage
    place: str
    proof: Proof | None
    gate: Gate | None


@dataclass(frozen=True)
class Room:
    """Everything that the page shows."""

    table: Table
    seats: tuple[SeatRow, ...]
    groups: tuple[PartGroup, ...]
    is_ready: bool
    steps: tuple[Step, ...]
    milestones: tuple[Milestone, ...]
    own_invitation: Participant | None
    may_steer: bool
    may_change: bool
    is_open: bool
    is_stalled: bool
    partners: int
    new_partners: int
    funding: str


def open_room(viewer: Viewer, project: Project, *, part: str, now: datetime) -> Room:
    """The room of a project that `find_project` found; `part` asks for more candidates of one part only."""
    participants = list(project.participants.all())
    table = look_at_table(project.roles.all(), participants)
    steers = may_steer_room(viewer, project)
    is_open = project.state in OPEN_STATES
    groups, is_ready = _candidates(viewer, project, table, part, now) if steers and is_open else ((), True)
    partners = [row for row in participants if row.consent == Consent.YES and row.profile_id != project.owner_id]
    return Room(
        table=table,
        seats=tuple(SeatRow(seat, _people(viewer, project, seat, steers)) for seat in table.seats),
        groups=groups,
        is_ready=is_ready,
        steps=steps_of(project),
        milestones=tuple(project.milestones.all()),
        own_invitation=next((row for row in participants if _waits_for(viewer, row)), None) if is_open else None,
        may_steer=steers,
        may_change=steers and is_open,
        is_open=is_open,
        is_stalled=project.state == ProjectState.STALLED,
        partners=len(partners),
        new_partners=sum(row.new_to_owner for row in partners),
        funding=number_format(project.funding_dkk, force_grouping=True),
    )


def _waits_for(viewer: Viewer, row: Participant) -> bool:
    return row.consent == Consent.INVITED and row.profile.organisation_id in viewer.organisation_ids


def _people(viewer: Viewer, project: Project, seat: Seat, steers: bool) -> tuple[SeatedRow, ...]:
    """Addresses are open to those who take part: the founder, who asked, and all who said yes."""
    seated = steers or any(
        row.consent == Consent.YES and row.profile.organisation_id in viewer.organisation_ids
        for row in project.participants.all()
    )
    return tuple(_seated(viewer, project, row, opens=seated, steers=steers) for row in seat.participants)


def _seated(viewer: Viewer, project: Project, row: Participant, *, opens: bool, steers: bool) -> SeatedRow:
    is_own = row.profile.organisation_id in viewer.organisation_ids
    is_founder = row.profile_id == project.owner_id
    is_open = project.state in OPEN_STATES
    said_yes = row.consent == Consent.YES
    return SeatedRow(
        participant=row,
        contact=row.profile.contact_email if opens and said_yes else "",
        is_founder=is_founder,
        is_own=is_own,
        may_withdraw=steers and is_open and row.consent == Consent.INVITED,
        may_leave=said_yes and not is_founder and (is_own or may_broker(viewer)),
    )


def _candidates(
    viewer: Viewer, project: Project, table: Table, part: str, now: datetime
) -> tuple[tuple[PartGroup, ...], bool]:
    """Candidates for what is missing, kept in the log of lists; whether the search was ready."""
    only = [part] if part in {seat.part.value for seat in table.seats if seat.is_wanted} else None
    today = timezone.localdate(now)
    try:
        found = recommend_for_project(viewer, project, today=today, limit=MANY if only else FEW, parts=only)
    except NotReady:
        return (), False
    channel = Channel.WEB if owns(viewer, project.owner) else Channel.FACILITATOR
    for group in found:
        origin = ListOrigin(channel, Purpose.PROJECT.value, project.owner)
        record_list(viewer.hub_id, group.shown, group.matches, origin, now=now)
    known = contacts_of(project, [match.profile for group in found for match in group.matches])
    return tuple(_group(group, viewer, project, known, is_only=bool(only)) for group in found), True


def _group(
    group: PartCandidates, viewer: Viewer, project: Project, known: dict[int, Introduction], *, is_only: bool
) -> PartGroup:
    rows = tuple(
        CandidateRow(match, _seeker(match, viewer, project), known.get(match.profile.pk)) for match in group.matches
    )
    return PartGroup(group.part, group.wanted, rows, is_only)


def _seeker(match: Match, viewer: Viewer, project: Project) -> str:
    """Whose words stand on our side: the project's idea, or somebody at the table."""
    ours = match.ours.statement if match.ours else None
    if ours is None:
        return project.name
    return "" if ours.profile.organisation_id in viewer.organisation_ids else ours.profile.name


def steps_of(project: Project) -> tuple[Step, ...]:
    """The way from the idea to the market with its gates."""
    gates = {gate.proof: gate for gate in project.gates.all()}
    proofs = {stage: proof for proof, stage in STAGE_BEHIND.items()}
    current = ProjectStage.values.index(project.stage)
    return tuple(
        Step(
            stage=stage,
            place="done" if number < current else "current" if number == current else "ahead",
            proof=proofs.get(stage),
            gate=gates.get(proofs[stage]) if stage in proofs else None,
        )
        for number, stage in enumerate(ProjectStage)
    )
