"""The process of one solver, begun by the worker: it computes one run, tells that it lives, and ends."""

import contextlib
import logging
import os
import resource
import threading
import time
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections, connection
from django.utils import timezone

from events.enums import RunState
from events.models import TimetableRun

logger = logging.getLogger(__name__)

BEAT_SECONDS = 2.0
# How long a solver may go on after it was asked to stop, and past its time, before it is ended from outside.
GRACE_SECONDS = 60.0
MOST_BYTES = 4 * 1024**3


class Command(BaseCommand):
    """Computes the timetable of one run that the worker has claimed."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which run."""
        parser.add_argument("run", type=UUID)

    def handle(self, *args: Any, **options: Any) -> None:
        """Solve under a limit of memory, with a heart that beats beside it."""
        run = TimetableRun.objects.select_related("event__hub").filter(public_id=options["run"]).first()
        if run is None or run.state != RunState.RUNNING:
            raise CommandError("There is no such run, or it does not wait for a solver.")
        _limit_memory()
        heart = Heart(run)
        heart.start()
        try:
            from events.domain.timetable.computing import compute

            compute(run, stop_asked=heart.stop_asked.is_set)
        except Exception as error:
            # An error's message may hold what people wrote; its kind does not.
            logger.error("The solver of run %s failed: %s.", run.public_id, type(error).__name__)
            _fail(run)
        finally:
            heart.ended.set()


class Heart(threading.Thread):
    """Tells every two seconds that the solver lives, and hears whether it shall stop.

    A solver that does not listen in time is ended with its process: what it wrote last is kept.
    """

    def __init__(self, run: TimetableRun) -> None:
        super().__init__(daemon=True)
        self._run_id, self._seconds = run.pk, run.seconds
        self.stop_asked, self.ended = threading.Event(), threading.Event()

    def run(self) -> None:
        """Until the solver has ended."""
        latest = time.monotonic() + self._seconds + GRACE_SECONDS
        while not self.ended.wait(BEAT_SECONDS):
            with contextlib.suppress(Exception):  # a database that is away for a moment must not stop the heart
                self._beat()
            if self.stop_asked.is_set():
                latest = min(latest, time.monotonic() + GRACE_SECONDS)
            if time.monotonic() > latest:
                os._exit(1)
        connection.close()

    def _beat(self) -> None:
        close_old_connections()
        now = timezone.now()
        mine = TimetableRun.objects.filter(pk=self._run_id, state=RunState.RUNNING)
        if not mine.update(beat_at=now, updated_at=now) or mine.filter(wants_stop=True).exists():
            self.stop_asked.set()


def _limit_memory() -> None:
    """Data of this process at most; where the system knows no such limit, none."""
    with contextlib.suppress(ValueError, OSError):
        _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = MOST_BYTES if hard == resource.RLIM_INFINITY else min(MOST_BYTES, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _fail(run: TimetableRun) -> None:
    now = timezone.now()
    TimetableRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
        state=RunState.FAILED, finished_at=now, updated_at=now
    )
