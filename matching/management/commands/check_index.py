"""Compares each hub's search index with the database, says in a line what differs, and repairs it if told to."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubs.models import Hub
from kernel.errors import DomainError
from matching.domain.checking import IndexCheck, check_index, repair_index
from matching.domain.indexing import encoder_of
from matching.indexing.comparing import Drift

_IDS_SHOWN = 5
_WAITS_TOO_LONG_SECONDS = 60.0


class Command(BaseCommand):
    """Safe at any time; ends with 1 when something differs and was not repaired."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """One hub or all, only look or also repair."""
        parser.add_argument("--hub", help="Slug of one hub; without it every hub is checked.")
        parser.add_argument("--repair", action="store_true", help="Index again what differs.")
        parser.add_argument("--json", action="store_true", help="Print one JSON list on standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, repair, report."""
        hubs = Hub.objects.filter(slug=options["hub"]) if options["hub"] else Hub.objects.all()
        if options["hub"] and not hubs:
            raise CommandError(f"There is no hub “{options['hub']}”.")
        try:
            reports = [self._examined(hub, repair=options["repair"], speak=not options["json"]) for hub in hubs]
        except DomainError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(reports))
        wrong = [report["hub"] for report in reports if not report["in_order"]]
        if wrong:
            advice = "Rebuild with build_index." if options["repair"] else "Run check_index --repair."
            raise CommandError(f"The index of {', '.join(wrong)} is not in order. {advice}", returncode=1)

    def _examined(self, hub: Hub, *, repair: bool, speak: bool) -> dict[str, Any]:
        encoder = encoder_of(hub.pk)
        found = check_index(hub.pk, dimension=encoder.dimension, progress=self._progress)
        before = found
        if repair and not found.in_order:
            found = repair_index(hub.pk, found, encoder=encoder)
        if speak:
            for line in _lines(before):
                self.stdout.write(f"{hub.slug}: {line}")
            if found is not before:
                self.stdout.write(f"{hub.slug}: {'repaired' if found.in_order else 'not repaired'}.")
        facts = {"hub": hub.slug, "in_order": found.in_order, "repaired": found is not before and found.in_order}
        return facts | asdict(before)

    def _progress(self, done: int, total: int) -> None:
        self.stderr.write(f"  compared {done} of {total} profiles", ending="\r" if done < total else "\n")


def _lines(found: IndexCheck) -> Iterator[str]:
    """One line for each thing found, or one that says that all is well."""
    if found.fault:
        yield f"{found.fault.rstrip('.')}."
    yield from _drift_lines("vectors", "vector", found.vectors)
    yield from _drift_lines("words", "words", found.words)
    for ids, words in (
        (found.facts, "other purpose, form or themes than in the database"),
        (found.unembedded, "no stored vector for all of their text"),
    ):
        if ids:
            yield f"{_counted(ids)} with {words}{_some(ids)}."
    if found.damaged:
        yield f"{len(found.damaged)} stored vectors are damaged (no numbers, or of another length)."
    if found.waiting:
        late = " Is run_indexer running?" if found.oldest_wait_seconds > _WAITS_TOO_LONG_SECONDS else ""
        yield f"{found.waiting} changes wait, the oldest for {found.oldest_wait_seconds:.0f} s.{late}"
    if found.in_order:
        yield (
            f"in order: {found.statements} statements, generation {found.generation}, up to change {found.published}."
        )


def _drift_lines(store: str, content: str, drift: Drift) -> Iterator[str]:
    for ids, words in (
        (drift.missing, f"missing from the {store}"),
        (drift.surplus, f"in the {store} that the database does not have"),
        (drift.columns, f"in the {store} with other columns (level, expiry, kind, region ...)"),
        (drift.contents, f"with another {content} than the database" if store == "vectors" else "with other words"),
    ):
        if ids:
            yield f"{_counted(ids)} {words}{_some(ids)}."


def _counted(ids: tuple[int, ...]) -> str:
    return f"{len(ids)} statement{'s' if len(ids) > 1 else ''}"


def _some(ids: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, ids[:_IDS_SHOWN]))
    return f": {shown}{', ...' if len(ids) > _IDS_SHOWN else ''}"
