"""Serves the site under test: the demo's own processes, but with two web processes that tell who they are.

Run as a program by `tests.e2e.site`. It ends when it is told to, and also when its starter is gone: the pipe
that it reads closes, however the starter ended.
"""

import os
import signal
import sys
import threading
from dataclasses import replace

from demo.serving import Program, programs, serve

WEB_PROCESSES = 2
PROCESS_HEADER = "X-Web-Process"


def programs_under_test(port: int) -> list[Program]:
    """The demo's programs, the web server with one process more and its application marked."""
    web, *others = programs(port)
    command = list(web.command)
    command[command.index("videnbro.wsgi:application")] = "tests.e2e.marked_wsgi:application"
    command[command.index("--workers") + 1] = str(WEB_PROCESSES)
    return [replace(web, command=tuple(command)), *others]


def _end_with_the_starter() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serve on the port named on the command line; says `ready` on a line of its own."""
    port = int(sys.argv[1])
    threading.Thread(target=_end_with_the_starter, daemon=True).start()
    serve(programs_under_test(port), port=port, ready=lambda: print("ready", flush=True))


if __name__ == "__main__":
    main()
