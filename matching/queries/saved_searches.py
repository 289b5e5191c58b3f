"""Reads of what people keep of searching."""

from matching.models import SavedSearch


def saved_searches(user_id: int, hub_id: int) -> list[SavedSearch]:
    """A person's saved searches in a hub, newest first."""
    return list(SavedSearch.objects.filter(user_id=user_id, hub_id=hub_id).order_by("-created_at", "-pk"))
