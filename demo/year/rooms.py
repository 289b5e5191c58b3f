"""Project rooms of the year, as written in `demo/data/year_rooms.yaml`: founded, filled, moved on, ended."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from demo.year.agenda import clock
from demo.year.world import World
from kernel.yaml_files import read_yaml
from matching.domain.introductions.days import local_day, next_month
from matching.domain.introductions.errors import CapReached
from matching.domain.introductions.rules import wants_screening
from matching.domain.projects.gates import decide_gate
from matching.domain.projects.milestones import add_milestone, mark_milestone
from matching.domain.projects.participants import answer_invitation, invite
from matching.domain.projects.roles import set_parts
from matching.domain.projects.rooms import (
    ProjectFields,
    end_project,
    found_project,
    move_stage,
    record_funding,
    stall_project,
)
from matching.models import Participant, Project

_NAMESPACE = UUID("6f0d6a53-58a3-4d0e-9c8a-2d1a6c1c7a10")


def read_stories(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The written rooms and shortlists."""
    return dict(read_yaml(folder / "year_rooms.yaml"))


def plan_rooms(world: World, folder: Path) -> None:
    """Put down the story of each room whose parties are all there and that begins within the year."""
    for story in read_stories(folder)["rooms"]:
        keys = {story["owner"], *(row["profile"] for row in story["invites"])}
        founded = clock(local_day(world.end) - timedelta(days=story["founded"]), 11)
        if keys <= set(world.by_key) and founded >= world.first:
            _Room(world, story).plan(founded)


class _Room:
    """One room's story; `project` is there once it is founded."""

    def __init__(self, world: World, story: dict[str, Any]) -> None:
        self.world, self.story = world, story
        self.owner = world.by_key[story["owner"]]
        self.viewer = world.speaker(self.owner)
        self.public_id = uuid5(_NAMESPACE, story["name"])

    @property
    def project(self) -> Project:
        """As it stands now."""
        return Project.objects.select_related("owner__organisation").get(public_id=self.public_id)

    def plan(self, founded: datetime) -> None:
        """Everything that is written, on its day."""
        agenda = self.world.agenda
        agenda.at(founded, self._found)
        for row in self.story["invites"]:
            agenda.at(founded + timedelta(days=row["day"]), lambda at, row=row: self._invite(row, at))  # type: ignore[misc]
        for row in self.story["steps"]:
            agenda.at(founded + timedelta(days=row["day"], hours=2), lambda at, row=row: self._step(row, at))  # type: ignore[misc]
            if "milestone" in row and "done" in row:
                done_at = founded + timedelta(days=row["done"], hours=3)
                agenda.at(done_at, lambda at, row=row: self._reach(row, at))  # type: ignore[misc]

    def _found(self, now: datetime) -> None:
        fields = ProjectFields(self.story["name"], self.story["idea"], self.story["language"])
        wanted = self.story["wanted"]
        made = found_project(self.viewer, owner=self.owner, fields=fields, parts=wanted, once=self.public_id, now=now)
        set_parts(made, viewer=self.viewer, version=made.version, wanted=wanted)

    def _invite(self, row: dict[str, Any], now: datetime) -> None:
        """Whoever wants to be asked through the hub is; a month that is full puts it off to the next one."""
        profile = self.world.by_key[row["profile"]]
        viewer = self.world.broker if wants_screening(profile) else self.viewer
        try:
            invited = invite(self.project, viewer=viewer, profile=profile, part=row["part"], now=now)
        except CapReached as error:
            self.world.refused[error.code] += 1
            self.world.agenda.at(clock(next_month(local_day(now)), 8), lambda at: self._invite(row, at))
            return
        if row["says"] != "silent":
            later = now + timedelta(days=float(self.world.generator.uniform(1.0, 4.0)))
            self.world.agenda.at(later, lambda at: self._answer(invited, row["says"] == "yes", at))

    def _answer(self, invited: Participant, yes: bool, now: datetime) -> None:
        answer_invitation(invited, yes=yes, actor_id=None, now=now)

    def _step(self, row: dict[str, Any], now: datetime) -> None:
        project, viewer, today = self.project, self.viewer, local_day(now)
        if "stage" in row:
            move_stage(project, viewer=viewer, version=project.version, stage=row["stage"])
        elif "gate" in row:
            decide_gate(project, viewer=viewer, proof=row["gate"], passed=True, note=row["note"], today=today)
        elif "milestone" in row:
            due_on = today + timedelta(days=row["due"] - row["day"])
            once = uuid5(self.public_id, row["milestone"])
            add_milestone(project, viewer=viewer, title=row["milestone"], due_on=due_on, once=once, today=today)
        elif "funding" in row:
            record_funding(project, viewer=viewer, version=project.version, funding_dkk=row["funding"])
        elif "stall" in row:
            stall_project(project, viewer=viewer, version=project.version)
        else:
            end_project(
                project, viewer=viewer, version=project.version, state=row["end"], learned=row["learned"], today=today
            )

    def _reach(self, row: dict[str, Any], now: datetime) -> None:
        milestone = self.project.milestones.select_related("project").get(title=row["milestone"])
        mark_milestone(milestone, viewer=self.viewer, done=True, today=local_day(now))
