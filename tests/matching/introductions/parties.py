"""Two parties that could talk, a facilitator between them, and a request at any point of its life."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hubs.enums import Role
from hubs.models import Hub, User
from hubs.policies import Viewer
from mailgate.models import OutgoingMail
from matching.domain.introductions.answering import accept_introduction
from matching.domain.introductions.brokering import introduce_two
from matching.domain.introductions.drafting import draft_introduction
from matching.domain.introductions.sending import submit_introduction
from matching.models import ContactRules, Introduction, TimelineEntry
from profiles.models import Affiliation, Profile
from tests.factories import (
    AffiliationFactory,
    MembershipFactory,
    OrganisationFactory,
    ProfileFactory,
    StatementFactory,
    UserFactory,
)

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=COPENHAGEN)
LATER = NOW + timedelta(days=1)


def at(day: str, hour: int = 10, minute: int = 0) -> datetime:
    """That hour of the day in Denmark."""
    return datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=COPENHAGEN)


@dataclass(frozen=True)
class Person:
    """A profile, the person who speaks for it, and that person as a viewer."""

    profile: Profile
    user: User
    viewer: Viewer


def party(hub: Hub, **columns: Any) -> Person:
    """A new profile with one person who speaks for it and is a member."""
    organisation = columns.pop("organisation", None) or OrganisationFactory(hub=hub)
    profile: Profile = ProfileFactory(organisation=organisation, **columns)
    affiliation: Affiliation = AffiliationFactory(organisation=organisation)
    MembershipFactory(hub=hub, user=affiliation.user)
    return Person(profile, affiliation.user, _viewer(hub, Role.MEMBER, affiliation.user, {organisation.pk}))


def broker(hub: Hub, role: Role = Role.FACILITATOR) -> tuple[User, Viewer]:
    """A person who brokers contacts for the hub."""
    user: User = UserFactory()
    MembershipFactory(hub=hub, user=user, role=role)
    return user, _viewer(hub, role, user, set())


def drafted(seeker: Person, receiver: Person, *, now: datetime = NOW, **more: Any) -> Introduction:
    """A draft as the platform begins it."""
    return draft_introduction(
        seeker.viewer,
        seeker=seeker.profile,
        receiver=receiver.profile,
        purpose=more.pop("purpose", "opi_light"),
        now=now,
        theirs=more.pop("theirs", None) or StatementFactory(profile=receiver.profile),
        **more,
    )


def sent(seeker: Person, receiver: Person, *, now: datetime = NOW, **more: Any) -> Introduction:
    """A request that the receiver can answer."""
    return submit_introduction(drafted(seeker, receiver, now=now, **more), viewer=seeker.viewer, now=now)


def accepted(seeker: Person, receiver: Person, *, now: datetime = NOW, **more: Any) -> Introduction:
    """A request to which both have said yes."""
    request = sent(seeker, receiver, now=now, **more)
    return accept_introduction(request, side="receiver", actor=receiver.user, now=now)


def introduced(viewer: Viewer, one: Person, other: Person, **more: Any) -> Introduction:
    """A broker's proposal to the two, of which both are asked."""
    values = {
        "purpose": "opi_light",
        "reason": "I arbejder begge med sår.",
        "asked": "En snak om måling af sår.",
        "now": NOW,
        **more,
    }
    return introduce_two(viewer, seeker=one.profile, receiver=other.profile, **values)


def capped(person: Person, cap: int | None, *, screening: bool = False) -> None:
    """Give the profile a cap, and perhaps the wish for screening."""
    ContactRules.objects.update_or_create(
        profile=person.profile,
        defaults={"hub_id": person.profile.hub_id, "monthly_cap": cap, "wants_screening": screening},
    )


def mailed() -> list[tuple[str, str]]:
    """Kind and address of every mail in the outbox, in order."""
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", "address"))


def told(introduction: Introduction) -> list[tuple[str, str]]:
    """Kind and side of each entry of the timeline, in order."""
    rows = TimelineEntry.objects.filter(introduction=introduction).order_by("at", "pk")
    return list(rows.values_list("kind", "side"))


def _viewer(hub: Hub, role: Role, user: User, organisations: set[int]) -> Viewer:
    return Viewer(hub.pk, role, user.pk, frozenset(organisations))
