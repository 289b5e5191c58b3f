"""A small cluster for matching tests: profiles with what they offer and need, in one line each."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from matching.domain.indexing import publish_changes, rebuild_index
from matching.engine.encoders import Encoder
from profiles.models import Profile, Statement
from tests.factories import OrganisationFactory, ProfileFactory, StatementFactory

TODAY = date(2026, 3, 2)


def add_profile(
    hub: Hub,
    kind: str = "firm",
    *,
    offers: Sequence[str] = (),
    needs: Sequence[str] = (),
    about: str = "",
    statement: dict[str, Any] | None = None,
    **columns: Any,
) -> Profile:
    """A profile of an organisation of its own; `statement` holds further columns of all its statements."""
    if "organisation" not in columns:
        columns["organisation"] = OrganisationFactory(hub=hub)
    profile: Profile = ProfileFactory(hub=hub, kind=kind, **columns)
    texts = [
        *(("offer", text) for text in offers),
        *(("need", text) for text in needs),
        *([("about", about)] if about else []),
    ]
    for position, (statement_kind, text) in enumerate(texts):
        StatementFactory(profile=profile, kind=statement_kind, text=text, position=position, **(statement or {}))
    return profile


def only_statement(profile: Profile) -> Statement:
    """The profile's one statement."""
    return Statement.objects.get(profile=profile)


def visitor(hub: Hub) -> Viewer:
    return Viewer(hub_id=hub.pk)


def member(hub: Hub, *own: Profile) -> Viewer:
    """A member who speaks for the organisations of the given profiles."""
    organisations = frozenset(profile.organisation_id for profile in own)
    return Viewer(hub_id=hub.pk, role=Role.MEMBER, user_id=1, organisation_ids=organisations)


def facilitator(hub: Hub) -> Viewer:
    return Viewer(hub_id=hub.pk, role=Role.FACILITATOR, user_id=2)


def build(hub: Hub, encoder: Encoder) -> None:
    """Everything stored so far is in the index."""
    rebuild_index(hub.pk, encoder=encoder)


def publish_all(hub: Hub, encoder: Encoder) -> int:
    """Publish until nothing waits; returns how many changes that were."""
    total = 0
    while published := publish_changes(hub.pk, encoder=encoder):
        total += published
    return total
