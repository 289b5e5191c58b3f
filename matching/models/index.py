"""What the index needs to survive anything: change rows, vectors by content, and the published state.

The index files are a copy; these rows are what they are rebuilt from.
"""

from django.db import models
from django.db.models.functions import Now

from hubs.models import Hub


class IndexChange(models.Model):
    """A profile changed (texts, visibility, place, or it is gone) and its part of the index is stale.

    `published` is empty until the vectors are stored, then the hub's next sequence number: readers follow that
    number, not the id, since rows with smaller ids may be committed later.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    profile_id = models.BigIntegerField(help_text="Not a foreign key: the profile may be gone.")
    published = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("hub", "published"), name="published_once_a_hub"),)
        indexes = (models.Index(fields=("hub",), condition=models.Q(published__isnull=True), name="pending_changes"),)

    def __str__(self) -> str:
        return f"{self.hub_id}: profile {self.profile_id} ({self.published or 'pending'})"


class StatementVector(models.Model):
    """The passage vector of one text under one encoder: float32, L2-normalised, little-endian."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    encoder = models.CharField(max_length=80, help_text="Encoder fingerprint.")
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of the text.")
    vector = models.BinaryField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("hub", "encoder", "content_hash"), name="vector_once_a_text"),)

    def __str__(self) -> str:
        return f"{self.hub_id}: {self.content_hash[:12]}"


class IndexState(models.Model):
    """What is published for a hub; its row is the lock under which change rows get their numbers."""

    hub = models.OneToOneField(Hub, on_delete=models.CASCADE, primary_key=True, related_name="+")
    published = models.BigIntegerField(default=0)
    encoder = models.CharField(max_length=80, blank=True)
    generation = models.PositiveIntegerField(default=0, help_text="Grows with each rebuild.")
    centre = models.BinaryField(
        default=bytes, blank=True, help_text="Mean vectors taken off, one a language; empty for none."
    )
    built_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.hub_id}: generation {self.generation}, change {self.published}"


class IndexBackground(models.Model):
    """Centred vectors of statements picked by chance when a generation began: what calibrates every score of it.

    float32, little-endian, with one language number (int16) each; written when the generation is begun.
    """

    hub = models.OneToOneField(Hub, on_delete=models.CASCADE, primary_key=True, related_name="+")
    vectors = models.BinaryField(default=bytes, blank=True)
    languages = models.BinaryField(default=bytes, blank=True)

    def __str__(self) -> str:
        return f"{self.hub_id}: background"
