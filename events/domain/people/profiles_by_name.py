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
        key = " ".join(name.split()).casefold()
        return self._own.get(key) or self._organisations.get(key)

    def add(self, profile: Profile) -> None:
        """Know a profile that has come since."""
        self._organisations.setdefault(profile.organisation.name.casefold(), profile)
