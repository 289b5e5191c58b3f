"""Registers organisations, profiles, statements and taxonomies."""

from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    """What firms, researchers, clinicians and municipalities say of themselves."""

    name = "profiles"
    default_auto_field = "django.db.models.BigAutoField"
