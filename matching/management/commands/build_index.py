"""Builds the search index of every hub from the database; what is embedded already is not embedded again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubs.models import Hub
from kernel.errors import DomainError
from matching.domain.indexing import rebuild_index
from matching.serving import query_encoder


class Command(BaseCommand):
    """Rebuild: safe at any time, also while the site is running."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """One hub or all."""
        parser.add_argument("--hub", help="Slug of one hub; without it every hub is built.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and say what was done."""
        try:
            encoder = query_encoder().encoder
        except DomainError as error:
            raise CommandError(str(error)) from error
        hubs = Hub.objects.filter(slug=options["hub"]) if options["hub"] else Hub.objects.all()
        if options["hub"] and not hubs:
            raise CommandError(f"There is no hub “{options['hub']}”.")
        for hub in hubs:
            index = rebuild_index(hub.pk, encoder=encoder, progress=self._progress)
            self.stdout.write(f"{hub.slug}: {len(index)} texts in the index, generation {index.version.generation}.")

    def _progress(self, done: int, total: int) -> None:
        self.stderr.write(f"  embedding {done} of {total} texts", ending="\r" if done < total else "\n")
