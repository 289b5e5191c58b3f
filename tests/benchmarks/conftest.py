"""A small encoder and an empty cache for each test, so that no real model runs and nothing is remembered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from matching.serving import use_encoder
from tests.encoders import WordHashEncoder


@pytest.fixture
def encoder(settings: Settings, tmp_path: Path) -> Iterator[WordHashEncoder]:
    """The encoder that this process serves; vectors are kept in a folder of the test's own."""
    settings.DATA_DIR = tmp_path / "own-var"
    encoder = WordHashEncoder()
    use_encoder(encoder)
    yield encoder
    use_encoder(None)
