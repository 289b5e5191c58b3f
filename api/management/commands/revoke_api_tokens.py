"""Takes back every token of a person, for instance when one has leaked."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from api.domain.tokens import revoke_tokens
from api.queries import find_person
from kernel.errors import DomainError


class Command(BaseCommand):
    """From the next request on, programs that use them are turned away."""

    help = "Revoke every API token of a person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, in which hub."""
        parser.add_argument("email")
        parser.add_argument("--hub", default=settings.VIDENBRO_DEFAULT_HUB, help="slug of the hub")

    def handle(self, *args: Any, **options: Any) -> None:
        """Revoke them, say how many."""
        try:
            hub, user = find_person(options["hub"], options["email"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Revoked: {revoke_tokens(hub, user=user)}")
