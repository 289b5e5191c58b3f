"""Registers the outbox; it knows hubs and people, not what the mails are about."""

from django.apps import AppConfig


class MailgateConfig(AppConfig):
    """Below the registries: every part above may put a mail in the outbox."""

    name = "mailgate"
    default_auto_field = "django.db.models.BigAutoField"
