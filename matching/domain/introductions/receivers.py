"""Who reads what is sent to a profile: the people who speak for its organisation, else its contact address."""

from dataclasses import dataclass

from profiles.models import Affiliation, Profile


@dataclass(frozen=True)
class Receiver:
    """An address, and the language in which its owner reads."""

    address: str
    language: str


def receivers_of(profile: Profile) -> list[Receiver]:
    """Everybody who is to be told, each address once, in order of address; empty when nobody can be reached."""
    people = Affiliation.objects.filter(
        hub_id=profile.hub_id, organisation_id=profile.organisation_id, user__is_active=True
    )
    found = people.order_by("user__email").values_list("user__email", "user__language")
    if found:
        return [Receiver(address, language) for address, language in found]
    return [Receiver(profile.contact_email, profile.hub.language)] if profile.contact_email else []
