"""Makes a hub and its first administrator: the first thing to do after an installation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubs.domain.hubs import found_hub
from kernel.errors import DomainError


class Command(BaseCommand):
    """The administrator then signs in with a mailed code."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Who and where."""
        parser.add_argument("slug", help="Short name in small letters, such as midtbro.")
        parser.add_argument("name", help="The hub's full name.")
        parser.add_argument("admin_email", help="Address of the first administrator.")
        parser.add_argument("--domain", default="", help="Host name that opens this hub; none for the only hub.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Found it, or say in one line why not."""
        try:
            hub = found_hub(
                options["slug"], name=options["name"], admin_email=options["admin_email"], domain=options["domain"]
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Hub “{hub.name}” is there; {options['admin_email']} is its administrator.")
