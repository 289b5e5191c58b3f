"""The command that adapts the encoder: where pairs come from, what it prints where, and how it refuses."""

import json
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from demo.judgements import read_judgements
from tests.tiny_models import built_tiny_folder, tiny_model_folder
from videnbro.management.commands import adapt_encoder

__all__ = ["built_tiny_folder", "tiny_model_folder"]
WORDS = "sensor seng fald robot app plaster blod puls".split()
TINY = ["--steps", "2", "--batch", "3", "--max-tokens", "16", "--threads", "1"]


@pytest.fixture
def pairs_file(tmp_path: Path) -> Path:
    """28 pairs that share no text."""
    rows = [{"query": f"{a} {b}?", "passage": f"{b} til {a}"} for a in WORDS for b in WORDS if a < b]
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def tiny_encoder(settings: Settings, built_tiny_folder: Path, tiny_model_folder: Path, tmp_path: Path) -> Path:
    """A cache of the test's own with the tiny model as the encoder of the settings."""
    settings.VIDENBRO_CACHE_DIR = shutil.copytree(built_tiny_folder.parent.parent, tmp_path / "cache")
    settings.VIDENBRO_ENCODER = str(tiny_model_folder)
    return tiny_model_folder


@pytest.fixture
def no_public_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As on a machine without the shared data."""
    monkeypatch.setattr(adapt_encoder, "_USUAL_PUBLIC", tmp_path / "nowhere")


def adapt(*arguments: str) -> tuple[str, str]:
    """Standard output and standard error of the command."""
    out, err = StringIO(), StringIO()
    call_command("adapt_encoder", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refusal(*arguments: str) -> str:
    """The one line that is said instead of a result."""
    with pytest.raises(CommandError) as caught:
        adapt(*arguments)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message


def test_dry_run_counts_pairs_of_all_sources(pairs_file: Path) -> None:
    judged = sum(len(judgement.grades) for judgement in read_judgements())

    out, _progress = adapt("--pairs", str(pairs_file), "--judged", "demo", "--dry-run", "--json")

    counts = json.loads(out)
    assert counts["pairs"] == 28 + judged
    assert counts["training_pairs"] + counts["held_back_pairs"] + counts["left_out_pairs"] == counts["pairs"]
    assert counts["held_back_queries"] > 0


def test_dry_run_says_the_same_in_lines(pairs_file: Path) -> None:
    out, _progress = adapt("--pairs", str(pairs_file), "--dry-run")
    assert out.splitlines()[0].split() == ["pairs", "28"]


def test_cordis_history_is_counted(tmp_path: Path) -> None:
    rows = [
        {
            "id": str(n),
            "title": f"T{n}",
            "objective": "",
            "signed": f"2022-01-{n:02}",
            "coordinator": "",
            "members": [m],
        }
        for n, m in enumerate("AABBCCDDEEFFGGHHIIJJ", start=1)
    ]
    (tmp_path / "projects.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")

    out, _progress = adapt("--cordis", str(tmp_path), "--history-until", "2022-01-20", "--dry-run", "--json")

    assert json.loads(out)["pairs"] == 9


def test_run_without_a_public_set_says_so_and_promotes_nothing(
    tiny_encoder: Path, pairs_file: Path, no_public_set: None
) -> None:
    out, err = adapt("--pairs", str(pairs_file), *TINY, "--json")

    facts = json.loads(out)
    assert facts["base"] == str(tiny_encoder)
    assert facts["verdict"]["promoted"] is False
    assert (facts["public"], facts["setting"], facts["folder"]) == (None, None, None)
    assert "NO PUBLIC SET" in err
    assert "adapting: step 2 of 2" in err


def test_kept_model_is_named_with_its_setting(tiny_encoder: Path, pairs_file: Path, no_public_set: None) -> None:
    out, _progress = adapt("--pairs", str(pairs_file), *TINY, "--keep")

    lines = out.splitlines()
    assert any(line.startswith("held back, ndcg_at_10: 0.") for line in lines)
    assert any(line.startswith("NOT PROMOTED: ") for line in lines)
    name, _equals, folder = lines[-1].strip().partition("=")
    assert name == "VIDENBRO_ENCODER"
    assert (Path(folder) / "model.safetensors").is_file()


def test_public_set_given_by_hand_is_measured(tiny_encoder: Path, pairs_file: Path, tmp_path: Path) -> None:
    public = tmp_path / "public"
    public.mkdir()
    texts = [{"id": word, "text": word} for word in WORDS]
    labels = [{"query": word, "passage": word} for word in WORDS]
    for name, rows in (("queries", texts), ("passages", texts), ("labels", labels)):
        (public / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")

    out, _progress = adapt("--pairs", str(pairs_file), *TINY, "--public", str(public), "--json")

    facts = json.loads(out)
    assert facts["public_set"] == "public"
    assert facts["public"]["accuracy_at_1"]["queries"] == len(WORDS)


def test_nothing_to_learn_from_is_one_line() -> None:
    assert "--pairs FILE, --judged demo or --cordis DIR" in refusal()


def test_cordis_without_a_date_is_one_line(tmp_path: Path) -> None:
    assert "--history-until" in refusal("--cordis", str(tmp_path))


@pytest.mark.parametrize("arguments", [("--pairs", "nowhere.jsonl"), ("--public", "nowhere", "--judged", "demo")])
def test_missing_path_is_one_line(arguments: tuple[str, ...]) -> None:
    assert "nowhere" in refusal(*arguments)


def test_empty_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").touch()
    assert "no pair of two different texts" in refusal("--pairs", str(tmp_path / "pairs.jsonl"))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--history-until", "soon"), ("--steps", "0"), ("--batch", "1"), ("--max-tokens", "many"),
        ("--held-back", "1"), ("--learning-rate", "nan"), ("--blend", "2"), ("--layers", "-1"), ("--judged", "other"),
    ],
)  # fmt: skip
def test_bad_option_is_one_line(option: str, value: str) -> None:
    assert value in refusal("--judged", "demo", f"{option}={value}")
