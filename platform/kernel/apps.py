"""Registers the kernel's one table, the audit record."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """The lowest layer: imports nothing of ours."""

    name = "kernel"
    default_auto_field = "django.db.models.BigAutoField"
