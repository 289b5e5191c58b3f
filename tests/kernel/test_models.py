"""Every row of ours carries a public identifier that cannot be guessed from another row's."""

from uuid import UUID

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model

from hubs.models import Hub
from kernel.models import BaseModel
from tests.factories import HubFactory


def models_of_ours() -> list[type[Model]]:
    return [model for model in apps.get_models() if issubclass(model, BaseModel)]


def test_base_model_is_behind_every_registry_table() -> None:
    names = {model.__name__ for model in models_of_ours()}

    assert names >= {
        "Hub",
        "User",
        "Membership",
        "Organisation",
        "Affiliation",
        "Profile",
        "Statement",
        "Event",
    }


@pytest.mark.parametrize("model", models_of_ours(), ids=lambda model: model.__name__)
def test_public_identifier_is_unique_and_not_offered_in_forms(model: type[Model]) -> None:
    field = model._meta.get_field("public_id")

    assert (field.unique, field.editable) == (True, False)


def test_public_identifiers_are_random(hub: Hub) -> None:
    other = HubFactory(slug="nordbro")

    assert [hub.public_id.version, other.public_id.version] == [4, 4]
    assert hub.public_id != other.public_id


def test_public_identifier_cannot_be_used_twice(hub: Hub) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        HubFactory(slug="nordbro", public_id=hub.public_id)

    assert Hub.objects.count() == 1


def test_times_follow_saves(hub: Hub) -> None:
    created, updated = hub.created_at, hub.updated_at

    hub.name = "Midtbro 2"
    hub.save()

    hub.refresh_from_db()
    assert hub.created_at == created
    assert hub.updated_at > updated
    assert isinstance(hub.public_id, UUID)
