"""Adapting a tiny model from end to end: what moves, what is kept, and that nothing half is left behind."""

import fcntl
import json
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from safetensors.numpy import load_file

from matching.encoder_build import adapting
from matching.encoder_build.adapting import (
    Adaptation,
    AdaptationRunningError,
    AdaptingOptions,
    adapt_encoder,
    count_pairs,
)
from matching.encoder_build.build_tools import BuildToolMissingError
from matching.encoder_build.cache import CacheUnusableError, find_encoder
from matching.encoder_build.json_lines import DataUnusableError
from matching.encoder_build.loading import load_encoder
from matching.encoder_build.mining import TrainingRow
from matching.encoder_build.retrieval_sets import RetrievalSet
from matching.encoder_build.shadow import Verdict
from matching.encoder_build.training import TrainingFailedError, TrainingOptions, train
from matching.encoder_build.training_pairs import TrainingPair
from matching.engine.encoders import EncoderProfile, OnnxEncoder

WORDS = "sensor seng fald robot app plaster blod puls gang tale".split()
PAIRS = [TrainingPair(f"hvem har {a} og {b}", f"vi laver {a} til {b}") for a in WORDS for b in WORDS if a < b]
OPTIONS = AdaptingOptions(TrainingOptions(steps=3, batch=4, max_tokens=32, learning_rate=1e-3, threads=1))
PUBLIC = RetrievalSet(
    "words", tuple(WORDS), tuple(WORDS), ("da",) * 10, ("da",) * 10, tuple({n: 1.0} for n in range(10)), both_ways=True
)
PROFILE = EncoderProfile("tiny", "onnx", 32, 64, 0, "spm: ", "tekst: ")

_DIE_WHILE_TRAINING = """
import sys, time
sys.path.append("platform")
from pathlib import Path
from matching.encoder_build import adapting
from matching.encoder_build.training_pairs import TrainingPair

def train_halfway(*_arguments, target, **_others):
    target.mkdir()
    (target / "model.safetensors").write_bytes(b"half")
    print("halfway", flush=True)
    time.sleep(600)

adapting.train = train_halfway
pairs = [TrainingPair(f"query {number}", f"passage {number}") for number in range(20)]
adapting.adapt_encoder(
    [pairs], base=sys.argv[1], cache_dir=Path(sys.argv[2]), public=None, options=adapting.AdaptingOptions(), say=print
)
"""


