"""A firm, a ward and a request between them, at the moment at which the test runs."""

from dataclasses import dataclass
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailgate.links import sign
from matching.models import Introduction
from tests.matching.introductions import parties
from tests.matching.introductions.parties import Person

WRITTEN = {
    "contact_purpose": "test",
    "asked": "Må vi prøve sensoren på tre patienter i to uger?",
    "minutes": "60",
    "opi_step": "light_contact",
    "ip_state": "applied",
    "seeker_text": "",
}


@dataclass(frozen=True)
class Pair:
    """The one who asks and the one who is asked."""

    firm: Person
    ward: Person

    def draft(self) -> Introduction:
        return parties.drafted(self.firm, self.ward, now=timezone.now())

    def sent(self, *, days_ago: int = 1) -> Introduction:
        return parties.sent(self.firm, self.ward, now=timezone.now() - timedelta(days=days_ago))

    def accepted(self) -> Introduction:
        return parties.accepted(self.firm, self.ward, now=timezone.now() - timedelta(days=1))


def signed_in(client: Client, person: Person) -> Client:
    """The client of that person."""
    client.force_login(person.user)
    return client


def address(name: str, introduction: Introduction) -> str:
    """The address of a page of the request, in English."""
    return "/en" + reverse(f"frontend:{name}", args=[introduction.public_id]).removeprefix("/en")


def answer_address(introduction: Introduction, side: str = "receiver") -> str:
    """The address of the link that is mailed to that side, in English."""
    token = sign("answer", introduction=str(introduction.public_id), side=side)
    return "/en" + reverse("frontend:answer", args=[token]).removeprefix("/en")
