"""Making many profiles at once, from a list of organisations: as many queries for thousands as for a few."""

from collections.abc import Sequence

from django.db import transaction

from hubs.models import Hub
from profiles.domain.fields import OrganisationFields, ProfileFields
from profiles.domain.profiles import free_slug
from profiles.models import Organisation, Profile, ProfileTheme


@transaction.atomic
def store_profiles(hub: Hub, *, fields: Sequence[ProfileFields]) -> list[Profile]:
    """Store profiles in the order given, each of the organisation of its own name, which is made where it is new.

    For importers, which decide who may. Bulk writes send no signals: who calls this says that the index is stale.

    Raises:
        InvalidInput: a field breaks a rule; nothing is stored.
    """
    columns = [each.cleaned() for each in fields]
    owners = _organisations(hub, [values["name"] for values in columns])
    taken = set(Profile.objects.filter(hub=hub).values_list("slug", flat=True))
    profiles = []
    for values in columns:
        owner, slug = owners[values["name"].casefold()], free_slug(values["name"], taken)
        profile = Profile(hub=hub, organisation=owner, slug=slug, **values)
        taken.add(profile.slug)
        profiles.append(profile)
    Profile.objects.bulk_create(profiles)
    ProfileTheme.objects.bulk_create(
        ProfileTheme(hub=hub, profile=profile, theme_id=key)
        for profile, each in zip(profiles, fields, strict=True)
        for key in each.theme_keys()
    )
    return profiles


def _organisations(hub: Hub, names: Sequence[str]) -> dict[str, Organisation]:
    """The hub's organisations of these names, by what tells names apart; the new ones are stored."""
    found = {owner.name.casefold(): owner for owner in Organisation.objects.filter(hub=hub).order_by("-pk")}
    new: dict[str, Organisation] = {}
    for name in names:
        if name.casefold() not in found:
            new.setdefault(name.casefold(), Organisation(hub=hub, **OrganisationFields(name=name).cleaned()))
    Organisation.objects.bulk_create(new.values())
    return found | new
