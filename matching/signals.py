"""Feeds the change rows: whatever saves or deletes a profile or statement also says that the index is stale.

Bulk writes send no signals; those who use them call `note_changes` themselves.
"""

from typing import Any

from django.db.models.signals import post_delete, post_save

from hubs.models import Hub
from matching.domain.changes import note_changes
from profiles.models import Profile, Statement


def _profile_changed(instance: Profile, origin: Any = None, **_kwargs: Any) -> None:
    if not _goes_with_its_hub(origin):
        note_changes(instance.hub_id, profile_ids=[instance.pk])


def _statement_changed(instance: Statement, origin: Any = None, **_kwargs: Any) -> None:
    if not _goes_with_its_hub(origin):
        note_changes(instance.hub_id, profile_ids=[instance.profile_id])


def _goes_with_its_hub(origin: Any) -> bool:
    """Whether the whole hub is being deleted: a change row would then point to nothing."""
    return isinstance(origin, Hub) or getattr(origin, "model", None) is Hub


def connect() -> None:
    """Listen to saves and deletions, once."""
    for signal in (post_save, post_delete):
        signal.connect(_profile_changed, sender=Profile, dispatch_uid=f"matching.profile.{id(signal)}")
        signal.connect(_statement_changed, sender=Statement, dispatch_uid=f"matching.statement.{id(signal)}")
