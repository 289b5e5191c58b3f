"""The cache of built encoders: damage is found and mended, leftovers go, two builders build once."""

import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from matching.encoder_build import cache
from matching.encoder_build.cache import CacheUnusableError, ensure_encoder, find_encoder
from matching.encoder_build.loading import load_encoder
from matching.encoder_build.recipe import Progress, build_encoder
from matching.encoder_build.sources import EncoderSource

_DIE_WHILE_BUILDING = """
import sys, time
sys.path.append("platform")
from pathlib import Path
from matching.encoder_build import cache

def build_halfway(source, fingerprint, folder, progress):
    (folder / "model.onnx").write_bytes(b"half")
    print("halfway", flush=True)
    time.sleep(600)

cache.build_encoder = build_halfway
cache.ensure_encoder(sys.argv[1], Path(sys.argv[2]), print)
"""


@pytest.fixture
def lines() -> list[str]:
    """Progress of the builds in a test."""
    return []


@pytest.fixture
def cache_dir(built_tiny_folder: Path, tmp_path: Path) -> Path:
    """A cache of the test's own that holds the built tiny encoder."""
    return shutil.copytree(built_tiny_folder.parent.parent, tmp_path / "cache")


def _built(cache_dir: Path) -> Path:
    return next(path for path in (cache_dir / "encoders").iterdir() if path.is_dir())


def test_whole_encoder_is_found_and_not_built_again(tiny_model_folder: Path, cache_dir: Path, lines: list[str]) -> None:
    assert ensure_encoder(str(tiny_model_folder), cache_dir, lines.append) == _built(cache_dir)
    assert find_encoder(str(tiny_model_folder), cache_dir) == _built(cache_dir)
    assert lines == []


def test_built_files_can_be_read_by_other_users(cache_dir: Path) -> None:
    modes = {path.stat().st_mode & 0o777 for path in _built(cache_dir).rglob("*") if path.is_file()}
    assert modes == {0o644}


def test_whole_encoder_is_found_without_writing_to_the_cache(
    tiny_model_folder: Path, cache_dir: Path, lines: list[str]
) -> None:
    for lock in (cache_dir / "encoders").glob("*.lock"):
        lock.unlink()
    ensure_encoder(str(tiny_model_folder), cache_dir, lines.append)
    assert list((cache_dir / "encoders").iterdir()) == [_built(cache_dir)]


def test_force_builds_again(tiny_model_folder: Path, cache_dir: Path, lines: list[str]) -> None:
    before = (_built(cache_dir) / "manifest.json").stat().st_ino
    folder = ensure_encoder(str(tiny_model_folder), cache_dir, lines.append, force=True)
    assert lines[-1] == f"built {folder.name}"
    assert (folder / "manifest.json").stat().st_ino != before


def test_empty_cache_has_no_encoder(tiny_model_folder: Path, tmp_path: Path) -> None:
    assert find_encoder(str(tiny_model_folder), tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["model.onnx", "model.onnx.weights", "tokenizer.json", "encoder.json", "manifest.json"]
)
@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_damaged_file_is_noticed_said_and_mended(
    tiny_model_folder: Path,
    cache_dir: Path,
    lines: list[str],
    caplog: pytest.LogCaptureFixture,
    name: str,
    damage: str,
) -> None:
    path = _built(cache_dir) / name
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) // 2] if damage == "cut" else b"\xff" + content[1:])
    assert find_encoder(str(tiny_model_folder), cache_dir) is None
    with caplog.at_level(logging.WARNING):
        folder = ensure_encoder(str(tiny_model_folder), cache_dir, lines.append)
    assert [record for record in caplog.records if "damaged" in record.message and name in record.message]
    assert load_encoder(folder).encode_passages(["hej"]).shape == (1, 32)
    assert find_encoder(str(tiny_model_folder), cache_dir) == folder


def test_damage_to_the_training_weights_is_mended_but_does_not_stop_serving(
    tiny_model_folder: Path, cache_dir: Path, lines: list[str]
) -> None:
    (_built(cache_dir) / "hugging_face/model.safetensors").write_bytes(b"")
    assert find_encoder(str(tiny_model_folder), cache_dir) == _built(cache_dir)
    folder = ensure_encoder(str(tiny_model_folder), cache_dir, lines.append)
    assert (folder / "hugging_face/model.safetensors").stat().st_size > 0


def test_failed_build_leaves_nothing_and_keeps_the_old(
    tiny_model_folder: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_source: object, _fingerprint: str, folder: Path, _progress: object) -> None:
        (folder / "model.onnx").write_bytes(b"half")
        raise RuntimeError("power cut")

    monkeypatch.setattr(cache, "build_encoder", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        ensure_encoder(str(tiny_model_folder), cache_dir, print, force=True)
    assert [path.name for path in (cache_dir / "encoders").iterdir() if path.is_dir()] == [_built(cache_dir).name]
    assert find_encoder(str(tiny_model_folder), cache_dir) == _built(cache_dir)


def test_builder_killed_halfway_is_cleaned_up_by_the_next(
    tiny_model_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    command = [sys.executable, "-c", _DIE_WHILE_BUILDING, str(tiny_model_folder), str(tmp_path)]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True) as builder:
        assert builder.stdout is not None
        assert builder.stdout.readline() == "halfway\n"
        os.kill(builder.pid, signal.SIGKILL)
    assert [path.name for path in (tmp_path / "encoders").glob("*.building")]
    assert find_encoder(str(tiny_model_folder), tmp_path) is None
    with caplog.at_level(logging.WARNING):
        folder = ensure_encoder(str(tiny_model_folder), tmp_path, lambda _line: None)
    assert "half-finished" in caplog.text
    assert [path for path in folder.parent.iterdir() if path.is_dir()] == [folder]


def test_two_builders_at_once_build_once(
    tiny_model_folder: Path, tmp_path: Path, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def build_slowly(source: EncoderSource, fingerprint: str, folder: Path, progress: Progress) -> None:
        time.sleep(0.2)
        build_encoder(source, fingerprint, folder, progress)

    monkeypatch.setattr(cache, "build_encoder", build_slowly)
    with ThreadPoolExecutor(max_workers=2) as pool:
        builders = [pool.submit(ensure_encoder, str(tiny_model_folder), tmp_path, lines.append) for _ in range(2)]
        folders = {builder.result() for builder in builders}
    assert len(folders) == 1
    assert [line for line in lines if line.startswith("built ")] == [f"built {folders.pop().name}"]


def test_full_disk_is_said_before_anything_is_built(
    tiny_model_folder: Path, tmp_path: Path, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "NEEDED_BYTES", 10**18)
    with pytest.raises(CacheUnusableError, match="VIDENBRO_CACHE_DIR"):
        ensure_encoder(str(tiny_model_folder), tmp_path, lines.append)
    assert lines == []


def test_disk_that_fills_up_while_building_is_explained(
    tiny_model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache, "build_encoder", fill)
    with pytest.raises(CacheUnusableError, match="is full"):
        ensure_encoder(str(tiny_model_folder), tmp_path, print)


def test_cache_that_is_a_file_is_explained(tiny_model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(CacheUnusableError, match="cannot be written"):
        ensure_encoder(str(tiny_model_folder), tmp_path / "cache", print)
