"""Any texts as the product would hold them: embedded, centred, calibrated, indexed by words, and asked the same way."""

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from matching.domain.ranking import DEPTH
from matching.engine.calibration import Background
from matching.engine.candidates import SHORT_WORDS_WEIGHT, WORDS_WEIGHT, Ask, Pool, Searcher
from matching.engine.centring import Centring
from matching.engine.faiss_store import FaissVectorStore
from matching.engine.rows import LANGUAGES, NEVER, OFFER, RowFilter, StatementRows
from matching.engine.stores import TermDocument, Vectors
from matching.engine.terms import TantivyTermIndex
from matching.languages import guess_language
from matching.serving import query_encoder
from matching.statement_texts import reads_as_statement, term_queries

Say = Callable[[str], None]
_SEED = 20261122
_BATCH = 64


class Corpus:
    """Texts that can be found; their number is their statement id.

    `beside` are further texts with their languages that only the means are taken over: a hub holds both languages,
    and what is asked in one is not centred by the mean of the other.
    """

    def __init__(
        self,
        texts: Sequence[str],
        say: Say,
        *,
        languages: Sequence[str] | None = None,
        beside: tuple[Sequence[str], Sequence[str]] = ((), ()),
    ) -> None:
        self.texts = list(texts)
        self.languages = list(languages or (guess_language(text) for text in texts))
        raw = encoded(self.texts, say, passages=True)
        others = encoded(beside[0], say, passages=True) if beside[0] else raw[:0]
        self.centring = Centring.of(np.concatenate([raw, others]), [*self.languages, *beside[1]])
        vectors = self.centring.apply(raw, self.languages)
        rows = _rows(self.languages)
        background = Background.of(vectors, rows.language, np.random.default_rng(_SEED))
        terms = TantivyTermIndex.create()
        terms.upsert(rows, [TermDocument(text, "", spoken) for text, spoken in zip(texts, self.languages, strict=True)])
        self.rows = rows
        self.searcher = Searcher(FaissVectorStore.build(rows, vectors), terms, background)

    def __len__(self) -> int:
        return len(self.texts)

    def question(self, text: str, vector: Vectors, language: str) -> Ask:
        """A text that asks, with its raw vector (dimension,)."""
        weight = WORDS_WEIGHT if reads_as_statement(text) else SHORT_WORDS_WEIGHT
        return Ask(self.centring.apply(vector[None, :], [language])[0], term_queries(text, language), weight)

    def pool(self, ask: Ask, among: NDArray[np.int64] | None = None, *, everything: bool = False) -> Pool:
        """What the product would look at for the ask, scored; `among` keeps to those texts.

        `everything`: all of them, where a figure needs an order over all.
        """
        where = RowFilter(
            levels=frozenset({0}), today=1, statements=None if among is None else frozenset(among.tolist())
        )
        count = len(self) if among is None else len(among)
        found = self.searcher.find([ask], where, depth=count if everything else DEPTH, documents=count)
        ids = (np.arange(len(self)) if among is None else np.sort(among)) if everything else found.fused(DEPTH)
        return found.pool(ids, self.rows.language[ids], self.searcher)


def _rows(languages: Sequence[str]) -> StatementRows:
    count = len(languages)
    table = np.zeros((count, 10), dtype=np.int64)
    table[:, 0] = table[:, 1] = table[:, 2] = np.arange(count)
    table[:, 3] = OFFER
    table[:, 4] = [LANGUAGES.index(language) for language in languages]
    table[:, 9] = NEVER
    return StatementRows.of_table(table)


def encoded(texts: Sequence[str], say: Say, *, passages: bool = False) -> Vectors:
    """Raw vectors of texts as the product encodes them; kept on disk, so that a second run need not wait."""
    encoder = query_encoder()
    store = settings.DATA_DIR / "cache" / "benchmarks" / f"{encoder.encoder.fingerprint}.npz"
    known = _kept(store)
    names = [_digest(text, as_passage=passages or reads_as_statement(text)) for text in texts]
    missing = {name: text for name, text in zip(names, texts, strict=True) if name not in known}
    encode = encoder.encoder.encode_passages if passages else encoder.encode_asking
    waiting = list(missing.items())
    for start in range(0, len(waiting), _BATCH):
        batch = waiting[start : start + _BATCH]
        vectors = encode([text if text.strip() else "-" for _name, text in batch])
        known.update((name, vector) for (name, _text), vector in zip(batch, vectors, strict=True))
        say(f"encoded {min(start + _BATCH, len(waiting))} of {len(waiting)} texts")
    if waiting:
        store.parent.mkdir(parents=True, exist_ok=True)
        np.savez(store, names=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[name] for name in names])


def _kept(store: Path) -> dict[str, Vectors]:
    """Vectors by digest from earlier runs; none from a file that a killed run left broken."""
    try:
        with store.open("rb") as file, np.load(file) as kept:
            return dict(zip(kept["names"].tolist(), kept["vectors"], strict=True))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return {}


def _digest(text: str, *, as_passage: bool) -> str:
    prefix = b"passage:" if as_passage else b"query:"
    return hashlib.sha256(prefix + text.encode("utf-8", "replace")).hexdigest()
