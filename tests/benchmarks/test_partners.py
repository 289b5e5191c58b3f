"""`bench partners` in made-up worlds where it is known what decides who joins."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import partners
from benchmarks.data_files import DataMissing
from matching.engine.evaluate import ndcg_at_k
from tests.benchmarks.partner_worlds import (
    ASKED,
    PAST,
    QUERIES_FROM,
    QUERIES_UNTIL,
    Row,
    day,
    organisations_of,
    world_of_teams,
    world_of_topics,
    write_world,
)
from tests.benchmarks.written_data import silent

Figures = dict[str, float]
Change = Callable[[list[Row]], None]


def run(folder: Path, rows: list[Row], organisations: list[Row] | None = None) -> Figures:
    write_world(folder, rows, organisations)
    return partners.run_data(folder, silent, QUERIES_FROM, QUERIES_FROM, QUERIES_UNTIL)


@pytest.fixture
def scores_of(
    tmp_path: Path, encoder: object, monkeypatch: pytest.MonkeyPatch
) -> Callable[[list[Row]], partners.Scores]:
    """All scores (queries, organisations) that the ranking of a world rests on."""
    seen: list[partners.Scores] = []
    figures = partners._figures

    def spy(task: Any, ranker: Any, lift: float, organisations: Any, baselines: Any) -> Figures:
        seen.append(partners._scores(task, ranker, lift, organisations))
        return figures(task, ranker, lift, organisations, baselines)

    def scores(rows: list[Row]) -> partners.Scores:
        run(tmp_path, rows)
        return seen[-1]

    monkeypatch.setattr(partners, "_figures", spy)
    monkeypatch.setattr(partners, "_ROUNDS", 20)
    return scores


@pytest.mark.usefixtures("encoder")
def test_where_the_text_decides_it_is_read(tmp_path: Path) -> None:
    figures = run(tmp_path, world_of_topics())

    assert figures["queries"] == ASKED
    assert figures["organisations"] == PAST + 25
    assert figures["ndcg_at_20"] > 0.9
    assert figures["ndcg_at_20"] > figures["popularity_ndcg_at_20"] + 0.2
    assert figures["best_baseline_ndcg_at_20"] == max(
        figures[f"{name}_ndcg_at_20"] for name in ("bm25", "tf_idf", "popularity")
    )
    assert figures["hit_at_10"] == 1.0
    # Nobody coordinated before, so that all partners are new to each other.
    assert figures["ndcg_at_20_new"] == figures["ndcg_at_20"]
    assert figures["gain"] == pytest.approx(figures["ndcg_at_20"] / figures["best_baseline_ndcg_at_20"] - 1)
    assert (
        figures["gain_ci_low"] <= figures["ndcg_at_20"] - figures["best_baseline_ndcg_at_20"] <= figures["gain_ci_high"]
    )


@pytest.mark.usefixtures("encoder")
def test_where_past_relation_decides_it_is_used(tmp_path: Path) -> None:
    figures = run(tmp_path, world_of_teams())

    assert figures["ndcg_at_20"] == 1.0
    assert figures["best_baseline_ndcg_at_20"] < 0.7
    assert figures["gain_ci_low"] > 0.3
    # All partners were known before: there is nobody new to find, and no figure that says how well.
    assert not [name for name in figures if name.endswith("_new")]
    json.dumps(figures, allow_nan=False)


@pytest.mark.usefixtures("encoder")
def test_companies_are_counted_and_lifted(tmp_path: Path) -> None:
    rows = world_of_topics()
    companies = ("t0-0", "t1-0", "t2-0", "t3-0", "t4-0")

    figures = run(tmp_path, rows, organisations_of(rows, companies))

    asked = [row["members"][1:] for row in rows[PAST : PAST + ASKED]]
    assert figures["company_share_true"] == np.mean([name in companies for members in asked for name in members])
    shares = [figures[f"company_share_lift_{lift}"] for lift in ("0_0", "0_2", "0_4", "0_6", "0_8", "1_0")]
    assert shares == sorted(shares)
    assert 0 <= figures["company_lift"] <= 2


def change_members_of_queries(rows: list[Row]) -> None:
    for number, row in enumerate(rows[PAST:]):
        row["members"] = [row["coordinator"], "t0-0", f"never-seen-{number}"]


def change_what_comes_later(rows: list[Row]) -> None:
    for row in rows[PAST + ASKED :]:
        row.update(title="Mattress", objective="mattress " * 50, coordinator="t0-0", members=["t0-0", "t4-4"])


def change_unasked_keys_of_queries(rows: list[Row]) -> None:
    for row in rows[PAST:]:
        row.update(id="1", topics=["mattress"])


def drop_what_comes_later(rows: list[Row]) -> None:
    del rows[PAST + ASKED :]


@pytest.mark.parametrize("world", [world_of_topics, world_of_teams])
@pytest.mark.parametrize(
    "change",
    [change_members_of_queries, change_what_comes_later, change_unasked_keys_of_queries, drop_what_comes_later],
)
def test_nothing_signed_later_tells(
    scores_of: Callable[[list[Row]], partners.Scores], world: Callable[[], list[Row]], change: Change
) -> None:
    rows = world()
    changed = copy.deepcopy(rows)
    change(changed)
    assert changed != rows

    np.testing.assert_array_equal(scores_of(changed), scores_of(rows))


def change_text(rows: list[Row]) -> None:
    rows[PAST]["objective"] = "Something about insulin, glucose and pancreas."


def change_coordinator(rows: list[Row]) -> None:
    rows[PAST]["coordinator"] = "t3-1"


@pytest.mark.parametrize(("world", "change"), [(world_of_topics, change_text), (world_of_teams, change_coordinator)])
def test_text_and_coordinator_tell_about_their_own_query_alone(
    scores_of: Callable[[list[Row]], partners.Scores], world: Callable[[], list[Row]], change: Change
) -> None:
    rows = world()
    changed = copy.deepcopy(rows)
    change(changed)

    before, after = scores_of(rows), scores_of(changed)

    assert not np.array_equal(after[0], before[0])
    np.testing.assert_array_equal(after[1:], before[1:])


def test_the_past_tells(scores_of: Callable[[list[Row]], partners.Scores]) -> None:
    rows = world_of_topics()
    changed = copy.deepcopy(rows)
    changed[PAST - 1]["members"] = changed[PAST - 1]["members"][:2]

    assert not np.array_equal(scores_of(changed), scores_of(rows))


def test_what_lies_between_history_and_queries_does_not_tell(
    tmp_path: Path, scores_of: Callable[[list[Row]], partners.Scores]
) -> None:
    rows = world_of_topics()
    changed = copy.deepcopy(rows)
    for row in changed[PAST - 5 : PAST]:
        row.update(members=["t0-0", "t0-1"], coordinator="t0-0", objective="knee")
    figures = []
    for each in (rows, changed):
        write_world(tmp_path, each)
        figures.append(partners.run_data(tmp_path, silent, day(PAST - 5), QUERIES_FROM, QUERIES_UNTIL))

    assert figures[0] == figures[1]
    assert figures[0]["organisations"] == PAST - 5 + 25


def test_member_named_twice_counts_once(scores_of: Callable[[list[Row]], partners.Scores]) -> None:
    rows = world_of_topics()
    doubled = copy.deepcopy(rows)
    for row in doubled:
        row["members"] = [*row["members"], *row["members"]]

    np.testing.assert_array_equal(scores_of(doubled), scores_of(rows))


@pytest.mark.usefixtures("encoder")
def test_project_without_a_day_belongs_to_the_past(tmp_path: Path) -> None:
    rows = world_of_topics()
    before = run(tmp_path, rows)
    undated = [row | {"signed": value, "members": [f"undated-{value}"]} for value in ("", None) for row in rows[:1]]

    after = run(tmp_path, [*rows, *undated])

    assert after["queries"] == before["queries"]
    assert after["organisations"] == before["organisations"] + 2


@pytest.mark.usefixtures("encoder")
def test_days_with_a_time_and_ids_that_are_numbers_are_read(tmp_path: Path) -> None:
    rows = world_of_topics()
    before = run(tmp_path, rows)
    number = {name: place for place, name in enumerate(sorted({m for row in rows for m in row["members"]}))}
    for row in rows:
        row["signed"] += " 00:00:00"
        row["coordinator"] = number[row["coordinator"]]
        row["members"] = [str(number[name]) for name in row["members"]]

    assert run(tmp_path, rows)["ndcg_at_20"] == pytest.approx(before["ndcg_at_20"], abs=0.05)


def nobody_before(rows: list[Row]) -> None:
    for row in rows[:PAST]:
        row["signed"] = day(500)


def nobody_asked(rows: list[Row]) -> None:
    del rows[PAST:]


def one_day_of_past(rows: list[Row]) -> None:
    for row in rows[:PAST]:
        row["signed"] = day(0)


def nobody_seen_again(rows: list[Row]) -> None:
    for number, row in enumerate(rows[:PAST]):
        row["members"] = [row["coordinator"], f"once-{number}"]


def queries_join_strangers(rows: list[Row]) -> None:
    for row in rows[PAST:]:
        row["members"] = [row["coordinator"], "stranger"]


def members_as_text(rows: list[Row]) -> None:
    rows[3]["members"] = "t0-0"


def strange_day(rows: list[Row]) -> None:
    rows[3]["signed"] = "yesterday"


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (nobody_before, "before that day"),
        (nobody_asked, "between those days"),
        (one_day_of_past, "too short"),
        (nobody_seen_again, "nothing to learn"),
        (queries_join_strangers, "nothing to measure"),
        (members_as_text, "are no list"),
        (strange_day, "“yesterday” is no day"),
    ],
)
def test_worlds_that_say_nothing_are_refused(tmp_path: Path, change: Change, says: str) -> None:
    rows = world_of_topics()
    change(rows)

    with pytest.raises(DataMissing, match=says):
        run(tmp_path, rows)


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (("soon", QUERIES_FROM), "“soon” is no day"),
        ((QUERIES_FROM, "2023-13-01"), "“2023-13-01” is no day"),
        ((day(PAST + 1), QUERIES_FROM), "later than --queries-from"),
        ((day(0), QUERIES_FROM), "before that day"),
        ((QUERIES_FROM, day(900)), "between those days"),
        ((QUERIES_FROM, QUERIES_FROM, QUERIES_FROM), "between those days"),
    ],
)
def test_days_that_fit_nothing_are_refused(tmp_path: Path, days: tuple[str, ...], says: str) -> None:
    write_world(tmp_path, world_of_topics())

    with pytest.raises(DataMissing, match=says):
        partners.run_data(tmp_path, silent, *days)


def test_ndcg_is_that_of_the_engine_and_none_without_anything_true() -> None:
    generator = np.random.default_rng(5)
    scores = generator.random((6, 40))
    joined = generator.random((6, 40)) < 0.2
    out = generator.random((6, 40)) < 0.1
    joined[5] = out[5]

    found = partners._ndcg(scores, joined, out)

    for row in range(5):
        order = [int(place) for place in np.argsort(-scores[row]) if not out[row, place]]
        grades = {int(place): 1.0 for place in np.flatnonzero(joined[row] & ~out[row])}
        assert found[row] == pytest.approx(ndcg_at_k(order, grades, 20))
    assert np.isnan(found[5])


def test_interval_holds_the_mean_and_passes_over_queries_without_a_value() -> None:
    differences = np.array([0.1, np.nan, 0.3, 0.2, np.nan, 0.4])

    low, high = partners._interval(differences)

    assert low < 0.25 < high
    assert (low, high) == partners._interval(differences[np.isfinite(differences)])
