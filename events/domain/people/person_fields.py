"""What a form or a file says of a person at an event, before it is checked."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from events.enums import PeopleKind
from events.models import Participant
from kernel.errors import InvalidInput
from profiles.domain.fields import one_of
from profiles.texts import clean_line, clean_text

MOST_MEETINGS = 60
# Nothing that is read as another: no 0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V.
CODE_LETTERS = "34679ACDEFGHJKMNPRTWXY"
CODE_LENGTH = 6


@dataclass(frozen=True)
class PersonFields:
    """A person as written. `agreed_terms` is the number of the terms that stood beside the tick, None without one."""

    name: str
    email: str
    title: str = ""
    phone: str = ""
    language: str = "da"
    kind: str = PeopleKind.PARTICIPANT.value
    is_senior: bool = False
    meets: bool = False
    may_be_asked: bool = True
    most_meetings: int | None = None
    beside_cap: bool = False
    access_needs: str = ""
    shares_contact: bool = False
    agreed_terms: int | None = None
    host: Participant | None = field(default=None, compare=False)

    def cleaned(self) -> dict[str, Any]:
        """Column values, but host and terms, which are judged at their event.

        Raises:
            InvalidInput: a text breaks a rule, or no meeting at all is asked for as a limit.
        """
        return {
            "name": clean_line(self.name, field="name", max_length=120, min_letters=2),
            "email": clean_email(self.email),
            "title": clean_line(self.title, field="title", max_length=120),
            "phone": clean_line(self.phone, field="phone", max_length=40),
            "language": one_of(self.language, [code for code, _name in settings.LANGUAGES], field="language"),
            "kind": one_of(self.kind, PeopleKind.values, field="kind"),
            "is_senior": self.is_senior,
            "meets": self.meets,
            "may_be_asked": self.may_be_asked,
            "most_meetings": _most(self.most_meetings),
            "beside_cap": self.beside_cap,
            "access_needs": clean_text(self.access_needs, field="access_needs", max_length=500),
            "shares_contact": self.shares_contact,
        }


def clean_email(raw: str) -> str:
    """The address in lower case, as people are known by it.

    Raises:
        InvalidInput: it is none.
    """
    address = clean_line(raw, field="email", max_length=254).lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInput(_("That is not an e-mail address. Write it like name@firm.dk."), field="email") from error
    return address


def _most(number: int | None) -> int | None:
    if number is not None and not 1 <= number <= MOST_MEETINGS:
        raise InvalidInput(
            _("Write a number from 1 to %(limit)d, or leave it empty.") % {"limit": MOST_MEETINGS},
            field="most_meetings",
        )
    return number


def new_code(event_id: int) -> str:
    """A code for the badge that no other person of the event has; it opens nothing, so it need not be a secret."""
    while True:
        code = _any_code()
        if not Participant.objects.filter(event_id=event_id, code=code).exists():
            return code


def new_codes(event_id: int, number: int) -> list[str]:
    """As many such codes: one query whatever their number."""
    taken = set(Participant.objects.filter(event_id=event_id).values_list("code", flat=True))
    made: list[str] = []
    while len(made) < number:
        code = _any_code()
        if code not in taken:
            taken.add(code)
            made.append(code)
    return made


def _any_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _letter in range(CODE_LENGTH))
