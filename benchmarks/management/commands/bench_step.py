"""One step of a benchmark, in this process; prints its figures as one line of JSON."""

import importlib
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

# By name: a step that measures memory must not load what only another one needs.
_STEPS = {
    "build": ("benchmarks.recommend_steps", "build"),
    "lists": ("benchmarks.recommend_steps", "lists"),
    "scoring": ("benchmarks.recommend_steps", "scoring"),
    "worker": ("benchmarks.recommend_steps", "worker"),
    "quality": ("benchmarks.quality_steps", "measure"),
}


class Command(BaseCommand):
    """For these benchmarks only: it expects a data folder of its own."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which step, and how large a cluster."""
        parser.add_argument("step", choices=sorted(_STEPS))
        parser.add_argument("--profiles", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and print."""
        module, name = _STEPS[options["step"]]
        figures = getattr(importlib.import_module(module), name)(options["profiles"])
        self.stdout.write(json.dumps(figures))
