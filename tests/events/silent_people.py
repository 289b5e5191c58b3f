"""Whoever says "no thanks" or shares an agenda with somebody who did, and what others read then."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.wishes.asking import ask_meeting
from events.domain.wishes.wishing import prefer
from events.models import Event, MeetingRequest, Participant, Preference
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import DomainError
from tests.events.wish_people import DAY, NOW, make_event, person, speaks_as
from tests.frontend.conftest import body

REASON = "Vi vil gerne vise sensoren."
WEEK = timedelta(days=9)


def with_account(someone: Participant) -> Viewer:
    """The viewer who is that very person."""
    viewer = speaks_as(someone)
    Participant.objects.filter(pk=someone.pk).update(user=viewer.user_id)
    someone.refresh_from_db()
    return viewer


def ask(one: Participant, other: Participant, viewer: Viewer | None = None, *, is_must: bool = False) -> MeetingRequest:
    return ask_meeting(one, receiver=other, reason=REASON, is_must=is_must, now=NOW, viewer=viewer)


def tried(act: object) -> str:
    """What came of it: nothing, or an error and its words."""
    try:
        act()  # type: ignore[operator]
    except DomainError as error:
        return f"{error.code}: {error}"
    return "done"


def said_before(event: Event, one: Participant, other: Participant) -> Participant:
    """A colleague of the one, with an agenda of its own, who has said no thanks to the other the day before."""
    colleague = person(event, "Cia", profile=one.participation.profile)
    prefer(colleague, other=other, wanting="no_thanks", now=NOW - DAY)
    Preference.objects.update(updated_at=NOW - DAY)
    return colleague


def share(colleague: Participant, host: Participant | None) -> None:
    Participant.objects.filter(pk=colleague.pk).update(host=host)


def readable(client: Client, page: str) -> str:
    """The page without tokens, which differ each time."""
    return re.sub(r'value="[\w-]{60,}"|list=[\w-]{36}|nonce="[^"]+"|csrf[^>]+', "", body(client, page))


@pytest.fixture(name="coming")
def coming_fixture(hub: Hub, encoder: object) -> Event:
    starts = timezone.now() + timedelta(days=30)
    return make_event(hub, starts_at=starts, ends_at=starts + timedelta(hours=8))
