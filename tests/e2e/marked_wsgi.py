"""The site's application, each answer marked with the process that gave it: tests ask every process."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from tests.e2e.site_process import PROCESS_HEADER
from videnbro.wsgi import application as site


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the site does, with one header more."""

    def start_marked(status: str, headers: list[tuple[str, str]], *exception: Any) -> Any:
        return start_response(status, [*headers, (PROCESS_HEADER, str(os.getpid()))], *exception)

    return site(environ, start_marked)
