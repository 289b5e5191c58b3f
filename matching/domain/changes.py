"""Writing change rows, in the transaction of the change itself, so that none is ever lost."""

from collections.abc import Iterable

from matching.models import IndexChange


def note_changes(hub_id: int, *, profile_ids: Iterable[int]) -> None:
    """Say that these profiles' part of the index is stale."""
    IndexChange.objects.bulk_create(IndexChange(hub_id=hub_id, profile_id=pk) for pk in profile_ids)
