"""Registering people who do not exist: invented names, addresses that reach nobody, badge codes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.text import slugify

from demo.bazar.names import invented_names
from demo.people import profile_key_of
from events.domain.people.person_fields import PersonFields
from events.enums import PeopleKind
from events.models import Event, Participant, Participation
from hubs.models import User
from profiles.models import Affiliation, Profile

# Letters and digits that nobody mistakes for each other.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_SENIOR = frozenset({"Overlæge", "Professor", "Lektor", "Docent", "Seniorforsker"})
_DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


class Desk:
    """Makes the people of one event, each once; those who can be tried out come for their own profile."""

    def __init__(self, event: Event, generator: np.random.Generator, now: datetime) -> None:
        self._event, self._now = event, now
        self._names, self._codes = invented_names(generator), _codes(generator)
        self._users = _demo_users(event)

    def person(self, part: Participation, profile: Profile, title: str, kind: PeopleKind, **fields: Any) -> Participant:
        """A participant that is not stored yet; the first of a profile is who can be tried out, if anybody."""
        user, name, email = self._who(profile)
        code = next(self._codes)
        return Participant(
            hub=self._event.hub,
            event=self._event,
            participation=part,
            user=user,
            kind=kind,
            name=name,
            title=title,
            email=email,
            code=code,
            is_senior=title in _SENIOR,
            terms_number=1,
            agreed_at=self._now,
            **fields,
        )

    def written(
        self, profile: Profile, title: str, kind: PeopleKind, **fields: Any
    ) -> tuple[User | None, PersonFields]:
        """The next person of the profile as a sign-up says it, and the account of who can be tried out."""
        user, name, email = self._who(profile)
        return user, PersonFields(
            name=name, email=email, title=title, kind=kind.value, is_senior=title in _SENIOR, **fields
        )

    def _who(self, profile: Profile) -> tuple[User | None, str, str]:
        """Account, name and address; a name is drawn for everybody, so that accounts change nobody else's."""
        name = next(self._names)
        user = self._users.pop(profile.slug, None)
        if user is not None:
            return user, user.name, user.email
        mailbox = slugify(name.casefold().translate(_DANISH)).replace("-", ".")
        return None, name, f"{mailbox}@{profile.slug[:40].strip('-')}.example"


def _demo_users(event: Event) -> dict[str, User]:
    """The people who can be tried out, by the profile for which they speak."""
    rows = Affiliation.objects.filter(hub=event.hub).select_related("user").order_by("-pk")
    return {key: row.user for row in rows if (key := profile_key_of(row.user)) is not None}


def _codes(generator: np.random.Generator) -> Iterator[str]:
    seen: set[str] = set()
    while True:
        code = "".join(_LETTERS[number] for number in generator.integers(0, len(_LETTERS), 6))
        if code not in seen:
            seen.add(code)
            yield code
