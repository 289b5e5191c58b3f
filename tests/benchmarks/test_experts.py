"""`bench experts` on folders small enough to know the answer, and on folders that are wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import experts
from benchmarks.data_files import DataMissing
from tests.benchmarks.written_data import silent, write_rows

TOPICS = {
    "skin": "pressure ulcers on the skin of patients in bed are prevented by mattresses",
    "lung": "breathing exercises train the lung after pneumonia with an inhaler",
    "heart": "arrhythmia of the heart is recorded by electrodes during exercise",
}
MEASURES = {"ndcg_at_10", "average_precision", "auc", "weighted_loss"}


def write_experts(folder: Path, labels: list[dict[str, Any]] | None = None, **changed: Any) -> Path:
    """Each topic has an expert and a query in the same words; by default the own topic is graded 3, others 1."""
    own = [{"query": f"q-{q}", "expert": e, "grade": 3 if q == e else 1} for q in TOPICS for e in TOPICS]
    tables: dict[str, Any] = {
        "experts": [{"id": topic, "texts": [text, "Something else."]} for topic, text in TOPICS.items()],
        "queries": [{"id": f"q-{topic}", "text": text} for topic, text in TOPICS.items()],
        "labels": own if labels is None else labels,
    } | changed
    for name, rows in tables.items():
        write_rows(folder, name, rows, packed=name == "labels")
    return folder


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize("rank", ["experts", "queries"])
def test_labels_that_agree_with_the_order_lose_nothing(tmp_path: Path, rank: str) -> None:
    figures = experts.run_data(write_experts(tmp_path), silent, rank)

    assert {figures[name] for name in ("ndcg_at_10", "average_precision", "auc")} == {1.0}
    assert figures["weighted_loss"] == figures["bm25_weighted_loss"] == figures["tf_idf_weighted_loss"] == 0.0
    assert (figures["experts"], figures["queries"], figures["labels"], figures["lists"]) == (3, 3, 9, 3)
    assert set(figures) == {"experts", "queries", "labels", "lists"} | {
        f"{prefix}{name}" for prefix in ("", "bm25_", "tf_idf_") for name in MEASURES
    }


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize("rank", ["experts", "queries"])
def test_labels_that_say_the_opposite_lose_everything(tmp_path: Path, rank: str) -> None:
    labels = [{"query": f"q-{q}", "expert": e, "grade": 1 if q == e else 3} for q in TOPICS for e in TOPICS]

    figures = experts.run_data(write_experts(tmp_path, labels), silent, rank)

    assert (figures["weighted_loss"], figures["auc"]) == (1.0, 0.0)
    assert figures["average_precision"] == pytest.approx((1 / 2 + 2 / 3) / 2)


@pytest.mark.usefixtures("encoder")
def test_rank_queries_makes_a_list_an_expert(tmp_path: Path) -> None:
    labels = [
        {"query": "q-skin", "expert": "skin", "grade": 2},
        {"query": "q-lung", "expert": "skin", "grade": 1},
        {"query": "q-heart", "expert": "heart", "grade": 2},
    ]
    folder = write_experts(tmp_path, labels)

    assert experts.run_data(folder, silent, "queries")["lists"] == 1
    with pytest.raises(DataMissing, match="two different grades"):
        experts.run_data(folder, silent, "experts")


@pytest.mark.usefixtures("encoder")
def test_twins_cost_half_whatever_their_names(tmp_path: Path) -> None:
    twins = [{"id": name, "texts": [TOPICS["skin"]]} for name in ("a", "b")]
    figures = []
    for good, bad in (("a", "b"), ("b", "a")):
        labels = [
            {"query": "q-skin", "expert": good, "grade": 5},
            {"query": "q-skin", "expert": bad, "grade": 1},
        ]
        figures.append(experts.run_data(write_experts(tmp_path, labels, experts=twins), silent))

    assert [each["weighted_loss"] for each in figures] == [0.5, 0.5]
    assert [each["auc"] for each in figures] == [0.5, 0.5]


@pytest.mark.usefixtures("encoder")
def test_loss_weighs_pairs_by_their_difference(tmp_path: Path) -> None:
    # The own expert comes first, so that of differences 4 (wrong) and 1 (right) four fifths are lost.
    labels = [
        {"query": "q-skin", "expert": "skin", "grade": 1},
        {"query": "q-skin", "expert": "lung", "grade": 5},
        {"query": "q-heart", "expert": "heart", "grade": 2},
        {"query": "q-heart", "expert": "lung", "grade": 1},
    ]

    assert experts.run_data(write_experts(tmp_path, labels), silent)["weighted_loss"] == pytest.approx(4 / 5)


@pytest.mark.usefixtures("encoder")
def test_measures_without_a_list_to_measure_are_left_out(tmp_path: Path) -> None:
    # The middle of all grades is 5: the one list holds only grades above it, the other only grades below.
    labels = [
        {"query": "q-skin", "expert": "skin", "grade": 10},
        {"query": "q-skin", "expert": "lung", "grade": 9},
        {"query": "q-heart", "expert": "heart", "grade": 1},
        {"query": "q-heart", "expert": "lung", "grade": 0},
    ]

    figures = experts.run_data(write_experts(tmp_path, labels), silent)

    assert {name for name in MEASURES if name in figures} == {"ndcg_at_10", "weighted_loss"}
    assert figures["weighted_loss"] == 0.0
    json.dumps(figures, allow_nan=False)


@pytest.mark.usefixtures("encoder")
def test_expert_without_texts_comes_last(tmp_path: Path) -> None:
    people = [{"id": "skin", "texts": [TOPICS["skin"]]}, {"id": "a", "texts": []}, {"id": "b", "texts": ["  "]}]
    labels = [{"query": "q-skin", "expert": name, "grade": int(name == "skin")} for name in ("skin", "a", "b")]

    assert experts.run_data(write_experts(tmp_path, labels, experts=people), silent)["weighted_loss"] == 0.0


@pytest.mark.usefixtures("encoder")
def test_ids_may_be_numbers(tmp_path: Path) -> None:
    people = [{"id": 1, "texts": [TOPICS["skin"]]}, {"id": 2, "texts": [TOPICS["lung"]]}]
    asked = [{"id": 7, "text": TOPICS["skin"]}]
    labels = [{"query": "7", "expert": 1, "grade": "2.5"}, {"query": 7, "expert": "2", "grade": 1}]

    figures = experts.run_data(write_experts(tmp_path, labels, experts=people, queries=asked), silent)

    assert (figures["lists"], figures["weighted_loss"]) == (1, 0.0)


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"labels": [{"query": "q-skin", "expert": "nobody", "grade": 1}]}, "no expert nobody"),
        ({"labels": [{"query": "q-none", "expert": "skin", "grade": 1}]}, "no query q-none"),
        ({"labels": [{"query": "q-skin", "expert": "skin", "grade": "good"}]}, "“good” is no grade"),
        ({"labels": [{"query": "q-skin", "expert": "skin", "grade": None}]}, "is no grade"),
        ({"labels": [{"query": "q-skin", "expert": "skin", "grade": float("nan")}]}, "is no grade"),
        ({"labels": [{"query": "q-skin", "expert": "skin", "grade": float("inf")}]}, "is no grade"),
        ({"labels": [{"query": "q-skin", "expert": "skin", "grade": 1}]}, "two different grades"),
        ({"labels": [{"query": "q-skin", "expert": "skin"}]}, "line 1: grade is missing"),
        ({"labels": []}, "has no rows"),
        ({"experts": [{"id": "skin", "texts": "one text"}]}, "texts of skin are no list"),
        ({"experts": [{"id": "skin", "texts": [""]}]}, "nobody has a text"),
        ({"experts": [{"id": "skin", "texts": ["a"]}, {"id": "skin", "texts": ["b"]}]}, "skin stands there twice"),
        ({"queries": [{"id": "q", "text": "a"}, {"id": "q", "text": "b"}]}, "q stands there twice"),
    ],
)
def test_wrong_data_are_named(tmp_path: Path, changed: dict[str, Any], says: str) -> None:
    with pytest.raises(DataMissing, match=says):
        experts.run_data(write_experts(tmp_path, **changed), silent)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"has no experts\.jsonl"):
        experts.run_data(tmp_path, silent)
