"""Reads: exhibitors whom visitors do not see in the catalogue, because their profile is only for some."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from events.enums import COMING, PeopleKind
from events.models import Event, Participant, Stand
from events.queries.days import OPEN_LEVELS
from hubs.enums import Visibility
from profiles.models import Affiliation, Profile, Statement


@dataclass(frozen=True)
class Unseen:
    """Exhibitors by name: `drafts` say nothing and nobody speaks for them; of the `others` somebody chose who reads."""

    drafts: tuple[Profile, ...]
    others: tuple[Profile, ...]

    @property
    def number(self) -> int:
        """All of them."""
        return len(self.drafts) + len(self.others)


def unseen_exhibitors(event: Event) -> Unseen:
    """Those who agreed to stand in the catalogue and do not for visitors: one query. None where no visitor reads it."""
    if event.level not in OPEN_LEVELS:
        return Unseen((), ())
    exhibits = Participant.objects.filter(
        event=event, participation__profile=OuterRef("pk"), state__in=COMING, kind=PeopleKind.EXHIBITOR
    )
    stand = Stand.objects.filter(event=event, profile=OuterRef("pk"))
    rows = (
        Profile.objects.filter(participations__event=event, participations__in_catalogue=True)
        .filter(Q(Exists(exhibits)) | Q(Exists(stand)))
        .exclude(visibility=Visibility.PUBLIC)
        .annotate(
            is_spoken_for=Exists(Affiliation.objects.filter(organisation=OuterRef("organisation"))),
            says_something=Exists(Statement.objects.filter(profile=OuterRef("pk"))),
        )
    )
    found = sorted(rows, key=lambda profile: profile.name.casefold())
    drafts = tuple(each for each in found if _is_draft(each))
    return Unseen(drafts, tuple(each for each in found if each not in drafts))


def _is_draft(profile: Profile) -> bool:
    """Whether it is no more than what an import makes of a name."""
    is_held = profile.is_spoken_for or profile.says_something  # type: ignore[attr-defined]
    return not is_held and profile.visibility == Visibility.MEMBERS
