"""The worker that keeps the index fresh: embeds and publishes changes as they come."""

import logging
import signal
import threading
import time
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, close_old_connections

from hubs.models import Hub
from kernel.errors import DomainError, NotReady
from matching.domain.indexing import encoder_of, publish_changes, rebuild_index, save_snapshot, unusable_indexes
from matching.indexing.backends import remove_other_indexes
from matching.queries.index import hubs_with_pending_changes
from matching.serving import hub_index, query_encoder

logger = logging.getLogger(__name__)

_IDLE_SECONDS = 0.25
_SNAPSHOT_AFTER = 500
_BETWEEN_SWEEPS_SECONDS = 60.0


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
        self._without_model: set[int] = set()
        self._swept_at = float("-inf")
        published: dict[int, int] = {}
        self._make_usable()
        while not stop.is_set():
            busy = self._publish_all(published)
            self._sweep()
            if once and not busy:
                break
            if not busy:
                stop.wait(_IDLE_SECONDS)
        for hub_id in published:
            self._snapshot(hub_id)

    def _make_usable(self) -> None:
        """Only at the start, as after an upgrade: two workers with different models must not undo each other."""
        for hub_id, reason in unusable_indexes().items():
            logger.warning("Hub %s: building the index anew, since %s.", hub_id, reason)
            rebuild_index(hub_id, encoder=query_encoder().encoder)

    def _publish_all(self, published: dict[int, int]) -> int:
        close_old_connections()
        total = 0
        for hub_id in hubs_with_pending_changes():
            count = self._publish(hub_id)
            total += count
            published[hub_id] = published.get(hub_id, 0) + count
            if published[hub_id] >= _SNAPSHOT_AFTER:
                self._snapshot(hub_id)
                del published[hub_id]
        return total

    def _publish(self, hub_id: int) -> int:
        try:
            return publish_changes(hub_id, encoder=encoder_of(hub_id))
        except NotReady as error:
            if hub_id not in self._without_model:
                logger.error("Hub %s: changes wait, since this worker cannot embed them: %s", hub_id, error)
            self._without_model.add(hub_id)
            return 0
        except (IntegrityError, ObjectDoesNotExist):
            if Hub.objects.filter(pk=hub_id).exists():
                raise
            return 0  # it was deleted in the middle of this

    def _sweep(self) -> None:
        """Remove what deleted hubs left behind, once a minute."""
        if time.monotonic() - self._swept_at < _BETWEEN_SWEEPS_SECONDS:
            return
        self._swept_at = time.monotonic()
        for hub_id in remove_other_indexes(list(Hub.objects.values_list("pk", flat=True))):
            logger.info("Hub %s is gone; what was left of its index is removed.", hub_id)

    def _snapshot(self, hub_id: int) -> None:
        try:
            save_snapshot(hub_id, hub_index(hub_id))
        except NotReady:
            logger.info("Hub %s has no index to write any more.", hub_id)
