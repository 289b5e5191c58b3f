"""Feeds the change rows: whatever saves or deletes a profile or statement also says that the index is stale.

Bulk writes send no signals; those who use them call `note_changes` themselves.
"""

from typing import Any

from django.db.models.signals import post_delete, post_save
from profiles.models import Profile, Statement

from matching.domain.changes import note_changes


def _profile_changed(instance: Profile, **_kwargs: Any) -> None:
    note_changes(instance.hub_id, profile_ids=[instance.pk])


def _statement_changed(instance: Statement, **_kwargs: Any) -> None:
    note_changes(instance.hub_id, profile_ids=[instance.profile_id])


def connect() -> None:
    """Listen to saves and deletions, once."""
    for signal in (post_save, post_delete):
        signal.connect(_profile_changed, sender=Profile, dispatch_uid=f"matching.profile.{id(signal)}")
        signal.connect(_statement_changed, sender=Statement, dispatch_uid=f"matching.statement.{id(signal)}")
