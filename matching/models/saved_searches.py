"""What a person keeps of searching."""

from django.conf import settings
from django.db import models

from hubs.models import Hub
from kernel.models import BaseModel
from matching.results import SearchFilters


class SavedSearch(BaseModel):
    """Words and filters that a person wants to come back to."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    query = models.CharField(max_length=2000)
    chosen = models.JSONField(default=dict, blank=True, help_text="Codes by name of filter.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of query and filters: each is saved once.")

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (models.UniqueConstraint(fields=("hub", "user", "digest"), name="search_saved_once"),)

    def __str__(self) -> str:
        return f"{self.user_id}: saved search"

    @property
    def filters(self) -> SearchFilters:
        """The filters as searching takes them."""
        return SearchFilters(**{name: tuple(codes) for name, codes in self.chosen.items()})
