"""What an encoder is measured on: queries, passages, and which passage answers which query.

A public set comes from a folder: two line-aligned .txt.gz files, or queries, passages and labels as JSON lines.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from matching.encoder_build.json_lines import DataUnusableError, read_json_lines, read_lines, text_of
from matching.encoder_build.training_pairs import TrainingPair, teaching
from matching.languages import guess_language


@dataclass(frozen=True)
class RetrievalSet:
    """Texts with their languages, and for each query the grades (above 0) of its passages by position.

    `hidden` holds for a query the positions that are not ranked for it: itself, and what answers the other way.
    `both_ways` says that passage i is query i in other words, and is to find it back.
    """

    name: str
    queries: tuple[str, ...]
    passages: tuple[str, ...]
    query_languages: tuple[str, ...]
    passage_languages: tuple[str, ...]
    grades: tuple[Mapping[int, float], ...]
    hidden: tuple[Set[int], ...] = field(default=())
    both_ways: bool = False


def held_back_set(pairs: Sequence[TrainingPair]) -> RetrievalSet:
    """The held-back pairs: their queries against all their passages and hard negatives."""
    taught = teaching(pairs)
    queries = tuple(dict.fromkeys(pair.query for pair in taught))
    passages = tuple(dict.fromkeys(text for pair in taught for text in (pair.passage, *pair.hard_negatives)))
    places = {text: position for position, text in enumerate(passages)}
    grades: dict[str, dict[int, float]] = defaultdict(dict)
    hidden: dict[str, set[int]] = {text: {places[text]} for text in queries if text in places}
    for pair in taught:
        grades[pair.query][places[pair.passage]] = pair.grade
        if pair.query in places:
            hidden.setdefault(pair.passage, set()).add(places[pair.query])
    return RetrievalSet(
        name="held back",
        queries=queries,
        passages=passages,
        query_languages=tuple(map(guess_language, queries)),
        passage_languages=tuple(map(guess_language, passages)),
        grades=tuple(grades[query] for query in queries),
        hidden=tuple(hidden.get(query, set()) - grades[query].keys() for query in queries),
    )


def read_public_set(folder: Path) -> RetrievalSet:
    """The set in `folder`.

    Raises:
        DataUnusableError: no folder, neither form, texts that do not fit together, or nothing labelled.
    """
    if not folder.is_dir():
        raise DataUnusableError(f"There is no folder {folder}. Give a folder with a public set, or leave --public out.")
    files = sorted(folder.glob("*.txt.gz"))
    if len(files) == 2:
        return _parallel(folder.name, *files)
    for suffix in (".jsonl", ".jsonl.gz"):
        if (folder / f"queries{suffix}").is_file():
            return _labelled(folder, suffix)
    raise DataUnusableError(
        f"{folder} holds neither two .txt.gz files whose lines belong together nor queries.jsonl, passages.jsonl "
        "and labels.jsonl."
    )


def _parallel(name: str, first: Path, second: Path) -> RetrievalSet:
    left = tuple(line for _number, line in read_lines(first))
    right = tuple(line for _number, line in read_lines(second))
    if len(left) != len(right) or not left:
        raise DataUnusableError(f"{first} has {len(left)} lines and {second} has {len(right)}; they must be as many.")
    if not all(line.strip() for line in (*left, *right)):
        raise DataUnusableError(f"{first} or {second} has an empty line. Take the line out of both.")
    return RetrievalSet(
        name=name,
        queries=left,
        passages=right,
        query_languages=(_usual_language(left),) * len(left),
        passage_languages=(_usual_language(right),) * len(right),
        grades=tuple({position: 1.0} for position in range(len(left))),
        both_ways=True,
    )


def _labelled(folder: Path, suffix: str) -> RetrievalSet:
    queries = _texts(folder / f"queries{suffix}")
    passages = _texts(folder / f"passages{suffix}")
    labels = _labels(folder / f"labels{suffix}", queries, passages)
    places = {name: position for position, name in enumerate(passages)}
    asked = tuple(name for name in queries if name in labels)
    return RetrievalSet(
        name=folder.name,
        queries=tuple(queries[name] for name in asked),
        passages=tuple(passages.values()),
        query_languages=tuple(guess_language(queries[name]) for name in asked),
        passage_languages=tuple(map(guess_language, passages.values())),
        grades=tuple({places[passage]: 1.0 for passage in labels[name]} for name in asked),
    )


def _texts(path: Path) -> dict[str, str]:
    rows = ((f"{path}, line {number}", row) for number, row in read_json_lines(path))
    return {str(row.get("id")): text_of(row, "text", place=place) for place, row in rows}


def _labels(path: Path, queries: Mapping[str, str], passages: Mapping[str, str]) -> dict[str, set[str]]:
    labels: dict[str, set[str]] = defaultdict(set)
    for number, row in read_json_lines(path):
        query, passage = str(row.get("query")), str(row.get("passage"))
        if query not in queries or passage not in passages:
            raise DataUnusableError(f"{path}, line {number}: no such query or passage.")
        labels[query].add(passage)
    if not labels:
        raise DataUnusableError(f"{path} labels nothing, so nothing can be measured.")
    return labels


def _usual_language(texts: Iterable[str]) -> str:
    """The language of most of `texts`: one sentence may deceive, a file does not."""
    return Counter(map(guess_language, texts)).most_common(1)[0][0]
