"""Registers the pages."""

from django.apps import AppConfig


class FrontendConfig(AppConfig):
    """Views, templates and styles; no tables."""

    name = "frontend"

    def ready(self) -> None:
        """Tell the mail gate who writes which mail; models can be imported only by now."""
        from frontend.mails.registering import register_renderers

        register_renderers()
