"""Registers events and participations."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Knows matching; matching does not know it."""

    name = "events"
    default_auto_field = "django.db.models.BigAutoField"
