"""Builds the search index of every hub from the database; what is embedded already is not embedded again."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubs.models import Hub
from kernel.errors import DomainError, NotReady
from matching.domain.indexing import rebuild_index
from matching.encoder_build.cache import find_encoder
from matching.encoder_build.loading import load_encoder
from matching.engine.encoders import Encoder
from matching.indexing.embedding_progress import EmbeddingProgress
from matching.serving import query_encoder


class Command(BaseCommand):
    """Rebuild: safe at any time, also while the site is running, which answers from the old index until the end."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """One hub or all, and with which model."""
        parser.add_argument("--hub", help="Slug of one hub; without it every hub is built.")
        parser.add_argument(
            "--encoder", help="As for build_encoder: embed with this model and change to it at the end."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and say what was done."""
        hubs = Hub.objects.filter(slug=options["hub"]) if options["hub"] else Hub.objects.all()
        if options["hub"] and not hubs:
            raise CommandError(f"There is no hub “{options['hub']}”.")
        try:
            encoder = named_encoder(options["encoder"]) if options["encoder"] else query_encoder().encoder
            for hub in hubs:
                index = rebuild_index(hub.pk, encoder=encoder, progress=EmbeddingProgress(self._progress))
                self.stdout.write(
                    f"{hub.slug}: {len(index)} texts in the index, generation {index.version.generation}."
                )
        except DomainError as error:
            raise CommandError(str(error)) from error
        if options["encoder"] and options["encoder"] != settings.VIDENBRO_ENCODER:
            self.stdout.write(
                f"Set VIDENBRO_ENCODER={options['encoder']} now: the workers keep to the new model without it, the "
                "next build_index would not."
            )

    def _progress(self, line: str, last: bool) -> None:
        self.stderr.write(f"  {line}", ending="\n" if last else "\r")


def named_encoder(name: str) -> Encoder:
    """The encoder that was built from this model on this machine.

    Raises:
        NotReady: it was not.
    """
    folder = find_encoder(name, settings.VIDENBRO_CACHE_DIR)
    if folder is None:
        raise NotReady(f"The language model is not built yet. Run “manage.py build_encoder --encoder {name}” first.")
    return load_encoder(folder, threads=settings.VIDENBRO_ENCODER_THREADS)
