"""Many people at once, as imports bring them in or sign them off: as many queries for thousands as for a few.

What is done to each is what `registering` does to one; the caller has locked the event and judged who may.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models.functions import Lower
from django.utils import timezone

from events.domain.groups.telling_groups import telling_of_groups
from events.domain.people.person_fields import new_codes
from events.domain.people.registering import began, call_meetings_off, release_teams, require_coming_event
from events.domain.people.telling_people import tell_people
from events.domain.people.waiting import BATCH, fill_places
from events.enums import ParticipantState
from events.models import Event, Participant, Participation, Stand
from events.queries.people import people_in_requests
from hubs.models import User
from hubs.policies import Viewer
from kernel.audit import record_changes
from profiles.models import Profile

S = ParticipantState
_CANCELLED = ("state", "cancelled_at", "queued_at", "version", "updated_at")
# What every SQLite takes as parameters of one statement.
_MOST_NAMED = 900


@dataclass(frozen=True)
class Arrival:
    """Somebody who is new to the event: `values` are those of `PersonFields.cleaned`, `key` is that of the ticket."""

    profile: Profile
    values: dict[str, Any]
    state: ParticipantState
    key: str = ""


def register_people(
    event: Event, arrivals: Sequence[Arrival], *, viewer: Viewer, now: datetime, tells: bool
) -> list[Participant]:
    """Take people in, each in the state given, in their order; their addresses are of nobody at the event."""
    seats = _participations(event, arrivals)
    users = _users([arrival.values["email"] for arrival in arrivals])
    stands = _stands(event)
    people = [
        Participant(
            hub_id=event.hub_id,
            event=event,
            participation=seats[arrival.profile.pk],
            user=users.get(arrival.values["email"]),
            stand=stands.get(arrival.profile.organisation_id),
            state=arrival.state,
            imported_key=arrival.key,
            code=code,
            **arrival.values,
            **began(event, arrival.state, now=now),
        )
        for arrival, code in zip(arrivals, new_codes(event.pk, len(arrivals)), strict=True)
    ]
    Participant.objects.bulk_create(people)
    _record(event, people, viewer, "register")
    for is_in, some in groupby(sorted(people, key=_has_place), key=_has_place) if tells else ():
        tell_people(event, some, "event_registered" if is_in else "event_waiting", now=now)
    return people


def _has_place(person: Participant) -> bool:
    return person.state == S.REGISTERED


def _participations(event: Event, arrivals: Iterable[Arrival]) -> dict[int, Participation]:
    """Key of the profile -> its row at the event; the new ones are stored."""
    found = {row.profile_id: row for row in Participation.objects.filter(event=event)}
    profiles = {arrival.profile.pk: arrival.profile for arrival in arrivals}
    new = [
        Participation(hub_id=event.hub_id, event=event, profile=profile)
        for key, profile in profiles.items()
        if key not in found
    ]
    Participation.objects.bulk_create(new)
    return found | {row.profile_id: row for row in new}


def _users(addresses: Sequence[str]) -> dict[str, User]:
    """Address in lower case -> who signs in with it."""
    found: dict[str, User] = {}
    for start in range(0, len(addresses), _MOST_NAMED):
        rows = User.objects.annotate(plain=Lower("email")).filter(plain__in=addresses[start : start + _MOST_NAMED])
        found |= {user.email.lower(): user for user in rows.filter(is_active=True)}
    return found


def _stands(event: Event) -> dict[int, Stand]:
    """Key of the organisation -> the first of its stands."""
    found: dict[int, Stand] = {}
    for stand in Stand.objects.filter(event=event, organisation__isnull=False):
        if stand.organisation_id is not None:
            found.setdefault(stand.organisation_id, stand)
    return found


def cancel_people(event: Event, people: Sequence[Participant], *, now: datetime, actor: Viewer) -> None:
    """Sign people off without mailing them; only where others count on somebody are there queries of its own.

    Raises:
        EventIsOver: nothing is changed.
    """
    if not people:
        return
    require_coming_event(event, now=now, called_off_too=True)
    for person in people:
        person.state, person.cancelled_at, person.queued_at = S.CANCELLED, now, None
        person.version += 1
        person.updated_at = timezone.now()
    with telling_of_groups(event, now=now):
        Participant.objects.bulk_update(people, _CANCELLED, batch_size=BATCH)
    # Read only now: a colleague who is signed off as well takes nothing over.
    teams = _teams(event, people)
    _record(event, people, actor, "cancel", ("state",))
    release_teams([(person, teams[person.pk]) for person in people], actor=actor, now=now)
    counted_on = people_in_requests(event)
    for person in people:
        if person.pk in counted_on:
            call_meetings_off(person, teams[person.pk], now=now)
    fill_places(event, now=now)


def _teams(event: Event, people: Iterable[Participant]) -> dict[int, list[Participant]]:
    """Key of the host -> those who share its agenda."""
    keys = {person.pk for person in people}
    found: dict[int, list[Participant]] = defaultdict(list)
    for colleague in Participant.objects.filter(event=event, host__isnull=False).order_by("pk"):
        if colleague.host_id in keys:
            found[colleague.host_id].append(colleague)
    return found


def _record(
    event: Event, people: Iterable[Participant], viewer: Viewer, action: str, changed: tuple[str, ...] = ()
) -> None:
    record_changes(
        event.hub_id, actor_id=viewer.user_id, action=action, subject_type="event_participant",
        changed_fields={person.public_id: changed for person in people},
    )  # fmt: skip
