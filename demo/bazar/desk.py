"""Registering people who do not exist: invented names, addresses that reach nobody, badge codes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.text import slugify

from demo.bazar.names import invented_names
from events.enums import PeopleKind
from events.models import Event, Participant, Participation
from hubs.models import User
from profiles.models import Affiliation, Profile

# Letters and digits that nobody mistakes for each other.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_SENIOR = frozenset({"Overlæge", "Professor", "Lektor", "Docent", "Seniorforsker"})
_DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


class Desk:
    """Makes the people of one event, each once; those who can be tried out come for their own organisation."""

    def __init__(self, event: Event, generator: np.random.Generator, now: datetime) -> None:
        self._event, self._now = event, now
        self._names, self._codes = invented_names(generator), _codes(generator)
        self._users = _demo_users(event)

    def person(self, part: Participation, profile: Profile, title: str, kind: PeopleKind, **fields: Any) -> Participant:
        """A participant that is not stored yet; the first of an organisation is who can be tried out, if anybody."""
        name, code = next(self._names), next(self._codes)
        user = self._users.pop(profile.organisation_id, None)
        mailbox = slugify(name.casefold().translate(_DANISH)).replace("-", ".")
        return Participant(
            hub=self._event.hub,
            event=self._event,
            participation=part,
            user=user,
            kind=kind,
            name=user.name if user else name,
            title=title,
            email=user.email if user else f"{mailbox}@{profile.slug[:40].strip('-')}.example",
            code=code,
            is_senior=title in _SENIOR,
            terms_number=1,
            agreed_at=self._now,
            **fields,
        )


def _demo_users(event: Event) -> dict[int, User]:
    """The people who can be tried out, by the organisation for which they speak."""
    rows = Affiliation.objects.filter(hub=event.hub).select_related("user").order_by("-pk")
    return {row.organisation_id: row.user for row in rows}


def _codes(generator: np.random.Generator) -> Iterator[str]:
    seen: set[str] = set()
    while True:
        code = "".join(_LETTERS[number] for number in generator.integers(0, len(_LETTERS), 6))
        if code not in seen:
            seen.add(code)
            yield code
