"""Measures one part and prints its figures: `bench NAME`, `bench NAME --json`, `bench all --report FILE`."""

import inspect
import json
from pathlib import Path
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from benchmarks import encode, quality, recommend
from benchmarks.report import as_table, write_report
from kernel.errors import DomainError

BENCHMARKS: dict[str, ModuleType] = {"encode": encode, "recommend": recommend, "quality": quality}


class Command(BaseCommand):
    """Figures go to stdout, progress and logs to stderr."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which benchmark, and how to print."""
        parser.add_argument("name", choices=[*BENCHMARKS, "all"])
        parser.add_argument("--json", action="store_true", help="One flat JSON object and nothing else on stdout.")
        parser.add_argument("--report", type=Path, help="Write the page with all figures to this file.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure and print."""
        if options["name"] == "all":
            if options["json"]:
                raise CommandError("--json prints one benchmark; name it.")
            self._run_all(options["report"])
            return
        figures = self._measure(options["name"])
        self.stdout.write(json.dumps(figures) if options["json"] else as_table(figures))

    def _run_all(self, report: Path | None) -> None:
        results = {name: self._measure(name) for name in BENCHMARKS}
        for name, figures in results.items():
            self.stdout.write(f"{name}\n{as_table(figures)}\n")
        if report:
            titles = {name: (inspect.getdoc(module) or "").split("\n\n")[0] for name, module in BENCHMARKS.items()}
            write_report(report, results, titles, today=timezone.localdate())

    def _measure(self, name: str) -> dict[str, float]:
        try:
            return dict(BENCHMARKS[name].run(lambda words: self.stderr.write(f"bench {name}: {words}")))
        except DomainError as error:
            raise CommandError(str(error)) from error
