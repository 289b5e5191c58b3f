"""One step of `bench recommend`, in this process; prints its figures as one line of JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from benchmarks import recommend_steps

_STEPS = {"build": recommend_steps.build, "lists": recommend_steps.lists, "worker": recommend_steps.worker}


class Command(BaseCommand):
    """For `bench recommend` only: it expects an empty data folder of its own."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which step, and how large a cluster."""
        parser.add_argument("step", choices=sorted(_STEPS))
        parser.add_argument("--profiles", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and print."""
        self.stdout.write(json.dumps(_STEPS[options["step"]](options["profiles"])))
