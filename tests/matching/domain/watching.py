"""Watching an indexer at work in tests: what is numbered, what a new process would see, and stops at will."""

from collections.abc import Callable, Sequence

from hubs.models import Hub
from matching.engine.stores import Vectors
from matching.indexing.hub_index import HubIndex
from matching.indexing.registry import IndexRegistry
from matching.models import IndexChange, IndexState
from profiles.models import Statement
from tests.encoders import WordHashEncoder


class Killed(BaseException):
    """Stands for the process ending at this point."""


class WatchedEncoder(WordHashEncoder):
    """Does something before each batch; the argument is how many batches came before."""

    def __init__(self, before_batch: Callable[[int], None]) -> None:
        super().__init__()
        self.before_batch = before_batch
        self.batches = 0

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.before_batch(self.batches)
        self.batches += 1
        return super().encode_passages(texts)


def numbers(hub: Hub) -> list[int | None]:
    """The published numbers in order of id; None for what waits."""
    return list(IndexChange.objects.filter(hub=hub).order_by("pk").values_list("published", flat=True))


def published(hub: Hub) -> int:
    return IndexState.objects.get(pk=hub.pk).published


def fresh_index_statements(hub: Hub, encoder: WordHashEncoder) -> set[int]:
    """What a web process that starts now has in its index."""
    return held_statements(IndexRegistry().index_for(hub.pk, dimension_of=lambda _fingerprint: encoder.dimension))


def held_statements(index: HubIndex) -> set[int]:
    """What an index holds, in its columns and in both of its stores alike."""
    statements = set(index.rows.statement.tolist())
    assert set(index.stores.vectors.rows().statement.tolist()) == statements
    assert set(index.stores.terms.rows().statement.tolist()) == statements
    assert len(index.facts.themes) == len(index.rows)
    return statements


def all_statements(hub: Hub) -> set[int]:
    return set(Statement.objects.filter(hub=hub).values_list("pk", flat=True))
