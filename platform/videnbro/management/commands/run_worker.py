"""The worker for everything that waits for its time: mails, deadlines, follow-ups, learning."""

import logging
import signal
import threading
import time
import traceback
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from kernel.errors import DomainError
from videnbro.duties import DUTIES, Duty

logger = logging.getLogger(__name__)

_IDLE_SECONDS = 0.5
# A duty that failed is left alone for so long: its cause rarely goes within seconds, and the log must stay readable.
_AFTER_FAILURE_SECONDS = 60.0


class Command(BaseCommand):
    """Runs until it is told to stop; several may run."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Once or for ever."""
        parser.add_argument("--once", action="store_true", help="Do what is due, then stop; 1 if a duty failed.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Each duty in turn, when its time has come."""
        if options["once"]:
            self._run_once()
        else:
            self._run_until_stopped()

    def _run_once(self) -> None:
        failed = [duty.name for duty in DUTIES if self._until_done(duty) is None]
        if failed:
            raise CommandError(f"Not done, see the log: {', '.join(failed)}.")

    def _until_done(self, duty: Duty) -> int | None:
        """Again while there is something, as a duty may do a batch at a time."""
        while done := attend_to(duty):
            pass
        return done

    def _run_until_stopped(self) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        next_at = {duty.name: float("-inf") for duty in DUTIES}
        while not stop.is_set():
            for duty in DUTIES:
                if stop.is_set() or time.monotonic() < next_at[duty.name]:
                    continue
                failed = attend_to(duty) is None
                pause = max(_AFTER_FAILURE_SECONDS if failed else 0.0, duty.every.total_seconds())
                next_at[duty.name] = time.monotonic() + pause
            stop.wait(_IDLE_SECONDS)


def attend_to(duty: Duty) -> int | None:
    """How much the duty did; None when it failed.

    The log names the duty, the kind of error and its place: an error's message may hold what people wrote.
    """
    close_old_connections()
    try:
        return duty.run(timezone.now())
    except DomainError as error:
        logger.error("The duty “%s” failed: %s.", duty.name, error.code)
    except Exception as error:
        logger.error("The duty “%s” failed: %s in %s.", duty.name, type(error).__name__, _place_of(error))
    return None


def _place_of(error: Exception) -> str:
    """The innermost line of ours, not of a library's."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    return f"{frames[-1].name}:{frames[-1].lineno}"
