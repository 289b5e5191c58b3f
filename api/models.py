"""The token with which a program signs in as a person, in one hub."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hubs.models import Hub
from kernel.models import BaseModel


class ApiToken(BaseModel):
    """Only a digest is stored: whoever reads the table cannot sign in with it."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80, blank=True, help_text=_("What the token is for."))
    digest = models.CharField(max_length=64, unique=True, help_text=_("SHA-256 of the token, hexadecimal."))
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        ordering = ("expires_at", "id")

    def __str__(self) -> str:
        return f"{self.user} · {self.name or self.digest[:8]}"

    def is_expired(self, now: datetime) -> bool:
        """Whether the token no longer works at `now`."""
        return self.expires_at <= now
