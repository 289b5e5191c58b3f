"""The worker that keeps the index fresh: embeds and publishes changes as they come."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from kernel.errors import DomainError
from matching.domain.indexing import publish_changes, save_snapshot
from matching.queries import hubs_with_pending_changes
from matching.serving import hub_index, query_encoder

_IDLE_SECONDS = 0.25
_SNAPSHOT_AFTER = 500


class Command(BaseCommand):
    """Runs until it is told to stop; several may run, the database decides who numbers a change."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Once or for ever."""
        parser.add_argument("--once", action="store_true", help="Publish what waits, then stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish, wait a quarter of a second, again; say in one line what is missing."""
        try:
            self._run(once=options["once"])
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _run(self, *, once: bool) -> None:
        stop = threading.Event()
        if not once:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        published: dict[int, int] = {}
        while not stop.is_set():
            busy = self._publish_all(published)
            if once and not busy:
                break
            if not busy:
                stop.wait(_IDLE_SECONDS)
        for hub_id in published:
            self._snapshot(hub_id)

    def _publish_all(self, published: dict[int, int]) -> int:
        close_old_connections()
        total = 0
        for hub_id in hubs_with_pending_changes():
            count = publish_changes(hub_id, encoder=query_encoder().encoder)
            total += count
            published[hub_id] = published.get(hub_id, 0) + count
            if published[hub_id] >= _SNAPSHOT_AFTER:
                self._snapshot(hub_id)
                del published[hub_id]
        return total

    def _snapshot(self, hub_id: int) -> None:
        save_snapshot(hub_id, hub_index(hub_id))
