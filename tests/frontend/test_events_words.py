"""The word search among those who come to an event looks only in what the reader may read."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Event, EventStatement, Participant
from hubs.enums import Role, Visibility
from hubs.models import Hub
from tests.events.wish_people import make_event, person
from tests.factories import StatementFactory
from tests.frontend.conftest import body, speaks_for, works_as

FOUND = "Hemmelighedskraemmer"


@pytest.fixture
def event(hub: Hub) -> Event:
    starts = timezone.now() + timedelta(days=30)
    return make_event(hub, starts_at=starts, ends_at=starts + timedelta(hours=8))


def writes(someone: Participant, *, visibility: str, is_for_the_day: bool, **values: object) -> None:
    """A text of the profile, which it brings to the event or not."""
    profile = someone.participation.profile
    text = StatementFactory(
        profile=profile, kind="offer", text="Vi har en kvantetang.", visibility=visibility, **values
    )
    if is_for_the_day:
        EventStatement.objects.create(
            hub=someone.hub, participation=someone.participation, kind="offer", text=text.text, language="da",
            statement=text,
        )  # fmt: skip


@pytest.mark.parametrize("is_for_the_day", [False, True])
@pytest.mark.parametrize(
    ("visibility", "role", "is_found"),
    [
        (Visibility.HUB, Role.MEMBER, False), (Visibility.HUB, Role.ORGANISER, True),
        (Visibility.MEMBERS, Role.MEMBER, True), (Visibility.PUBLIC, Role.MEMBER, True),
    ],
)  # fmt: skip
def test_words_find_only_what_the_reader_may_read(
    client: Client, event: Event, visibility: str, role: Role, is_found: bool, is_for_the_day: bool
) -> None:
    asta, hidden = person(event, "Asta"), person(event, FOUND)
    writes(hidden, visibility=visibility, is_for_the_day=is_for_the_day)
    if role == Role.MEMBER:
        speaks_for(client, asta.participation.profile)
    else:
        works_as(client, event.hub, role)

    page = body(client, "/en/events/bazar/people/?q=kvantetang")

    assert (FOUND in page) is is_found


def test_words_of_a_text_that_has_expired_find_nobody(client: Client, event: Event) -> None:
    asta, gone = person(event, "Asta"), person(event, FOUND)
    yesterday = timezone.localdate() - timedelta(days=1)
    writes(gone, visibility=Visibility.PUBLIC, is_for_the_day=False, expires_on=yesterday)
    speaks_for(client, asta.participation.profile)

    assert FOUND not in body(client, "/en/events/bazar/people/?q=kvantetang")


def test_own_words_for_the_day_are_found_by_all_who_come(client: Client, event: Event) -> None:
    asta, other = person(event, "Asta"), person(event, FOUND, offer="Vi har en kvantetang.")
    assert EventStatement.objects.get(participation=other.participation).statement is None
    speaks_for(client, asta.participation.profile)

    assert FOUND in body(client, "/en/events/bazar/people/?q=kvantetang")
