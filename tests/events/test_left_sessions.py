"""Mails about sessions of a person are found by one query of one size, however often the event has changed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event, Participant
from events.queries.left_sessions import mails_about_sessions, sessions_key
from hubs.models import Hub
from mailgate.domain.outbox import queue_mail
from tests.events.wish_people import NOW, make_event, person
from tests.factories import HubFactory

pytestmark = pytest.mark.django_db


def tell(event: Event, someone: Participant, version: int) -> None:
    queue_mail(
        event.hub_id, kind="event_sessions", address=someone.email, language="da",
        context={"version": str(version)}, once=sessions_key(event, someone, version), not_before=NOW,
    )  # fmt: skip


def versions(someone: Participant, since: int = 0) -> list[int]:
    return [int(mail.context["version"]) for mail in mails_about_sessions(someone, since=since)]


def test_mails_of_the_person_after_a_version_in_their_order(hub: Hub) -> None:
    event, foreign = make_event(hub, version=120), make_event(HubFactory(slug="nordbro"), slug="anden")
    anna, bo = person(event, "Anna"), person(event, "Bo")
    for version in (9, 10, 99, 101):
        tell(event, anna, version)
    tell(event, bo, 11)
    tell(foreign, anna, 12)

    assert (versions(anna), versions(anna, since=10), versions(bo)) == ([9, 10, 99, 101], [99, 101], [11])
    assert (versions(anna, since=9), versions(anna, since=101)) == ([10, 99, 101], [])


def test_query_stays_the_same_size(hub: Hub) -> None:
    anna = person(make_event(hub, version=3), "Anna")
    tell(anna.event, anna, 2)
    sizes = []
    for version in (3, 4_000):
        anna.event.version = version
        with CaptureQueriesContext(connection) as asked:
            assert versions(anna) == [2]
        sizes.append([len(each["sql"]) for each in asked.captured_queries])

    assert sizes[0] == sizes[1]
    assert len(sizes[0]) == 1
