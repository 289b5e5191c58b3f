"""Registers events and participations."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Knows matching; matching does not know it."""

    name = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of profiles that are erased."""
        from events.domain.people import leaving

        leaving.connect()
