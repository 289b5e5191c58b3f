"""Making and changing organisations and profiles."""

import itertools
from collections.abc import Container

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from hubs.domain.memberships import join_hub
from hubs.models import Hub, User
from hubs.policies import Action, Viewer, may_create_profile, require
from kernel.audit import record_change
from kernel.errors import InvalidInput, NotAllowed, NotFound
from profiles.domain.fields import OrganisationFields, ProfileFields
from profiles.domain.saving import assign, check_version, save_valid
from profiles.models import Affiliation, Organisation, Profile, ProfileTheme
from profiles.queries import find_organisation, own_profiles

# More than a hospital has departments; without an end, one person could fill the hub.
MAX_PROFILES = 100
_DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})


@transaction.atomic
def create_profile(
    hub: Hub, *, viewer: Viewer, user: User, organisation: OrganisationFields, fields: ProfileFields
) -> Profile:
    """Make a person's organisation and its first profile; the person becomes a member who may edit both.

    Raises:
        NotAllowed: nobody has signed in.
        InvalidInput: a field breaks a rule, others already speak for an organisation of that name,
            or the person's organisations have as many profiles as one may make.
    """
    if not may_create_profile(viewer):
        raise NotAllowed(_("Sign in first, then you can make a profile."))
    if own_profiles(viewer).count() >= MAX_PROFILES:
        raise InvalidInput(
            _("You speak for %(limit)d profiles, and nobody can make more. Ask the hub to help you.")
            % {"limit": MAX_PROFILES}
        )
    owner = _organisation_for(hub, viewer, organisation)
    profile = store_profile(hub, organisation=owner, fields=fields)
    join_hub(hub, user=user)
    Affiliation.objects.get_or_create(hub=hub, organisation=owner, user=user)
    record_change(hub.pk, actor_id=user.pk, action="create", subject_type="profile", subject_id=profile.public_id)
    return profile


def _organisation_for(hub: Hub, viewer: Viewer, fields: OrganisationFields) -> Organisation:
    cleaned = fields.cleaned()
    existing = find_organisation(hub.pk, cleaned["name"])
    if existing is None:
        return save_valid(Organisation(hub=hub, **cleaned))
    if existing.pk not in viewer.organisation_ids:
        raise _name_is_taken(existing)
    return existing


def _name_is_taken(existing: Organisation) -> InvalidInput:
    return InvalidInput(
        _("“%(name)s” is here already. Ask the hub to let you edit it, or use the full name of your own.")
        % {"name": existing.name},
        field="organisation",
    )


def store_organisation(hub: Hub, *, fields: OrganisationFields) -> Organisation:
    """The hub's organisation of that name, made when it is new; for importers, which decide who may.

    Raises:
        InvalidInput: a field breaks a rule.
    """
    cleaned = fields.cleaned()
    return find_organisation(hub.pk, cleaned["name"]) or save_valid(Organisation(hub=hub, **cleaned))


def store_profile(hub: Hub, *, organisation: Organisation, fields: ProfileFields, slug: str = "") -> Profile:
    """Store a profile for an organisation; for importers and `create_profile`, which decide who may.

    Its address comes from `slug`, else from the name, with a number where that is taken.

    Raises:
        InvalidInput: a field breaks a rule.
    """
    profile = Profile(hub=hub, organisation=organisation, **fields.cleaned())
    profile.slug = _free_slug(hub.pk, slug or profile.name)
    save_valid(profile)
    _set_themes(profile, fields.theme_keys())
    return profile


@transaction.atomic
def update_profile(profile: Profile, *, viewer: Viewer, version: int, fields: ProfileFields) -> Profile:
    """Change a profile that still has the version that the editor saw.

    Raises:
        NotAllowed: the viewer does not speak for it.
        NotFound: somebody removed it in between.
        EditConflict: somebody saved in between; nothing is changed.
        InvalidInput: a field breaks a rule.
    """
    require(viewer, Action.EDIT, profile)
    locked = Profile.objects.select_for_update().filter(pk=profile.pk).first()
    if locked is None:
        raise NotFound(_("We cannot find that profile. It may have been removed, or it is not open to you."))
    check_version(locked.version, version)
    changed = assign(locked, fields.cleaned())
    locked.version += 1
    save_valid(locked)
    changed += _set_themes(locked, fields.theme_keys())
    record_change(
        locked.hub_id,
        actor_id=viewer.user_id,
        action="update",
        subject_type="profile",
        subject_id=locked.public_id,
        changed_fields=changed,
    )
    return locked


@transaction.atomic
def update_organisation(
    organisation: Organisation, *, viewer: Viewer, version: int, fields: OrganisationFields
) -> Organisation:
    """Change an organisation for which the viewer speaks, if it still has the version that the editor saw.

    Raises:
        NotAllowed: the viewer does not speak for it.
        NotFound: somebody removed it in between.
        EditConflict: somebody saved in between; nothing is changed.
        InvalidInput: a field breaks a rule, or the name is taken in this hub.
    """
    if organisation.hub_id != viewer.hub_id or organisation.pk not in viewer.organisation_ids:
        raise NotAllowed(_("Only the organisation itself may change this."))
    locked = Organisation.objects.select_for_update().filter(pk=organisation.pk).first()
    if locked is None:
        raise NotFound(_("We cannot find that organisation. It may have been removed."))
    check_version(locked.version, version)
    cleaned = fields.cleaned()
    namesake = find_organisation(locked.hub_id, cleaned["name"])
    if namesake is not None and namesake.pk != locked.pk:
        raise _name_is_taken(namesake)
    changed = assign(locked, cleaned)
    locked.version += 1
    save_valid(locked)
    record_change(
        locked.hub_id,
        actor_id=viewer.user_id,
        action="update",
        subject_type="organisation",
        subject_id=locked.public_id,
        changed_fields=changed,
    )
    return locked


def _set_themes(profile: Profile, keys: list[str]) -> list[str]:
    """Link exactly these themes; returns the name of what changed, for the record."""
    links = profile.theme_links
    present = set(links.values_list("theme_id", flat=True))
    links.exclude(theme_id__in=keys).delete()
    ProfileTheme.objects.bulk_create(
        ProfileTheme(hub_id=profile.hub_id, profile=profile, theme_id=key) for key in keys if key not in present
    )
    return ["themes"] if present != set(keys) else []


def _free_slug(hub_id: int, name: str) -> str:
    rows = Profile.objects.filter(hub_id=hub_id, slug__startswith=_slug(name))
    return free_slug(name, set(rows.values_list("slug", flat=True)))


def _slug(name: str) -> str:
    return slugify(name.translate(_DANISH_LETTERS))[:60] or "profil"


def free_slug(name: str, taken: Container[str]) -> str:
    """The address that follows from a name, with a number where that is taken."""
    base = _slug(name)
    numbered = (f"{base}-{number}" for number in itertools.count(2))
    return next(slug for slug in itertools.chain((base,), numbered) if slug not in taken)
