"""The command that builds the encoder: what it prints where, and how it fails."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests.tiny_models import write_tiny_model


def _run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("build_encoder", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_json_is_one_object_on_standard_output(settings: Settings, tmp_path: Path) -> None:
    settings.VIDENBRO_CACHE_DIR = tmp_path / "cache"
    model = write_tiny_model(tmp_path / "model")
    out, err = _run("--encoder", str(model), "--json")
    facts = json.loads(out)
    assert Path(facts["folder"]).name == facts["fingerprint"]
    assert facts["dimension"] == 32
    assert facts["cosine_to_sentence_transformers_min"] > 0.99
    assert "encoder: verifying" in err


def test_second_run_builds_nothing_and_force_builds_again(settings: Settings, tmp_path: Path) -> None:
    settings.VIDENBRO_CACHE_DIR = tmp_path / "cache"
    model = write_tiny_model(tmp_path / "model")
    settings.VIDENBRO_ENCODER = str(model)
    first, _progress = _run()
    second, silent = _run()
    _third, progress = _run("--force")
    assert "fingerprint" in first
    assert first == second
    assert silent == ""
    assert "encoder: built" in progress


def test_missing_model_is_a_command_error(settings: Settings, tmp_path: Path) -> None:
    settings.VIDENBRO_CACHE_DIR = tmp_path / "cache"
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match="VIDENBRO_ENCODER"):
        _run("--encoder", str(tmp_path / "empty"))
