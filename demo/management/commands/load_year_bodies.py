"""Loads the invented bodies of the demo's simulated year; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.year.bodies import load_year_bodies
from kernel.errors import DomainError


class Command(BaseCommand):
    """Make their profiles, and whoever speaks for one of them."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and print the counts."""
        try:
            done = load_year_bodies()
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(done.profiles)} invented bodies ({done.created} new).")
