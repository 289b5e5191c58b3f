"""The one command of a first visit: prepares everything, prints recommendations, serves the site."""

import os
import shlex
import subprocess
import sys
import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo import serving
from demo.ports import HOST, PortBusyError, require_free_port
from demo.steps import PLACES, QUESTIONS, Step, steps
from kernel.errors import DomainError


class Command(BaseCommand):
    help = "Prepare the demo cluster, print recommendations for three questions and serve the site."
    requires_system_checks = ()  # each step's own command is checked; a busy port is said at once

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port of 127.0.0.1 to serve on")
        parser.add_argument("--no-serve", action="store_true", help="stop after the recommendations")
        parser.add_argument("--short", action="store_true", help="a short year and a hasty timetable, for tests")

    def handle(self, *, port: int, no_serve: bool, short: bool, **options: Any) -> None:
        try:
            if not no_serve:
                require_free_port(port)
            self._prepare(steps(is_short=short))
            self._recommend()
            self._show_places(port)
        except (DomainError, PortBusyError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing is lost: the same command goes on from here.") from None
        if not no_serve:
            self._hand_over(port)

    def _prepare(self, chosen: list[Step]) -> None:
        for number, step in enumerate(chosen, start=1):
            self._say(f"[demo {number}/{len(chosen)}] {step.title}")
            if step.is_done():
                continue
            begun = time.monotonic()
            self._run(step)
            step.mark_done()
            self._say(f"    done in {time.monotonic() - begun:.1f} s")

    def _run(self, step: Step) -> None:
        if not step.own_process:
            call_command(step.command, *step.arguments, stdout=self.stdout, stderr=self.stderr)
            return
        command = [sys.executable, str(serving.ROOT / "manage.py"), step.command, *step.arguments]
        if subprocess.run(command, check=False).returncode != 0:
            raise CommandError(f"{step.title}: failed, see above. The same command goes on from here.")

    def _recommend(self) -> None:
        for question in QUESTIONS:
            self._say(f"\n--- {question.title}")
            self._say(f"    manage.py recommend {shlex.join(question.arguments)}\n")
            call_command("recommend", *question.arguments, stdout=self.stdout)

    def _show_places(self, port: int) -> None:
        self._say("\n--- Events: where to look")
        for what, path in PLACES:
            self._say(f"    http://{HOST}:{port}{path}  {what}")

    def _hand_over(self, port: int) -> None:
        """Become the supervisor: what the preparation held in memory is freed while the site runs."""
        self.stdout.flush()
        arguments = [sys.executable, "-m", "demo.serving", str(port)]
        os.chdir(serving.ROOT)
        os.execve(sys.executable, arguments, serving.environment(port))

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
