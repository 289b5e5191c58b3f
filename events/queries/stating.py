"""Reads: who may write what a profile offers and seeks at an event."""

from django.db.models import Q, QuerySet

from events.enums import ParticipantState
from events.models import EventStatement, Participant, Participation
from events.queries.people import own_places
from hubs.policies import Viewer, may_state_at_event, owns, visible_levels
from profiles.models import Affiliation, Profile

_IS_SPEAKING = Q(user__is_active=True)


def may_state(viewer: Viewer, participation: Participation) -> bool:
    """Whether the viewer may write for the profile at the event; who has cancelled does not come for it."""
    places = own_places(viewer, participation.event).filter(participation=participation)
    return may_state_at_event(
        viewer,
        participation.profile,
        comes_for_it=places.exists(),
        is_spoken_for=_speaking(participation.profile).exists(),
    )


def may_state_by_link(person: Participant) -> bool:
    """Whether the person may, whose mailed link somebody has opened: while nobody else speaks for the profile, or as
    one of those who do.
    """
    if person.state == ParticipantState.CANCELLED:
        return False
    speaking = _speaking(person.participation.profile)
    is_self = Q(user__email=person.email) if person.user_id is None else Q(user_id=person.user_id)
    return not speaking.exists() or speaking.filter(is_self).exists()


def may_state_for(person: Participant, viewer: Viewer | None) -> bool:
    """Whether who acts for the person may write for the profile too; without `viewer`, by the person's mailed link."""
    return may_state_by_link(person) if viewer is None else may_state(viewer, person.participation)


def organisations_spoken_for(hub_id: int) -> dict[int, str]:
    """Keys of the hub's organisations whose profiles somebody runs, with their names."""
    rows = Affiliation.objects.filter(_IS_SPEAKING, organisation__hub_id=hub_id).order_by()
    return dict(rows.values_list("organisation_id", "organisation__name").distinct())


def _speaking(profile: Profile) -> QuerySet[Affiliation]:
    return Affiliation.objects.filter(_IS_SPEAKING, organisation_id=profile.organisation_id)


def readable_texts(viewer: Viewer, participation: Participation) -> list[EventStatement]:
    """What the profile offers and seeks at the event, as far as the viewer may read it: of a copy, as its original."""
    rows = list(participation.statements.select_related("statement"))
    levels = visible_levels(viewer)
    return rows if owns(viewer, participation.profile) else [row for row in rows if row.is_open_to(levels)]
