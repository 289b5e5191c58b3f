"""ONNX Runtime reports to its maker by default; nothing of ours may, however it is started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from demo.serving import environment as demo_environment
from tests.operations.compose import ROOT, compose_file

# What the runtime itself takes as a reason to be silent; none of it is set where people run Videnbro.
SILENCERS = ("ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "CI", "GITHUB_ACTIONS", "TF_BUILD")
LOAD = (
    "from pathlib import Path; from matching.encoder_build.cache import find_encoder;"
    "from matching.encoder_build.loading import load_encoder;"
    "load_encoder(find_encoder({spec!r}, Path({cache!r}))).encode_queries(['sensor'])"
)


@pytest.mark.model
def test_encoding_leaves_no_identifier_behind(tmp_path: Path) -> None:
    program = LOAD.format(spec=settings.VIDENBRO_ENCODER, cache=str(settings.VIDENBRO_CACHE_DIR))
    plain = {name: value for name, value in os.environ.items() if name not in SILENCERS}
    environment = {
        **plain,
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }

    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_every_way_of_starting_switches_it_off() -> None:
    ours = ("prepare", "web", "indexer", "worker")
    services = compose_file()["services"]

    assert demo_environment()["ORT_DISABLE_TELEMETRY"] == "1"
    assert "export ORT_DISABLE_TELEMETRY := 1" in (ROOT / "Makefile").read_text().splitlines()
    assert "ORT_DISABLE_TELEMETRY=1" in (ROOT / "Dockerfile").read_text()
    assert [services[name]["environment"]["ORT_DISABLE_TELEMETRY"] for name in ours] == ["1"] * 4
