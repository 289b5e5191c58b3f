"""Pairs from files: what is read, what is joined, and what is said about a bad line."""

import gzip
import json
from pathlib import Path

import pytest

from matching.encoder_build.json_lines import DataUnusableError
from matching.encoder_build.training_pairs import TrainingPair, gather_pairs, read_pairs, related_texts


def _written(path: Path, *rows: object) -> Path:
    lines = "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)
    path.write_bytes(gzip.compress(lines.encode()) if path.suffix == ".gz" else lines.encode())
    return path


@pytest.mark.parametrize("name", ["pairs.jsonl", "pairs.jsonl.gz"])
def test_file_is_read_plain_and_packed(tmp_path: Path, name: str) -> None:
    path = _written(
        tmp_path / name,
        {"query": "sår", "passage": "plaster", "hard_negatives": ["gips"], "grade": 2},
        "",
        {"query": "fald", "passage": "sensor"},
    )

    assert list(read_pairs(path)) == [
        TrainingPair("sår", "plaster", ("gips",), 2.0),
        TrainingPair("fald", "sensor"),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"query": "sår"}, "“passage” is missing"),
        ({"passage": "sår"}, "“query” is missing"),
        ({"query": " ", "passage": "plaster"}, "“query” is missing"),
        ({"query": 3, "passage": "plaster"}, "“query” is missing"),
        ({"query": "sår", "passage": "plaster", "hard_negatives": "gips"}, "no list of texts"),
        ({"query": "sår", "passage": "plaster", "hard_negatives": [1]}, "no list of texts"),
        ({"query": "sår", "passage": "plaster", "grade": "high"}, "no number from 0 to 3"),
        ({"query": "sår", "passage": "plaster", "grade": True}, "no number from 0 to 3"),
        ('{"query": "sår", "passage": "plaster", "grade": NaN}', "no number from 0 to 3"),
        ("{not json", "not JSON"),
        ('["sår", "plaster"]', "not a JSON object"),
    ],
)
def test_bad_line_is_named(tmp_path: Path, row: object, said: str) -> None:
    path = _written(tmp_path / "pairs.jsonl", {"query": "fald", "passage": "sensor"}, row)
    with pytest.raises(DataUnusableError, match=said) as caught:
        list(read_pairs(path))
    assert "line 2" in str(caught.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataUnusableError, match=r"no file .*pairs\.jsonl"):
        list(read_pairs(tmp_path / "pairs.jsonl"))


@pytest.mark.parametrize("content", [b"\x1f\x8b\x08 cut off", b"not packed at all"])
def test_file_that_cannot_be_unpacked_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pairs.jsonl.gz").write_bytes(content)
    with pytest.raises(DataUnusableError, match="cannot be read"):
        list(read_pairs(tmp_path / "pairs.jsonl.gz"))


def test_file_of_another_encoding_is_said(tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").write_bytes('{"query": "sår", "passage": "plaster"}'.encode("latin-1"))
    with pytest.raises(DataUnusableError, match="UTF-8"):
        list(read_pairs(tmp_path / "pairs.jsonl"))


def test_empty_file_has_no_pairs(tmp_path: Path) -> None:
    assert list(read_pairs(_written(tmp_path / "pairs.jsonl"))) == []


def test_same_pair_from_two_sources_is_joined() -> None:
    first = TrainingPair("sår", "plaster", ("gips",), 1.0)
    second = TrainingPair(" sår ", "plaster", ("skinne", "gips"), 2.0)

    assert gather_pairs([[first], iter([second])]) == [TrainingPair("sår", "plaster", ("gips", "skinne"), 2.0)]


def test_text_is_never_paired_with_itself_or_with_nothing() -> None:
    pairs = [TrainingPair("sår", "sår "), TrainingPair("\u200b", "plaster"), TrainingPair("sår", "plaster")]
    assert gather_pairs([pairs]) == [TrainingPair("sår", "plaster")]


def test_answer_is_no_hard_negative_of_its_query() -> None:
    pairs = [TrainingPair("sår", "plaster", ("salve", "gips", "sår")), TrainingPair("sår", "salve", grade=0.0)]
    assert gather_pairs([pairs])[0].hard_negatives == ("gips",)


def test_relation_holds_both_ways() -> None:
    assert related_texts([TrainingPair("a", "b"), TrainingPair("b", "c", grade=0.0)]) == {
        "a": {"b"}, "b": {"a", "c"}, "c": {"b"},
    }  # fmt: skip
