"""Registers the project itself, for the commands that span every layer."""

from django.apps import AppConfig


class VidenbroConfig(AppConfig):
    """No tables; the top layer."""

    name = "videnbro"
