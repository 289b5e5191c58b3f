"""Four hundred people of two hundred profiles, and which of them stand where; nobody of them exists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice

import numpy as np

from demo.bazar.desk import Desk
from demo.written_events import take_part
from events.enums import PeopleKind
from events.models import Event, Participant, Participation, Stand
from profiles.enums import ProfileKind
from profiles.models import Profile

PEOPLE = 400
_TITLES: Mapping[str, tuple[str, ...]] = {
    ProfileKind.FIRM: ("Direktør", "Udviklingschef", "Salgschef", "Kvalitetsansvarlig"),
    ProfileKind.CLINICIAN: ("Overlæge", "Afdelingssygeplejerske", "Udviklingssygeplejerske"),
    ProfileKind.RESEARCHER: ("Professor", "Lektor", "Postdoc", "Ph.d.-studerende"),
    ProfileKind.MUNICIPALITY: ("Leder", "Velfærdsteknologikonsulent", "Sygeplejerske"),
    ProfileKind.INVESTOR: ("Partner", "Investeringschef"),
    ProfileKind.STUDENT: ("Studerende",),
}
_KINDS = {ProfileKind.INVESTOR.value: PeopleKind.INVESTOR, ProfileKind.STUDENT.value: PeopleKind.STUDENT}


@dataclass(frozen=True)
class Guests:
    """Who comes: profiles that send people, in order; and those that only show a stand."""

    sending: Sequence[Profile]
    showing: Sequence[Profile] = ()


def seat_everybody(event: Event, guests: Guests, *, generator: np.random.Generator, now: datetime) -> None:
    """Sign the profiles up, give them the stands in order, and their people their places."""
    parts = {row.profile_id: row for row in take_part(event, [*guests.sending, *guests.showing])}
    stands = _give_stands(event, _exhibitors(guests))
    rows = _rows(event, guests.sending, parts, stands, generator, now)
    Participant.objects.bulk_create(rows)
    _share_agendas(event)


def _exhibitors(guests: Guests) -> list[Profile]:
    """Firms and advisers first, then the others, as many as there are stands."""
    order = sorted(guests.sending, key=lambda profile: (profile.kind != ProfileKind.FIRM, profile.slug))
    return [*order, *guests.showing]


def _give_stands(event: Event, profiles: Sequence[Profile]) -> dict[int, Stand]:
    stands = list(Stand.objects.filter(event=event).order_by("hall__position", "pk"))
    given: dict[int, Stand] = {}
    for stand, profile in zip(stands, profiles, strict=False):
        stand.profile, stand.organisation = profile, profile.organisation
        theme = profile.theme_links.first()
        stand.theme = theme.theme if theme else None
        given[profile.pk] = stand
    Stand.objects.bulk_update(stands, ("profile", "organisation", "theme"))
    return given


def _rows(
    event: Event,
    profiles: Sequence[Profile],
    parts: Mapping[int, Participation],
    stands: Mapping[int, Stand],
    generator: np.random.Generator,
    now: datetime,
) -> list[Participant]:
    """One person of each profile after the other, and round again, until everybody is there."""
    desk = Desk(event, generator, now)
    rows: list[Participant] = []
    taken: dict[int, int] = {}
    for profile in islice(cycle(profiles), PEOPLE):
        number = taken[profile.pk] = taken.get(profile.pk, -1) + 1
        titles = _TITLES.get(profile.kind, ("Rådgiver",))
        stand = stands.get(profile.pk)
        rows.append(
            desk.person(
                parts[profile.pk],
                profile,
                titles[number % len(titles)],
                _KINDS.get(profile.kind, PeopleKind.EXHIBITOR if stand else PeopleKind.PARTICIPANT),
                stand=stand,
                meets=bool(generator.random() < 0.8),
                most_meetings=int(generator.integers(4, 9)),
                shares_contact=bool(generator.random() < 0.6),
            )
        )
    return rows


def _share_agendas(event: Event) -> None:
    """The third and later ones of a profile share the agenda of the first."""
    hosts: dict[int, tuple[Participant, int]] = {}
    sharing = []
    for person in Participant.objects.filter(event=event).order_by("pk"):
        host, count = hosts.get(person.participation_id, (person, 0))
        hosts[person.participation_id] = (host, count + 1)
        if count >= 2 and person.user_id is None:
            person.host, person.meets = host, False
            sharing.append(person)
    Participant.objects.bulk_update(sharing, ("host", "meets"))
    # Those who can be tried out take meetings, so that there is something to see.
    Participant.objects.filter(event=event, user__isnull=False).update(meets=True)
