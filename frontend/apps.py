"""Registers the pages."""

from django.apps import AppConfig


class FrontendConfig(AppConfig):
    """Views, templates and styles; no tables."""

    name = "frontend"
