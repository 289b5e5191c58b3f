"""Writing the audit record, inside the transaction of the change that it tells of."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from kernel.models import AuditRecord


def record_change(
    hub_id: int,
    *,
    actor_id: int | None,
    action: str,
    subject_type: str,
    subject_id: UUID,
    changed_fields: Iterable[str] = (),
) -> AuditRecord:
    """Store that `actor_id` did `action`; field names only, never their values."""
    return AuditRecord.objects.create(
        hub_id=hub_id,
        actor_id=actor_id,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        changed_fields=sorted(changed_fields),
    )


def record_changes(
    hub_id: int, *, actor_id: int | None, action: str, subject_type: str, changed_fields: Mapping[UUID, Iterable[str]]
) -> None:
    """The same of many subjects at once: their public ids -> the names of what changed of each."""
    AuditRecord.objects.bulk_create(
        AuditRecord(
            hub_id=hub_id,
            actor_id=actor_id,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            changed_fields=sorted(names),
        )
        for subject_id, names in changed_fields.items()
    )
