"""Which profile of a hub somebody means who writes the name of an organisation, by hand or in a file."""

from hubs.models import Hub
from profiles.models import Profile


class ProfilesByName:
    """The hub's profiles, by their own names and by those of their organisations; capitals do not matter."""

    def __init__(self, hub: Hub) -> None:
        # The oldest last, so that it is the one which a shared name leads to.
        profiles = Profile.objects.filter(hub=hub).select_related("organisation").order_by("-pk")
        self._own = {profile.name.casefold(): profile for profile in profiles}
        self._organisations = {profile.organisation.name.casefold(): profile for profile in profiles}

    def find(self, name: str) -> Profile | None:
        """The profile of that name, else the oldest one of the organisation of that name."""
        return self._own.get(_key(name)) or self._organisations.get(_key(name))


def find_by_name(hub: Hub, name: str) -> Profile | None:
    """The same for one name: only the profile that is found is loaded."""
    # Databases fold capitals each in their own way, SQLite none beyond A-Z; so names are compared here.
    wanted = _key(name)
    named = Profile.objects.filter(hub=hub).order_by("pk").values_list("pk", "name", "organisation__name")
    by_organisation = None
    for key, own, organisation in named.iterator():
        if own.casefold() == wanted:
            return _load(key)
        if by_organisation is None and organisation.casefold() == wanted:
            by_organisation = key
    return _load(by_organisation) if by_organisation is not None else None


def _load(key: int) -> Profile | None:
    return Profile.objects.select_related("organisation").filter(pk=key).first()


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
