"""Measures one part and prints its figures: `bench NAME`, `bench NAME --json`, `bench all --report FILE`."""

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from benchmarks import (
    allocate,
    encode,
    experts,
    index,
    learning,
    offpolicy,
    partners,
    quality,
    reciprocal,
    recommend,
    repair,
    retrieve,
    schedule,
)
from benchmarks.data_files import DataMissing
from benchmarks.report import as_table, computable, write_report
from kernel.errors import DomainError

Say = Callable[[str], None]
Figures = dict[str, float]
# Figures, and under some keys a row (a dict) for each of many things that were measured.
Measured = dict[str, Any]
BENCHMARKS: dict[str, ModuleType] = {
    "encode": encode,
    "recommend": recommend,
    "quality": quality,
    "partners": partners,
    "experts": experts,
    "retrieve": retrieve,
    "index": index,
    "allocate": allocate,
    "offpolicy": offpolicy,
    "reciprocal": reciprocal,
    "learning": learning,
    "schedule": schedule,
    "repair": repair,
}
# Options that only some benchmarks take.
_TAKES = {
    "data": {"partners", "experts", "retrieve", "allocate", "offpolicy", "reciprocal", "learning"},
    "size": {"recommend", "index", "allocate", "learning", "schedule", "repair"},
    "b2bsp": {"schedule"},
    "seed": {"repair"},
    "world": {"learning"},
    "rank": {"experts"},
    "history_until": {"partners"},
    "queries_from": {"partners"},
    "queries_until": {"partners"},
}
# What --size counts where not everything from 2 up makes sense.
_SIZES = {
    "learning": (1, 1000, "hubs"),
    "schedule": (0, 20_000, "participants"),
    "repair": (0, 20_000, "participants"),
}


class Command(BaseCommand):
    """Figures go to stdout, progress and logs to stderr."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which benchmark, on what, and how to print."""
        parser.add_argument("name", choices=[*BENCHMARKS, "all"])
        parser.add_argument("--json", action="store_true", help="One JSON object and nothing else on stdout.")
        parser.add_argument("--report", type=Path, help="Write the page with all figures to this file.")
        parser.add_argument("--data", type=Path, help="Folder with the data to measure on, or its file.")
        parser.add_argument("--size", type=int, help="How many profiles, statements, agents, participants or hubs.")
        parser.add_argument("--seed", type=int, help="Which of its generated events bench repair takes, from 0.")
        parser.add_argument("--b2bsp", type=Path, help="Folder with .dzn instances for bench schedule.")
        parser.add_argument("--world", help="What makes the worlds of bench learning, as package.module:factory.")
        parser.add_argument("--rank", choices=("experts", "queries"), help="What bench experts puts in order.")
        parser.add_argument("--history-until", help="First day that is no history any more, as 2023-10-01.")
        parser.add_argument("--queries-from", help="First day whose projects are asked about.")
        parser.add_argument("--queries-until", help="First day whose projects are asked about no more.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure and print."""
        name = options["name"]
        _check_options(name, options)
        if name == "all":
            self._run_all(options["report"])
            return
        try:
            measured = _measure(name, options, self._say(name))
        except DomainError as error:
            raise CommandError(str(error)) from error
        rows = {key: value for key, value in measured.items() if isinstance(value, list)}
        figures = self._computable(name, {key: value for key, value in measured.items() if key not in rows})
        self.stdout.write(json.dumps(figures | rows) if options["json"] else as_table(figures, rows))

    def _run_all(self, report: Path | None) -> None:
        results: dict[str, Figures] = {}
        for name, module in BENCHMARKS.items():
            if not hasattr(module, "run"):
                self.stderr.write(f"bench {name}: skipped, it needs data of your own (--data).")
                continue
            try:
                results[name] = self._computable(name, module.run(self._say(name)))
            except DataMissing as error:
                self.stderr.write(f"bench {name}: SKIPPED: {error}")
            except DomainError as error:
                raise CommandError(str(error)) from error
        for name, figures in results.items():
            self.stdout.write(f"{name}\n{as_table(figures)}\n")
        if report:
            titles = {name: (inspect.getdoc(module) or "").split("\n\n")[0] for name, module in BENCHMARKS.items()}
            write_report(report, results, titles, today=timezone.localdate())

    def _computable(self, name: str, figures: Measured) -> Figures:
        known = computable(figures)
        for key in figures.keys() - known.keys():
            self._say(name)(f"{key} cannot be computed from these data and is left out.")
        return known

    def _say(self, name: str) -> Say:
        return lambda words: self.stderr.write(f"bench {name}: {words}")


def _measure(name: str, options: dict[str, Any], say: Say) -> Measured:
    """The figures of one benchmark with its options, which were checked before."""
    data, size = options["data"], options["size"]
    if name == "schedule" and options["b2bsp"] is not None:
        return dict(schedule.run_b2bsp(options["b2bsp"], say))
    if name == "schedule" and size is not None:
        return dict(schedule.run_size(size, say))
    if name == "repair" and (size, options["seed"]) != (None, None):
        return dict(repair.run_event(say, size, options["seed"]))
    if name == "partners" and data is not None:
        days = (options["history_until"], options["queries_from"], options["queries_until"] or "")
        return dict(partners.run_data(data, say, *days))
    if name == "learning":
        return dict(learning.run(say, size or learning.HUBS, data, options["world"]))
    if name == "experts":
        return dict(experts.run_data(data, say, options["rank"] or "experts"))
    if name == "allocate" and size is not None:
        return dict(allocate.run_size(size, say))
    if data is not None:
        return dict(BENCHMARKS[name].run_data(data, say))
    if size is not None:
        return dict({"recommend": recommend, "index": index}[name].run(say, size))
    return dict(BENCHMARKS[name].run(say))


def _check_options(name: str, options: dict[str, Any]) -> None:
    """Nothing that was asked for is passed over in silence.

    Raises:
        CommandError: an option that this benchmark does not take, or one that it needs.
    """
    if name == "all" and options["json"]:
        raise CommandError("--json prints one benchmark; name it.")
    if name != "all" and options["report"]:
        raise CommandError("--report is the page of all benchmarks: bench all --report FILE.")
    for option, takers in _TAKES.items():
        if options[option] is not None and name not in takers:
            raise CommandError(f"bench {name} takes no --{option.replace('_', '-')}.")
    _check_size(name, options["size"])
    for kind, where in (("schedule", "b2bsp"), ("allocate", "data")):
        if name == kind and options[where] is not None and options["size"] is not None:
            raise CommandError(f"bench {kind} takes --{where} or --size, not both.")
    if name == "experts" and options["data"] is None:
        raise CommandError("bench experts needs --data: a folder with experts, queries and labels.")
    if name == "partners":
        _check_days(options)


def _check_size(name: str, size: int | None) -> None:
    least, most, what = _SIZES.get(name, (2, 10_000_000, ""))
    if size is not None and not least <= size <= most:
        told = f"bench {name} takes from {least} to {most} {what} as its --size." if what else ""
        raise CommandError(told or f"--size is a number from {least} to {most}.")


def _check_days(options: dict[str, Any]) -> None:
    days = [options[name] for name in ("history_until", "queries_from", "queries_until")]
    if options["data"] is None and any(day is not None for day in days):
        raise CommandError("bench partners takes days for --data only; without, it asks the shared projects.")
    if options["data"] is not None and not all(days[:2]):
        raise CommandError("bench partners --data needs --history-until and --queries-from.")
