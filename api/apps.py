"""Registers the API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Serializers and views, and one table: the tokens with which programs sign in."""

    name = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the schema generator about our ways to sign in."""
        from api import openapi  # noqa: F401  (its classes register themselves)
