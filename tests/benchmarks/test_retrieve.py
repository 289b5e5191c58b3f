"""`bench retrieve` from JSON lines and from two texts aligned line by line."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import retrieve
from benchmarks.data_files import DataMissing
from tests.benchmarks.written_data import silent, write_rows, write_text

LINES = [
    "The mattress prevents pressure ulcers in bed.",
    "An inhaler helps people who cough at night.",
    "Electrodes record how the heart beats in sport.",
    "Gloves keep the hands of staff in surgery clean.",
]
PASSAGES = [{"id": number, "text": text} for number, text in enumerate(LINES)]


def write_folder(folder: Path, labels: list[dict[str, Any]], texts: list[str] = LINES) -> Path:
    write_rows(folder, "queries", [{"id": f"q{number}", "text": text} for number, text in enumerate(texts)])
    write_rows(folder, "passages", PASSAGES, packed=True)
    write_rows(folder, "labels", labels)
    return folder


def write_aligned(folder: Path, one: list[str], other: list[str], ending: str = ".txt.gz") -> Path:
    write_text(folder / f"one{ending}", "".join(f"{line}\n" for line in one))
    write_text(folder / f"other{ending}", "".join(f"{line}\n" for line in other))
    return folder


@pytest.mark.usefixtures("encoder")
def test_right_first_passages_are_counted(tmp_path: Path) -> None:
    labels = [{"query": f"q{number}", "passage": str(number)} for number in (0, 1)]
    labels += [{"query": "q2", "passage": "0"}, {"query": "nobody", "passage": "0"}]

    figures = retrieve.run_data(write_folder(tmp_path, labels), silent)

    assert figures == {
        "queries": 3,
        "passages": 4,
        "accuracy_at_1": pytest.approx(2 / 3),
        "accuracy_at_1_with_words": pytest.approx(2 / 3),
    }


@pytest.mark.usefixtures("encoder")
def test_one_of_several_right_passages_is_enough(tmp_path: Path) -> None:
    labels = [{"query": "q0", "passage": "3"}, {"query": "q0", "passage": "0"}]

    assert retrieve.run_data(write_folder(tmp_path, labels), silent)["accuracy_at_1"] == 1.0


@pytest.mark.usefixtures("encoder")
def test_notes_beside_json_lines_are_no_aligned_text(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, [{"query": "q0", "passage": 0}])
    write_text(folder / "licence.txt", "Free to use.")

    assert retrieve.run_data(folder, silent)["accuracy_at_1"] == 1.0


@pytest.mark.usefixtures("encoder")
def test_meaning_and_words_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Vectors that know nothing: the lowest number comes first by meaning, the right one by words.
    monkeypatch.setattr("tests.encoders.WordHashEncoder.dimension", 1)
    labels = [{"query": f"q{number}", "passage": number} for number in range(4)]

    figures = retrieve.run_data(write_folder(tmp_path, labels), silent)

    assert (figures["accuracy_at_1"], figures["accuracy_at_1_with_words"]) == (0.25, 1.0)


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize("ending", [".txt", ".txt.gz"])
def test_aligned_texts_are_asked_both_ways(tmp_path: Path, ending: str) -> None:
    figures = retrieve.run_data(write_aligned(tmp_path, LINES, LINES, ending), silent)

    assert figures == {"queries": 4, "passages": 4} | {
        f"accuracy_at_1{way}{words}": 1.0 for way in ("", "_back") for words in ("", "_with_words")
    }


@pytest.mark.usefixtures("encoder")
def test_each_way_has_its_own_accuracy(tmp_path: Path) -> None:
    folder = write_aligned(tmp_path, ["mattress bed", "inhaler night"], ["mattress inhaler night", "inhaler night"])

    figures = retrieve.run_data(folder, silent)

    assert (figures["accuracy_at_1"], figures["accuracy_at_1_back"]) == (1.0, 0.5)


@pytest.mark.usefixtures("encoder")
def test_lines_that_are_empty_on_one_side_are_left_out_on_both(tmp_path: Path) -> None:
    folder = write_aligned(tmp_path, ["", LINES[0], LINES[1], LINES[2]], [LINES[3], LINES[0], " ", LINES[2]])

    figures = retrieve.run_data(folder, silent)

    assert (figures["queries"], figures["accuracy_at_1"], figures["accuracy_at_1_back"]) == (2, 1.0, 1.0)


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        (LINES, LINES[:3], r"one\.txt\.gz has 4 lines and other\.txt\.gz has 3"),
        (["", " "], ["a", ""], "have no lines"),
        ([""], [""], "have no lines"),
    ],
)
def test_texts_that_do_not_fit_are_refused(tmp_path: Path, one: list[str], other: list[str], says: str) -> None:
    with pytest.raises(DataMissing, match=says):
        retrieve.run_data(write_aligned(tmp_path, one, other), silent)


@pytest.mark.parametrize("names", [["a.txt"], ["a.txt", "b.txt", "c.txt.gz"]])
def test_one_or_three_texts_are_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        write_text(tmp_path / name, "A line.")

    with pytest.raises(DataMissing, match=f"two line-aligned texts, not {len(names)}"):
        retrieve.run_data(tmp_path, silent)


def test_folders_without_data_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="no folder"):
        retrieve.run_data(tmp_path / "nowhere", silent)
    with pytest.raises(DataMissing, match=r"has no queries\.jsonl"):
        retrieve.run_data(tmp_path, silent)


@pytest.mark.usefixtures("encoder")
def test_labels_that_fit_nothing_are_refused(tmp_path: Path) -> None:
    for labels, says in (
        ([{"query": "nobody", "passage": "0"}], "no query that is there"),
        ([{"query": "q0", "passage": "gone"}], "no passage gone"),
    ):
        with pytest.raises(DataMissing, match=says):
            retrieve.run_data(write_folder(tmp_path, labels), silent)
