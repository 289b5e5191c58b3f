"""Writing the audit record, inside the transaction of the change that it tells of."""

from collections.abc import Iterable
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
