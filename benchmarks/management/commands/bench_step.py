"""One step of `bench recommend` or `bench quality`, in this process; prints its figures as one line of JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from benchmarks import quality_steps, recommend_steps

_STEPS = {"build": recommend_steps.build, "lists": recommend_steps.lists, "worker": recommend_steps.worker}


class Command(BaseCommand):
    """For these benchmarks only: it expects an empty data folder of its own."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which step, and how large a cluster."""
        parser.add_argument("step", choices=[*sorted(_STEPS), "quality"])
        parser.add_argument("--profiles", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and print."""
        step = options["step"]
        figures = quality_steps.measure() if step == "quality" else _STEPS[step](options["profiles"])
        self.stdout.write(json.dumps(figures))
