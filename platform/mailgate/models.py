"""The outbox, and who wants no mail."""

from django.conf import settings
from django.db import models

from hubs.models import Hub
from kernel.models import BaseModel
from mailgate.enums import MailState


class OutgoingMail(BaseModel):
    """A mail that somebody waits for; its words are written when it is sent, from what holds then.

    `context` holds public ids and codes, never words or names: a text that is erased before the mail leaves is not in
    the mail. `once` makes the same cause mail the same receiver only once.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60, help_text="Names the renderer that writes the words.")
    address = models.EmailField()
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    context = models.JSONField(default=dict)
    once = models.CharField(max_length=160)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.WAITING)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField(null=True, blank=True, help_text="Later it would only confuse: it is dropped.")
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("not_before", "id")
        constraints = (models.UniqueConstraint(fields=("hub", "once"), name="mailed_once"),)
        indexes = (models.Index(fields=("state", "not_before"), name="mail_due"),)

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"


class MailObjection(BaseModel):
    """An address that wants no mail from the hub (but sign-in codes it asks for itself): kept as a keyed digest."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, help_text="Keyed SHA-256 of the address in lower case.")

    class Meta:
        ordering = ("hub", "id")
        constraints = (models.UniqueConstraint(fields=("hub", "digest"), name="objected_once"),)

    def __str__(self) -> str:
        return f"{self.hub_id}: {self.digest[:12]}"
