"""The abstract base of every stored row, and the audit record of what people changed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class BaseModel(models.Model):
    """A row with a public identifier that says nothing about how many rows there are."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        abstract = True


class AuditRecord(models.Model):
    """Who changed what and when; texts are not copied here, so that erasing a row erases its words."""

    hub = models.ForeignKey("hubs.Hub", on_delete=models.CASCADE, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    changed_fields = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("hub", "subject_type", "subject_id"), name="audit_subject"),)

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"
