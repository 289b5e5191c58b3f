"""`bench retrieve`: is the passage that belongs to a query found first, also across two languages?

The order is that of the served encoder, the centring and the vector store; what words add (for a twin in another
language: names and chance) is told beside it.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from django.conf import settings

from benchmarks.corpus import Corpus, encoded
from benchmarks.data_files import DataMissing, read_json_lines, read_lines
from matching.languages import guess_language

Figures = dict[str, float]
Say = Callable[[str], None]
_SAMPLE = 200


def run(say: Say) -> Figures:
    """The shared Danish-English parallel sentences."""
    return run_data(settings.BASE_DIR.parent / "shared" / "data" / "ntrex-da-en", say)


def run_data(folder: Path, say: Say) -> Figures:
    """Accuracy at 1 of `queries.jsonl` in `passages.jsonl`, or, both ways, of two texts aligned line by line.

    Raises:
        DataMissing: a file is not there or not in the format.
    """
    if not folder.is_dir():
        raise DataMissing(f"There is no folder {folder}. Name one with --data.")
    aligned = sorted([*folder.glob("*.txt.gz"), *folder.glob("*.txt")])
    if aligned and not list(folder.glob("queries.jsonl*")):
        return _aligned(aligned, say)
    queries = read_json_lines(folder, "queries", keys=("id", "text"))
    passages = read_json_lines(folder, "passages", keys=("id", "text"))
    labels = read_json_lines(folder, "labels", keys=("query", "passage"))
    wanted: dict[str, set[str]] = {}
    for row in labels:
        wanted.setdefault(str(row["query"]), set()).add(str(row["passage"]))
    judged = [row for row in queries if str(row["id"]) in wanted]
    if not judged:
        raise DataMissing("labels: they name no query that is there.")
    if gone := set().union(*wanted.values()) - {str(row["id"]) for row in passages}:
        raise DataMissing(f"labels: there is no passage {min(gone)}.")
    by_meaning, fused = _first([str(row["text"]) for row in judged], [str(row["text"]) for row in passages], say)

    def accuracy(found: np.ndarray) -> float:
        pairs = zip(found, judged, strict=True)
        return float(np.mean([str(passages[place]["id"]) in wanted[str(row["id"])] for place, row in pairs]))

    return {
        "queries": len(judged),
        "passages": len(passages),
        "accuracy_at_1": accuracy(by_meaning),
        "accuracy_at_1_with_words": accuracy(fused),
    }


def _aligned(files: list[Path], say: Say) -> Figures:
    if len(files) != 2:
        raise DataMissing(f"There must be two line-aligned texts, not {len(files)}.")
    one, other = (list(read_lines(path)) for path in files)
    if len(one) != len(other):
        raise DataMissing(f"{files[0].name} has {len(one)} lines and {files[1].name} has {len(other)}.")
    kept = [(a, b) for a, b in zip(one, other, strict=True) if a.strip() and b.strip()]
    if not kept:
        raise DataMissing("The two texts have no lines.")
    one, other = [a for a, _b in kept], [b for _a, b in kept]
    figures: Figures = {"queries": len(kept), "passages": len(kept)}
    for ending, (queries, passages) in (("", (one, other)), ("_back", (other, one))):
        by_meaning, fused = _first(queries, passages, say)
        figures[f"accuracy_at_1{ending}"] = float((by_meaning == np.arange(len(kept))).mean())
        figures[f"accuracy_at_1{ending}_with_words"] = float((fused == np.arange(len(kept))).mean())
    return figures


def _first(queries: list[str], passages: list[str], say: Say) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the passages that come first for each query: by meaning, and by meaning and words together."""
    spoken = _language(queries)
    beside = (queries, [spoken] * len(queries))
    corpus = Corpus(passages, say, languages=[_language(passages)] * len(passages), beside=beside)
    by_meaning: list[int] = []
    fused: list[int] = []
    for number, (text, vector) in enumerate(zip(queries, encoded(queries, say), strict=True)):
        if number % 500 == 0:
            say(f"asking {number} of {len(queries)} queries")
        pool = corpus.pool(corpus.question(text, vector, spoken))
        for found, scores in ((by_meaning, pool.meaning[0]), (fused, pool.score[0])):
            found.append(int(pool.statements[np.lexsort((pool.statements, -scores))[0]]))
    return np.array(by_meaning), np.array(fused)


def _language(texts: list[str]) -> str:
    """The language of most of the texts: a file is in one language."""
    danish = sum(guess_language(text) == "da" for text in texts[:_SAMPLE])
    return "da" if 2 * danish >= min(len(texts), _SAMPLE) else "en"
