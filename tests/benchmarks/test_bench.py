"""The bench command: which options go with which benchmark, one flat JSON object on stdout, and all in turn."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from benchmarks import allocate, experts, index, learning, offpolicy, partners, quality, reciprocal, recommend, retrieve
from benchmarks.data_files import DataMissing
from benchmarks.management.commands.bench import BENCHMARKS
from kernel.errors import NotReady
from tests.benchmarks.written_data import write_rows

FIGURES = {"recall_at_10": 0.5, "cross_language_recall_at_10": 0.25, "needs": 4}


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality, "run", lambda say: (say("ranking"), FIGURES)[1])


@pytest.mark.usefixtures("measured")
def test_bench_json_is_one_flat_object_of_numbers() -> None:
    out, err = io.StringIO(), io.StringIO()

    call_command("bench", "quality", "--json", stdout=out, stderr=err)

    assert json.loads(out.getvalue()) == FIGURES
    assert "ranking" in err.getvalue()


@pytest.mark.usefixtures("measured")
def test_bench_table_has_a_line_a_figure() -> None:
    out = io.StringIO()

    call_command("bench", "quality", stdout=out, stderr=io.StringIO())

    lines = out.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == list(FIGURES)


def test_bench_of_a_name_that_is_not_there_says_which_are() -> None:
    with pytest.raises(CommandError, match="encode"):
        call_command("bench", "nothing")


def test_bench_all_as_json_is_refused() -> None:
    with pytest.raises(CommandError, match="name it"):
        call_command("bench", "all", "--json")


def test_bench_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(say: Callable[[str], None]) -> dict[str, float]:
        raise NotReady("Run build_encoder first.")

    monkeypatch.setattr(quality, "run", missing)

    with pytest.raises(CommandError, match="build_encoder"):
        call_command("bench", "quality", stderr=io.StringIO())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("encode", "--data", "somewhere"), "takes no --data"),
        (("quality", "--size", "10"), "takes no --size"),
        (("partners", "--rank", "queries"), "takes no --rank"),
        (("index", "--size", "1"), "from 2"),
        (("allocate", "--size", "100000000"), "from 2"),
        (("experts",), "needs --data"),
        (("partners", "--data", "somewhere"), "--history-until"),
        (("retrieve", "--data", "nowhere-at-all"), "no folder"),
        (("offpolicy", "--data", "nowhere-at-all"), "no file or folder nowhere-at-all"),
        (("reciprocal", "--data", "nowhere-at-all"), "no file or folder nowhere-at-all"),
        (("reciprocal", "--size", "10"), "takes no --size"),
        (("partners", "--size", "10"), "takes no --size"),
        (("retrieve", "--queries-from", "2023-10-01"), "takes no --queries-from"),
        (("experts", "--data", "nowhere-at-all", "--history-until", "2023-10-01"), "takes no --history-until"),
        (("experts", "--data", "nowhere-at-all"), "no folder nowhere-at-all"),
        (("experts", "--rank", "queries"), "needs --data"),
        (("experts", "--data", "nowhere-at-all", "--rank", "nobody"), "invalid choice: 'nobody'"),
        (("partners", "--data", "nowhere-at-all", "--queries-from", "2023-10-01"), "needs --history-until"),
        (("partners", "--data", "nowhere-at-all", "--history-until", "2023-10-01"), "and --queries-from"),
        (("partners", "--history-until", "2023-10-01", "--queries-from", "2023-10-01"), "for --data only"),
        (("allocate", "--data", "nowhere-at-all"), r"left_to_right\.csv is missing"),
        (("allocate", "--data", "nowhere-at-all", "--size", "10"), "not both"),
        (("allocate", "--size", "-3"), "from 2"),
        (("recommend", "--size", "0"), "from 2"),
        (("index", "--size", "10000001"), "from 2"),
        (("index", "--size", "many"), "invalid int value"),
        (("all", "--data", "somewhere"), "takes no --data"),
        (("all", "--size", "10"), "takes no --size"),
        (("learning", "--size", "0"), "from 1 to 1000 hubs"),
        (("learning", "--data", "nowhere-at-all"), "no file nowhere-at-all"),
        (("learning", "--world", "nowhere.at_all:world"), "No world nowhere"),
        (("quality", "--world", "nowhere.at_all:world"), "takes no --world"),
        (("quality", "--report", "page.md"), "bench all --report"),
    ],
)
def test_bench_with_options_that_do_not_fit_says_which_do(arguments: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        call_command("bench", *arguments, stderr=io.StringIO())


def test_bench_all_skips_loudly_what_lacks_data(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(say: Callable[[str], None]) -> dict[str, float]:
        raise DataMissing("There is no folder.")

    for name, module in BENCHMARKS.items():
        if hasattr(module, "run"):
            monkeypatch.setattr(module, "run", lambda say, name=name: {f"{name}_figure": 1.0})
    monkeypatch.setattr(partners, "run", missing)
    out, err = io.StringIO(), io.StringIO()

    call_command("bench", "all", stdout=out, stderr=err)

    assert "bench partners: SKIPPED: There is no folder." in err.getvalue()
    assert "bench experts: skipped" in err.getvalue()
    assert "encode_figure" in out.getvalue()
    assert "partners_figure" not in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "module", "function", "given"),
    [
        (("recommend", "--size", "40"), recommend, "run", (40,)),
        (("index", "--size", "2"), index, "run", (2,)),
        (("learning", "--size", "1"), learning, "run", (1, None, None)),
        (("learning", "--size", "3", "--data", "d"), learning, "run", (3, Path("d"), None)),
        (("learning", "--world", "a:b"), learning, "run", (20, None, "a:b")),
        (("allocate", "--size", "40"), allocate, "run_size", (40,)),
        (("allocate", "--data", "d"), allocate, "run_data", (Path("d"),)),
        (("offpolicy", "--data", "d"), offpolicy, "run_data", (Path("d"),)),
        (("reciprocal", "--data", "d"), reciprocal, "run_data", (Path("d"),)),
        (("retrieve", "--data", "d"), retrieve, "run_data", (Path("d"),)),
        (("experts", "--data", "d"), experts, "run_data", (Path("d"), "experts")),
        (("experts", "--data", "d", "--rank", "queries"), experts, "run_data", (Path("d"), "queries")),
        (
            ("partners", "--data", "d", "--history-until", "2023-01-01", "--queries-from", "2023-02-01"),
            partners,
            "run_data",
            (Path("d"), "2023-01-01", "2023-02-01", ""),
        ),
        (("partners",), partners, "run", ()),
    ],
)
def test_options_reach_the_benchmark(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], module: Any, function: str, given: tuple[Any, ...]
) -> None:
    calls: list[tuple[Any, ...]] = []

    def measure(*args: Any) -> dict[str, float]:
        calls.append(args)
        return {"figure": 1.5}

    monkeypatch.setattr(module, function, measure)
    out = io.StringIO()

    call_command("bench", *arguments, "--json", stdout=out)

    assert json.loads(out.getvalue()) == {"figure": 1.5}
    assert [tuple(each for each in call if not callable(each)) for call in calls] == [given]


def test_figure_that_cannot_be_computed_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {"recall_at_10": 0.5, "gain_new": float("nan"), "ratio": float("inf")}
    monkeypatch.setattr(quality, "run", lambda say: figures)
    out, err = io.StringIO(), io.StringIO()

    call_command("bench", "quality", "--json", stdout=out, stderr=err)

    assert json.loads(out.getvalue()) == {"recall_at_10": 0.5}
    assert {line.split()[2] for line in err.getvalue().splitlines()} == {"gain_new", "ratio"}


@pytest.mark.usefixtures("encoder")
def test_bench_of_a_folder_prints_one_flat_object_of_numbers(tmp_path: Path) -> None:
    texts = {"a": "The mattress prevents pressure ulcers.", "b": "An inhaler for people who cough."}
    write_rows(tmp_path, "experts", [{"id": name, "texts": [text]} for name, text in texts.items()])
    write_rows(tmp_path, "queries", [{"id": name, "text": text} for name, text in texts.items()])
    write_rows(tmp_path, "labels", [{"query": "a", "expert": name, "grade": int(name == "a")} for name in texts])
    out, err = io.StringIO(), io.StringIO()

    call_command("bench", "experts", "--data", str(tmp_path), "--json", stdout=out, stderr=err)

    figures = json.loads(out.getvalue(), parse_constant=pytest.fail)
    assert len(out.getvalue().splitlines()) == 1
    assert {type(value) for value in figures.values()} == {int, float}
    assert (figures["weighted_loss"], figures["auc"]) == (0.0, 1.0)
    assert "bench experts: ranking with the baselines" in err.getvalue()


def test_bench_all_writes_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, module in BENCHMARKS.items():
        if hasattr(module, "run"):
            monkeypatch.setattr(module, "run", lambda say, name=name: {f"{name}_figure": 1.0, "lost": float("nan")})
    page = tmp_path / "benchmarks.md"

    call_command("bench", "all", "--report", str(page), stdout=io.StringIO(), stderr=io.StringIO())

    text = page.read_text()
    ran = [name for name in BENCHMARKS if name != "experts"]
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == ran
    assert [name for name in ran if f"| `{name}_figure` | 1 |" in text] == ran
    assert "lost" not in text
