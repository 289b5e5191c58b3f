"""The people who can be tried out in the demo: plainly fictional roles, never a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language

from hubs.domain.memberships import join_hub
from hubs.domain.people import find_or_create_person
from hubs.enums import Role
from hubs.models import Hub, User
from profiles.models import Affiliation, Profile


@dataclass(frozen=True)
class DemoPerson:
    """One role to try; `profile_key` names a profile in `demo/data`, none for the hub's own staff."""

    email: str
    name: str
    label_da: str
    label_en: str
    role: Role
    profile_key: str | None = None

    def label(self, language: str) -> str:
        """The text of the log-in button."""
        return self.label_da if language == "da" else self.label_en


DEMO_PEOPLE = (
    DemoPerson(
        "firma@haandled-co.example",
        "Firmaet Håndled & Co",
        "firma (Håndled & Co)",
        "a firm (Håndled & Co)",
        Role.MEMBER,
        "haandled-og-co",
    ),
    DemoPerson(
        "afdeling@auh-afdeling.example",
        "Kontaktpersonen på Plastikkirurgisk Afdeling",
        "hospitalsafdeling (Plastikkirurgisk Afdeling)",
        "a hospital department (Plastikkirurgisk Afdeling)",
        Role.MEMBER,
        "auh-plastikkirurgi",
    ),
    DemoPerson(
        "forsker@wearable-sensing.example",
        "Forskeren i Wearable Sensing Lab",
        "forsker (Wearable Sensing Lab)",
        "a researcher (Wearable Sensing Lab)",
        Role.MEMBER,
        "au-wearable-sensing-lab",
    ),
    DemoPerson(
        "kommune@randers-enhed.example",
        "Kontaktpersonen i Hjemmeplejen",
        "kommune (Hjemmeplejen, Randers Kommune)",
        "a municipality (Hjemmeplejen, Randers Kommune)",
        Role.MEMBER,
        "randers-hjemmepleje",
    ),
    DemoPerson(
        "facilitator@midtbro.example",
        "Facilitator i demoen",
        "facilitator",
        "a facilitator",
        Role.FACILITATOR,
    ),
    DemoPerson(
        "organiser@midtbro.example",
        "Arrangør i demoen",
        "arrangør",
        "an event organiser",
        Role.ORGANISER,
    ),
    DemoPerson(
        "admin@midtbro.example",
        "Administrator i demoen",
        "administrator",
        "a hub administrator",
        Role.HUB_ADMIN,
    ),
)

# Real organisations have no invented year behind them, so a department that exists nowhere shows one.
YEAR_PEOPLE = (
    DemoPerson(
        "afdeling@lyngvig-hospital.example",
        "Kontaktpersonen på Geriatrisk Afdeling i Lyngvig",
        "en opdigtet afdeling med et år bag sig (Geriatrisk Afdeling i Lyngvig)",
        "an invented department with a year behind it (Geriatrisk Afdeling i Lyngvig)",
        Role.MEMBER,
        "lyngvig-geriatri",
    ),
)
# In the order of the log-in buttons: members first, then the hub's own staff.
EVERYBODY = tuple(sorted((*DEMO_PEOPLE, *YEAR_PEOPLE), key=lambda person: person.role != Role.MEMBER))


def create_people(hub: Hub, profiles: Mapping[str, Profile], people: Iterable[DemoPerson] = DEMO_PEOPLE) -> list[User]:
    """Make each person with role and profile, once; `profiles` maps keys of `demo/data` to the loaded rows.

    Raises:
        KeyError: a person's profile was not loaded.
    """
    return [_create_person(hub, person, profiles) for person in people]


def _create_person(hub: Hub, person: DemoPerson, profiles: Mapping[str, Profile]) -> User:
    user = find_or_create_person(person.email, name=person.name)
    join_hub(hub, user=user, role=person.role)
    if person.profile_key is not None:
        organisation = profiles[person.profile_key].organisation
        Affiliation.objects.get_or_create(hub=hub, organisation=organisation, user=user)
    return user


def demo_people(hub: Hub) -> list[User]:
    """The loaded people of the hub in order, each with `demo_label` in the reader's language: one query."""
    language = get_language() or "da"
    rows = User.objects.filter(memberships__hub=hub, email__in=[person.email for person in EVERYBODY])
    found = {user.email: user for user in rows}
    people = []
    for person in EVERYBODY:
        if user := found.get(person.email):
            user.demo_label = person.label(language)  # type: ignore[attr-defined]
            people.append(user)
    return people


def profile_key_of(user: User) -> str | None:
    """The profile that a demo person speaks for: the demo's keys are the profiles' addresses."""
    return next((person.profile_key for person in EVERYBODY if person.email == user.email), None)
