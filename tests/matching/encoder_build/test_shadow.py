"""The shadow rule and what it is judged by: read, measured, compared."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from matching.encoder_build.asked_texts import asking_prefix, encode_asking
from matching.encoder_build.json_lines import DataUnusableError
from matching.encoder_build.retrieval_sets import held_back_set, read_public_set
from matching.encoder_build.shadow import Comparison, compare, judge, measure_held_back, measure_public
from matching.encoder_build.training_pairs import TrainingPair
from matching.engine.encoders import EncoderProfile
from matching.engine.stores import Vectors
from tests.encoders import WordHashEncoder


def _change(before: float, after: float, low: float, queries: int = 100) -> Comparison:
    return Comparison(before, after, after - before, low, after - before + 0.1, queries)


def _held_back(low: float = 0.01, recall: float = 0.6, queries: int = 100) -> dict[str, Comparison]:
    return {
        "ndcg_at_10": _change(0.4, 0.5, low, queries),
        "recall_at_10": _change(0.6, recall, -0.1, queries),
    }


def _public(after: float) -> dict[str, Comparison]:
    return {"accuracy_at_1": _change(0.98, 0.99, 0), "accuracy_at_1_back": _change(0.97, after, -0.1)}


def test_better_at_home_and_no_worse_elsewhere_is_promoted() -> None:
    verdict = judge(_held_back(), _public(0.969))
    assert verdict.promoted
    assert verdict.reasons == ("held-back nDCG@10 rises from 0.4000 to 0.5000, and the public set is no worse",)


@pytest.mark.parametrize(
    ("held_back", "public", "reason"),
    [
        (_held_back(low=0.0), _public(0.97), "which is not above 0"),
        (_held_back(recall=0.59), _public(0.97), "recall@10 falls from 0.6000 to 0.5900"),
        (_held_back(queries=19), _public(0.97), "19 held-back queries are too few"),
        (_held_back(), _public(0.9679), "public accuracy_at_1_back falls from 0.9700 to 0.9679"),
        (_held_back(), None, "no public set was measured"),
    ],
)
def test_anything_against_it_refuses(
    held_back: dict[str, Comparison], public: dict[str, Comparison] | None, reason: str
) -> None:
    verdict = judge(held_back, public)
    assert not verdict.promoted
    assert len(verdict.reasons) == 1
    assert reason in verdict.reasons[0]


def test_every_reason_is_said() -> None:
    assert len(judge(_held_back(low=-1.0, recall=0.1, queries=2), None).reasons) == 4


def test_interval_is_that_of_the_paired_differences() -> None:
    generator = np.random.default_rng(5)
    before = generator.random(400)
    change = generator.normal(0.02, 0.1, 400)
    found = compare({"m": before}, {"m": before + change}, generator=generator)["m"]
    error = change.std() / np.sqrt(400)
    assert found.difference == pytest.approx(change.mean(), abs=1e-4)
    assert found.interval_low == pytest.approx(change.mean() - 1.96 * error, abs=error / 4)
    assert found.interval_high == pytest.approx(change.mean() + 1.96 * error, abs=error / 4)
    assert found.queries == 400


def test_held_back_pairs_become_a_ranking_task() -> None:
    pairs = [
        TrainingPair("sensor i seng", "sensor under seng", ("noget helt andet",), 2.0),
        TrainingPair("app", "sensor i seng"),
        TrainingPair("app", "ukendt", grade=0.0),
    ]
    found = held_back_set(pairs)
    assert found.passages == ("sensor under seng", "noget helt andet", "sensor i seng")
    assert found.grades == ({0: 2.0}, {2: 1.0})
    assert found.hidden == ({2}, set())


def test_text_is_not_ranked_for_itself() -> None:
    found = held_back_set([TrainingPair("a b", "a b c"), TrainingPair("d", "a b")])
    assert measure_held_back(WordHashEncoder(), found)["ndcg_at_10"][0] == 1.0


def test_held_back_measures_follow_the_ranking() -> None:
    pairs = [TrainingPair("seng", "seng med sensor"), TrainingPair("app", "ting"), TrainingPair("ro", "app til ro")]
    measures = measure_held_back(WordHashEncoder(), held_back_set(pairs))
    assert measures["recall_at_10"].tolist() == [1.0, 1.0, 1.0]
    assert measures["ndcg_at_10"][0] == 1.0
    assert measures["ndcg_at_10"][1] < 1.0


class _PrefixEncoder:
    """Tells by its vectors how a text was encoded."""

    dimension, fingerprint = 2, "prefix"

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.array([[1, len(text)] for text in texts], dtype=np.float32)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([[2, len(text)] for text in texts], dtype=np.float32)


def test_whole_statement_is_encoded_as_the_product_does() -> None:
    texts = ["to ord", "en hel sætning med mindst otte ord i sig", "x"]
    assert encode_asking(_PrefixEncoder(), texts).tolist() == [[1, 6], [2, 40], [1, 1]]
    profile = EncoderProfile("f", "onnx", 2, 64, 0, "query: ", "passage: ")
    assert [asking_prefix(profile, text) for text in texts] == ["query: ", "passage: ", "query: "]


def _packed(path: Path, *lines: str) -> None:
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))


def test_line_aligned_files_are_measured_both_ways(tmp_path: Path) -> None:
    _packed(tmp_path / "dan.txt.gz", "en sensor og en app", "hund på taget", "kat")
    _packed(tmp_path / "eng.txt.gz", "sensor app", "kat", "kat taget ser ud")
    measures = measure_public(WordHashEncoder(), read_public_set(tmp_path))
    assert measures["accuracy_at_1"].tolist() == [1.0, 0.0, 0.0]
    assert measures["accuracy_at_1_back"].tolist() == [1.0, 0.0, 1.0]


def test_language_is_that_of_the_file(tmp_path: Path) -> None:
    _packed(tmp_path / "dan.txt.gz", "hunden og katten", "bil", "på taget")
    _packed(tmp_path / "eng.txt.gz", "the dog and the cat", "car", "on the roof")
    found = read_public_set(tmp_path)
    assert found.query_languages == ("da",) * 3
    assert found.passage_languages == ("en",) * 3


def _json_set(folder: Path, labels: list[dict[str, str]]) -> Path:
    tables = {
        "queries": [{"id": "1", "text": "sensor i seng"}, {"id": "2", "text": "unlabelled"}],
        "passages": [{"id": "a", "text": "noget andet"}, {"id": "b", "text": "seng med sensor"}],
        "labels": labels,
    }
    for name, rows in tables.items():
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return folder


def test_labelled_texts_are_measured_one_way(tmp_path: Path) -> None:
    found = read_public_set(_json_set(tmp_path, [{"query": "1", "passage": "b"}]))
    measures = measure_public(WordHashEncoder(), found)
    assert {name: values.tolist() for name, values in measures.items()} == {"accuracy_at_1": [1.0]}


@pytest.mark.parametrize(
    ("labels", "said"),
    [([], "labels nothing"), ([{"query": "1", "passage": "z"}], "line 1: no such query or passage")],
)
def test_labels_that_lead_nowhere_are_said(tmp_path: Path, labels: list[dict[str, str]], said: str) -> None:
    with pytest.raises(DataUnusableError, match=said):
        read_public_set(_json_set(tmp_path, labels))


def test_public_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataUnusableError, match="no folder"):
        read_public_set(tmp_path / "nowhere")
    with pytest.raises(DataUnusableError, match="holds neither"):
        read_public_set(tmp_path)


@pytest.mark.parametrize(("lines", "said"), [(["one", "two"], "they must be as many"), ([" "], "empty line")])
def test_files_that_do_not_go_together_are_said(tmp_path: Path, lines: list[str], said: str) -> None:
    _packed(tmp_path / "dan.txt.gz", *lines)
    _packed(tmp_path / "eng.txt.gz", "one")
    with pytest.raises(DataUnusableError, match=said):
        read_public_set(tmp_path)
