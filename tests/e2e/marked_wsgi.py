"""The site's application, each answer marked with the process that gave it, so that tests ask every process.

What breaks in it is printed: a page that says that something went wrong does not tell a test what.
"""

import os
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from django.core.signals import got_request_exception
from django.dispatch import receiver

from tests.e2e.site_process import PROCESS_HEADER
from videnbro.wsgi import application as site


@receiver(got_request_exception)
def _tell(**_signal: Any) -> None:
    traceback.print_exc()


def _read_habits_anew() -> None:
    """For each list: a minute old at most, as they are elsewhere, they would let two views of one page differ."""
    from matching.domain.learning import columns  # once the site is set up

    columns.HABITS_SECONDS = 0.0


_read_habits_anew()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the site does, with one header more."""

    def start_marked(status: str, headers: list[tuple[str, str]], *exception: Any) -> Any:
        return start_response(status, [*headers, (PROCESS_HEADER, str(os.getpid()))], *exception)

    return site(environ, start_marked)
