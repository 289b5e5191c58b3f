"""Makes the demo's two Medico Bazars, 125 stands and 400 people each, its AIMday and its small events; what is there is
left alone.
"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from demo.bazar.bazar import Making, load_bazars
from kernel.errors import DomainError


class Command(BaseCommand):
    """Make the events, and say how large they are."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """A longer time makes a better timetable of the past edition."""
        seconds = Making.solver_seconds
        parser.add_argument("--seconds", type=float, default=seconds, help="to compute the timetable of the past event")

    def handle(self, *args: Any, seconds: float, **options: Any) -> None:
        """Texts of the hub's own are in the language of the hub."""
        begun = time.monotonic()
        try:
            with translation.override("da"):
                held = load_bazars(now=timezone.now(), making=Making(solver_seconds=seconds))
        except DomainError as error:
            raise CommandError(str(error)) from error
        if held is None:
            self.stdout.write("The events are there already.")
            return
        self.stdout.write(
            f"{held.meetings} meetings at the past event, {held.requests} requests for the coming one, "
            f"{held.questions} questions for the AIMday, {held.guests} people at small events; "
            f"{time.monotonic() - begun:.0f} s."
        )
