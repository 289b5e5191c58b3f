"""`bench encode`: the served encoder against sentence-transformers fp32, same texts, same run, in turn."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from django.conf import settings

from benchmarks.nearest_offers import recall_at_10
from benchmarks.texts import stitched_texts
from benchmarks.timing import interleaved, seconds
from kernel.errors import NotReady
from matching.encoder_build.cache import find_encoder
from matching.engine.encoders import Encoder, SentenceTransformersEncoder
from matching.serving import query_encoder

Figures = dict[str, float]
_LENGTHS = {12: 128, 50: 128, 200: 48}
_ROUNDS = 5
_QUERIES = 40
_MB = 1024 * 1024


def run(say: Callable[[str], None]) -> Figures:
    """Measure both; ratios are ours over reference."""
    ours, reference = query_encoder().encoder, reference_encoder()
    generator = np.random.default_rng(20261122)
    say("queries of 12 words, one at a time")
    figures = _query_figures(ours, reference, stitched_texts(_QUERIES, 12, generator))
    for words, count in _LENGTHS.items():
        say(f"{count} texts of {words} words")
        figures |= _throughput_figures(ours, reference, stitched_texts(count, words, generator), words)
    figures["bulk_hours_a_million"] = 1_000_000 / figures["texts_per_s_50"] / 3600
    say("queries beside a busy neighbour")
    figures |= _contended_figures(ours, stitched_texts(_QUERIES, 12, generator))
    say("judged pairs with both encoders")
    figures |= _recall_figures(ours, reference)
    say("memory of a process with this encoder alone")
    figures["rss_mb"] = _resident_mb()
    return figures


def reference_encoder() -> SentenceTransformersEncoder:
    """The same weights in fp32, served by sentence-transformers.

    Raises:
        NotReady: the encoder is not built on this machine.
    """
    folder = find_encoder(settings.VIDENBRO_ENCODER, settings.VIDENBRO_CACHE_DIR)
    if folder is None:
        raise NotReady("The language model is not built yet. Run “manage.py build_encoder” first.")
    return SentenceTransformersEncoder(str(folder / "hugging_face"))


def _query_figures(ours: Encoder, reference: Encoder, queries: list[str]) -> Figures:
    def ask(encoder: Encoder) -> Callable[[], object]:
        return lambda: [encoder.encode_queries([query]) for query in queries]

    mine, theirs = interleaved(ask(ours), ask(reference), _ROUNDS)
    return {
        "query_ms": 1000 * mine / len(queries),
        "query_ms_reference": 1000 * theirs / len(queries),
        "query_time_ratio": mine / theirs,
    }


def _throughput_figures(ours: Encoder, reference: Encoder, texts: list[str], words: int) -> Figures:
    mine, theirs = interleaved(lambda: ours.encode_passages(texts), lambda: reference.encode_passages(texts), _ROUNDS)
    return {
        f"texts_per_s_{words}": len(texts) / mine,
        f"texts_per_s_{words}_reference": len(texts) / theirs,
        f"throughput_ratio_{words}": theirs / mine,
    }


_NEIGHBOUR = "import time\nend = time.time() + 120\nwhile time.time() < end: sum(range(10000))"


def _contended_figures(encoder: Encoder, queries: list[str]) -> Figures:
    """Single queries while another process keeps one core busy; the neighbour stops with the measurement."""
    neighbour = subprocess.Popen([sys.executable, "-c", _NEIGHBOUR])  # noqa: S603  (our own interpreter)
    try:
        encoder.encode_queries(queries[:4])
        times = [seconds(partial(encoder.encode_queries, [query])) for query in queries * _ROUNDS]
    finally:
        neighbour.kill()
        neighbour.wait()
    median, slow = float(np.median(times)), float(np.percentile(times, 95))
    return {
        "contended_query_ms_p50": 1000 * median,
        "contended_query_ms_p95": 1000 * slow,
        "contended_p95_over_p50": slow / median,
    }


def _recall_figures(ours: Encoder, reference: Encoder) -> Figures:
    mine, theirs = recall_at_10(ours), recall_at_10(reference)
    return {"recall_at_10": mine, "recall_at_10_reference": theirs, "recall_at_10_loss": theirs - mine}


_MEASURE_MEMORY = """
import sys, psutil
sys.path.append("platform")
from pathlib import Path
from matching.encoder_build.loading import load_encoder
encoder = load_encoder(Path(sys.argv[1]))
encoder.encode_queries(["klinisk afprøvning af tryksårssensor"])
encoder.encode_passages(["Vi tilbyder afprøvning af sårprodukter i klinikken. " * 8] * 32)
print(psutil.Process().memory_info().rss)
"""


def _resident_mb() -> float:
    folder = find_encoder(settings.VIDENBRO_ENCODER, settings.VIDENBRO_CACHE_DIR)
    done = subprocess.run(  # noqa: S603  (our own interpreter)
        [sys.executable, "-c", _MEASURE_MEMORY, str(folder)],
        cwd=Path(settings.BASE_DIR),
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1]) / _MB
