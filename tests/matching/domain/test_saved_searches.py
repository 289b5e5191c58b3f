"""Saved searches belong to one person in one hub: each once, at most so many, and nobody else can remove them."""

from uuid import uuid4

import pytest

from hubs.models import Hub
from kernel.errors import InvalidInput, NotFound
from matching.domain import saved_searches
from matching.domain.saved_searches import remove_search, save_search
from matching.models import SavedSearch
from matching.queries.saved_searches import saved_searches as saved_by
from matching.results import SearchFilters
from tests.factories import HubFactory, UserFactory

pytestmark = pytest.mark.django_db

NO_FILTERS = SearchFilters()
FILTERS = SearchFilters(kinds=("firm", "clinician"), regions=("1081",), stages=("idea",))


def queries(user: object, hub: Hub) -> list[str]:
    return [row.query for row in saved_by(user.pk, hub.pk)]  # type: ignore[attr-defined]


def test_saved_search_comes_back_as_it_was(hub: Hub) -> None:
    user = UserFactory()

    save_search(user, hub_id=hub.pk, query="  sensor  ", filters=FILTERS)

    (row,) = saved_by(user.pk, hub.pk)
    assert row.query == "sensor"
    assert row.filters == SearchFilters(kinds=("clinician", "firm"), regions=("1081",), stages=("idea",))


def test_newest_comes_first(hub: Hub) -> None:
    user = UserFactory()

    for words in ("sensor", "robot", "app"):
        save_search(user, hub_id=hub.pk, query=words, filters=NO_FILTERS)

    assert queries(user, hub) == ["app", "robot", "sensor"]


def test_same_search_is_saved_once_whatever_the_order_of_its_filters(hub: Hub) -> None:
    user = UserFactory()

    rows = {
        save_search(user, hub_id=hub.pk, query="sensor", filters=SearchFilters(kinds=kinds)).pk
        for kinds in (("firm", "clinician"), ("clinician", "firm"))
    }

    assert len(rows) == SavedSearch.objects.count() == 1


def test_same_words_with_other_filters_are_another_search(hub: Hub) -> None:
    user = UserFactory()

    for filters in (NO_FILTERS, FILTERS, SearchFilters(kinds=("firm",))):
        save_search(user, hub_id=hub.pk, query="sensor", filters=filters)

    assert len(queries(user, hub)) == 3


def test_more_than_the_most_are_refused_but_known_ones_are_not(hub: Hub) -> None:
    user = UserFactory()
    for number in range(saved_searches.MAX_SAVED):
        save_search(user, hub_id=hub.pk, query=f"sensor {number}", filters=NO_FILTERS)

    with pytest.raises(InvalidInput) as caught:
        save_search(user, hub_id=hub.pk, query="en til", filters=NO_FILTERS)
    save_search(user, hub_id=hub.pk, query="sensor 7", filters=NO_FILTERS)

    assert (saved_searches.MAX_SAVED, caught.value.details["field"]) == (50, "q")
    assert "50" in str(caught.value)
    assert len(queries(user, hub)) == 50


def test_most_is_counted_for_each_person_and_hub(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_searches, "MAX_SAVED", 1)
    other = HubFactory(slug="other", name="Other")
    one, two = UserFactory(), UserFactory()

    for user, each in ((one, hub), (two, hub), (one, other)):
        save_search(user, hub_id=each.pk, query="sensor", filters=NO_FILTERS)

    assert [queries(one, hub), queries(two, hub), queries(one, other)] == [["sensor"]] * 3


@pytest.mark.parametrize("query", ["", "  \n ", "\x00", "sensor\x00", "x" * 2001, "\ud83e"])
def test_words_that_cannot_be_searched_are_not_saved(hub: Hub, query: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        save_search(UserFactory(), hub_id=hub.pk, query=query, filters=NO_FILTERS)

    assert caught.value.details["field"] == "q"
    assert SavedSearch.objects.count() == 0


@pytest.mark.parametrize("query", ["🦠", "'; DROP TABLE x; --", "text:(a AND b)~2 [x TO y]", "x" * 2000])
def test_odd_words_are_saved_as_they_are(hub: Hub, query: str) -> None:
    assert save_search(UserFactory(), hub_id=hub.pk, query=query, filters=NO_FILTERS).query == query


def test_removed_search_is_gone(hub: Hub) -> None:
    user = UserFactory()
    row = save_search(user, hub_id=hub.pk, query="sensor", filters=NO_FILTERS)

    remove_search(user, hub_id=hub.pk, public_id=row.public_id)

    assert queries(user, hub) == []
    with pytest.raises(NotFound):
        remove_search(user, hub_id=hub.pk, public_id=row.public_id)


def test_nobody_removes_what_is_anothers_or_in_another_hub(hub: Hub) -> None:
    user, other_hub = UserFactory(), HubFactory(slug="other", name="Other")
    row = save_search(user, hub_id=hub.pk, query="sensor", filters=NO_FILTERS)

    for stranger, each, public_id in (
        (UserFactory(), hub, row.public_id),
        (user, other_hub, row.public_id),
        (user, hub, uuid4()),
    ):
        with pytest.raises(NotFound):
            remove_search(stranger, hub_id=each.pk, public_id=public_id)

    assert queries(user, hub) == ["sensor"]


def test_searches_go_with_the_person(hub: Hub) -> None:
    user = UserFactory()
    save_search(user, hub_id=hub.pk, query="sensor", filters=NO_FILTERS)

    user.delete()

    assert SavedSearch.objects.count() == 0
