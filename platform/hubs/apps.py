"""Registers hubs, users and memberships."""

from django.apps import AppConfig


class HubsConfig(AppConfig):
    """The tenant layer, just above the kernel."""

    name = "hubs"
    default_auto_field = "django.db.models.BigAutoField"
