"""A rebuild erases what nobody may need any more: vectors of texts that are gone, and changes of old generations."""

import pytest

from hubs.models import Hub
from matching.domain.indexing import rebuild_index
from matching.models import StatementVector
from matching.queries.index import content_hash
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory
from tests.matching.cluster import add_profile, build, publish_all
from tests.matching.domain.watching import numbers, published

pytestmark = pytest.mark.django_db


def hashes(hub: Hub) -> set[str]:
    return set(StatementVector.objects.filter(hub=hub).values_list("content_hash", flat=True))


def test_rebuild_erases_the_vectors_of_texts_that_are_gone(hub: Hub, encoder: WordHashEncoder) -> None:
    other = HubFactory(slug="other", name="Other")
    kept, gone = add_profile(hub, offers=["Sensor"]), add_profile(hub, offers=["Robot"])
    add_profile(other, offers=["Robot"])
    build(hub, encoder)
    build(other, encoder)

    gone.delete()
    rebuild_index(hub.pk, encoder=encoder)

    assert kept.statements.count() == 1
    assert hashes(hub) == {content_hash("Sensor")}
    assert hashes(other) == {content_hash("Robot")}


def test_rebuild_forgets_the_changes_before_it_and_goes_on_counting(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    add_profile(hub, offers=["Robot"])
    publish_all(hub, encoder)
    before = published(hub)

    rebuild_index(hub.pk, encoder=encoder)
    add_profile(hub, offers=["Lift"])
    publish_all(hub, encoder)

    assert numbers(hub) == list(range(before + 1, before + 1 + len(numbers(hub))))
    assert published(hub) == before + len(numbers(hub))
