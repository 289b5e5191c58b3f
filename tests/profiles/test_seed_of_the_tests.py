"""The taxonomies outlive a test that empties every table: without the second seeding, round two fails."""

import pytest

from hubs.models import Hub
from profiles.models import Term
from tests.factories import HubFactory


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", [1, 2, 3])
def test_taxonomies_are_there_after_every_table_was_emptied(round_: int) -> None:
    HubFactory()

    assert Term.objects.filter(taxonomy="region").count() == 5
    assert Hub.objects.count() == 1


@pytest.mark.django_db
def test_taxonomies_are_there_for_everybody_else() -> None:
    assert Term.objects.filter(taxonomy="region").count() == 5
