"""The process's one encoder, loaded on first use, and the vectors of queries that were just asked."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from kernel.errors import NotReady
from matching.encoder_build.cache import find_encoder
from matching.encoder_build.loading import load_encoder
from matching.engine.encoders import Encoder
from matching.engine.vectors import Vectors
from matching.indexing.hub_index import HubIndex
from matching.indexing.registry import registry

_QUERIES_KEPT = 2048


class QueryEncoder:
    """An encoder that remembers its latest queries, since the same profile is shown many lists."""

    def __init__(self, encoder: Encoder, kept: int = _QUERIES_KEPT) -> None:
        self.encoder = encoder
        self._kept = kept
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Raw L2-normalised query vectors, float32 (n, dimension), in the order of the texts."""
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known.update(zip(missing, self.encoder.encode_queries(missing), strict=True))
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


def query_encoder() -> QueryEncoder:
    """The process's encoder.

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


def use_encoder(encoder: Encoder | None) -> None:
    """Serve another encoder from now on (None: load the one of the settings again); for tests and benchmarks."""
    global _current
    with _lock:
        _current = QueryEncoder(encoder) if encoder else None


def hub_index(hub_id: int) -> HubIndex:
    """The hub's index as this process has it, at most half a second old.

    Raises:
        NotReady: the model or the index is not built yet.
    """
    encoder = query_encoder().encoder
    return registry.index_for(hub_id, dimension=encoder.dimension, fingerprint=encoder.fingerprint)