@pytest.fixture
def cache_dir(built_tiny_folder: Path, tmp_path: Path) -> Path:
    """A cache of the test's own that holds the built tiny encoder."""
    return shutil.copytree(built_tiny_folder.parent.parent, tmp_path / "cache")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to reach a host fails the test."""

    def refuse(_socket: socket.socket, address: object) -> None:
        raise AssertionError(f"Tried to reach {address}.")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def _adapt(model: Path, cache_dir: Path, **changes: Any) -> Adaptation:
    arguments: dict[str, Any] = {"public": PUBLIC, "options": OPTIONS, "say": lambda _line: None} | changes
    return adapt_encoder([iter(PAIRS)], base=str(model), cache_dir=cache_dir, **arguments)


def _folders(cache_dir: Path) -> set[str]:
    found = (path for place in ("encoders", "adapted") for path in (cache_dir / place).glob("*"))
    return {path.relative_to(cache_dir).as_posix() for path in found if path.is_dir()}


def _rows(count: int = 4) -> list[TrainingRow]:
    return [TrainingRow(f"hvem har {word}", f"vi laver {word}", f"nej {word}", 1.0) for word in WORDS[:count]]


def _trained(model: Path, target: Path, options: TrainingOptions, rows: list[TrainingRow] | None = None) -> Any:
    train(model, PROFILE, [rows or _rows()] * options.steps, options=options, target=target, say=lambda _line: None)
    return load_file(target / "model.safetensors")


def test_refused_model_is_measured_and_thrown_away(
    tiny_model_folder: Path, cache_dir: Path, no_network: None, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _folders(cache_dir)
    lines: list[str] = []

    done = _adapt(tiny_model_folder, cache_dir, public=None, say=lines.append)

    assert done.verdict.promoted is False
    assert "no public set was measured, so nobody knows what was unlearnt" in done.verdict.reasons
    assert (done.folder, done.public) == (None, None)
    assert _folders(cache_dir) == before == {f"encoders/{done.base_fingerprint}"}
    assert done.fingerprint != done.base_fingerprint
    assert done.counts["pairs"] == 45
    assert done.counts["training_pairs"] + done.counts["held_back_pairs"] + done.counts["left_out_pairs"] == 45
    assert (done.counts["steps"], done.counts["batch"]) == (3, 4)
    assert done.held_back["ndcg_at_10"].queries == done.held_back["recall_at_10"].queries > 5
    assert set(done.seconds) == {"mining", "training", "building", "measuring before", "measuring after"}
    assert any(line.startswith("step 3 of 3, loss ") for line in lines)
    assert capsys.readouterr().out == ""
    assert json.loads(json.dumps(done.as_dict()))["folder"] is None


def test_promoted_model_is_found_by_its_folder(
    tiny_model_folder: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapting, "judge", lambda *_comparisons: Verdict(True, ("better",)))

    done = _adapt(tiny_model_folder, cache_dir)

    assert done.folder == cache_dir / "adapted" / done.fingerprint
    assert find_encoder(str(done.folder), cache_dir) == cache_dir / "encoders" / done.fingerprint
    assert _folders(cache_dir) == {
        f"encoders/{done.base_fingerprint}", f"encoders/{done.fingerprint}", f"adapted/{done.fingerprint}",
    }  # fmt: skip
    encoder = load_encoder(cache_dir / "encoders" / done.fingerprint)
    assert isinstance(encoder, OnnxEncoder)
    assert encoder.fingerprint == done.fingerprint
    assert encoder.profile.query_prefix == "spm: "
    assert encoder.profile.max_tokens == 64
    assert set(done.public or {}) == {"accuracy_at_1", "accuracy_at_1_back"}


def test_refused_model_is_kept_when_asked(tiny_model_folder: Path, cache_dir: Path) -> None:
    options = AdaptingOptions(OPTIONS.training, keep=True)
    done = _adapt(tiny_model_folder, cache_dir, public=None, options=options)
    assert not done.verdict.promoted
    assert done.folder is not None
    assert find_encoder(str(done.folder), cache_dir) is not None


def test_only_the_layers_move(tiny_model_folder: Path, tmp_path: Path) -> None:
    base = load_file(tiny_model_folder / "model.safetensors")
    trained = _trained(tiny_model_folder, tmp_path / "all", OPTIONS.training)
    upper = _trained(tiny_model_folder, tmp_path / "upper", TrainingOptions(steps=3, layers=1, learning_rate=1e-3))

    assert {name for name in base if not np.array_equal(base[name], trained[name])} == {
        name for name in base if name.startswith("encoder.layer.")
    }
    assert {name.split(".")[2] for name in base if not np.array_equal(base[name], upper[name])} == {"1"}


def test_all_but_the_weights_stays_as_it_is(tiny_model_folder: Path, tmp_path: Path) -> None:
    _trained(tiny_model_folder, tmp_path / "model", TrainingOptions(steps=2))
    files = {
        path.relative_to(tiny_model_folder): path.read_bytes()
        for path in tiny_model_folder.rglob("*")
        if path.is_file()
    }
    trained = {path: (tmp_path / "model" / path).read_bytes() for path in files}
    assert {path.name for path in files if files[path] != trained[path]} == {"model.safetensors"}
    assert {path.name for path in tmp_path.iterdir()} <= {"model", "trainer"}


def test_blend_goes_part_of_the_way(tiny_model_folder: Path, tmp_path: Path) -> None:
    base = load_file(tiny_model_folder / "model.safetensors")
    whole = _trained(tiny_model_folder, tmp_path / "whole", TrainingOptions(steps=2, learning_rate=1e-3))
    half = _trained(tiny_model_folder, tmp_path / "half", TrainingOptions(steps=2, learning_rate=1e-3, blend=0.5))
    for name, weights in base.items():
        assert np.allclose(half[name], (weights + whole[name]) / 2, atol=1e-6)


def test_text_of_ten_thousand_words_is_cut_in_training(tiny_model_folder: Path, tmp_path: Path) -> None:
    rows = [TrainingRow("sår " * 10_000, "plaster " * 10_000, "gips", 1.0), *_rows(2)]
    trained = _trained(tiny_model_folder, tmp_path / "model", TrainingOptions(steps=1), rows)
    assert all(np.isfinite(weights).all() for weights in trained.values())


def test_training_that_goes_astray_is_said(tiny_model_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingFailedError, match="learning-rate"):
        _trained(tiny_model_folder, tmp_path / "model", TrainingOptions(steps=3, learning_rate=float("inf")))
    assert not (tmp_path / "model").exists()


def test_failure_leaves_nothing(tiny_model_folder: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any, target: Path, **_others: Any) -> None:
        target.mkdir()
        raise KeyboardInterrupt

    before = _folders(cache_dir)
    monkeypatch.setattr(adapting, "train", fail)
    with pytest.raises(KeyboardInterrupt):
        _adapt(tiny_model_folder, cache_dir)
    assert _folders(cache_dir) == before


def test_leftover_of_a_killed_run_is_removed(
    tiny_model_folder: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leftover = cache_dir / "adapted/working-of-the-dead"
    leftover.mkdir(parents=True)
    (leftover / "model.safetensors").write_bytes(b"half")
    monkeypatch.setattr(adapting, "train", lambda *_arguments, **_others: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        _adapt(tiny_model_folder, cache_dir)
    assert not leftover.exists()


def test_second_run_in_the_same_cache_is_refused(tiny_model_folder: Path, cache_dir: Path) -> None:
    (cache_dir / "adapted").mkdir()
    with (cache_dir / "adapted/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(AdaptationRunningError, match="Another adaptation"):
            _adapt(tiny_model_folder, cache_dir)


def test_cache_that_cannot_be_written_is_said(tiny_model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(CacheUnusableError, match="VIDENBRO_CACHE_DIR"):
        _adapt(tiny_model_folder, tmp_path / "file")


def test_full_disk_is_said_before_work_begins(
    tiny_model_folder: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapting, "_NEEDED_BYTES", 10**18)
    with pytest.raises(CacheUnusableError, match="Adapting needs 1000000000 GB"):
        _adapt(tiny_model_folder, cache_dir)


def test_missing_training_library_is_said_before_work_begins(
    tiny_model_folder: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "accelerate", None)
    with pytest.raises(BuildToolMissingError, match="accelerate"):
        _adapt(tiny_model_folder, cache_dir)


@pytest.mark.parametrize(
    "pairs",
    [[], [TrainingPair("sår", "plaster")], [TrainingPair("samme", "samme")] * 50, [TrainingPair("a", "b")] * 50],
)
def test_too_little_to_learn_from_is_said(pairs: list[TrainingPair]) -> None:
    with pytest.raises(DataUnusableError, match=r"no pair of two different texts|1 different pairs are too few"):
        count_pairs([iter(pairs)], OPTIONS)


def test_pairs_are_counted_without_training() -> None:
    counts = count_pairs([PAIRS[:20], iter(PAIRS[10:])], OPTIONS)
    assert counts["pairs"] == 45
    assert counts["training_pairs"] + counts["held_back_pairs"] + counts["left_out_pairs"] == 45


@pytest.mark.slow
def test_killed_run_leaves_no_encoder_and_the_next_one_works(tiny_model_folder: Path, cache_dir: Path) -> None:
    before = _folders(cache_dir)
    command = [sys.executable, "-c", _DIE_WHILE_TRAINING, str(tiny_model_folder), str(cache_dir)]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(line == "halfway\n" for line in process.stdout)
        process.send_signal(signal.SIGKILL)
    left = _folders(cache_dir) - before
    assert len(left) == 1
    assert find_encoder(str(cache_dir / left.pop()), cache_dir) is None

    done = _adapt(tiny_model_folder, cache_dir)

    assert done.folder is None or done.verdict.promoted
    assert [name for name in _folders(cache_dir) if "working" in name] == []
