"""Reads of the registries, always within one hub and what the viewer may see."""

from datetime import date
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from hubs.policies import Action, Viewer, may, visible_levels
from kernel.errors import NotFound
from profiles.models import Affiliation, Organisation, Profile, Statement


def organisation_ids_of(hub_id: int, user_id: int) -> frozenset[int]:
    """The organisations of the hub for which the person speaks."""
    rows = Affiliation.objects.filter(hub_id=hub_id, user_id=user_id)
    return frozenset(rows.values_list("organisation_id", flat=True))


def visible_profiles(viewer: Viewer) -> QuerySet[Profile]:
    """Profiles of the hub that the viewer may see; paused ones only by their own people and staff."""
    seen = Q(visibility__in=visible_levels(viewer))
    if not viewer.is_staff:
        seen &= Q(is_paused=False)
    return Profile.objects.filter(hub_id=viewer.hub_id).filter(seen | Q(organisation_id__in=viewer.organisation_ids))


def visible_statements(viewer: Viewer, *, today: date) -> QuerySet[Statement]:
    """Statements that the viewer may read; expired ones only by their own people and staff."""
    return _readable_statements(viewer, today=today).filter(profile__in=visible_profiles(viewer))


def _readable_statements(viewer: Viewer, *, today: date) -> QuerySet[Statement]:
    """Statements that the viewer may read where the profile is one that the viewer may see."""
    seen = Q(visibility__in=visible_levels(viewer))
    if not viewer.is_staff:
        seen &= Q(expires_on__isnull=True) | Q(expires_on__gte=today)
    own = Q(profile__organisation_id__in=viewer.organisation_ids)
    rows = Statement.objects.filter(hub_id=viewer.hub_id)
    return rows.filter(seen | own).select_related("profile")


def with_details(profiles: QuerySet[Profile], viewer: Viewer, *, today: date) -> QuerySet[Profile]:
    """Visible profiles with organisation, themes and readable statements: three queries whatever the length."""
    # That the profiles are visible is asked once, of them: a second time for each statement costs most of a page.
    statements = _readable_statements(viewer, today=today).order_by("profile", "position", "id")
    return profiles.select_related("organisation").prefetch_related(
        "theme_links", Prefetch("statements", queryset=statements, to_attr="readable_statements")
    )


def find_profile(viewer: Viewer, slug: str, *, today: date) -> Profile:
    """One profile by its address, with details.

    Raises:
        NotFound: there is none, or the viewer may not see it (the two look alike on purpose).
    """
    if "\x00" in slug:
        # PostgreSQL refuses the query itself, so it is answered before it is asked.
        raise _not_found()
    return _first(with_details(visible_profiles(viewer).filter(slug=slug), viewer, today=today))


def find_profile_by_id(viewer: Viewer, public_id: UUID, *, today: date) -> Profile:
    """One profile by its public identifier, with details.

    Raises:
        NotFound: as `find_profile`.
    """
    return _first(with_details(visible_profiles(viewer).filter(public_id=public_id), viewer, today=today))


def _first(profiles: QuerySet[Profile]) -> Profile:
    profile = profiles.first()
    if profile is None:
        raise _not_found()
    return profile


def _not_found() -> NotFound:
    return NotFound(_("We cannot find that profile. It may have been removed, or it is not open to you."))


def find_statement(viewer: Viewer, public_id: UUID, *, today: date) -> Statement:
    """One statement by its public identifier.

    Raises:
        NotFound: there is none, it is expired or hidden from the viewer, or it is another hub's.
    """
    statement = visible_statements(viewer, today=today).filter(public_id=public_id).first()
    if statement is None:
        raise NotFound(_("We cannot find that text. It may have expired or been removed, or it is not open to you."))
    return statement


def profile_counts(viewer: Viewer) -> dict[str, int]:
    """How many profiles of each kind the viewer may see; kinds without any are left out."""
    return dict(visible_profiles(viewer).order_by().values_list("kind").annotate(Count("id")))


def statement_counts(viewer: Viewer, *, today: date) -> dict[str, int]:
    """How many statements of each kind the viewer may read; kinds without any are left out."""
    rows = visible_statements(viewer, today=today).select_related(None).order_by()
    return dict(rows.values_list("kind").annotate(Count("id")))


def own_profiles(viewer: Viewer) -> QuerySet[Profile]:
    """Profiles of the organisations for which the viewer speaks."""
    return Profile.objects.filter(hub_id=viewer.hub_id, organisation_id__in=viewer.organisation_ids).select_related(
        "organisation"
    )


def find_organisation(hub_id: int, name: str) -> Organisation | None:
    """The hub's organisation of that name, whatever its case."""
    return Organisation.objects.filter(hub_id=hub_id, name__iexact=name).first()


def contact_for(viewer: Viewer, profile: Profile) -> str:
    """The contact address if the viewer may have it, else empty: it opens when both sides have said yes."""
    return profile.contact_email if may(viewer, Action.SEE_CONTACT, profile) else ""
