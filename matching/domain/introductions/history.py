"""Who has worked with whom before: "new to each other" is told from it, since it is what funders count."""

from datetime import datetime

from django.db.models import Q

from matching.enums import CONSENTED_STATES, Consent
from matching.models import Introduction, Participant
from profiles.models import Profile

Pair = tuple[int, int]


def new_to_each_other(a: Profile, b: Profile, *, before: datetime) -> bool:
    """Whether the two organisations had no contact that both wanted, and no project together, before that moment.

    Two departments of one organisation are never new to each other.
    """
    if a.organisation_id == b.organisation_id:
        return False
    first, second = a.organisation_id, b.organisation_id
    return not (_have_talked(first, second, before) or _have_worked(first, second, before))


def relations(hub_id: int) -> dict[Pair, datetime]:
    """Each pair of organisations (smaller id first) with the moment at which its first contact or project began."""
    found: dict[Pair, datetime] = {}
    for one, other, moment in (*_talks(hub_id), *_projects(hub_id)):
        pair = (min(one, other), max(one, other))
        if one != other and (pair not in found or moment < found[pair]):
            found[pair] = moment
    return found


def _have_talked(first: int, second: int, before: datetime) -> bool:
    between = Q(seeker__organisation_id=first, receiver__organisation_id=second) | Q(
        seeker__organisation_id=second, receiver__organisation_id=first
    )
    rows = Introduction.objects.filter(between, state__in=CONSENTED_STATES, answered_at__lt=before)
    return rows.exists()


def _have_worked(first: int, second: int, before: datetime) -> bool:
    """Both had said yes to one project; leaving it later does not undo that they worked together."""
    joined = Q(consent__in=(Consent.YES, Consent.LEFT), consent_at__lt=before)
    ours = Participant.objects.filter(joined, profile__organisation_id=first)
    return Participant.objects.filter(
        joined, profile__organisation_id=second, project_id__in=ours.values("project_id")
    ).exists()


def _talks(hub_id: int) -> list[tuple[int, int, datetime]]:
    rows = Introduction.objects.filter(hub_id=hub_id, state__in=CONSENTED_STATES).order_by()
    found = rows.values_list("seeker__organisation_id", "receiver__organisation_id", "answered_at")
    return [(one, other, at) for one, other, at in found if at is not None]


def _projects(hub_id: int) -> list[tuple[int, int, datetime]]:
    """Pairs at one table, from when the later of the two said yes."""
    rows = Participant.objects.filter(hub_id=hub_id, consent__in=(Consent.YES, Consent.LEFT)).order_by("project_id")
    tables: dict[int, list[tuple[int, datetime]]] = {}
    for project_id, organisation_id, at in rows.values_list("project_id", "profile__organisation_id", "consent_at"):
        if at is not None:
            tables.setdefault(project_id, []).append((organisation_id, at))
    return [
        (one, other, max(at, other_at))
        for table in tables.values()
        for place, (one, at) in enumerate(table)
        for other, other_at in table[place + 1 :]
    ]
