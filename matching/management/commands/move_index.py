"""Copies the search index into a Milvus, or from there into this machine, without embedding anything again."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubs.models import Hub
from kernel.errors import DomainError
from matching.domain.indexing import encoder_of, save_snapshot
from matching.engine.milvus_connection import MilvusConnection
from matching.engine.stores import BrokenIndexError
from matching.indexing.backends import milvus_connection
from matching.indexing.moving import Move, move_from_milvus, move_to_milvus

_WHAT_NEXT = {
    "to": (
        "Stop run_indexer and run this once more (only what changed since is written), "
        "set VIDENBRO_MILVUS_URI={uri}, start the web processes and run_indexer again."
    ),
    "from": (
        "Stop run_indexer and run this once more (only what changed since is written), "
        "unset VIDENBRO_MILVUS_URI, start the web processes and run_indexer again."
    ),
}


class Command(BaseCommand):
    """May be broken off and run again at any time; what is served does not change until the setting does."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which way, and one hub or all."""
        way = parser.add_mutually_exclusive_group(required=True)
        way.add_argument("--to-milvus", metavar="URI", help="http://host:19530, or a .db file for milvus-lite")
        way.add_argument("--from-milvus", metavar="URI", help="The same, as source.")
        parser.add_argument("--token", default=None, help="Of Milvus (default: the setting VIDENBRO_MILVUS_TOKEN)")
        parser.add_argument("--hub", help="Slug of one hub; without it every hub is moved.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Copy and say which setting to change."""
        hubs = Hub.objects.filter(slug=options["hub"]) if options["hub"] else Hub.objects.all()
        if options["hub"] and not hubs:
            raise CommandError(f"There is no hub “{options['hub']}”.")
        uri = options["to_milvus"] or options["from_milvus"]
        token = settings.VIDENBRO_MILVUS_TOKEN if options["token"] is None else options["token"]
        try:
            connection = milvus_connection(uri, token)
            for hub in hubs:
                move = self._to(hub, connection) if options["to_milvus"] else self._from(hub, connection)
                self.stdout.write(f"{hub.slug}: {_said(move)}")
        except (DomainError, BrokenIndexError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_WHAT_NEXT["to" if options["to_milvus"] else "from"].format(uri=uri))

    def _to(self, hub: Hub, connection: MilvusConnection) -> Move:
        dimension = encoder_of(hub.pk).dimension
        return move_to_milvus(hub.pk, connection, dimension=dimension, progress=self._progress)

    def _from(self, hub: Hub, connection: MilvusConnection) -> Move:
        dimension = encoder_of(hub.pk).dimension
        move, index = move_from_milvus(hub.pk, connection, dimension=dimension, progress=self._progress)
        save_snapshot(hub.pk, index)
        return move

    def _progress(self, part: str, done: int, total: int) -> None:
        self.stderr.write(f"  {part}: {done} of {total} statements", ending="\r" if done < total else "\n")


def _said(move: Move) -> str:
    parts = (("vectors", move.vectors), ("words", move.words))
    counts = "; ".join(
        f"{name}: {each.copied} written, {each.unchanged} there already, {each.removed} removed" for name, each in parts
    )
    return f"{counts}; up to change {move.published}."
