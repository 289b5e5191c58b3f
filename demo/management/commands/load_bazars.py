"""Makes the demo's past and coming Medico Bazar, 125 stands and 400 people each; where they are, does nothing."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from demo.bazar.bazar import load_bazars
from kernel.errors import DomainError


class Command(BaseCommand):
    """Make both editions, and say how large they are."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Texts of the hub's own are in the language of the hub."""
        begun = time.monotonic()
        try:
            with translation.override("da"):
                held = load_bazars(now=timezone.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        if held is None:
            self.stdout.write("The events are there already.")
            return
        self.stdout.write(
            f"{held.meetings} meetings at the past event, {held.requests} requests for the coming one; "
            f"{time.monotonic() - begun:.0f} s."
        )
