"""Registers the index tables and feeds them from saves."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Connects the change feed when Django starts."""

    name = "matching"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the signals that write change rows."""
        from matching import signals

        signals.connect()
