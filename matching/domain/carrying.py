"""Which sentence carries each match, from vectors that were stored when the texts were embedded."""

from collections.abc import Collection, Sequence

import numpy as np

from matching.engine.explain import Span, carrying_sentence, sentence_spans
from matching.engine.stores import Vectors
from matching.indexing.hub_index import HubIndex
from matching.queries.index import IndexableStatement, content_hash, indexable_statements, stored_vectors
from profiles.models import Statement


class CarryingSentences:
    """Answers for some statements, one of them or more of a profile; three queries whatever their number, or none."""

    def __init__(self, hub_id: int, index: HubIndex, statements: Collection[Statement]) -> None:
        told = [row for row in statements if len(sentence_spans(row.text)) > 1]
        profiles, ids = {row.profile_id for row in told}, {row.pk for row in told}
        rows = list(indexable_statements(hub_id, profiles, ids)) if told else []
        self._rows = {row.columns[0]: row for row in rows if row.without}
        hashes = {content_hash(text) for row in self._rows.values() for text in row.embedded}
        self._stored = stored_vectors(hub_id, index.version.encoder, hashes) if hashes else {}
        self._centring = index.centring

    def span(self, statement_id: int, text: str, other: Vectors) -> Span | None:
        """The sentence of the statement without which the other side (a centred vector) would be furthest away.

        None for a statement of one sentence, one that changed since it was embedded, and one that pulls the two apart.
        """
        row = self._rows.get(statement_id)
        spans = sentence_spans(text)
        if row is None or len(spans) != len(row.without) or not row.passage.startswith(text):
            return None
        vectors = self._vectors(row)
        if vectors is None:
            return None
        place, falls = carrying_sentence(other, vectors[0], vectors[1:])
        return spans[place] if falls[place] > 0 else None

    def _vectors(self, row: IndexableStatement) -> Vectors | None:
        """Centred vectors of the passage and of the passage without each sentence; None when one is not stored yet."""
        found: Sequence[Vectors | None] = [self._stored.get(content_hash(text)) for text in row.embedded]
        known = [vector for vector in found if vector is not None]
        if len(known) != len(found):
            return None
        return self._centring.apply(np.stack(known), [row.language] * len(known))
