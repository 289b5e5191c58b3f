"""Text to vectors behind one protocol: a built ONNX encoder, or sentence-transformers for any model.

Importing this module and encoding with `OnnxEncoder` touches neither torch nor transformers.
"""

import importlib
import json
import os
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from matching.engine.encodable_text import EmptyTextError, clean_text, control_pattern, defuse
from matching.engine.sentences import split_to_fit

__all__ = [
    "EmptyTextError",
    "Encoder",
    "EncoderProfile",
    "OnnxEncoder",
    "SentenceTransformersEncoder",
    "open_tokenizer",
    "sentence_transformers_profile",
]

Vectors = npt.NDArray[np.float32]
PROFILE_FILE, GRAPH_FILE, TOKENIZER_FILE, MODEL_FOLDER = (
    "encoder.json",
    "model.onnx",
    "tokenizer.json",
    "hugging_face",
)
MAX_BATCH_TOKENS = 640  # larger batches fall out of the processor's cache: slower, and more memory
_MOST_THREADS = 8
_USUAL_MAX_TOKENS = 512


class Encoder(Protocol):
    """Texts to L2-normalised float32 vectors of shape (texts, dimension), in the order of the texts.

    Texts longer than the model takes are cut by sentences and averaged, never shortened. Safe to call from
    several threads at once. Both methods raise `EmptyTextError` when a text has no visible character.
    """

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes when vectors of the same text would; an index refuses vectors of another fingerprint."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors for texts that search."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors for texts that are found."""
        ...


@dataclass(frozen=True)
class EncoderProfile:
    """What a loader must know about a built encoder; stands beside it as `encoder.json`.

    `runtime` is "onnx" or "sentence-transformers"; `max_tokens` counts special tokens and prefix too.
    """

    fingerprint: str
    runtime: str
    dimension: int
    max_tokens: int
    padding_id: int
    query_prefix: str
    passage_prefix: str

    def write(self, folder: Path) -> None:
        """Write `encoder.json` into `folder`."""
        (folder / PROFILE_FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read `encoder.json` from `folder`."""
        return cls(**json.loads((folder / PROFILE_FILE).read_text(encoding="utf-8")))


@dataclass(frozen=True)
class _Chunk:
    """A part of a text as the model sees it."""

    text_index: int
    text: str
    token_ids: list[int]


class _ChunkedEncoder(ABC):
    """What all encoders share: cleaning, prefixes, cutting long texts, and joining their parts again."""

    def __init__(self, profile: EncoderProfile, control_words: re.Pattern[str] | None) -> None:
        self.profile = profile
        self._control_words = control_words

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return self.profile.dimension

    @property
    def fingerprint(self) -> str:
        """Names the weights and the recipe the vectors come from."""
        return self.profile.fingerprint

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors (texts, dimension) for texts that search."""
        return self._encode(texts, self.profile.query_prefix)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors (texts, dimension) for texts that are found."""
        return self._encode(texts, self.profile.passage_prefix)

    def split_passage(self, text: str) -> list[str]:
        """The parts in which a passage is encoded, without their prefix; one part if it fits."""
        return [chunk.text for chunk in self._chunks(0, text, self.profile.passage_prefix)]

    @abstractmethod
    def tokenise(self, text: str) -> list[int]:
        """Token ids of all of `text` as it stands, with the special ones around it."""

    @abstractmethod
    def _encode_chunks(self, chunks: Sequence[_Chunk], prefix: str) -> Vectors:
        """One normalised vector a chunk, in order; `chunks` is not empty."""

    def _chunks(self, index: int, text: str, prefix: str) -> list[_Chunk]:
        prepared = defuse(clean_text(text), self._control_words)
        token_ids = self.tokenise(prefix + prepared)
        if len(token_ids) <= self.profile.max_tokens:
            return [_Chunk(index, prepared, token_ids)]
        parts = split_to_fit(prepared, lambda part: len(self.tokenise(prefix + part)), self.profile.max_tokens)
        return [_Chunk(index, part, self.tokenise(prefix + part)) for part in parts]

    def _encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        chunks = [chunk for index, text in enumerate(texts) for chunk in self._chunks(index, text, prefix)]
        if not chunks:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._encode_chunks(chunks, prefix)
        return vectors if len(chunks) == len(texts) else _average_chunks(vectors, chunks, len(texts))


