"""The process's one encoder, loaded on first use, and the vectors of queries that were just asked."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from kernel.errors import NotReady
from matching.encoder_build.cache import find_built_encoder, find_encoder
from matching.encoder_build.loading import load_encoder
from matching.engine.encoders import Encoder
from matching.engine.stores import Vectors
from matching.indexing.hub_index import HubIndex
from matching.indexing.registry import registry
from matching.statement_texts import reads_as_statement

_QUERIES_KEPT = 2048


class QueryEncoder:
    """An encoder that remembers its latest queries, since the same profile is shown many lists."""

    def __init__(self, encoder: Encoder, kept: int = _QUERIES_KEPT) -> None:
        self.encoder = encoder
        self._kept = kept
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode_asking(self, texts: Sequence[str]) -> Vectors:
        """Raw L2-normalised vectors of texts that ask, float32 (n, dimension), in the order of the texts.

        A few words are encoded as the model's queries are; a whole statement as a passage, since it is compared with
        its like: measured, that is worth a tenth of all judged pairs across languages.
        """
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        for encode, asked in (
            (self.encoder.encode_passages, [text for text in missing if reads_as_statement(text)]),
            (self.encoder.encode_queries, [text for text in missing if not reads_as_statement(text)]),
        ):
            if asked:
                known.update(zip(asked, encode(asked), strict=True))
        if missing:
            self._remember(missing, known)
        if not texts:
            return np.empty((0, self.encoder.dimension), dtype=np.float32)
        return np.stack([known[text] for text in texts])

    def forget(self) -> None:
        """Drop what was remembered."""
        with self._lock:
            self._vectors.clear()

    def _remember(self, texts: Sequence[str], vectors: dict[str, Vectors]) -> None:
        with self._lock:
            for text in texts:
                self._vectors[text] = vectors[text]
            while len(self._vectors) > self._kept:
                self._vectors.popitem(last=False)


_lock = threading.Lock()
_current: QueryEncoder | None = None
_by_fingerprint: dict[str, QueryEncoder] = {}


def query_encoder() -> QueryEncoder:
    """The encoder that the settings name: what the indexer builds with.

    Raises:
        NotReady: the model of the settings was not built on this machine yet.
    """
    global _current
    with _lock:
        if _current is None:
            folder = find_encoder(settings.VIDENBRO_ENCODER, settings.VIDENBRO_CACHE_DIR)
            if folder is None:
                raise NotReady(_("The language model is not built yet. Run “manage.py build_encoder” first."))
            _current = QueryEncoder(load_encoder(folder, threads=settings.VIDENBRO_ENCODER_THREADS))
        return _current


def encoder_with(fingerprint: str) -> QueryEncoder:
    """The encoder that an index was built with: the one of the settings, or another that this machine has.

    Raises:
        NotReady: no such encoder was built on this machine.
    """
    with _lock:
        known = _by_fingerprint.get(fingerprint)
    if known is not None:
        return known
    current = query_encoder()
    if current.encoder.fingerprint == fingerprint:
        return current
    folder = find_built_encoder(fingerprint, settings.VIDENBRO_CACHE_DIR)
    if folder is None:
        raise NotReady(_("The search index was built with a language model that is not on this machine."))
    loaded = QueryEncoder(load_encoder(folder, threads=settings.VIDENBRO_ENCODER_THREADS))
    with _lock:
        return _by_fingerprint.setdefault(fingerprint, loaded)


def use_encoder(encoder: Encoder | None) -> None:
    """Serve another encoder from now on (None: load the one of the settings again); for tests and benchmarks."""
    global _current
    with _lock:
        _current = QueryEncoder(encoder) if encoder else None
        _by_fingerprint.clear()


def hub_index(hub_id: int) -> HubIndex:
    """The hub's index as this process has it, at most half a second old.

    Raises:
        NotReady: the model or the index is not built yet.
    """
    return registry.index_for(hub_id, dimension_of=lambda fingerprint: encoder_with(fingerprint).encoder.dimension)
