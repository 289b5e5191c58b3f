"""Writes a hub's log of shown lists as JSON lines: ubi_queries.jsonl and ubi_events.jsonl (UBI 1.3.0, no people)."""

import json
import os
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hubs.models import Hub
from matching.domain.introductions.days import start_of
from matching.domain.learning.ubi import ubi_events, ubi_queries

_ALWAYS = datetime.combine(date(2000, 1, 1), time(), tzinfo=UTC)


class Command(BaseCommand):
    """Each file appears whole or not at all."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which hub, which days, into which folder."""
        parser.add_argument("--hub", required=True, help="Slug of the hub.")
        parser.add_argument("--folder", required=True, type=Path, help="Where the two files go; made if missing.")
        parser.add_argument("--since", type=_day, help="First day, YYYY-MM-DD (in Copenhagen).")
        parser.add_argument("--until", type=_day, help="Last day, YYYY-MM-DD.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export and say how many lines."""
        hub = Hub.objects.filter(slug=options["hub"]).first()
        if hub is None:
            raise CommandError(f"There is no hub “{options['hub']}”.")
        since = start_of(options["since"]) if options["since"] else _ALWAYS
        until = start_of(options["until"] + timedelta(days=1)) if options["until"] else timezone.now()
        folder: Path = options["folder"]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            queries = _write(folder / "ubi_queries.jsonl", ubi_queries(hub.pk, since=since, until=until))
            events = _write(folder / "ubi_events.jsonl", ubi_events(hub.pk, since=since, until=until))
        except OSError as error:
            raise CommandError(f"Cannot write to {folder}: {error.strerror}.") from error
        self.stdout.write(f"{queries} lists, {events} events")


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _write(path: Path, lines: Iterable[dict[str, Any]]) -> int:
    """Write beside the file and put it in its place at the end; how many lines."""
    unfinished = path.with_name(path.name + ".part")
    count = 0
    with unfinished.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return count
