"""The audit record tells who changed what, and outlives the person but not the hub."""

from uuid import UUID

import pytest
from django.db import transaction

from hubs.models import Hub
from kernel.audit import record_change
from kernel.models import AuditRecord
from tests.factories import HubFactory, UserFactory

SUBJECT = UUID("7b6cf1d0-5f4e-4b1e-9df1-1f2f4a6d9a01")


def test_record_holds_names_of_fields_in_order(hub: Hub) -> None:
    user = UserFactory()

    record_change(
        hub.pk,
        actor_id=user.pk,
        action="update",
        subject_type="profile",
        subject_id=SUBJECT,
        changed_fields=(name for name in ("name", "kind")),
    )

    stored = AuditRecord.objects.values(
        "hub_id", "actor_id", "action", "subject_type", "subject_id", "changed_fields"
    ).get()
    assert stored == {
        "hub_id": hub.pk,
        "actor_id": user.pk,
        "action": "update",
        "subject_type": "profile",
        "subject_id": SUBJECT,
        "changed_fields": ["kind", "name"],
    }


def test_record_has_no_column_for_values() -> None:
    columns = {field.name for field in AuditRecord._meta.get_fields()}

    assert columns == {
        "id",
        "hub",
        "actor",
        "action",
        "subject_type",
        "subject_id",
        "changed_fields",
        "created_at",
    }


def test_record_stays_when_the_person_is_erased(hub: Hub) -> None:
    user = UserFactory()
    record_change(hub.pk, actor_id=user.pk, action="join", subject_type="membership", subject_id=SUBJECT)

    user.delete()

    assert list(AuditRecord.objects.values_list("actor_id", "action")) == [(None, "join")]


def test_record_goes_with_its_hub_and_leaves_the_other_hubs(hub: Hub) -> None:
    other = HubFactory(slug="nordbro")
    for each in (hub, other):
        record_change(each.pk, actor_id=None, action="join", subject_type="membership", subject_id=SUBJECT)

    other.delete()

    assert list(AuditRecord.objects.values_list("hub_id", flat=True)) == [hub.pk]


def test_record_is_undone_with_the_change_that_it_tells_of(hub: Hub) -> None:
    def change_and_fail() -> None:
        with transaction.atomic():
            record_change(hub.pk, actor_id=None, action="update", subject_type="profile", subject_id=SUBJECT)
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()

    assert AuditRecord.objects.count() == 0


def test_latest_record_comes_first(hub: Hub) -> None:
    for action in ("create", "update"):
        record_change(hub.pk, actor_id=None, action=action, subject_type="profile", subject_id=SUBJECT)

    assert [record.action for record in AuditRecord.objects.all()] == ["update", "create"]
