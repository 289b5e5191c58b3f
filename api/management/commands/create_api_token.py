"""Makes a token with which a program signs in as a person."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from api.domain.tokens import MAX_DAYS, create_token
from api.queries import find_person
from kernel.errors import DomainError


class Command(BaseCommand):
    """The token alone goes to standard output, so that a script can keep it; all else to standard error."""

    help = "Make an API token for a person. It is shown once, now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, for how long, in which hub."""
        parser.add_argument("email")
        parser.add_argument("--days", type=int, default=90, help=f"days until it expires, at most {MAX_DAYS} (90)")
        parser.add_argument("--name", default="", help="what the token is for")
        parser.add_argument("--hub", default=settings.VIDENBRO_DEFAULT_HUB, help="slug of the hub in which it works")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, print it."""
        try:
            hub, user = find_person(options["hub"], options["email"])
            row, token = create_token(hub, user=user, days=options["days"], name=options["name"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"Works in {hub} until {row.expires_at:%Y-%m-%d}. Keep it safe: it is not shown again.")
        self.stdout.write(token)