class OnnxEncoder(_ChunkedEncoder):
    """Serves a built folder with ONNX Runtime and `tokenizers`.

    Args:
        folder: Holds `encoder.json`, `model.onnx` and `tokenizer.json`.
        threads: Processor threads for one call; 0 takes those this process may use, at most 8.
    """

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        tokenizer = open_tokenizer(folder)
        special = [token.content for token in tokenizer.get_added_tokens_decoder().values() if token.special]
        super().__init__(EncoderProfile.read(folder), control_pattern(special))
        self._tokenizer = tokenizer
        self._session = _open_session(folder / GRAPH_FILE, threads)

    def tokenise(self, text: str) -> list[int]:
        """Token ids of all of `text` as it stands, with the special ones around it."""
        token_ids: list[int] = self._tokenizer.encode(text).ids
        return token_ids

    def _encode_chunks(self, chunks: Sequence[_Chunk], prefix: str) -> Vectors:
        vectors = np.empty((len(chunks), self.dimension), dtype=np.float32)
        for batch in _batches([len(chunk.token_ids) for chunk in chunks]):
            inputs = _padded([chunks[position].token_ids for position in batch], self.profile.padding_id)
            vectors[batch] = self._session.run(["vectors"], inputs)[0]
        return vectors


class SentenceTransformersEncoder(_ChunkedEncoder):
    """Serves any model that sentence-transformers loads, in this process; imports torch when it is made.

    Args:
        model: A folder or a hub name.
        profile: What is known from a build; without it the model's own prompts and limits are taken.
        threads: Processor threads for torch; 0 leaves its default.
    """

    def __init__(self, model: Path | str, *, profile: EncoderProfile | None = None, threads: int = 0) -> None:
        # By name: a plain import statement here would let torch into everything that imports the engine.
        library = importlib.import_module("sentence_transformers")
        if threads:
            importlib.import_module("torch").set_num_threads(threads)
        self._model = library.SentenceTransformer(str(model), device="cpu")
        self._lock = threading.Lock()  # its tokenizer changes its own padding while it works
        control_words = control_pattern(self._model.tokenizer.all_special_tokens)
        super().__init__(profile or sentence_transformers_profile(self._model, f"unbuilt-{model}"), control_words)

    def tokenise(self, text: str) -> list[int]:
        """Token ids of all of `text` as it stands, with the special ones around it."""
        with self._lock:
            token_ids: list[int] = self._model.tokenizer(text, truncation=False, verbose=False)["input_ids"]
        return token_ids

    def _encode_chunks(self, chunks: Sequence[_Chunk], prefix: str) -> Vectors:
        texts = [prefix + chunk.text for chunk in chunks]
        with self._lock:
            vectors = self._model.encode(texts, prompt="", show_progress_bar=False, convert_to_numpy=True)
        return _normalised(vectors)


def open_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a built folder: it never shortens, and takes written control words as text."""
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer


def sentence_transformers_profile(model: Any, fingerprint: str) -> EncoderProfile:
    """The profile of a loaded `SentenceTransformer`, with its own prompts if it has any."""
    prompts = model.prompts or {}
    default = prompts.get(model.default_prompt_name or "", "")
    return EncoderProfile(
        fingerprint=fingerprint,
        runtime="sentence-transformers",
        dimension=int(model.get_embedding_dimension()),
        max_tokens=int(model.max_seq_length or _USUAL_MAX_TOKENS),
        padding_id=int(model.tokenizer.pad_token_id or 0),
        query_prefix=prompts.get("query") or default,
        passage_prefix=prompts.get("passage") or prompts.get("document") or default,
    )


def _open_session(graph: Path, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or _usable_threads()
    # Threads wait actively only for moments and ever more patiently: sleeping at once costs a query a third of
    # its speed, and the default would take a core from whatever else runs here.
    options.add_session_config_entry("session.intra_op.spin_duration_us", "25")
    options.add_session_config_entry("session.intra_op.spin_backoff_max", "64")
    # The graph is written in its final form; further fusing was measured to make it slower.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _usable_threads() -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, _MOST_THREADS)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions grouped by similar length, longest first, each group padded to `MAX_BATCH_TOKENS` at most."""
    order = sorted(range(len(lengths)), key=lambda position: -lengths[position])
    while order:
        amount = max(1, MAX_BATCH_TOKENS // lengths[order[0]])
        yield order[:amount]
        order = order[amount:]


def _padded(rows: Sequence[Sequence[int]], padding_id: int) -> dict[str, npt.NDArray[np.int64]]:
    longest = max(map(len, rows))
    token_ids = np.full((len(rows), longest), padding_id, dtype=np.int64)
    mask = np.zeros_like(token_ids)
    for index, row in enumerate(rows):
        token_ids[index, : len(row)] = row
        mask[index, : len(row)] = 1
    return {"input_ids": token_ids, "attention_mask": mask}


def _average_chunks(vectors: Vectors, chunks: Sequence[_Chunk], texts: int) -> Vectors:
    """Mean of each text's chunk vectors weighted by their tokens, L2-normalised; (texts, dimension)."""
    weights = np.array([len(chunk.token_ids) for chunk in chunks], dtype=np.float32)
    totals = np.zeros((texts, vectors.shape[1]), dtype=np.float32)
    np.add.at(totals, [chunk.text_index for chunk in chunks], vectors * weights[:, None])
    return _normalised(totals)


def _normalised(vectors: npt.NDArray[Any]) -> Vectors:
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return np.ascontiguousarray(vectors / lengths, dtype=np.float32)
