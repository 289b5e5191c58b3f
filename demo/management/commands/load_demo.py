"""Loads the demo cluster; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand

from demo.loading import load_demo


class Command(BaseCommand):
    """Make the demo hub with its profiles, event and people."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and print the counts."""
        done = load_demo()
        self.stdout.write(
            f"{done.hub.name}: {len(done.profiles)} profiles ({done.created} new), {done.statements} statements."
        )
