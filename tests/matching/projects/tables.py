"""A room with people around it, for tests of projects and shortlists."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from hubs.enums import Role
from hubs.policies import Viewer
from matching.domain.projects.participants import answer_invitation, invite
from matching.domain.projects.rooms import USUAL_PARTS, ProjectFields, found_project
from matching.models import Participant, Project
from profiles.models import Profile
from tests.factories import AffiliationFactory, MembershipFactory

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
FIELDS = ProjectFields("Færre fald", "Vi vil opdage fald om natten på plejehjem.", "da")


def speaker(profile: Profile, role: Role = Role.MEMBER) -> Viewer:
    """A person with an account who speaks for the profile."""
    person = MembershipFactory(hub=profile.hub, role=role).user
    AffiliationFactory(organisation=profile.organisation, user=person)
    return Viewer(profile.hub_id, role, person.pk, frozenset({profile.organisation_id}))


def broker(profile: Profile) -> Viewer:
    """A facilitator of the profile's hub."""
    return Viewer(profile.hub_id, Role.FACILITATOR, MembershipFactory(hub=profile.hub, role=Role.FACILITATOR).user.pk)


def found(owner: Profile, viewer: Viewer | None = None, **fields: Any) -> Project:
    """A room of that profile."""
    options: dict[str, Any] = {"fields": FIELDS, "parts": USUAL_PARTS, "once": uuid4(), "now": NOW, **fields}
    return found_project(viewer or speaker(owner), owner=owner, **options)


def seat(project: Project, viewer: Viewer, profile: Profile, part: str, *, yes: bool | None = True) -> Participant:
    """Somebody asked to the table, with the answer given, if any."""
    row = invite(project, viewer=viewer, profile=profile, part=part, now=NOW)
    return row if yes is None else answer_invitation(row, yes=yes, actor_id=None, now=NOW)
