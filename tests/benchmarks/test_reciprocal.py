"""bench reciprocal on small evenings: nothing of the meeting is read, later waves stay unseen, faults are told."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import log_loss as sklearn_log_loss
from sklearn.metrics import roc_auc_score

from benchmarks import reciprocal, speed_dating
from benchmarks.data_files import DataMissing
from benchmarks.reciprocal import auc, log_loss, run_data
from benchmarks.speed_dating import read_decisions
from tests.benchmarks.written_data import silent

pytestmark = pytest.mark.slow
COLUMNS = (*speed_dating._PAIR, *speed_dating._PERSON)
FORM = speed_dating._PERSON


def evening(generator: np.random.Generator, waves: range, side: int = 6) -> list[dict[str, Any]]:
    """Each of `side` women meets each of as many men; a yes comes from fun, and a little from exercise."""
    rows = []
    for wave in waves:
        people = [
            {name: int(generator.integers(1, 11)) for name in FORM} | {"iid": wave * 100 + n, "gender": int(n >= side)}
            for n in range(2 * side)
        ]
        for one in people:
            for other in people:
                if one["gender"] != other["gender"]:
                    liked = other["fun3_1"] + 0.3 * other["exercise"] + generator.normal() > 7.5
                    pair = {"pid": other["iid"], "wave": wave, "dec": int(liked), "int_corr": 0.1, "samerace": 0}
                    rows.append(one | pair | {"like": int(liked) * 10, "field": "N\xf8rre"})
    return rows


def write_evening(path: Path, rows: list[dict[str, Any]]) -> Path:
    names = list(rows[0])
    lines = [",".join(names)] + [",".join("" if row[n] is None else str(row[n]) for n in names) for row in rows]
    path.write_bytes("\n".join(lines).encode("latin-1"))
    return path


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    return evening(np.random.default_rng(2), range(12, 18))


@pytest.fixture
def few_strengths(monkeypatch: pytest.MonkeyPatch) -> None:
    """One strength of each model and few resamples, so that tests stay short."""
    for name, value in (("_SPREADS", (0.3,)), ("_STRENGTHS", (0.01,)), ("_SIZES", ((3, 30),)), ("_RESAMPLES", 20)):
        monkeypatch.setattr(reciprocal, name, value)


@pytest.mark.usefixtures("few_strengths")
@pytest.mark.parametrize("as_folder", [True, False])
def test_yes_and_mutual_yes_are_foretold_by_what_drives_them(
    tmp_path: Path, rows: list[dict[str, Any]], as_folder: bool
) -> None:
    path = write_evening(tmp_path / "speed-dating.csv", rows)

    figures = run_data(tmp_path if as_folder else path, silent)

    assert figures["auc_yes"] > 0.8
    assert figures["auc_mutual"] > figures["auc_mutual_one_sided"] > 0.5
    assert figures["gain"] == pytest.approx(figures["auc_mutual"] - figures["auc_mutual_one_sided"])
    assert figures["log_loss_yes"] < figures["log_loss_yes_base_rate"]
    assert (figures["decisions_learnt"], figures["decisions_tested"]) == (216.0, 216.0)
    assert {"auc_mutual_gbm", "auc_mutual_logistic", "log_loss_mutual", "log_loss_mutual_gbm"} <= set(figures)


@pytest.mark.usefixtures("few_strengths")
def test_answers_of_later_waves_change_no_model(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    """Decisions of the later waves are turned round: what was said of them must turn round exactly."""
    turned = [row | {"dec": 1 - row["dec"]} if row["wave"] > 14 else row for row in rows]

    one, other = (
        run_data(write_evening(tmp_path / f"speed-{n}.csv", each), silent) for n, each in enumerate((rows, turned))
    )

    assert other["auc_yes"] == pytest.approx(1 - one["auc_yes"])
    assert other["log_loss_yes_base_rate"] != one["log_loss_yes_base_rate"]


def test_nothing_of_the_meeting_is_read(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    without = [{name: value for name, value in row.items() if name in COLUMNS} for row in rows]

    one, other = (read_decisions(write_evening(tmp_path / f"{n}.csv", each)) for n, each in enumerate((rows, without)))

    np.testing.assert_array_equal(one.matrix, other.matrix)
    asked_later = {"attr", "sinc", "intel", "fun", "amb", "shar", "like", "prob", "met", "match", "match_es", "expnum"}
    assert not asked_later & set(COLUMNS)
    assert not [name for name in COLUMNS if name.endswith(("_o", "_s", "_2", "_3"))]


def test_own_decision_is_no_feature(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    turned = [row | {"dec": 1 - row["dec"]} for row in rows]

    one, other = (read_decisions(write_evening(tmp_path / f"{n}.csv", each)) for n, each in enumerate((rows, turned)))

    np.testing.assert_array_equal(one.matrix, other.matrix)
    np.testing.assert_array_equal(one.yes, 1 - other.yes)


def test_both_sides_are_joined_and_the_one_sided_left_out(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    lonely = {**rows[0], "pid": 9999}
    nobody = {**rows[0], "pid": None}

    found = read_decisions(write_evening(tmp_path / "t.csv", [lonely, *rows, nobody]))

    assert len(found.yes) == len(rows)
    assert (found.back[found.back] == np.arange(len(rows))).all()
    by_pair = {(row["iid"], row["pid"]): row["dec"] for row in rows}
    assert found.mutual.tolist() == [row["dec"] * by_pair[row["pid"], row["iid"]] for row in rows]


def test_features_of_the_other_are_the_others_own(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    found = read_decisions(write_evening(tmp_path / "t.csv", rows))

    columns = dict(zip(found.names, found.matrix.T, strict=True))
    np.testing.assert_array_equal(columns["other_fun3_1"], columns["own_fun3_1"][found.back])
    np.testing.assert_array_equal(columns["older"], columns["other_age"] - columns["own_age"])
    wished = [sum(row[name] for name in speed_dating._PREFERENCES) for row in rows]
    np.testing.assert_allclose(columns["own_attr1_1"] * wished, [row["attr1_1"] for row in rows])


@pytest.mark.usefixtures("few_strengths")
def test_empty_answers_are_no_hindrance(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    holes = [row | {"amb5_1": None, "income": None if n % 3 else 40000, "race": None} for n, row in enumerate(rows)]

    figures = run_data(write_evening(tmp_path / "t.csv", holes), silent)

    assert np.isfinite(list(figures.values())).all()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda rows: [row | {"dec": 2} for row in rows], "a decision .dec. is 0 or 1"),
        (lambda rows: [row | {"dec": None} for row in rows], "a decision .dec. is 0 or 1"),
        (lambda rows: [*rows, rows[0]], "decides twice"),
        (lambda rows: [row | {"pid": 9000 + n} for n, row in enumerate(rows)], "no two people"),
        (lambda rows: [row | {"wave": None} for row in rows], "a wave is missing"),
        (lambda rows: [row for row in rows if row["wave"] <= 14], "later waves need"),
        (lambda rows: [row for row in rows if row["wave"] > 14], "earlier waves need"),
        (lambda rows: [row for row in rows if row["wave"] >= 14], "two earlier waves"),
        (lambda rows: [row | {"dec": 0} for row in rows], "earlier waves need"),
        (lambda rows: [row | {"age": "old"} for row in rows], "line 2: 'old' is no number"),
        (lambda rows: [{k: v for k, v in row.items() if k != "income"} for row in rows], "column income is missing"),
    ],
)
def test_broken_table_says_what_is_wrong(
    tmp_path: Path, rows: list[dict[str, Any]], change: Any, complaint: str
) -> None:
    path = write_evening(tmp_path / "t.csv", change(rows))

    with pytest.raises(DataMissing, match=complaint):
        run_data(path, silent)


def test_auc_and_log_loss_are_those_of_scikit_learn() -> None:
    generator = np.random.default_rng(4)
    scores, happened = generator.integers(1, 8, 200) / 10, generator.integers(0, 2, 200).astype(float)

    assert auc(scores, happened) == pytest.approx(roc_auc_score(happened, scores))
    assert log_loss(scores, happened) == pytest.approx(sklearn_log_loss(happened, scores))
    assert np.isnan(auc(scores, np.ones(200)))
