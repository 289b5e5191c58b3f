"""A process of its own for each test: a small encoder, an empty index folder, a clock that says "look again"."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings

from frontend.translations import ensure_compiled
from matching.indexing.registry import registry
from matching.serving import use_encoder
from tests.encoders import WordHashEncoder


@pytest.fixture
def index_dir(settings: Settings, tmp_path: Path) -> Path:
    """Where snapshots go in this test."""
    settings.VIDENBRO_INDEX_DIR = tmp_path / "index"
    return tmp_path / "index"


@pytest.fixture
def encoder(index_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WordHashEncoder]:
    """The encoder that this process serves; each question to the registry looks at the database anew."""
    registry.forget()
    seconds = count()
    monkeypatch.setattr(registry, "_clock", lambda: float(next(seconds)))
    encoder = WordHashEncoder()
    use_encoder(encoder)
    yield encoder
    use_encoder(None)
    registry.forget()


@pytest.fixture
def danish() -> Iterator[None]:
    """Messages as Danish readers see them."""
    ensure_compiled()
    with translation.override("da"):
        yield
