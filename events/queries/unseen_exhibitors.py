"""Reads: exhibitors whom visitors do not see in the catalogue, because their profile is only for some."""

from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from events.enums import COMING, PeopleKind
from events.models import Event, Participant, Stand
from events.queries.days import OPEN_LEVELS
from hubs.enums import Visibility
from profiles.models import Affiliation, Profile, ProfileTheme, Statement

# What a profile, and its organisation, say of themselves as long as all that anybody has written is a name.
_OF_A_NAME = MappingProxyType(
    {
        "version": 1, "visibility": Visibility.MEMBERS, "is_paused": False, "languages": ["da"], "keywords": [],
        "contact_email": "", "region": None, "municipality": None, "specialty": None, "municipal_field": None,
        "organisation__version": 1, "organisation__website": "", "organisation__cvr_number": "",
        "organisation__sector": None, "organisation__phase": None, "organisation__founded_year": None,
        "organisation__employees": None,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Unseen:
    """Exhibitors by name: `drafts` are a name for which nobody speaks; of the `others` somebody chose who reads."""

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
        .annotate(is_draft=ExpressionWrapper(is_draft(), output_field=BooleanField()))
    )
    found = sorted(rows, key=lambda profile: profile.name.casefold())
    drafts = tuple(each for each in found if each.is_draft)
    return Unseen(drafts, tuple(each for each in found if not each.is_draft))


def is_draft() -> Q:
    """Of profiles: nobody speaks for it, and it is no more than what an import of people makes of a name.

    Whoever wrote more, be it in another import, has chosen with it who reads the profile.
    """
    speaks = Affiliation.objects.filter(organisation=OuterRef("organisation"))
    says, works_with = (rows.objects.filter(profile=OuterRef("pk")) for rows in (Statement, ProfileTheme))
    return Q(~Exists(speaks), ~Exists(says), ~Exists(works_with), **_OF_A_NAME)
