"""Reads of the API: lists with filters, built on what `profiles.queries` lets the viewer see."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from api.models import ApiToken
from hubs.models import Hub, User
from hubs.policies import Viewer
from kernel.errors import NotFound
from profiles.enums import Taxonomy
from profiles.models import Profile, ProfileTheme, Statement
from profiles.queries import visible_profiles, visible_statements, with_details


@dataclass(frozen=True)
class ProfileFilters:
    """Codes to keep; an empty tuple keeps all."""

    kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class StatementFilters:
    """Values to keep; an empty tuple or none keeps all."""

    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    profile: UUID | None = None


def _keys(taxonomy: Taxonomy, codes: tuple[str, ...]) -> list[str]:
    return [f"{taxonomy.value}:{code}" for code in codes]


def list_profiles(viewer: Viewer, filters: ProfileFilters, *, today: date) -> QuerySet[Profile]:
    """Profiles that the viewer may see, with details, by name; ties by id."""
    rows = visible_profiles(viewer)
    if filters.kinds:
        rows = rows.filter(kind__in=filters.kinds)
    if filters.regions:
        rows = rows.filter(region_id__in=_keys(Taxonomy.REGION, filters.regions))
    if filters.municipalities:
        rows = rows.filter(municipality_id__in=_keys(Taxonomy.MUNICIPALITY, filters.municipalities))
    if filters.themes:
        links = ProfileTheme.objects.filter(profile=OuterRef("pk"), theme_id__in=_keys(Taxonomy.THEME, filters.themes))
        rows = rows.filter(Exists(links))
    return with_details(rows, viewer, today=today).order_by("name", "id")


def list_statements(viewer: Viewer, filters: StatementFilters, *, today: date) -> QuerySet[Statement]:
    """Statements that the viewer may read, profile by profile in the order of their owner."""
    rows = visible_statements(viewer, today=today)
    if filters.kinds:
        rows = rows.filter(kind__in=filters.kinds)
    if filters.languages:
        rows = rows.filter(language__in=filters.languages)
    if filters.profile is not None:
        rows = rows.filter(profile__public_id=filters.profile)
    return rows.order_by("profile_id", "position", "id")


def find_token(hub_id: int, digest: str) -> ApiToken | None:
    """The hub's token with that digest and its person; also expired ones, so that the answer can say so."""
    return ApiToken.objects.filter(hub_id=hub_id, digest=digest).select_related("user").first()


def find_person(hub_slug: str, email: str) -> tuple[Hub, User]:
    """A hub and a person, for the commands.

    Raises:
        NotFound: one of the two does not exist; says which.
    """
    hub = Hub.objects.filter(slug=hub_slug).first()
    user = User.objects.filter(email__iexact=email).first()
    if hub is None:
        raise NotFound(_("There is no hub “%(slug)s”.") % {"slug": hub_slug})
    if user is None:
        raise NotFound(_("Nobody here has the address %(email)s.") % {"email": email})
    return hub, user
