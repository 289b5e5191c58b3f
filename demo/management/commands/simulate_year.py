"""Simulates the demo's year of introductions and outcomes, plainly marked; where one is there, nothing is done."""

import time
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from demo.year.year import Plan, simulate_year
from kernel.errors import DomainError

# What waits today began up to three weeks ago.
LEAST_DAYS, MOST_DAYS = 30, 730


def _days(written: str) -> int:
    if not written.isdecimal() or not LEAST_DAYS <= int(written) <= MOST_DAYS:
        raise ArgumentTypeError(f"{written} is no number of days from {LEAST_DAYS} to {MOST_DAYS}")
    return int(written)


class Command(BaseCommand):
    """Live the year through, and say what came of it."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Another seed makes another year; fewer days a shorter one, which is there sooner."""
        parser.add_argument("--seed", type=int, default=Plan.seed, help="the same seed gives the same year")
        parser.add_argument("--days", type=_days, default=Plan.days, help=f"how many, {LEAST_DAYS} to {MOST_DAYS}")

    def handle(self, *args: Any, seed: int, days: int, **options: Any) -> None:
        """Simulate and print the counts; texts of the hub's own are in the language of the hub."""
        begun = time.monotonic()
        try:
            with translation.override("da"):
                lived = simulate_year(now=timezone.now(), plan=Plan(days=days, seed=seed))
        except DomainError as error:
            raise CommandError(str(error)) from error
        if lived is None:
            self.stdout.write("A simulated year is there already.")
            return
        self.stdout.write(
            f"{lived.introductions} introductions from {lived.lists} lists, {lived.reports} answers about outcomes; "
            f"{lived.mails_dropped} mails dropped; {time.monotonic() - begun:.0f} s."
        )
        self.stdout.write("  " + ", ".join(f"{state} {count}" for state, count in sorted(lived.states.items())))
        if lived.refused:
            self.stdout.write("  refused: " + ", ".join(f"{code} {n}" for code, n in sorted(lived.refused.items())))
