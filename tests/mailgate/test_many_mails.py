"""Mails to many at once: the same rules as for one, in as many queries for many as for a few."""

import pytest
from pytest_django import DjangoAssertNumQueries

from hubs.models import Hub
from mailgate.domain import objecting
from mailgate.domain.objecting import object_to_mail, objecting_among
from mailgate.domain.outbox import NewMail, queue_mails
from mailgate.models import OutgoingMail
from tests.factories import HubFactory
from tests.mailgate.conftest import KIND, NOW


def new(number: int, address: str = "", **context: str) -> NewMail:
    return NewMail(address or f"p{number}@a.example", "da", {"note": "1", **context}, once=f"note:{number}")


def queue(hub: Hub, *mails: NewMail) -> None:
    queue_mails(hub.pk, mails, kind=KIND, not_before=NOW)


def test_mails_to_many_take_no_query_each(hub: Hub, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(10):
        queue(hub, *(new(number) for number in range(150)))

    assert OutgoingMail.objects.filter(kind=KIND, state="waiting", not_before=NOW).count() == 150


def test_who_has_objected_here_gets_none_and_a_broken_address_fails_alone(hub: Hub) -> None:
    object_to_mail(hub.pk, address="P1@A.example")
    object_to_mail(HubFactory(slug="nordbro").pk, address="p2@a.example")

    queue(hub, new(1), new(2), new(3, "no address"))

    rows = OutgoingMail.objects.order_by("pk").values_list("address", "state", "error")
    assert list(rows) == [
        ("p1@a.example", "refused", ""),
        ("p2@a.example", "waiting", ""),
        ("no address", "failed", "invalid_address"),
    ]


def test_objections_are_looked_up_by_address_in_batches(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(objecting, "_DIGESTS_A_QUERY", 2)
    for address in ("p0@a.example", "p4@a.example", "somebody@else.example"):
        object_to_mail(hub.pk, address=address)
    asked = [*(f"p{number}@a.example" for number in range(5)), " P4@a.example"]

    with django_assert_num_queries(3) as queries:
        found = objecting_among(hub.pk, asked)

    assert found == {"p0@a.example", "p4@a.example", " P4@a.example"}
    assert all('"digest" IN (' in query["sql"] for query in queries.captured_queries)
    with django_assert_num_queries(0):
        assert objecting_among(hub.pk, ()) == frozenset()


def test_same_cause_twice_is_once(hub: Hub) -> None:
    queue(hub, new(1), new(1, "other@a.example"))
    queue(hub, new(1, "third@a.example"), new(2))

    assert list(OutgoingMail.objects.order_by("pk").values_list("address", flat=True)) == [
        "p1@a.example",
        "p2@a.example",
    ]


def test_context_that_could_be_personal_is_refused_and_nothing_is_queued(hub: Hub) -> None:
    with pytest.raises(ValueError, match="public ids"):
        queue(hub, new(1), new(2, name="Anna Berg"))

    assert not OutgoingMail.objects.exists()
